"""Records that are JSON text inside something else: a field of an object, or a column of a table.

    {"result": {"_raw": "{\\"ts\\": 1772438400, …}"}}

The text becomes an object in front of the other keys of the record that holds it, under a name of
its own, where the reader of JSON looks first. Objects inside objects need no such thing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.logs.engine import literal
from connectors.logs.header import canonical
from connectors.logs.readers.base import Bad, Source
from connectors.logs.readers.delimited import DelimitedReader
from connectors.logs.readers.jsonshape import holds_braces_inside, too_deep
from connectors.logs.readers.jsontext import OPENED, JsonReader, inside

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb
    from numpy.typing import NDArray

    from connectors.logs.model import Format
    from connectors.logs.values import Segment


@dataclass(frozen=True, slots=True)
class UnwrapReader:
    """Puts texts at one of the paths in place of their records, and has `inner` read on."""

    inner: Callable[[Segment], Source]
    paths: tuple[str, ...]
    con: duckdb.DuckDBPyConnection

    def __call__(self, segment: Segment) -> Source:
        """What the inner reader gives."""
        if not holds_braces_inside(segment):
            return self.inner(segment)
        for turn, path in enumerate(self.paths):
            key = re.escape(path.rpartition(".")[2].encode())
            if re.search(rb'"%b"\s*:\s*"\s*\{' % key, segment.data):
                segment = self._opened(segment, path, turn)
        return self.inner(segment)

    def _opened(self, segment: Segment, path: str, turn: int) -> Segment:
        lines = segment.lines
        shallow = np.ones(len(segment), bool)
        shallow[too_deep(segment)] = False
        self.con.register("lines", pa.table({"line": lines, "shallow": pa.array(shallow)}))
        cases = " ".join(
            f"when starts_with(line, {literal(_front(i))}) then {_text_at(f'{OPENED}{i}', path)}"
            for i in range(turn)
        )
        sql = (
            f"select text, json_valid(text) as whole from (select case when not shallow or"  # noqa: S608 - quoted paths
            f" not json_valid(line) then null {cases} else {_text_at('', path)} end as text"
            " from lines)"
        )
        found = self.con.sql(sql).to_arrow_table()
        text = whole(found.column("text"))
        opens = pc.match_substring_regex(text, r"^\s*\{").fill_null(fill_value=False)
        if not pc.any(opens).as_py():
            return segment
        beside = pc.replace_substring_regex(lines, r"^\s*\{", "")
        both = pc.binary_join_element_wise(_front(turn), text, ",", beside, "")
        # a text that is no JSON is no record, and must not become one by what stands beside it
        opened = pc.if_else(whole(found.column("whole")), both, text)
        return with_records(segment, pc.if_else(opens, opened, lines))


def _front(turn: int) -> str:
    """How a record begins whose text was opened."""
    return '{"' + OPENED + str(turn) + '":'


def _text_at(opened: str, path: str) -> str:
    at = literal(inside(f"{opened}.{path}" if opened else path))
    return f"case when json_type(line, {at}) = 'VARCHAR' then json_extract_string(line, {at}) end"


@dataclass(frozen=True, slots=True)
class ColumnReader:
    """Reads a table with a column of JSON objects: their fields, and the other columns.

    A field counts from the object; where that has none, from the column of the same name.
    """

    fmt: Format
    wanted: tuple[str, ...]
    con: duckdb.DuckDBPyConnection

    def __call__(self, segment: Segment) -> Source:
        """The wanted fields of every row whose column holds an object."""
        header = {canonical(name): name for name in segment.columns or ()}
        column = next((p for p in self.fmt.reader.wrappers if canonical(p) in header), "")
        wanted = tuple(name for name in self.wanted if name != column)
        table = DelimitedReader(self.fmt, (column, *wanted))(segment)
        bad, rows = table.bad, table.rows
        texts = whole(table.table.column(column))
        none = np.asarray(pc.or_kleene(pc.equal(texts, ""), texts.is_null()).to_numpy(False))
        if none.any():
            bad += [Bad(row, column, "missing", "") for row in rows[none].tolist()]
            rows, kept = rows[~none], pa.array(~none)
            table.table, texts = table.table.filter(kept), texts.filter(kept)
        records = replace(
            segment, line_no=segment.line_no[rows], offset=segment.offset[rows], columns=None
        )
        found = JsonReader(self.fmt, self.wanted, self.con)(with_records(records, texts))
        bad += [replace_row(one, int(rows[one.row])) for one in found.bad]
        columns = {name: found.table.column(name) for name in self.wanted}
        for name in wanted:
            if name in table.table.column_names:
                beside = table.table.column(name).take(pa.array(found.rows))
                columns[name] = pc.coalesce(columns[name], beside)
        return Source(pa.table(columns), rows[found.rows], bad, found.names)


def with_records(segment: Segment, texts: pa.Array) -> Segment:
    """The segment with other texts as its records, which keep their lines and offsets."""
    joined = pc.binary_join_element_wise(texts, "", "\n")  # each with a line end behind it
    joined = joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined
    _, places, data = joined.buffers()
    spots = np.frombuffer(places, np.int32)[joined.offset : joined.offset + len(joined) + 1]
    edges: NDArray[np.int64] = spots.astype(np.int64)
    starts = edges[:-1]
    return replace(
        segment,
        data=data.to_pybytes() if data is not None else b"",
        starts=starts,
        ends=edges[1:] - 1,
    )


def replace_row(bad: Bad, row: int) -> Bad:
    """The same of another record."""
    return Bad(row, bad.field, bad.reason, bad.value)


def whole(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
