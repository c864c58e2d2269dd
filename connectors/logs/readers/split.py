"""Fields between runs of blanks, one of which may itself hold blanks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from connectors.logs.frame import BLANK, text_array
from connectors.logs.readers.base import Bad, Source, empty_table

if TYPE_CHECKING:
    from connectors.logs.model import Format
    from connectors.logs.values import Segment

TAB = 9


@dataclass(frozen=True, slots=True)
class SplitReader:
    """Reads records of blank-padded fields in a fixed order."""

    fmt: Format
    wanted: tuple[str, ...]

    def __call__(self, segment: Segment) -> Source:
        """The wanted fields. A record with more words than fields needs a field that absorbs."""
        fields = list(self.fmt.reader.fields)
        absorb = fields.index(self.fmt.reader.absorb) if self.fmt.reader.absorb else len(fields)
        data = np.frombuffer(segment.data, np.uint8)
        word = (data != BLANK) & (data != TAB)
        edge = np.concatenate([[False], word[:-1]])
        # a line's first word begins it, whatever the line end is; the last may have none
        edge[segment.starts[segment.starts < len(edge)]] = False
        begins = np.flatnonzero(word & ~edge)
        first = np.searchsorted(begins, segment.starts)
        found = np.searchsorted(begins, segment.ends) - first
        exact = found == len(fields)
        good = exact | (found > len(fields)) if absorb < len(fields) else exact
        rows = np.flatnonzero(good)
        first, extra = first[rows], (found - len(fields))[rows]
        stops = np.concatenate([word[1:], [False]])
        stops[segment.ends[segment.ends > segment.starts] - 1] = False
        ends = np.flatnonzero(word & ~stops)
        ends_first = np.searchsorted(ends, segment.starts)[rows]
        columns = {}
        for name in self.wanted:
            if name not in fields:
                continue
            i = fields.index(name)
            start = begins[first + i + (extra if i > absorb else 0)]
            end = ends[ends_first + i + (extra if i >= absorb else 0)] + 1
            columns[name] = text_array(segment.data, start, end)
        bad = [
            Bad(row, None, _reason(int(found[row]), len(fields)))
            for row in np.flatnonzero(~good).tolist()
        ]
        table = pa.table(columns) if columns else empty_table(len(rows))
        return Source(table, rows, bad, {name: name for name in columns})


def _reason(found: int, want: int) -> str:
    if found < want:
        return f"line ends early: {found} of {want} fields"
    return f"{found} fields, format has {want}"
