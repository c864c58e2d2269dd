"""Fields into observation columns: as they stand, quickly, or in one SQL statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from connectors.logs.costs import at_fault, bounded, chunked
from connectors.logs.errors import FormatError
from connectors.logs.model import GENERIC
from connectors.logs.plan import Plan, make_plan
from connectors.logs.quick import quick_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.logs.expressions import Expressions
    from connectors.logs.model import Format


class Mapper:
    """Makes some observation columns of one format, with the connection of one thread.

    expressions: what the format maps, or a part of it (without `drop` and `learn`).
    """

    def __init__(
        self,
        fmt: Format,
        columns: Sequence[str],
        expressions: Expressions,
        con: duckdb.DuckDBPyConnection,
    ) -> None:
        self._format = fmt
        self._columns = tuple(columns)
        self._expressions = expressions
        self._con = con
        self._plans: dict[tuple[frozenset[str], bool], Plan] = {}

    def plan(self, fields: Sequence[str], *, cleaned: bool) -> Plan:
        """How the columns are made where these fields exist; cleaned: as of readers.Source."""
        key = (frozenset(fields), cleaned)
        if key not in self._plans:
            missing = self._format.reader.missing
            self._plans[key] = make_plan(
                self._expressions, self._columns, key[0], missing, cleaned=cleaned,
                contested="dst_host" if self._format.id in GENERIC else None,
            )  # fmt: skip
        return self._plans[key]

    def __call__(self, table: pa.Table, plan: Plan) -> pa.Table:
        """The columns of `plan`, a row for each of `table`. Raises FormatError.

        Which way a column is made depends on the values; what it holds does not.
        """
        made: dict[str, Any] = {}
        for column, (macro, field) in plan.quick.items():
            values = quick_column(macro, table.column(field))
            if values is None:
                made.clear()
                break
            made[column] = values
        sql = plan.rest if made else plan.sql
        made |= {column: table.column(field) for column, field in plan.direct.items()}
        if sql is not None:
            out = self.run(sql, table)
            made |= {name: out.column(name) for name in out.column_names}
        order = [*plan.used, *(name for name in made if name not in plan.used)]
        return pa.table({name: made[name] for name in order} or {"": pa.nulls(table.num_rows)})

    def run(self, sql: str, table: pa.Table) -> pa.Table:
        """What a statement over the relation `source` gives, a row for each of `table`."""
        fmt = self._format
        self._con.register("source", chunked(table, fmt))
        try:
            with bounded(self._con, fmt):
                out = self._con.sql(sql).to_arrow_table()
        except duckdb.Error as problem:
            present = frozenset(table.column_names)
            raise at_fault(self._con, fmt, [*self._columns], present, problem) from None
        if out.num_rows != table.num_rows:  # an aggregate or unnest
            raise FormatError(
                fmt.file or fmt.id, 0, "map", "an expression makes or folds rows",
                "use one scalar per record",
            )  # fmt: skip
        return out
