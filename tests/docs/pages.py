"""What the tests of the documentation share: its pages, their parts, and the calls in them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click

from scanner.cli import group

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("fixtures/**/*.md")]
    if path.name != "CHANGELOG.md"
)
TEXT = {path.relative_to(ROOT).as_posix(): path.read_text() for path in PAGES}
FORMATS, REGISTER, OPERATIONS = (
    TEXT[f"docs/{name}.md"] for name in ("formats", "register", "operations")
)
HELP = ("--help", "-h", "--version")


def blocks(text, language):
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def prose(text):
    """The page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)


def spans(text):
    """What stands between single backquotes."""
    return re.findall(r"`([^`\n]+)`", prose(text))


def rows(text, header):
    """The cells of the rows of the table whose header line begins so."""
    start = text.index(f"| {header}")
    table = text[start:].split("\n\n")[0].splitlines()[2:]
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))] for line in table
    ]


def first_words(text, header):
    """The spans in the first cells of a table, such as the keys it explains."""
    return {word for cells in rows(text, header) for word in re.findall(r"`([^`]+)`", cells[0])}


def calls(text):
    """Every `aicensus …` in a page, as words: from spans, and from lines of blocks without a
    language or of a shell."""
    lines = spans(text)
    for block in re.findall(r"^```(?:sh|console)?\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        lines += block.replace("\\\n", " ").splitlines()
    for line in lines:
        _, found, rest = line.partition("aicensus ")
        if found and not re.search(r"[\w./]$", line.partition("aicensus ")[0]):
            yield shlex.split(rest.split(" #")[0])


CALLS = [(page, words) for page, text in TEXT.items() for words in calls(text)]


def resolved(words):
    """The command that words call, and the words that are left; fails on an unknown one."""
    command, context = group, click.Context(group)
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(context, name := rest.pop(0))
        assert found is not None, f"no command {name!r} in aicensus {' '.join(words)}"
        command = found
    return command, rest


def options_of(command):
    return {spelling for one in command.params for spelling in (*one.opts, *one.secondary_opts)} | {
        *HELP
    }


def every_command(command=group):
    yield command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from every_command(command.get_command(context, name))
