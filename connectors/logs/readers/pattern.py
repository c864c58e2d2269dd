"""Fields by a regular expression with named groups: the reader of last resort."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import re2

from connectors.logs.engine import literal
from connectors.logs.readers.base import Bad, Source, empty_table

if TYPE_CHECKING:
    import duckdb

    from connectors.logs.model import Format
    from connectors.logs.values import Segment


@dataclass(frozen=True)
class PatternReader:
    """Reads records that match the format's pattern as a whole."""

    fmt: Format
    wanted: tuple[str, ...]
    con: duckdb.DuckDBPyConnection

    @cached_property
    def _query(self) -> str:
        """One column per group, in order; all empty means that the pattern does not match.

        DuckDB names groups by position, so the model sees to it that all of them have names.
        """
        pattern = self.fmt.reader.pattern or ""
        groups = re2.compile(pattern).groupindex
        order = sorted(groups, key=lambda name: groups[name])
        names = ", ".join(literal(name) for name in order)
        return (
            "select unnest(p) from"  # noqa: S608 - a quoted pattern and quoted names
            f" (select regexp_extract(line, {literal(pattern)}, [{names}], 's') as p from lines)"
        )

    def __call__(self, segment: Segment) -> Source:
        """The wanted groups of every record that matches."""
        self.con.register("lines", pa.table({"line": segment.lines}))
        found = self.con.sql(self._query).to_arrow_table()
        names = found.column_names
        filled = np.zeros(len(segment), bool)
        for name in names:
            lengths = pa.compute.binary_length(found.column(name)).fill_null(0)
            filled |= np.asarray(lengths.to_numpy()) > 0
        columns = {name: found.column(name) for name in self.wanted if name in names}
        table = pa.table(columns) if columns else empty_table(len(segment))
        rows = np.flatnonzero(filled)
        bad = [
            Bad(row, None, "line does not have the layout of the format")
            for row in np.flatnonzero(~filled).tolist()
        ]
        if bad:
            table = table.filter(pa.array(filled))
        return Source(table, rows, bad, {name: name for name in columns})
