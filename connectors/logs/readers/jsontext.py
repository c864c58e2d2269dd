"""JSON objects, one a record: one extraction of all wanted paths a record, in DuckDB.

Values become text: strings without their quotes (an escaped NUL stays a NUL), numbers as they
are spelled. An object or a list where a scalar is wanted rejects its record. Depth is checked
before parsing, on the bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import duckdb
import numpy as np
import pyarrow as pa

from connectors.logs.engine import literal, quoted
from connectors.logs.frame import text_array
from connectors.logs.header import canonical
from connectors.logs.readers.base import Bad, Source, deciding_fields, empty_table
from connectors.logs.readers.jsonkeys import KeyEnds
from connectors.logs.readers.jsonshape import (
    MAX_DEPTH,
    begin_with_braces,
    begins_like_a_container,
    too_deep,
)
from connectors.logs.readers.twice import repeated
from connectors.logs.remarks import unread_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from connectors.logs.model import Format
    from connectors.logs.values import Segment

MAX_NAMED: Final = 2  # objects inside objects that a name may lead into
OPENED: Final = "aicensus_opened_"  # with a number, the key of a text that unwrap has opened
AS_JSON: Final = "json:"  # a path that begins so is taken as JSON text, whatever it holds
OBJECT, NO_JSON, OTHER = range(3)
IS_OBJECT: Final = "starts_with(ltrim(line, chr(9) || ' ' || chr(10) || chr(13)), '{')"
_SHAPE: Final = (
    f"case when not json_valid(line) then {NO_JSON} when {IS_OBJECT} then {OBJECT}"
    f" else {OTHER} end as shape"
)


@dataclass(frozen=True, slots=True)
class JsonReader:
    """Reads JSON objects. With `by_key` fields are found among the keys there are, in any case."""

    fmt: Format
    wanted: tuple[str, ...]
    con: duckdb.DuckDBPyConnection
    by_key: bool = False
    given: Mapping[str, str] | None = None  # paths of fields, instead of those of the format

    def __call__(self, segment: Segment) -> Source:
        """The wanted fields of every record that is one JSON object."""
        deep = too_deep(segment)
        keep = np.ones(len(segment), bool)
        keep[deep] = False
        source = Source(empty_table(0), np.flatnonzero(keep))
        source.bad += [Bad(row, None, f"nesting over {MAX_DEPTH}") for row in deep]
        starts, ends = segment.starts[keep], segment.ends[keep]
        lines = text_array(segment.data, starts, ends)
        keys = KeyEnds(segment.data)
        paths = (
            self._quickly(lines, segment, source, keys)
            if begin_with_braces(segment, starts, ends)
            else None
        )
        if paths is None:
            lines = self._objects(lines, source)
            paths, source.names = self._paths(lines, segment, keys)
            source.table = self._table(lines, paths, keys)
        strict = deciding_fields(self.fmt)
        clear = repeated(segment, source, lines, paths, self.con, strict, keys)
        if not clear.all():
            source.table, source.rows = source.table.filter(pa.array(clear)), source.rows[clear]
            lines = lines.filter(pa.array(clear))
        ok = self._scalars(source.table, paths, lines, source)
        if not ok.all():
            source.table, source.rows = source.table.filter(pa.array(ok)), source.rows[ok]
        return source

    def _quickly(
        self, lines: pa.Array, segment: Segment, source: Source, keys: KeyEnds
    ) -> dict[str, tuple[str, ...]] | None:
        """Fill the table of records that begin as objects; None if one of them may be no JSON.

        Extraction refuses what json_valid does, so that a second parsing would tell nothing more.
        """
        try:
            paths, source.names = self._paths(lines, segment, keys)
            if not self.by_key and not any(_live(paths, keys).values()):
                return None
            source.table = self._table(lines, paths, keys)
        except duckdb.InvalidInputException:
            return None
        return paths

    def _objects(self, lines: pa.Array, source: Source) -> pa.Array:
        """The records that are objects; the others are added to bad."""
        shape = np.asarray(self._ask(f"select {_SHAPE} from lines", lines).column(0))  # noqa: S608 - a constant
        ok = shape == OBJECT
        for row in np.flatnonzero(~ok).tolist():
            reason = "not JSON" if shape[row] == NO_JSON else "not an object"
            source.bad.append(Bad(int(source.rows[row]), None, reason))
        if not ok.all():
            lines, source.rows = lines.filter(pa.array(ok)), source.rows[ok]
        return lines

    def _table(self, lines: pa.Array, paths: dict[str, tuple[str, ...]], keys: KeyEnds) -> pa.Table:
        """The fields, out of one extraction of all paths at which there may be something."""
        if not paths:
            return empty_table(len(lines))
        live = {name: there for name, there in _live(paths, keys).items() if there}
        made = self._ask(_query(live), lines) if live else None
        nothing = pa.nulls(len(lines), pa.string())
        return pa.table({
            name: made.column(name) if made is not None and name in live else nothing
            for name in paths
        })  # fmt: skip

    def _ask(self, sql: str, lines: pa.Array) -> pa.Table:
        self.con.register("lines", pa.table({"line": lines}))
        return self.con.sql(sql).to_arrow_table().combine_chunks()

    def _paths(
        self, lines: pa.Array, segment: Segment, keys: KeyEnds
    ) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
        """Per wanted field the paths that may hold it, and the source's spelling of the field."""
        rule = self.fmt.reader
        if self.by_key:
            return self._alike(self._leaves(lines, (), 0), segment)
        given = self.given
        if given is None:
            given = rule.fields if isinstance(rule.fields, dict) else {}
        opened = [f"{OPENED}{i}" for i in range(len(rule.wrappers))][::-1]
        outer = (*opened, *rule.wrappers)
        inner = [inside(path) for path in outer if keys.may_lead(inside(path))]
        paths: dict[str, tuple[str, ...]] = {}
        names: dict[str, str] = {}
        for name in self.wanted:
            names[name] = name
            if rule.dotted and "." in name and name not in given:
                spelled = (_path(name), inside(name))
                there = tuple(one for one in spelled if _ends_in(one, segment.data))
                every = [(*inner, "$"), there or spelled[:1]]
                paths[name] = tuple(f"{at}{one[1:]}" for at in every[0] for one in every[1])
                continue
            path = given.get(name, _path(name))
            kind, _, steps = path.rpartition("$")
            paths[name] = (*(f"{kind}{one}{steps}" for one in inner), path)
        return paths, names

    def _leaves(self, lines: pa.Array, above: tuple[str, ...], depth: int) -> list[tuple[str, ...]]:
        """The keys there are; of an object that may hold a known name, those inside instead."""
        at = f", {literal(_steps(above))}" if above else ""
        asked = f"select distinct unnest(json_keys(line{at})) from lines"  # noqa: S608 - a quoted path
        found: list[tuple[str, ...]] = []
        for key in filter(None, sorted(self._ask(asked, lines).column(0).to_pylist())):
            one = (*above, key)
            begins = canonical(".".join(one)) + "_"
            inner: list[tuple[str, ...]] = []
            if depth < MAX_NAMED and any(name.startswith(begins) for name in self._known()):
                inner = self._leaves(lines, one, depth + 1)
            found += inner
            if not inner or canonical(".".join(one)) in self._known():
                found.append(one)
        return found

    def _known(self) -> frozenset[str]:
        return frozenset(canonical(name) for name in self.fmt.expressions.fields())

    def _alike(
        self, leaves: list[tuple[str, ...]], segment: Segment
    ) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
        """Paths of the keys that spell a wanted field's name, `a.b` for b inside a."""
        by_name: dict[str, list[tuple[str, ...]]] = {}
        for leaf in sorted(leaves, key=len):
            by_name.setdefault(canonical(".".join(leaf)), []).append(leaf)
        unread = [n for n in leaves if canonical(".".join(n)) not in self._known()]
        segment.notices += unread_keys(".".join(leaf) for leaf in unread)
        there = {
            name: by_name[canonical(name)] for name in self.wanted if canonical(name) in by_name
        }
        return (
            {name: tuple(map(_steps, spelled)) for name, spelled in there.items()},
            {name: "|".join(map(".".join, spelled)) for name, spelled in there.items()},
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
            if column.null_count == len(column):
                continue
            maybe = np.flatnonzero(begins_like_a_container(column) & ok)
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


def inside(path: str) -> str:
    """The JSON path of keys with dots between."""
    return _steps(tuple(path.split(".")))


def _ends_in(path: str, data: bytes) -> bool:
    """Whether the last key of a JSON path may stand in a block: keys spelled with escapes may."""
    key = path[path.rindex('."') + 1 :]
    return key.encode() in data or b"\\u00" in data


def _key(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _path(name: str) -> str:
    return _steps((name,))


def _steps(names: tuple[str, ...]) -> str:
    return "$" + "".join(f".{_key(name)}" for name in names)


def _query(fields: dict[str, tuple[str, ...]]) -> str:
    """One column per field, out of one extraction of all paths; every line is a JSON object."""
    scalars = [p for paths in fields.values() for p in paths if not p.startswith(AS_JSON)]
    texts = [p for paths in fields.values() for p in paths if p.startswith(AS_JSON)]
    spelled = {path: f"s[{i}]" for i, path in enumerate(scalars, 1)}
    spelled |= {path: f"cast(j[{i}] as varchar)" for i, path in enumerate(texts, 1)}
    columns = ", ".join(
        f"coalesce({', '.join(spelled[path] for path in paths)}) as {quoted(name)}"
        for name, paths in fields.items()
    )
    lists = [
        f"{call}(line, [{', '.join(literal(p.removeprefix(AS_JSON)) for p in paths)}]) as {name}"
        for call, paths, name in (
            ("json_extract_string", scalars, "s"),
            ("json_extract", texts, "j"),
        )
        if paths
    ]
    return f"select {columns} from (select {', '.join(lists)} from lines)"  # noqa: S608 - quoted names and paths


def _live(paths: dict[str, tuple[str, ...]], keys: KeyEnds) -> dict[str, tuple[str, ...]]:
    """Per field the paths at which some record may hold something."""
    return {name: tuple(filter(keys.may_lead, where)) for name, where in paths.items()}
