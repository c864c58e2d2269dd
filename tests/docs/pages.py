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


def parted(text):
    """The fenced blocks of a page, (language, text) each, and the page without them."""
    pieces = re.split(r"^```(.*)$\n?", text, flags=re.MULTILINE)
    assert len(pieces) % 4 == 1, "a fence that is not closed"
    return list(zip(pieces[1::4], pieces[2::4], strict=True)), "".join(pieces[::4])


def blocks(text, *languages):
    """The fenced blocks in these languages."""
    return [block for language, block in parted(text)[0] if language in languages]


def prose(text):
    """The page without its fenced blocks."""
    return parted(text)[1]


def spans(text):
    """What stands between single backquotes, on one line or over the end of one."""
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose(text))]


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
    """Every `aicensus …` in a page, as words: from spans, and from blocks of a shell."""
    lines = spans(text)
    for block in blocks(text, "", "sh", "console"):
        lines += block.replace("\\\n", " ").splitlines()
    for line in lines:
        found = re.search(r"(?:^|\| )aicensus (.+?)(?: #.*)?$", line)
        if found:
            yield shlex.split(found[1])


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
