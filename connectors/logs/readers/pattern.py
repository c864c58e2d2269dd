"""Fields by regular expressions with named groups: the reader of last resort."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import re2

from connectors.logs.engine import literal
from connectors.logs.readers.base import Bad, Source, empty_table

if TYPE_CHECKING:
    import duckdb

    from connectors.logs.model import Format
    from connectors.logs.values import Segment


@dataclass(frozen=True)
class PatternReader:
    """Reads records that match one of the format's patterns as a whole; the first one counts."""

    fmt: Format
    wanted: tuple[str, ...]
    con: duckdb.DuckDBPyConnection

    @cached_property
    def _queries(self) -> list[str]:
        """One query a pattern: a column per group, in order; all empty if it does not match.

        DuckDB names groups by position, so the model sees to it that all of them have names.
        """
        queries = []
        for pattern in self.fmt.reader.all_patterns:
            groups = re2.compile(pattern).groupindex
            order = sorted(groups, key=lambda name: groups[name])
            names = ", ".join(literal(name) for name in order)
            queries.append(
                "select unnest(p) from"  # noqa: S608 - a quoted pattern and quoted names
                f" (select regexp_extract(line, {literal(pattern)}, [{names}], 's') as p"
                " from lines)"
            )
        return queries

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """The wanted groups of all patterns."""
        groups = {name for one in self.fmt.reader.all_patterns for name in _groups(one)}
        return tuple(name for name in self.wanted if name in groups)

    def __call__(self, segment: Segment) -> Source:
        """The wanted groups of every record that matches."""
        left, lines = np.arange(len(segment), dtype=np.int64), segment.lines
        tables, rows = [], []
        for query in self._queries:
            if not len(left):
                break
            self.con.register("lines", pa.table({"line": lines}))
            found = self.con.sql(query).to_arrow_table().combine_chunks()
            fits = np.zeros(len(left), bool)
            for name in found.column_names:
                lengths = pc.binary_length(found.column(name)).fill_null(0)
                fits |= np.asarray(lengths.to_numpy()) > 0
            whole = bool(fits.all())
            tables.append(self._columns(found if whole else found.filter(pa.array(fits))))
            rows.append(left[fits])
            left = left[~fits]
            lines = lines if whole else lines.filter(pa.array(~fits))
        bad = [
            Bad(row, None, "line does not have the layout of the format") for row in left.tolist()
        ]
        if not tables:
            return Source(empty_table(0), left, bad)
        table, order = pa.concat_tables(tables), np.concatenate(rows)
        if len(tables) > 1:
            ranks = np.argsort(order)
            table, order = table.take(pa.array(ranks)), order[ranks]
        return Source(table, order, bad, {name: name for name in self._names})

    def _columns(self, found: pa.Table) -> pa.Table:
        """The wanted groups; those of other patterns are null."""
        if not self._names:
            return empty_table(found.num_rows)
        nothing = pa.nulls(found.num_rows, pa.string())
        there = found.column_names
        return pa.table({n: found.column(n) if n in there else nothing for n in self._names})


def _groups(pattern: str) -> list[str]:
    return list(re2.compile(pattern).groupindex)
