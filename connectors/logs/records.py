"""Records that span lines, because a quoted field holds newlines.

Lines with an even number of quotes begin and end outside quotes or lie wholly inside; only lines
with an odd number can open or close a record. Such a line is joined with the next such line if
the whole is quoted as RFC 4180 says and has as many fields as the header, and no line of it after
the first looks like a record of its own. Otherwise the quote never closed, that one line is lost,
and reading goes on with the next: two stray quotes do not swallow what stands between them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from connectors.logs.values import Reject

if TYPE_CHECKING:
    from connectors.logs.frame import Lines

MAX_LINES: Final = 100
MAX_BYTES: Final = 1 << 20
LONG: Final = 10  # lines of a record that are worth a remark
DIGITS: Final = 6  # the least that a time has
LONGER: Final = 10  # bytes that a time may have more than another of its log: a fraction
NEVER_CLOSED: Final = "quote never closed"
_DIGIT = re.compile(rb"[0-9]")


@dataclass(slots=True)
class Assembled:
    """Records, and lines that are none.

    held: the line where a record begins that may end in the next block. long: the first lines of
    records of more than LONG lines.
    """

    lines: Lines
    rejects: list[Reject] = field(default_factory=list)
    held: int | None = None
    long: list[int] = field(default_factory=list)


def assemble(
    lines: Lines,
    delim: str,
    quote: str,
    columns: tuple[str, ...],
    times: tuple[int, ...],
    *,
    final: bool,
) -> Assembled:
    """The records in these lines; none is held back if `final`.

    times: which columns tell the time, by place.
    """
    data = np.frombuffer(lines.data, np.uint8)
    quotes = np.flatnonzero(data == ord(quote))
    count = np.searchsorted(quotes, lines.ends) - np.searchsorted(quotes, lines.starts)
    odd = np.flatnonzero(count % 2).tolist()
    out = Assembled(lines)
    if not odd:
        return out
    form = _Form(delim, quote, len(columns), times)
    ends = lines.ends.copy()
    keep = np.ones(len(lines), bool)
    position = 0
    while position < len(odd):
        first = odd[position]
        last = odd[position + 1] if position + 1 < len(odd) else None
        position += 1
        if form.literal(lines.data[lines.starts[first] : lines.ends[first]]):
            continue
        if last is None and not final and _within(lines, first, len(lines) - 1):
            out.held = int(lines.line_no[first])
            keep[first:] = False
        elif (
            last is not None
            and _within(lines, first, last)
            and form.cells(lines.data[lines.starts[first] : lines.ends[last]]) is not None
            and not _swallows(lines, first, last, form)
        ):
            ends[first] = lines.ends[last]
            keep[first + 1 : last + 1] = False
            if last - first >= LONG:
                out.long.append(int(lines.line_no[first]))
            position += 1
        else:
            keep[first] = False
            out.rejects.append(_never_closed(lines, first, form, columns))
    out.lines = replace(lines, ends=ends).take(keep)
    return out


def each_closed(lines: Lines, quote: bytes) -> bool:
    """Whether every line closes the quotes it opens."""
    quotes = np.flatnonzero(np.frombuffer(lines.data, np.uint8) == ord(quote))
    if len(quotes) % 2:
        return False
    line = np.searchsorted(lines.starts, quotes, "right")
    return bool((line[::2] == line[1::2]).all())


def _swallows(lines: Lines, first: int, last: int, form: _Form) -> bool:
    """Whether a line that would be content looks like a record: the quotes are then stray ones."""
    opening, *between, closing = (
        lines.data[lines.starts[i] : lines.ends[i]] for i in range(first, last + 1)
    )
    return any(map(form.like_a_record, between)) or form.closes_another(opening, closing)


def _within(lines: Lines, first: int, last: int) -> bool:
    return last - first <= MAX_LINES and int(lines.ends[last] - lines.starts[first]) <= MAX_BYTES


def _never_closed(lines: Lines, i: int, form: _Form, columns: tuple[str, ...]) -> Reject:
    at, value = form.open_field(lines.data[lines.starts[i] : lines.ends[i]])
    name = columns[at] if at < len(columns) else None
    return Reject(int(lines.line_no[i]), int(lines.offset[i]), name, NEVER_CLOSED, value)


class _Form:
    """What a record of `width` fields looks like."""

    def __init__(self, delim: str, quote: str, width: int, times: tuple[int, ...]) -> None:
        d, q = re.escape(delim.encode()), re.escape(quote.encode())
        self._field = re.compile(b"%b[^%b]*(?:%b%b[^%b]*)*%b|[^%b%b\n]*" % (q, q, q, q, q, q, d, q))
        self._delim = delim.encode()
        self._quote = quote.encode()
        self._width = width
        self._times = times

    def cells(self, record: bytes) -> list[bytes] | None:
        """Its fields, if it is exactly one record as RFC 4180 says."""
        at, cells = 0, []
        for _ in range(self._width - 1):
            found = self._field.match(record, at)
            if found is None or record[found.end() : found.end() + 1] != self._delim:
                return None
            cells.append(found[0])
            at = found.end() + 1
        found = self._field.match(record, at)
        if found is None or found.end() != len(record):
            return None
        return [*cells, found[0]]

    def like_a_record(self, line: bytes) -> bool:
        """Whether the line is a whole record with a time in it."""
        cells = self.cells(line) or []
        return sum(len(_DIGIT.findall(cells[i])) for i in self._times if cells) >= DIGITS

    def closes_another(self, opening: bytes, closing: bytes) -> bool:
        """Whether the last line is a record by itself, whose stray quote closes that of the first.

        It then has a field for each before the one with the quote, and a time where the first has
        one. A time behind the quote tells nothing, since it ends the record in either case; but the
        first line then has one of its own as well.
        """
        at, _ = self.open_field(opening)
        head, tail = opening.split(self._delim), closing.split(self._delim)
        text = closing.replace(self._quote * 2, b"").split(self._quote, 1)[0]
        if text.count(self._delim) < at or len(tail) < self._width:
            return False
        early = [i for i in self._times if i < at]
        if early:
            return any(_like_a_time(tail[i], head[i]) for i in early)
        late = [i for i in self._times if i > at]
        return len(head) >= self._width and any(_like_a_time(head[i], tail[i]) for i in late)

    def open_field(self, line: bytes) -> tuple[int, str]:
        """Which field opens the quote that the line does not close, up to the next separator."""
        at = number = 0
        while (found := self._field.match(line, at)) is not None:
            if line[found.end() : found.end() + 1] != self._delim:
                break
            at, number = found.end() + 1, number + 1
        return number, line[at:].split(self._delim)[0].decode("utf-8", "backslashreplace")

    def literal(self, line: bytes) -> bool:
        """Whether its quotes are plain text inside fields, none of which begins with one."""
        cells = line.split(self._delim)
        return len(cells) == self._width and not any(c.startswith(self._quote) for c in cells)


def _like_a_time(cell: bytes, known: bytes) -> bool:
    """Whether a cell has the digits of a time, begins as one that is known and is hardly longer."""
    cell, known = cell.strip(b"\"' "), known.strip(b"\"' ")
    return (
        len(_DIGIT.findall(cell)) >= DIGITS
        and cell[:1].isdigit() == known[:1].isdigit()
        and len(cell) <= len(known) + LONGER
    )
