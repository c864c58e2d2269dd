"""Records that hold lists in lists: each innermost element is a row, with what stands around it.

    {"time": …, "flows": [{"mac": …, "groups": [{"rule": …, "tuples": ["a,b,c", …]}]}]}

Fields of the outer objects are read once and then repeated. A list that is empty counts as one
record that is skipped; one that is not there rejects its object.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.logs.engine import quoted
from connectors.logs.readers.base import Bad, Source
from connectors.logs.readers.jsontext import AS_JSON, JsonReader, inside
from connectors.logs.readers.unwrapped import replace_row, whole, with_records

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

    from connectors.logs.model import Format
    from connectors.logs.values import Segment

LIST: Final = "_list"
EMPTY: Final = "empty_list"
_LEVEL: Final = re.compile(r"(json:)?(?:([0-9])(?=\$))?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Level:
    """Objects at one depth of lists: a column a field, and of each its parent and its record."""

    table: pa.Table
    parent: NDArray[np.int64]
    row: NDArray[np.int64]


class FanReader:
    """Reads what is in the innermost of the lists that `each` names."""

    def __init__(
        self, fmt: Format, wanted: tuple[str, ...], con: duckdb.DuckDBPyConnection
    ) -> None:
        rule = fmt.reader
        self._con = con
        self._each = rule.each
        self._split = rule.split
        parts = rule.split.into if rule.split else []
        self._parts = [name for name in wanted if name in parts]
        depth = len(rule.each)
        given = rule.fields if isinstance(rule.fields, dict) else {}
        places: list[dict[str, str]] = [{} for _ in range(depth + 1)]
        for name in wanted:
            if name not in parts:
                path = given.get(name, f"{depth}{inside(name)}")
                as_json, level, path = _LEVEL.findall(path)[0]
                places[int(level or 0)][name] = as_json + path
        for level, path in enumerate(rule.each):
            places[level][LIST] = AS_JSON + inside(path)
        self._readers = [JsonReader(fmt, tuple(one), con, given=one) for one in places]

    def __call__(self, segment: Segment) -> Source:
        """A row for each innermost element, in order; `extra` counts those beyond one a record."""
        bad: list[Bad] = []
        levels: list[_Level] = []
        here, row = segment, np.arange(len(segment), dtype=np.int64)
        parent = row
        empty = 0
        for depth, reader in enumerate(self._readers):
            if depth == len(self._each) and self._split is not None:
                levels.append(self._texts(here, parent, row, bad))
                break
            found = reader(here)
            bad += [replace_row(one, int(row[one.row])) for one in found.bad]
            table, parent, row = found.table, parent[found.rows], row[found.rows]
            levels.append(_Level(table, parent, row))
            if depth == len(self._each):
                break
            parent, elements, none = self._elements(table, depth, row, bad)
            empty += none
            here = replace(segment, line_no=segment.line_no[row[parent]],
                           offset=segment.offset[row[parent]], event_no=None)  # fmt: skip
            here, row = with_records(here, elements), row[parent]
        source = self._gathered(levels, bad)
        source.skips = {EMPTY: empty} if empty else {}
        source.extra = len(source.rows) + len(bad) + empty - len(segment)
        return source

    def _elements(
        self, table: pa.Table, depth: int, row: NDArray[np.int64], bad: list[Bad]
    ) -> tuple[NDArray[np.int64], pa.Array, int]:
        """Elements of the lists at one depth, whose they are, and how many lists are empty."""
        texts = whole(table.column(LIST))
        # some exports write the one element there is without its list
        alone = pc.starts_with(texts, "{").fill_null(fill_value=False)
        texts = pc.if_else(alone, pc.binary_join_element_wise("[", texts, "]", ""), texts)
        lists = pc.starts_with(texts, "[").fill_null(fill_value=False)
        for i in np.flatnonzero(~np.asarray(lists.to_numpy(False))).tolist():
            value = texts[i].as_py()
            reason = "missing" if value is None else "wrong type: a list is wanted"
            bad.append(Bad(int(row[i]), self._each[depth], reason, value))
        self._con.register("lines", pa.table({"line": pc.if_else(lists, texts, None)}))
        sql = "select cast(json_extract(line, '$[*]') as varchar[]) as parts from lines"
        parts = whole(self._con.sql(sql).to_arrow_table().column("parts"))
        parent = np.asarray(pc.list_parent_indices(parts).to_numpy()).astype(np.int64)
        sizes = pc.equal(pc.list_value_length(parts), 0).fill_null(fill_value=False)
        return parent, pc.list_flatten(parts), int(pc.sum(sizes).as_py() or 0)

    def _texts(
        self, here: Segment, parent: NDArray[np.int64], row: NDArray[np.int64], bad: list[Bad]
    ) -> _Level:
        """Innermost elements that are texts, in parts."""
        split = self._split
        if split is None:
            raise AssertionError("there is something to part")
        self._con.register("lines", pa.table({"line": here.lines}))
        sql = (
            "select case when json_type(line) = 'VARCHAR' then json_extract_string(line, '$') end"
            " as text from lines"
        )
        text = whole(self._con.sql(sql).to_arrow_table().column("text"))
        parts = pc.split_pattern(text, split.delim)
        fits = pc.less_equal(pc.list_value_length(parts), len(split.into))
        keep = np.asarray(fits.fill_null(fill_value=False).to_numpy(False))
        for i in np.flatnonzero(~keep).tolist():
            value = text[i].as_py()
            reason = "wrong type: text is wanted" if value is None else (
                f"{value.count(split.delim) + 1} parts, format has {len(split.into)}"
            )  # fmt: skip
            bad.append(Bad(int(row[i]), self._each[-1], reason, value))
        self._con.register("lines", pa.table({"parts": parts.filter(pa.array(keep))}))
        chosen = ", ".join(
            f"parts[{split.into.index(name) + 1}] as {quoted(name)}" for name in self._parts
        )
        sql = f"select {chosen or '1 as none'} from lines"  # noqa: S608 - quoted names
        table = self._con.sql(sql).to_arrow_table()
        return _Level(table, parent[keep], row[keep])

    def _gathered(self, levels: list[_Level], bad: list[Bad]) -> Source:
        """The fields of all levels, a row for each innermost element."""
        columns: dict[str, pa.ChunkedArray] = {}
        at = np.arange(levels[-1].table.num_rows, dtype=np.int64)
        for level in reversed(levels):
            for name in level.table.column_names:
                if name not in {LIST, ""}:
                    columns[name] = level.table.column(name).take(pa.array(at))
            at = level.parent[at]
        table = pa.table(columns) if columns else pa.table({"": pa.nulls(len(at), pa.string())})
        return Source(table, levels[-1].row, bad, {name: name for name in columns})
