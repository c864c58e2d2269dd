"""Header lines further on in a table, as files have that were written or joined by another hand.

A line is looked at only if it begins like a name that this log or its format knows; it is a
header if it names all that the format requires and mostly known columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from connectors.logs.frame import first_bytes
from connectors.logs.header import canonical, places, split_header

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.logs.frame import Lines
    from connectors.logs.model import Format

LOWER: Final = np.uint16(0x2020)
LONGEST: Final = 16 << 10


class Headings:
    """What a header of one format looks like, given the header in force."""

    def __init__(self, fmt: Format) -> None:
        self._fields = fmt.expressions.fields()
        self._known = {canonical(name) for name in (*self._fields, *fmt.reader.default_columns)}
        self._require = [
            [set(e.fields) for c in item.split("|") for e in fmt.expressions.map.get(c, ())]
            for item in fmt.require
        ]
        self._items = fmt.require
        self._objects = fmt.reader.wrappers  # columns of objects, which may hold all the rest
        self._known |= {canonical(name) for name in self._objects}
        self._quote = fmt.reader.quote

    def lacking(self, names: Sequence[str]) -> str | None:
        """The first requirement that no column of this header can meet."""
        there = places(names, self._fields).keys()
        if self._objects:
            return None if places(names, self._objects) else " or ".join(self._objects)
        for item, candidates in zip(self._items, self._require, strict=True):
            if not any(there >= fields for fields in candidates):
                return item
        return None

    def mostly_known(self, names: Sequence[str], besides: Sequence[str] = ()) -> bool:
        """Whether more than half of the names are the format's, or among `besides`."""
        known = self._known | {canonical(name) for name in besides}
        return sum(canonical(name) in known for name in names) * 2 > len(names)

    def find(self, lines: Lines, delim: str, columns: Sequence[str]) -> list[int]:
        """The lines that are a header, whether or not it is the one in force."""
        spelled = self._known | {canonical(name) for name in columns}
        starts = {name.lower() for name in columns} | spelled
        found = []
        for i in self._maybe(lines, delim, starts):
            begin, end = int(lines.starts[i]), int(lines.ends[i])
            cell = lines.data[begin : min(end, begin + LONGEST)].split(delim.encode(), 1)[0]
            if canonical(cell.decode("utf-8", "replace")) not in spelled or end - begin > LONGEST:
                continue
            names = split_header(lines.text(i), delim, self._quote)
            if self.mostly_known(names, columns) and self.lacking(names) is None:
                found.append(i)
        return found

    def _maybe(self, lines: Lines, delim: str, names: set[str]) -> list[int]:
        """Lines whose first two letters, without a quote, begin one of the names."""
        if not len(lines):
            return []
        first = first_bytes(lines)
        wordy = np.flatnonzero((first > ord("9")) | (first < ord("0")))
        if not len(wordy):
            return []
        at = lines.starts[wordy] + (first[wordy] == ord(self._quote or '"'))
        data = np.frombuffer(lines.data, np.uint8)
        inside = at + 1 < len(data)
        wordy, at = wordy[inside], at[inside]
        pair = (data[at].astype(np.uint16) | data[at + 1].astype(np.uint16) << 8) | LOWER
        begins = {(name + delim).encode()[:2] for name in names if name}
        codes = np.array([int.from_bytes(two, "little") for two in begins], np.uint16) | LOWER
        return [int(i) for i in wordy[np.isin(pair, codes)].tolist()]
