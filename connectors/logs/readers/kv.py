r"""key=value pairs, values in quotes where they hold blanks: key="a \"quoted\" value".

A quoted value is taken as a whole, so a pair inside it is content; of equal keys, in whatever
spelling, the first wins, and it is said that there was another; two values for a destination or a
time give the record up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.logs.engine import literal
from connectors.logs.header import canonical, places
from connectors.logs.readers.base import (
    TWO_VALUES,
    Bad,
    Source,
    destination_fields,
    empty_table,
    every_row,
)
from connectors.logs.remarks import twice, unread_keys

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

    from connectors.logs.model import Format
    from connectors.logs.values import Segment

QUOTED: Final = r'"(?:[^"\\]|\\.)*"'
PAIR: Final = rf"(?:^|[\s,;|])([A-Za-z_][0-9A-Za-z_.-]*)=({QUOTED}|[^\s]*)|{QUOTED}"


@dataclass(frozen=True, slots=True)
class KvReader:
    """Reads pairs; fields are found among the keys there are, in any case."""

    fmt: Format
    wanted: tuple[str, ...]
    con: duckdb.DuckDBPyConnection

    def __call__(self, segment: Segment) -> Source:
        """The wanted fields of every record. A record without pairs has none."""
        self.con.register("lines", pa.table({"line": segment.lines}))
        pairs = self.con.sql(
            f"select regexp_extract_all(line, {literal(PAIR)}, 1) as k,"  # noqa: S608 - a constant pattern
            f" regexp_extract_all(line, {literal(PAIR)}, 2) as v from lines"
        ).to_arrow_table().combine_chunks()  # fmt: skip
        k, v = (_whole(pairs.column(name)) for name in ("k", "v"))
        owner = np.asarray(pc.list_parent_indices(k).to_numpy())
        coded = pc.list_flatten(k).dictionary_encode()
        values = pc.list_flatten(v)
        codes = np.asarray(coded.indices.fill_null(-1).to_numpy())  # quoted text has no key
        spelled = coded.dictionary.to_pylist()
        where = places(spelled, self.wanted)
        known = {canonical(name) for name in self.fmt.expressions.fields()}
        segment.notices += unread_keys(n for n in spelled if n and canonical(n) not in known)
        codes = _one_code_a_name(codes, spelled)
        rows = every_row(segment)
        source = Source(
            empty_table(len(rows)), rows, names={n: spelled[i] for n, i in where.items()}
        )
        good = self._closed(values, owner, codes, spelled, source)
        values = _unquoted(values)
        strict = destination_fields(self.fmt)
        columns = {}
        for name, code in where.items():
            at = np.flatnonzero(codes == code)[::-1]
            first = np.full(len(rows), -1, np.int64)
            first[owner[at]] = at  # the first of equal keys is written last
            again = at[:-1][np.diff(owner[at]) == 0]
            if len(again) and name in strict:
                other = at[1:][np.diff(owner[at]) == 0]
                pair = pc.not_equal(values.take(pa.array(again)), values.take(pa.array(other)))
                differ = np.asarray(pair.fill_null(True).to_numpy(zero_copy_only=False))
                for i in again[differ][::-1].tolist():
                    row = int(owner[i])
                    if good[row]:
                        good[row] = False
                        value = values[i].as_py()
                        source.bad.append(Bad(row, source.names[name], TWO_VALUES, value))
                again = again[good[owner[again]]]
            if len(again):
                line = int(segment.line_no[owner[again[-1]]])
                more = len(np.unique(owner[again]))
                segment.notices.append(twice(source.names[name], line, more))
            columns[name] = values.take(pa.array(first, mask=first < 0))
        if columns:
            source.table = pa.table(columns)
        if not good.all():
            source.table, source.rows = source.table.filter(pa.array(good)), rows[good]
        return source

    def _closed(
        self,
        values: pa.Array,
        owner: NDArray[np.int64],
        codes: NDArray[np.int64],
        spelled: list[str],
        source: Source,
    ) -> NDArray[np.bool_]:
        """Which records close every quote they open; the others are added to bad."""
        good = np.ones(len(source.rows), bool)
        opens = pc.starts_with(values, '"')
        closes = pc.match_substring_regex(values, rf"(?s)^{QUOTED}$")
        torn = np.flatnonzero(
            np.asarray(
                pc.and_not(opens, closes).fill_null(fill_value=False).to_numpy(zero_copy_only=False)
            )
        )
        for i in torn.tolist():
            row = int(owner[i])
            if good[row]:
                good[row] = False
                name = spelled[codes[i]]
                source.bad.append(Bad(row, name, "quote never closed", values[i].as_py()))
        return good


def _one_code_a_name(codes: NDArray[np.int64], spelled: list[str]) -> NDArray[np.int64]:
    """Codes of keys, where all spellings of one name have the code of the first."""
    first: dict[str, int] = {}
    same = [first.setdefault(canonical(name), i) for i, name in enumerate(spelled)]
    if len(first) == len(spelled):
        return codes
    return np.where(codes < 0, codes, np.array([*same, -1], np.int64)[codes])


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _unquoted(values: pa.Array) -> pa.Array:
    """Values without quotes, escapes undone; others without a comma or semicolon behind them."""
    values = pc.replace_substring_regex(values, r"^([^\"].*)[,;]$", r"\1")
    quoted = pc.starts_with(values, '"')
    if not pc.any(quoted).as_py():
        return values
    inner = pc.utf8_slice_codeunits(values.filter(quoted), 1, -1)
    return pc.replace_with_mask(values, quoted, pc.replace_substring_regex(inner, r"\\(.)", r"\1"))
