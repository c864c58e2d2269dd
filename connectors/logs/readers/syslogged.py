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
from connectors.logs.prefix import (
    AFTER_HOST,
    AFTER_TIME,
    AGAIN,
    DATA,
    FIVE,
    HEAD,
    HOST,
    PREFIX,
    PROGRAM,
    RELAYS,
    TIME,
    WORDS,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb
    from numpy.typing import NDArray

    from connectors.logs.readers.base import Source
    from connectors.logs.values import Segment

TEXT: Final = "syslog_text"
FIELDS: Final = (
    "syslog_time", "syslog_host", "syslog_program", "syslog_msgid", "syslog_data", TEXT,
)  # fmt: skip
NO_PARTS: Final = frozenset({"syslog_data", TEXT})
LONGEST: Final = 400  # bytes in which a prefix ends, but for structured data


def _begins(text: str, pattern: str) -> str:
    return f"regexp_extract({text}, {literal(pattern)}, 0, 's')"


def _behind(text: str, part: str) -> str:
    return f"substr({text}, length({part}) + 1)"


_WHOLE: Final = f"select {_begins('line', PREFIX)} from heads"  # noqa: S608 - constants
_DATA: Final = f"select {_begins('line', DATA)} from heads"  # noqa: S608 - constants
_AT_TIME: Final = "time || " + _begins(_behind("rest", "time"), AFTER_TIME)
_PROGRAM: Final = _begins(_behind("last", _begins("last", AFTER_HOST)), PROGRAM)
_PARTS: Final = f"""
select
    time as syslog_time,
    if(five, split_part(tail, ' ', 1), rtrim(host)) as syslog_host,
    if(five, split_part(tail, ' ', 2), {_PROGRAM}) as syslog_program,
    if(five, split_part(tail, ' ', 4), '') as syslog_msgid
from (
    select *, {_behind("tail", "host")} as last
    from (
        select *, if(five, '', {_begins("tail", HOST)}) as host
        from (
            select *, {_behind("rest", _AT_TIME)} as tail
            from (
                select *, {_begins("rest", TIME)} as time
                from (
                    select
                        regexp_matches(line, {literal(FIVE)}) as five,
                        {_behind("line", _begins("line", HEAD))} as rest
                    from heads
                )
            )
        )
    )
)
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class SyslogReader:
    """Reads the rest of each record with another reader.

    keep_data: structured data are left for that reader. json: it reads objects, which a word or
    two may stand before.
    """

    inner: Callable[[Segment], Source]
    wanted: tuple[str, ...]
    con: duckdb.DuckDBPyConnection
    missing: tuple[str, ...]
    keep_data: bool = False
    json: bool = False

    @property
    def _fields(self) -> list[str]:
        return [name for name in FIELDS if name in self.wanted and name != TEXT]

    def __call__(self, segment: Segment) -> Source:
        """What the other reader gives, and the wanted fields of the prefix."""
        size = len(segment)
        starts = segment.starts.copy()
        kept = np.zeros(size, np.int64)  # bytes of data that stand before the message
        fields: dict[str, pa.Array] = {}
        rows = np.arange(size, dtype=np.int64)
        for turn in range(RELAYS):
            if turn:
                rows = self._relayed(segment, starts, rows)
            if not len(rows):
                break
            whole = self._ask(_WHOLE, _heads(segment, starts[rows], segment.ends[rows], LONGEST))
            starts[rows] += _lengths(whole)
            kept[rows] = 0
            found = self._parts(whole) if {*self._fields} - NO_PARTS else {}
            newer = np.flatnonzero(_five(whole))
            if len(newer):
                data = self._data(segment, starts, kept, rows[newer])
                found["syslog_data"] = _spread(data, newer, len(rows))
            self._take(fields, found, rows, size)
        if TEXT in self.wanted:
            whole_text = text_array(segment.data, starts + kept, segment.ends)
            fields[TEXT] = _or_null(pc.utf8_trim(whole_text, " \ufeff"))
        if self.json:
            starts = _at_objects(segment, starts)
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

    def _ask(self, sql: str, heads: pa.Array) -> pa.Array:
        self.con.register("heads", pa.table({"line": heads}))
        return _one(self.con.sql(sql).to_arrow_table().column(0))

    def _parts(self, prefixes: pa.Array) -> dict[str, pa.Array]:
        """The parts of each prefix, of which many are the same."""
        coded = prefixes.dictionary_encode()
        self.con.register("heads", pa.table({"line": coded.dictionary}))
        wanted = ", ".join(name for name in self._fields if name != "syslog_data")
        sql = f"select {wanted} from ({_PARTS})"  # noqa: S608 - constants
        table = self.con.sql(sql).to_arrow_table()
        return {
            name: _one(table.column(name)).take(coded.indices)
            for name in table.column_names
            if name in self.wanted
        }

    def _data(
        self,
        segment: Segment,
        starts: NDArray[np.int64],
        kept: NDArray[np.int64],
        rows: NDArray[np.int64],
    ) -> pa.Array:
        """The structured data of records of RFC 5424, which are taken off unless they are kept."""
        lines = text_array(segment.data, starts[rows], segment.ends[rows])
        data = self._ask(_DATA, lines)
        lengths = _lengths(data)
        if self.keep_data:
            kept[rows] = np.where(lengths > 2, lengths, 0)
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
        for name in self._fields:
            column = _or_null(found[name]) if name in found else none
            spread = column if len(rows) == size else _spread(column, rows, size)
            fields[name] = pc.coalesce(spread, fields[name]) if name in fields else spread


def _at_objects(segment: Segment, starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where the objects begin: behind a word or two that are left of what a program wrote."""
    data = np.frombuffer(segment.data + b"\0", np.uint8)
    rows = np.flatnonzero((data[starts] != ord("{")) & (starts < segment.ends))
    if not len(rows):
        return starts
    heads = _heads(segment, starts[rows], segment.ends[rows], LONGEST)
    words = pc.extract_regex(heads, WORDS).field(0).fill_null("")
    moved = starts.copy()
    moved[rows] += _lengths(words)
    return moved


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


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _lengths(column: pa.Array) -> NDArray[np.int64]:
    """The bytes of each value."""
    return np.asarray(pc.binary_length(column).to_numpy()).astype(np.int64)


def _five(prefixes: pa.Array) -> NDArray[np.bool_]:
    """Which prefixes are those of RFC 5424; the data follow them."""
    said = pc.match_substring_regex(prefixes, FIVE)
    return np.asarray(said.to_numpy(zero_copy_only=False)).astype(bool)
