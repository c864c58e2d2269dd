"""Keys that a JSON record has twice: DuckDB takes the first, and what it passes over is said.

A record that has two values for what decides (base.DECIDING) is nobody's word, and is given up.
Parsing every record again would cost a third of the reading. So the bytes are asked first: only
where more closing quotes of a wanted key stand before colons than values were found is the record
looked at again, and where a letter is spelled as an escape or a key stands far from its colon.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from connectors.logs.engine import literal
from connectors.logs.readers.base import TWO_VALUES, Bad
from connectors.logs.readers.jsonkeys import last_step
from connectors.logs.remarks import twice

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import duckdb
    from numpy.typing import NDArray

    from connectors.logs.readers.base import Source
    from connectors.logs.readers.jsonkeys import KeyEnds
    from connectors.logs.values import Segment

_ANY: Final = re.compile(r'\.(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_][A-Za-z0-9_]*))|\[(\d+)\]')


@dataclass(frozen=True, slots=True)
class Key:
    """The last step of a path, and what leads to it."""

    parent: str
    name: str


def keys_of(paths: tuple[str, ...]) -> list[Key]:
    """The keys at the ends of these paths; a path that ends in an index has none."""
    steps = (last_step(path.removeprefix("json:")) for path in paths)
    return [Key(*step) for step in steps if step is not None]


def repeated(
    segment: Segment,
    source: Source,
    lines: pa.Array,
    paths: Mapping[str, tuple[str, ...]],
    con: duckdb.DuckDBPyConnection,
    strict: Collection[str],
    ends: KeyEnds,
) -> NDArray[np.bool_]:
    """Which records are clear about the fields in `strict`; the others are added to bad.

    lines: the records as text; source.table and source.rows have one row for each. ends: those of
    the segment. For each field
    that some record has twice with one value, or that is not strict, the segment gets a notice.
    """
    clear = np.ones(len(lines), bool)
    odd = _owners(segment, source, ends.odd)
    odd = np.unique(odd[odd >= 0])
    parsed: dict[int, object] = {}
    objects: dict[Key, NDArray[np.int64]] = {}
    usual = np.ones(len(lines), bool)
    usual[odd] = False
    for field, where in paths.items():
        values = np.asarray(source.table.column(field).is_valid())
        found = [odd]
        for number, keys in enumerate(_levels(where)):
            if number and keys[0] in objects:  # which many fields share
                found.append(objects[keys[0]])
                continue
            few = int(np.count_nonzero(values & usual)) if number == 0 else 0
            owner = _owners(segment, source, ends.beyond({key.name for key in keys}, few))
            again = _again(owner, usual)
            if len(again):
                again = again[_holds_twice(lines.take(pa.array(again)), keys, con)]
            if number:
                objects[keys[0]] = again
            found.append(again)
        told = []
        for row in np.unique(np.concatenate(found)).tolist():
            if row not in parsed:
                parsed[row] = _parsed(lines[row].as_py())
            said = _values_at(parsed[row], where)
            other = next((one for one in said if one != said[0]), None)
            if other is None or field not in strict:
                told += [row] * (len(said) > 1)
            elif clear[row]:
                clear[row] = False
                bad = Bad(int(source.rows[row]), source.names[field], TWO_VALUES, other)
                source.bad.append(bad)
        if told:
            line = int(segment.line_no[source.rows[told[0]]])
            segment.notices.append(twice(source.names[field], line, len(told)))
    return clear


def _again(owner: NDArray[np.int64], usual: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The usual rows that come twice in a sorted list of rows, where -1 is none."""
    owner = owner[owner >= 0]
    owner = owner[usual[owner]]
    return np.unique(owner[:-1][np.diff(owner) == 0])


def _parsed(text: str) -> object:
    """A JSON text with every key as often as it comes; None if Python finds no sense in it."""
    try:
        return json.loads(text, object_pairs_hook=_Pairs, parse_int=str, parse_float=str)
    except ValueError:
        return None


def _values_at(top: object, paths: tuple[str, ...]) -> list[str]:
    """Every value at one of the paths, where an object may repeat a key."""
    found: list[str] = []
    for path in paths:
        at: list[object] = [top]
        for name, index in path_steps(path):
            if index is None:
                at = [v for o in at if isinstance(o, _Pairs) for k, v in o if k == name]
            else:
                at = [o[index] for o in at if type(o) is list and index < len(o)]
        found += [one if isinstance(one, str) else json.dumps(one) for one in at]
    return found


class _Pairs(list[tuple[str, object]]):
    """An object, with each of its keys as often as it comes."""


def path_steps(path: str) -> list[tuple[str, int | None]]:
    """The names and places in lists along a path."""
    return [
        (name or re.sub(r"\\(.)", r"\1", spelled), int(index) if index else None)
        for spelled, name, index in _ANY.findall(path.removeprefix("json:"))
    ]


def _levels(where: tuple[str, ...]) -> list[list[Key]]:
    """The keys at the ends of the paths, and those of the objects that lead there, one by one."""
    levels = [keys_of(where)]
    for key in levels[0]:
        above = keys_of((key.parent,))
        while above:
            if above not in levels:
                levels.append(above)
            above = keys_of((above[0].parent,))
    return [keys for keys in levels if keys]


def _owners(segment: Segment, source: Source, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each place the row of source.rows that it lies in; -1 for none."""
    if not len(source.rows) or not len(at):
        return np.full(len(at), -1, np.int64)
    record = segment.starts.searchsorted(at, side="right") - 1
    inside = (record >= 0) & (at < segment.ends[record])
    row = np.minimum(source.rows.searchsorted(record), len(source.rows) - 1)
    return np.where(inside & (source.rows[row] == record), row, -1)


def _holds_twice(
    lines: pa.Array, keys: list[Key], con: duckdb.DuckDBPyConnection
) -> NDArray[np.bool_]:
    """Which of these records have two of the keys in one object."""
    con.register("lines", pa.table({"line": lines}))
    by_parent: dict[str, list[str]] = {}
    for key in keys:
        by_parent.setdefault(key.parent, []).append(literal(key.name))
    tests = " or ".join(
        "coalesce(len(list_filter("
        + ("json_keys(line)" if parent == "$" else f"json_keys(line, {literal(parent)})")
        + f", lambda k: k in ({', '.join(names)}))), 0) > 1"
        for parent, names in by_parent.items()
    )
    answer = con.sql(f"select {tests} as again from lines").to_arrow_table()  # noqa: S608 - quoted texts
    return np.asarray(answer.column("again").to_numpy(zero_copy_only=False)).astype(bool)
