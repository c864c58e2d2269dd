"""What the readers remark about single records, summed over a whole source."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from connectors.files.notice import Notice

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHOWN: Final = 64  # characters of a name in a message
LISTED: Final = 20
UNREAD: Final = "keys"


def twice(field: str, line: int, count: int) -> Notice:
    """A record has two values for one field."""
    message = f"{clipped(field)} comes more than once in a record: one value is read"
    return Notice("", "warning", "twice", message, line, field, count)


def passed_over(field: str, line: int, count: int) -> Notice:
    """A record names another destination in a field that is not the one taken."""
    message = f"{clipped(field)} names another destination than the one that is read"
    return Notice("", "warning", "passed_over", message, line, field, count)


def cut_short(field: str, line: int) -> Notice:
    """The last value of a record, of which nothing is made, never ends: more may have followed."""
    message = f"{clipped(field)} opens a quote that never closes: what stood behind it is not read"
    return Notice("", "warning", "cut", message, line, field, 1)


def misquoted(field: str, line: int) -> Notice:
    """A value of which nothing is made has a quote within it: where it ends is not known."""
    message = f"{clipped(field)} has a quote in the middle: what stood behind it is not read"
    return Notice("", "warning", "misquoted", message, line, field, 1)


def unread_keys(names: Iterable[str]) -> list[Notice]:
    """Keys of a block that no column is made of; `folded` makes one note of those of a source."""
    least = sorted(set(names))[: LISTED + 1]
    return [Notice("", "note", UNREAD, f"ignored keys: {clipped(n)}", None, n) for n in least]


def columns_twice(path: str, names: Sequence[str], line: int) -> Notice:
    """A header names a column twice."""
    message = f"columns named more than once: {_listed(names)}; the first of each is read"
    return Notice(path, "warning", "twice", message, line)


def header_changes(path: str, line: int) -> Notice:
    """Another header in the middle of a table."""
    message = "another header: what follows is read by its columns"
    return Notice(path, "note", "header", message, line, count=1)


def spans_lines(path: str, lines: int, line: int) -> Notice:
    """A record of many lines, which is rare enough to be looked at."""
    message = f"a quoted record spans more than {lines} lines"
    return Notice(path, "warning", "quoted", message, line, count=1)


def folded(notices: Iterable[Notice], path: str) -> list[Notice]:
    """Each remark once, with its first line and how many times it holds."""
    first: dict[tuple[str, ...], Notice] = {}
    unread: set[str] = set()
    for notice in notices:
        one = notice if notice.path else replace(notice, path=path)
        if one.reason == UNREAD and one.field is not None:
            unread.add(one.field)
            continue
        key = (one.path, one.level, one.reason, one.message)
        known = first.get(key)
        if known is None:
            first[key] = one
        elif one.count:
            line = min((n for n in (known.line, one.line) if n is not None), default=None)
            first[key] = replace(known, line=line, count=known.count + one.count)
    told = [_counted(notice) for notice in first.values()]
    if unread:
        message = f"ignored keys: {_listed(sorted(unread))}"
        told.append(Notice(path, "note", UNREAD, message))
    return told


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(clipped, names[:LISTED])) + (", …" if len(names) > LISTED else "")


def _counted(notice: Notice) -> Notice:
    if notice.count < 2:
        return notice
    return replace(notice, message=f"{notice.message} ({notice.count:,} times)")


def clipped(name: str) -> str:
    """A name from the outside, not endless."""
    return name if len(name) <= SHOWN else f"{name[:SHOWN]}…"
