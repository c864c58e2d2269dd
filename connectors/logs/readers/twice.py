"""Keys that a JSON record has twice: DuckDB takes the first, and what it passes over is said.

Parsing every record again would cost a third of the reading. So the bytes are asked first: only
where more closing quotes of a wanted key stand before colons than values were found is the record
looked at again. (A key that spells a letter as an escape is not found that way.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from connectors.logs.engine import literal
from connectors.logs.remarks import twice

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb
    from numpy.typing import NDArray

    from connectors.logs.readers.base import Source
    from connectors.logs.values import Segment

WIDTH: Final = 8  # bytes of a key's end that are compared at once
_STEP: Final = re.compile(r'\.(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_][A-Za-z0-9_]*))$')


@dataclass(frozen=True, slots=True)
class Key:
    """The last step of a path, and what leads to it."""

    parent: str
    name: str


def keys_of(paths: tuple[str, ...]) -> list[Key]:
    """The keys at the ends of these paths; a path that ends in an index has none."""
    found = []
    for path in (one.removeprefix("json:") for one in paths):
        step = _STEP.search(path)
        if step is not None and "*" not in path:
            name = step[2] or re.sub(r"\\(.)", r"\1", step[1] or "")
            found.append(Key(path[: step.start()], name))
    return found


def tell_repeated(
    segment: Segment,
    source: Source,
    lines: pa.Array,
    paths: Mapping[str, tuple[str, ...]],
    con: duckdb.DuckDBPyConnection,
) -> None:
    """Add a notice to the segment for each field that some record has twice.

    lines: the records as text; source.table and source.rows have one row for each.
    """
    ends = _KeyEnds(segment.data)
    for field, where in paths.items():
        keys = keys_of(where)
        values = len(lines) - source.table.column(field).null_count
        names = {key.name for key in keys}
        if ends.count(names) <= values:
            continue
        at = ends.places(names)
        rows = segment.starts.searchsorted(at, side="right") - 1
        rows = rows[(rows >= 0) & (at < segment.ends[rows])]
        place = source.rows.searchsorted(np.unique(rows[:-1][np.diff(rows) == 0]))
        place = place[place < len(source.rows)]
        if not len(place):
            continue
        place = place[_holds_twice(lines.take(pa.array(place)), keys, con)]
        if len(place):
            line = int(segment.line_no[source.rows[place[0]]])
            segment.notices.append(twice(source.names[field], line, len(place)))


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


def _windows(data: bytes) -> NDArray[np.uint64]:
    """Every WIDTH bytes of a block as one number, the last byte first."""
    return np.ndarray((max(len(data) - WIDTH + 1, 0),), "<u8", data, strides=(1,))


class _KeyEnds:
    """Where keys end in a block: at a quote before a colon."""

    def __init__(self, data: bytes) -> None:
        text = np.frombuffer(data, np.uint8)
        colons = np.flatnonzero(text == ord(":"))
        before = text[colons - 1]
        at = colons[before == ord('"')] - 1
        if (blank := before == ord(" ")).any():
            spaced = colons[blank] - 2
            at = np.union1d(at, spaced[text[spaced] == ord('"')])
        self._at = at[at >= 0]
        self._shifted: dict[int, NDArray[np.uint64]] = {}
        early = int(self._at.searchsorted(WIDTH))
        self._last = np.concatenate([
            _windows(b"\0" * WIDTH + data[:WIDTH])[self._at[:early]],
            _windows(data)[self._at[early:] - WIDTH],
        ])  # fmt: skip

    def count(self, names: set[str]) -> int:
        """How often one of the names may end a key."""
        return sum(int(np.count_nonzero(self._like(name))) for name in names)

    def places(self, names: set[str]) -> NDArray[np.int64]:
        """Where one of the names may end, in order."""
        found = np.zeros(len(self._at), bool)
        for name in names:
            found |= self._like(name)
        return np.asarray(self._at[found])

    def _like(self, name: str) -> NDArray[np.bool_]:
        spelled = b'"' + name.encode()
        size = min(len(spelled), WIDTH)
        shift = 8 * (WIDTH - size)
        if shift not in self._shifted:
            self._shifted[shift] = self._last >> np.uint64(shift)
        code = int.from_bytes(spelled[-size:], "little")
        return np.asarray(self._shifted[shift] == np.uint64(code))
