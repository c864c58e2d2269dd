"""The command line: a lazy group, so that --help imports nothing it does not show."""

from __future__ import annotations

import errno
import gc
import os
import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

if TYPE_CHECKING:
    from types import FrameType

# name: (module:attribute, one line of help)
COMMANDS: Final = {
    "scan": ("scanner.commands.scan:scan", "Find AI in logs and hold it against the register."),
    "demo": ("scanner.commands.demo:demo", "The whole job on a bundled, made-up organisation."),
    "reconcile": (
        "scanner.commands.reconcile:reconcile",
        "The ledger alone, from a file of assets.",
    ),
    "signatures": (
        "scanner.commands.signatures:signatures",
        "What AI looks like: list, show, lint, export, verify, install.",
    ),
    "formats": (
        "scanner.commands.formats:formats",
        "The logs it reads: list, detect, parse, test.",
    ),
    "inventory": ("scanner.commands.inventory:inventory", "How good the declared register is."),
    "explain": ("scanner.commands.explain:explain", "Why a host is, or is not, AI."),
}


_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Lazy(click.Group):
    """A group that imports a command only when it runs or is asked for its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order a newcomer needs them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}:{name} is no command")
        return command

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run a command; when the reader of our output has left, leave quietly with 141.

        Caught here, since click itself would end with 1.
        """
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _write_no_more()
            ctx.exit(141)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="aicensus", prog_name="aicensus")
def group() -> None:
    """Find the AI an organisation really runs and hold it against the AI it has declared.

    \b
    Start here:
      aicensus demo
      aicensus scan /var/log/proxy --inventory ai-register.csv --out report
    """


def main() -> NoReturn:
    """The console script: errors a user can mend are one line, signals keep their exit codes."""
    from scanner.errors import AicensusError, Exit

    gc.set_threshold(50_000, 20, 50)  # tables are built that stay: looking for rubbish finds none
    _three_streams()
    caught = _signals()
    own_umask = os.umask(0o077)
    try:
        code = group.main(standalone_mode=False, obj=own_umask)  # for what is public: exports
    except BaseException as problem:
        # Asked first: what a signal interrupts may raise anything (DuckDB a RuntimeError).
        if caught:
            _stopped(caught[0])
        if isinstance(problem, AicensusError):
            _say(str(problem))
            sys.exit(int(problem.exit_code))
        if isinstance(problem, OSError) and problem.errno in _NO_ROOM:
            _write_no_more()
            _say(f"the output could not be written: {problem.strerror}")
            sys.exit(int(Exit.NO_SPACE))
        if isinstance(problem, click.exceptions.Exit):
            sys.exit(problem.exit_code)
        if isinstance(problem, click.Abort):
            _stopped(signal.SIGINT)
        if isinstance(problem, click.ClickException):
            problem.show()
            sys.exit(int(Exit.USAGE))
        raise
    if caught:
        _stopped(caught[0])
    sys.exit(code if isinstance(code, int) else 0)


def _write_no_more() -> None:
    """Python would complain once more when it flushes while shutting down."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _signals() -> list[int]:
    """Have signals end the program in order; the list gets the number of the one that came.

    A second one would only disturb the clearing up after the first.
    """
    caught: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> NoReturn:
        caught.append(number)
        for one in _ENDING:
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in _ENDING:
        signal.signal(number, stop)
    return caught


def _stopped(number: int) -> NoReturn:
    word = "interrupted" if number == signal.SIGINT else "stopped by a signal"
    _say(f"{word}; a run is stored whole or not at all")
    sys.exit(128 + number)


def _three_streams() -> None:
    """Put nothing in place of a closed stdin, stdout or stderr.

    Else the next file that is opened, a log or the store, gets its number and is taken for it.
    """
    for stream in range(3):
        try:
            os.fstat(stream)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free, so this one


def _say(line: str) -> None:
    from reports.text import safe_text

    click.echo(f"aicensus: {safe_text(line)}", err=True)
