"""Records that span lines, because a quoted field holds newlines.

Lines with an even number of quotes begin and end outside quotes or lie wholly inside; only lines
with an odd number can open or close a record. Such a line is joined with the next such line if
the whole is quoted as RFC 4180 says and has as many fields as the header; otherwise the quote
never closed, that one line is lost, and reading goes on with the next.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from connectors.logs.values import Reject

if TYPE_CHECKING:
    from connectors.logs.frame import Lines

MAX_LINES: Final = 100
MAX_BYTES: Final = 1 << 20
NEVER_CLOSED: Final = "quote never closed"


def assemble(
    lines: Lines, delim: str, quote: str, columns: tuple[str, ...], *, final: bool
) -> tuple[Lines, list[Reject], int | None]:
    """The records in these lines, the lines that are none, and where an open record begins.

    The last is a line number: what begins there may end in the next block (never if `final`).
    """
    data = np.frombuffer(lines.data, np.uint8)
    quotes = np.flatnonzero(data == ord(quote))
    count = np.searchsorted(quotes, lines.ends) - np.searchsorted(quotes, lines.starts)
    odd = np.flatnonzero(count % 2).tolist()
    if not odd:
        return lines, [], None
    form = _Form(delim, quote, len(columns))
    ends = lines.ends.copy()
    keep = np.ones(len(lines), bool)
    rejects: list[Reject] = []
    held: int | None = None
    position = 0
    while position < len(odd):
        first = odd[position]
        last = odd[position + 1] if position + 1 < len(odd) else None
        position += 1
        if form.literal(lines.data[lines.starts[first] : lines.ends[first]]):
            continue
        if last is None and not final and _within(lines, first, len(lines) - 1):
            held = int(lines.line_no[first])
            keep[first:] = False
        elif (
            last is not None
            and _within(lines, first, last)
            and form.whole(lines.data[lines.starts[first] : lines.ends[last]])
        ):
            ends[first] = lines.ends[last]
            keep[first + 1 : last + 1] = False
            position += 1
        else:
            keep[first] = False
            rejects.append(_never_closed(lines, first, form, columns))
    return replace(lines, ends=ends).take(keep), rejects, held


def _within(lines: Lines, first: int, last: int) -> bool:
    return last - first <= MAX_LINES and int(lines.ends[last] - lines.starts[first]) <= MAX_BYTES


def _never_closed(lines: Lines, i: int, form: _Form, columns: tuple[str, ...]) -> Reject:
    at, value = form.open_field(lines.data[lines.starts[i] : lines.ends[i]])
    name = columns[at] if at < len(columns) else None
    return Reject(int(lines.line_no[i]), int(lines.offset[i]), name, NEVER_CLOSED, value)


class _Form:
    """What a record of `width` fields looks like."""

    def __init__(self, delim: str, quote: str, width: int) -> None:
        d, q = re.escape(delim.encode()), re.escape(quote.encode())
        self._field = re.compile(b"%b[^%b]*(?:%b%b[^%b]*)*%b|[^%b%b\n]*" % (q, q, q, q, q, q, d, q))
        self._delim = delim.encode()
        self._quote = quote.encode()
        self._width = width

    def whole(self, record: bytes) -> bool:
        """Whether it is exactly one record as RFC 4180 says."""
        at = 0
        for _ in range(self._width - 1):
            found = self._field.match(record, at)
            if found is None or record[found.end() : found.end() + 1] != self._delim:
                return False
            at = found.end() + 1
        found = self._field.match(record, at)
        return found is not None and found.end() == len(record)

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
