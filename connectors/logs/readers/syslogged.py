"""Takes a syslog prefix off each record, where there is one, in front of any other reader.

The prefix gives more fields: syslog_time, syslog_host, syslog_program, syslog_msgid and
syslog_data, which is the structured data of RFC 5424. Readers of pairs find those data before the
message, since they are pairs too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.logs.engine import literal
from connectors.logs.frame import text_array
from connectors.logs.prefix import AGAIN, DATA, GROUPS, PREFIX, RELAYS

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb
    from numpy.typing import NDArray

    from connectors.logs.readers.base import Source
    from connectors.logs.values import Segment

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "syslog_time": ("time5", "time"),
    "syslog_host": ("host5", "host"),
    "syslog_program": ("program5", "program"),
    "syslog_msgid": ("msgid",),
    "syslog_data": (),
}
HEAD: Final = 400  # bytes in which a prefix ends, but for structured data
_NAMES: Final = ", ".join(map(literal, GROUPS))
_PREFIX: Final = (
    f"select unnest(regexp_extract(line, {literal(PREFIX)}, [{_NAMES}], 's')) from heads"  # noqa: S608 - constants
)
_DATA: Final = f"select regexp_extract(line, {literal(DATA)}, 0, 's') as data from heads"  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class SyslogReader:
    """Reads the rest of each record with another reader.

    keep_data: structured data are left for that reader.
    """

    inner: Callable[[Segment], Source]
    wanted: tuple[str, ...]
    con: duckdb.DuckDBPyConnection
    missing: tuple[str, ...]
    keep_data: bool = False

    def __call__(self, segment: Segment) -> Source:
        """What the other reader gives, and the wanted fields of the prefix."""
        size = len(segment)
        starts = segment.starts.copy()
        fields: dict[str, pa.Array] = {}
        rows = np.arange(size, dtype=np.int64)
        for turn in range(RELAYS):
            if turn:
                rows = self._relayed(segment, starts, rows)
            if not len(rows):
                break
            found, lengths = self._prefixes(segment, starts, rows)
            starts[rows] += lengths
            newer = np.flatnonzero(np.asarray(pc.binary_length(found["time5"]).to_numpy()) > 0)
            data = self._data(segment, starts, rows[newer]) if len(newer) else None
            if data is not None:
                found["syslog_data"] = _spread(data, newer, len(rows))
            self._take(fields, found, rows, size)
        source = self.inner(replace(segment, starts=starts))
        for name, column in fields.items():
            values = column
            if source.cleaned:
                words = pa.array(self.missing, pa.string())
                values = pc.if_else(pc.is_in(column, value_set=words), None, column)
            whole = len(source.rows) == size
            values = values if whole else values.take(pa.array(source.rows))
            source.table = _with(source.table, name, values)
            source.names[name] = name
        return source

    def _relayed(
        self, segment: Segment, starts: NDArray[np.int64], rows: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """The records in which another prefix follows the one that was taken off."""
        data = np.frombuffer(segment.data + b"\0", np.uint8)
        rows = rows[data[starts[rows]] == ord("<")]
        if not len(rows):
            return rows
        ends = np.minimum(starts[rows] + 5, segment.ends[rows])
        heads = text_array(segment.data, starts[rows], ends)
        again = pc.match_substring_regex(heads, AGAIN).to_numpy(zero_copy_only=False)
        kept: NDArray[np.int64] = rows[np.asarray(again)]
        return kept

    def _prefixes(
        self, segment: Segment, starts: NDArray[np.int64], rows: NDArray[np.int64]
    ) -> tuple[dict[str, pa.Array], NDArray[np.int64]]:
        """The parts of the prefix of these records, and how long it is; 0 where there is none."""
        heads = _heads(segment, starts[rows], segment.ends[rows], HEAD)
        self.con.register("heads", pa.table({"line": heads}))
        table = self.con.sql(_PREFIX).to_arrow_table().combine_chunks()
        found = {name: _whole(table.column(name)) for name in GROUPS}
        lengths = np.asarray(pc.binary_length(found["whole"]).to_numpy()).astype(np.int64)
        return found, lengths

    def _data(
        self, segment: Segment, starts: NDArray[np.int64], rows: NDArray[np.int64]
    ) -> pa.Array:
        """The structured data of records of RFC 5424, which are taken off unless they are kept."""
        lines = text_array(segment.data, starts[rows], segment.ends[rows])
        self.con.register("heads", pa.table({"line": lines}))
        data = _whole(self.con.sql(_DATA).to_arrow_table().column("data"))
        lengths = np.asarray(pc.binary_length(data).to_numpy()).astype(np.int64)
        if self.keep_data:
            lengths = np.where(lengths <= 2, lengths, 0)  # the word for none is no pair
        starts[rows] += lengths
        return pc.utf8_rtrim(data, " ")

    def _take(
        self,
        fields: dict[str, pa.Array],
        found: dict[str, pa.Array],
        rows: NDArray[np.int64],
        size: int,
    ) -> None:
        """Keep the wanted fields; of several prefixes the last that has one counts."""
        none = pa.nulls(len(rows), pa.string())
        for name, groups in FIELDS.items():
            if name in self.wanted:
                parts = [_or_null(found[one]) for one in (*groups, name) if one in found]
                column = pc.coalesce(none, *parts)
                spread = column if len(rows) == size else _spread(column, rows, size)
                fields[name] = pc.coalesce(spread, fields[name]) if name in fields else spread


def _with(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    if table.column_names == [""]:
        return pa.table({name: column})
    return table.append_column(name, column)


def _or_null(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(column, ""), None, column)


def _spread(column: pa.Array, rows: NDArray[np.int64], size: int) -> pa.Array:
    """Values of some rows as a column of all rows."""
    index = np.zeros(size, np.int64)
    none = np.ones(size, bool)
    index[rows], none[rows] = np.arange(len(rows)), False
    return column.take(pa.array(index, mask=none))


def _heads(
    segment: Segment, starts: NDArray[np.int64], ends: NDArray[np.int64], size: int
) -> pa.Array:
    """The beginnings of records, cut between two characters."""
    cut = np.minimum(ends, starts + size)
    data = np.frombuffer(segment.data + b"\0", np.uint8)
    for _ in range(3):
        cut = cut - ((cut < ends) & (cut > starts) & ((data[cut] & 0xC0) == 0x80))
    return text_array(segment.data, starts, cut)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
