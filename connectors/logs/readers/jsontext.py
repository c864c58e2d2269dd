"""JSON objects, one a record: one extraction of all wanted paths a record, in DuckDB.

Values become text: strings without their quotes (an escaped NUL stays a NUL), numbers as they
are spelled. An object or a list where a scalar is wanted rejects its record. Depth is checked
before parsing, on the bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.logs.engine import literal
from connectors.logs.frame import text_array
from connectors.logs.header import canonical
from connectors.logs.jsonmarks import Scanner
from connectors.logs.readers.base import Bad, Source, empty_table

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

    from connectors.logs.model import Format
    from connectors.logs.values import Segment

MAX_DEPTH: Final = 64
AS_JSON: Final = "json:"  # a path that begins so is taken as JSON text, whatever it holds
OPEN_BRACE, OPEN_BRACKET = ord("{"), ord("[")


@dataclass(frozen=True, slots=True)
class JsonReader:
    """Reads JSON objects. With `by_key` fields are found among the keys there are, in any case."""

    fmt: Format
    wanted: tuple[str, ...]
    con: duckdb.DuckDBPyConnection
    by_key: bool = False

    def __call__(self, segment: Segment) -> Source:
        """The wanted fields of every record that is one JSON object."""
        deep = _too_deep(segment)
        keep = np.ones(len(segment), bool)
        keep[deep] = False
        source = Source(empty_table(0), np.flatnonzero(keep))
        source.bad += [Bad(row, None, f"nesting over {MAX_DEPTH}") for row in deep]
        lines = text_array(segment.data, segment.starts[keep], segment.ends[keep])
        paths, source.names = self._paths(lines)
        self.con.register("lines", pa.table({"line": lines}))
        found = self.con.sql(_query(list(paths.values()))).to_arrow_table().combine_chunks()
        table = pa.table(
            {name: found.column(i) for i, name in enumerate(paths)}
        ) if paths else empty_table(len(lines))  # fmt: skip
        shape = np.asarray(found.column("shape").to_numpy())
        ok = shape == 0
        for row in np.flatnonzero(~ok).tolist():
            reason = "not JSON" if shape[row] == 1 else "not an object"
            source.bad.append(Bad(int(source.rows[row]), None, reason))
        ok &= self._scalars(table, paths, lines, source)
        if not ok.all():
            table, source.rows = table.filter(pa.array(ok)), source.rows[ok]
        source.table = table
        return source

    def _paths(self, lines: pa.Array) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
        """Per wanted field the paths that may hold it, and the source's spelling of the field."""
        rule = self.fmt.reader
        given = rule.fields if isinstance(rule.fields, dict) else {}
        if self.by_key:
            self.con.register("lines", pa.table({"line": lines}))
            keys = [
                row[0]
                for row in self.con.sql(
                    "select distinct unnest(try(json_keys(line))) from lines"
                    " where try(json_type(line)) = 'OBJECT'"
                ).fetchall()
            ]
            return self._alike(sorted(keys))
        paths: dict[str, tuple[str, ...]] = {}
        names: dict[str, str] = {}
        for name in self.wanted:
            path = given.get(name, _path(name))
            names[name] = name
            if rule.unwrap and path.startswith("$"):
                paths[name] = (f"$.{_key(rule.unwrap)}{path[1:]}", path)
            else:
                paths[name] = (path,)
        return paths, names

    def _alike(self, keys: list[str]) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
        """Paths of the keys that are a wanted field's name in any spelling."""
        by_name: dict[str, list[str]] = {}
        for key in keys:
            by_name.setdefault(canonical(key), []).append(key)
        there = {
            name: by_name[canonical(name)] for name in self.wanted if canonical(name) in by_name
        }
        return (
            {name: tuple(_path(key) for key in spelled) for name, spelled in there.items()},
            {name: "|".join(spelled) for name, spelled in there.items()},
        )

    def _scalars(
        self, table: pa.Table, paths: dict[str, tuple[str, ...]], lines: pa.Array, source: Source
    ) -> NDArray[np.bool_]:
        """Which records hold a scalar wherever one is wanted; the others are added to bad."""
        ok = np.ones(table.num_rows, bool)
        for name, where in paths.items():
            if where[0].startswith(AS_JSON):
                continue
            column = table.column(name)
            if isinstance(column, pa.ChunkedArray):
                column = column.combine_chunks()
            maybe = np.flatnonzero(_begins_like_a_container(column) & ok)
            if not len(maybe):
                continue
            self.con.register("lines", pa.table({"line": lines.take(pa.array(maybe))}))
            kinds = self.con.sql(
                "select coalesce("  # noqa: S608 - quoted paths and numbered columns
                + ", ".join(f"json_type(line, {literal(path)})" for path in where)
                + ") from lines"
            ).fetchall()
            for row, (kind,) in zip(maybe.tolist(), kinds, strict=True):
                if kind in {"OBJECT", "ARRAY"}:
                    ok[row] = False
                    source.bad.append(
                        Bad(
                            int(source.rows[row]),
                            source.names[name],
                            f"wrong type: {kind.lower()} where text is wanted",
                            column[row].as_py(),
                        )
                    )
        return ok


def _key(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _path(name: str) -> str:
    return f"$.{_key(name)}"


def _query(fields: list[tuple[str, ...]]) -> str:
    """One column per field, in order, then `shape`: 0 an object, 1 no JSON, 2 something else."""
    scalars = [path for paths in fields for path in paths if not path.startswith(AS_JSON)]
    texts = [path.removeprefix(AS_JSON) for paths in fields for path in paths
             if path.startswith(AS_JSON)]  # fmt: skip
    columns = []
    s = t = 0
    for i, paths in enumerate(fields):
        places_: list[str] = []
        for path in paths:
            if path.startswith(AS_JSON):
                t += 1
                places_.append(f"cast(j[{t}] as varchar)")
            else:
                s += 1
                places_.append(f"s[{s}]")
        columns.append(f"coalesce({', '.join(places_)}) as f{i}")
    pick = ", ".join(literal(path) for path in scalars) or "'$'"
    json = (
        f", try(json_extract(line, [{', '.join(literal(path) for path in texts)}])) as j"
        if texts
        else ""
    )
    listed = "".join(column + ", " for column in columns)
    return (
        f"select {listed}case when s is null then 1"  # noqa: S608 - quoted paths and numbered columns
        " when not starts_with(ltrim(line, chr(9) || ' ' || chr(10) || chr(13)), '{') then 2"
        " else 0 end as shape"
        f" from (select line, try(json_extract_string(line, [{pick}])) as s{json} from lines)"
    )


def _begins_like_a_container(column: pa.Array) -> NDArray[np.bool_]:
    """Which values begin with a brace or bracket; quick, since hardly any do."""
    begins = pc.or_(pc.starts_with(column, "["), pc.starts_with(column, "{"))
    return np.asarray(begins.fill_null(False).to_numpy(zero_copy_only=False))


def _too_deep(segment: Segment) -> list[int]:
    """Records nested deeper than MAX_DEPTH; only those with that many openings are looked into."""
    data = np.frombuffer(segment.data, np.uint8)
    opens = np.flatnonzero((data == OPEN_BRACE) | (data == OPEN_BRACKET))
    count = np.searchsorted(opens, segment.ends) - np.searchsorted(opens, segment.starts)
    return [
        row
        for row in np.flatnonzero(count > MAX_DEPTH).tolist()
        if Scanner().feed(segment.data[segment.starts[row] : segment.ends[row]]).deepest > MAX_DEPTH
    ]
