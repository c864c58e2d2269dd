"""Fields between single separators: CSV and TSV, with or without quotes.

Separators are found once for the whole block with numpy and belong to records by position. Where
there are quotes, a separator after an odd number of quotes of its record is content. A record
whose quoting is not that of RFC 4180 is read literally, or given up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.logs.frame import text_array
from connectors.logs.header import places
from connectors.logs.readers.base import Bad, Source, empty_table, every_row
from connectors.logs.readers.plain import plain_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from connectors.logs.model import Format
    from connectors.logs.values import Segment

QUOTE_NEVER_CLOSED = "quote never closed"
BLANK: Final = 32
_NUMBERED: Final = re.compile(r"c[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class DelimitedReader:
    """Reads records of one separator; the header comes with each segment."""

    fmt: Format
    wanted: tuple[str, ...]

    def __call__(self, segment: Segment) -> Source:
        """The wanted fields of every record that has as many fields as the header."""
        header = segment.columns or ()
        rule = self.fmt.reader
        where = places(header, self.wanted)
        names = {name: header[i] for name, i in where.items()}
        if rule.header == "no":
            where |= {name: i for name, i in _numbered(self.wanted).items() if name not in where}
            names |= {name: name for name in where if name not in names}
        plain = (
            None
            if rule.ragged
            else plain_table(segment, len(header), where, rule.quote, rule.missing)
        )
        if plain is not None:
            return Source(plain, every_row(segment), names=names, cleaned=True)
        marks, literal = _separators(segment, segment.delim, rule.quote, blanks=rule.skip_blanks)
        first = np.searchsorted(marks, segment.starts)
        found = np.searchsorted(marks, segment.ends) - first + 1
        good = (found > 0) if rule.ragged else (found == len(header))
        if literal is not None:
            good &= ~literal
        rows = every_row(segment) if good.all() else np.flatnonzero(good)
        width = found[rows] if rule.ragged else len(header)
        cells = _Cells(segment, rule.quote, marks, first, rows, width, blanks=rule.skip_blanks)
        columns = {name: cells.column(i) for name, i in where.items()}
        source = Source(pa.table(columns) if columns else empty_table(len(rows)), rows, names=names)
        if len(rows) < len(segment):
            self._literally(segment, source, np.flatnonzero(~good), found, where)
        return source

    def _literally(
        self,
        segment: Segment,
        source: Source,
        rest: NDArray[np.int64],
        found: NDArray[np.int64],
        where: dict[str, int],
    ) -> None:
        """Records that do not fit: read with quotes as plain text where that fits, else bad."""
        header = segment.columns or ()
        kept: list[tuple[int, list[str]]] = []
        delim, quote = segment.delim, self.fmt.reader.quote
        for row in rest.tolist():
            raw = segment.data[segment.starts[row] : segment.ends[row]]
            text = raw.decode()
            cells = text.split(delim)
            opens = quote and any(cell.startswith(quote) for cell in cells)
            fits = self.fmt.reader.ragged or len(cells) == len(header)
            if quote and quote in text and not opens and fits:
                kept.append((row, cells))
            else:
                source.bad.append(_bad(row, text, cells, int(found[row]), header, quote))
        if kept:
            extra = pa.table(
                {
                    name: pa.array([_at(cells, i) for _, cells in kept], pa.string())
                    for name, i in where.items()
                }
                if where
                else {"": pa.nulls(len(kept), pa.string())}
            )
            rows = np.concatenate([source.rows, np.array([row for row, _ in kept], np.int64)])
            order = np.argsort(rows, kind="stable")
            source.table = pa.concat_tables([source.table, extra]).take(pa.array(order))
            source.rows = rows[order]


def _numbered(wanted: tuple[str, ...]) -> dict[str, int]:
    """The fields that are called by the place of their column: c1 is the first."""
    return {name: int(name[1:]) - 1 for name in wanted if _NUMBERED.fullmatch(name)}


def _at(cells: list[str], i: int) -> str | None:
    return cells[i] if i < len(cells) else None


def _bad(
    row: int, text: str, cells: list[str], found: int, header: Sequence[str], quote: str
) -> Bad:
    want = len(header)
    if quote and text.count(quote) % 2:
        at = next((i for i, cell in enumerate(cells) if cell.startswith(quote)), 0)
        name = header[at] if at < want else None
        return Bad(row, name, QUOTE_NEVER_CLOSED, cells[at])
    if found < want:
        return Bad(row, None, f"line ends early: {found} of {want} fields")
    if found > want:
        return Bad(row, None, f"{found} fields, header has {want}")
    return Bad(row, None, "quotes inside a field that is not quoted")


def _separators(
    segment: Segment, delim: str, quote: str, *, blanks: bool
) -> tuple[NDArray[np.int64], NDArray[np.bool_] | None]:
    """Positions of separators outside quotes, and which records are not quoted as RFC 4180 says.

    blanks: one may stand between a separator and an opening quote.

    The second is None where no record holds a quote.
    """
    data = np.frombuffer(segment.data, np.uint8)
    marks = np.flatnonzero(data == ord(delim))
    if not quote or quote.encode() not in segment.data:
        return marks, None
    quotes = np.flatnonzero(data == ord(quote))
    first = np.searchsorted(quotes, segment.starts)
    count = np.searchsorted(quotes, segment.ends) - first
    odd_record = (count % 2).astype(bool)
    record_of = np.searchsorted(segment.starts, quotes, side="right") - 1
    inside = (record_of >= 0) & (quotes < segment.ends[record_of])
    quotes, record_of = quotes[inside], record_of[inside]
    first = np.searchsorted(quotes, segment.starts)
    opening = (np.arange(len(quotes)) - first[record_of]) % 2 == 0
    padded = np.concatenate([data, np.array([10], np.uint8)])
    before, after = padded[quotes - 1], padded[quotes + 1]
    at_start = quotes == segment.starts[record_of]
    at_end = quotes + 1 == segment.ends[record_of]
    q, d = ord(quote), ord(delim)
    if blanks:
        before = np.where((before == BLANK) & opening, padded[quotes - 2], before)
    # an opening quote follows a separator, or the closing quote it doubles; a closing one likewise
    fits = np.where(
        opening, at_start | (before == d) | (before == q), at_end | (after == d) | (after == q)
    )
    literal = odd_record
    literal[record_of[~fits]] = True
    open_marks = np.searchsorted(quotes, marks)
    owner = np.searchsorted(segment.starts, marks, side="right") - 1
    in_record = (owner >= 0) & (marks < segment.ends[owner])
    within = in_record & ((open_marks - first[owner]) % 2 == 1)
    return marks[~within], literal


@dataclass(slots=True)
class _Cells:
    """Cuts columns out of the block; width: the fields of all records, or of each."""

    segment: Segment
    quote: str
    marks: NDArray[np.int64]
    first: NDArray[np.int64]
    rows: NDArray[np.int64]
    width: int | NDArray[np.int64]
    blanks: bool = False

    def column(self, i: int) -> pa.Array:
        """Field i of every row, without its quotes; null in rows that end before it."""
        if isinstance(self.width, int):
            return self._column(i, self.rows, last=i == self.width - 1)
        longer, ending = np.flatnonzero(self.width > i + 1), np.flatnonzero(self.width == i + 1)
        parts = [
            self._column(i, self.rows[longer], last=False),
            self._column(i, self.rows[ending], last=True),
        ]
        index = np.zeros(len(self.rows), np.int64)
        index[longer], index[ending] = np.arange(len(longer)), len(longer) + np.arange(len(ending))
        return pa.concat_arrays(parts).take(pa.array(index, mask=self.width <= i))

    def _column(self, i: int, rows: NDArray[np.int64], *, last: bool) -> pa.Array:
        """Field i of some rows, which all have it; last: it is the last of each."""
        segment = self.segment
        whole = len(rows) == len(segment)
        first = self.first if whole else self.first[rows]
        starts = segment.starts if whole else segment.starts[rows]
        ends = segment.ends if whole else segment.ends[rows]
        if i > 0:
            starts = self.marks[first + i - 1] + 1
        if not last:
            ends = self.marks[first + i]
        column = text_array(segment.data, starts, ends)
        if self.quote and len(rows) and self.quote.encode() in segment.data:
            if self.blanks:
                column = pc.replace_substring_regex(column, f"^ {self.quote}", self.quote)
            column = _unquoted(column, self.quote)
        return column


def _unquoted(column: pa.Array, quote: str) -> pa.Array:
    quoted = pc.starts_with(column, quote)
    if not pc.any(quoted).as_py():
        return column
    inner = pc.utf8_slice_codeunits(column.filter(quoted), 1, -1)
    return pc.replace_with_mask(column, quoted, pc.replace_substring(inner, quote * 2, quote))
