"""`aicensus signatures export`: the catalogue for other tools."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.commands.options import Day, signatures_options
from scanner.errors import NoSpace, UsageError

if TYPE_CHECKING:
    from datetime import date

FORMATS = ("zeek", "suricata", "sigma", "rpz", "hosts", "json")
ACTIONS = ("nxdomain", "nodata", "drop", "passthru", "log-only")
LEVELS = ("confirmed", "high", "medium", "low", "hint")


@click.command(short_help="The catalogue for Zeek, Suricata, Sigma, DNS and proxies.")
@click.argument("form", type=click.Choice(FORMATS), metavar="|".join(FORMATS))
@click.option(
    "--min-confidence", "at_least", type=click.Choice(LEVELS),
    help="Only what is at least this sure: medium; json takes all.",
)  # fmt: skip
@signatures_options
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only these; may be repeated.")
@click.option(
    "--widen", is_flag=True, help="rpz, hosts: *.x for {label}.x, also names deeper down."
)
@click.option(
    "--action", type=click.Choice(ACTIONS), default="log-only", show_default=True,
    help="rpz: what is answered.",
)  # fmt: skip
@click.option("--date", "day", type=Day(), help="rpz: the serial is of this day.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default="-",
    metavar="F|-", help="Write to this file; one that exists keeps its mode.",
)  # fmt: skip
@click.pass_context
def export(
    ctx: click.Context,
    form: str,
    at_least: str | None,
    kinds: tuple[str, ...],
    overlays: tuple[Path, ...],
    keys: tuple[Path, ...],
    widen: bool,
    action: str,
    day: date | None,
    output: Path,
) -> None:
    """Write the catalogue in the language of another tool; what it cannot say is counted.

    \b
    Example: aicensus signatures export suricata --output ai.rules
    """
    from reports.text import safe_text
    from scanner.commands.public import write_public
    from scanner.load import catalogue, program_version
    from signatures.export import Asked
    from signatures.export import export as exported

    _check_kinds(kinds)
    asked = Asked(
        catalogue=catalogue(overlays, keys),
        version=program_version(),
        licence=_licence(),
        at_least=at_least or ("hint" if form == "json" else "medium"),
        kinds=tuple(sorted(set(kinds))),
        widen=widen,
        serial=int(f"{day:%Y%m%d}00") if day is not None else None,
        action=action,
    )
    text, account = exported(form, asked)
    if str(output) == "-":
        _print(text)
    else:
        write_public(output, text, ctx.find_root().obj)
    for line in account.talk():
        click.echo(safe_text(line), err=True)


def _print(text: str) -> None:
    """All of the text on stdout, or the reason why not."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as problem:
        raise NoSpace(f"cannot write to standard output: {problem.strerror}") from problem


def _check_kinds(kinds: tuple[str, ...]) -> None:
    from typing import get_args

    from signatures.model import Kind

    known = get_args(Kind)
    for kind in kinds:
        if kind not in known:
            raise UsageError(f"no kind is called {kind!r}", "--kind", "one of " + ", ".join(known))


def _licence() -> str:
    """What the installed package says of its licence; signatures are part of it."""
    from importlib.metadata import metadata

    return str(metadata("aicensus")["License-Expression"])
