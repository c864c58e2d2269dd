"""Fields into observation columns: as they stand, quickly, or in one SQL statement."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from connectors.logs.costs import at_fault, bounded, chunked
from connectors.logs.errors import FormatError
from connectors.logs.model import GENERIC
from connectors.logs.plan import Plan, make_plan
from connectors.logs.quick import quick_column

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from connectors.logs.expressions import Expression, Expressions
    from connectors.logs.model import Format


MOST_PLANS: Final = 64  # by which fields are empty
MANY: Final = 4096  # records for which values are looked at one by one
FEWER: Final = 4  # times as few values as records make that worth while


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
        self._slim: dict[tuple[int, frozenset[str]], Plan] = {}
        self._empty: dict[str, bool] = {}
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
        used, plan = plan.used, self._without_empty(table, plan)
        made: dict[str, Any] = {}
        for column, (chain, complete) in plan.chains.items():
            values = _chained(table, chain, complete=complete)
            if values is not None:
                made[column] = values
        if table.num_rows >= MANY:
            made |= self._few(table, plan, made)
        sql = plan.without(made)
        if sql is not None:
            out = self.run(sql, table)
            made |= {name: out.column(name) for name in out.column_names}
        order = [*used, *(name for name in made if name not in used)]
        return pa.table({name: made[name] for name in order} or {"": pa.nulls(table.num_rows)})

    def _without_empty(self, table: pa.Table, plan: Plan) -> Plan:
        """The plan without candidates that give nothing here: no field of theirs has a value.

        Many formats name a dozen spellings of a field, of which a log has one.
        """
        empty = frozenset(
            name for name in plan.fields if table.column(name).null_count == table.num_rows
        )
        key = id(plan), empty  # plans are kept as long as this is
        if not empty or self._format.id in GENERIC or len(self._slim) >= MOST_PLANS:
            return self._slim.get(key, plan)
        if key not in self._slim:
            kept = {
                column: tuple(e for e in chosen if not self._gives_nothing(e, empty)) or chosen[:1]
                for column, chosen in plan.used.items()
            }
            self._slim[key] = make_plan(
                replace(self._expressions, map=kept), self._columns,
                frozenset(table.column_names), plan.missing, cleaned=plan.cleaned,
            )  # fmt: skip
        return self._slim[key]

    def _gives_nothing(self, e: Expression, empty: frozenset[str]) -> bool:
        """Whether an expression of empty fields is null; some are not."""
        if not e.fields or not empty.issuperset(e.fields):
            return False
        if e.sql not in self._empty:
            one = pa.table({name: pa.nulls(1, pa.string()) for name in e.fields})
            out = self.run(f"select ({e.sql}\n) as made from source", one)  # noqa: S608 - an expression of the format, checked
            self._empty[e.sql] = out.column("made").null_count == 1
        return self._empty[e.sql]

    def _few(self, table: pa.Table, plan: Plan, made: Collection[str]) -> dict[str, Any]:
        """The columns that are made of one field with few values: each value is asked for once."""
        coded: dict[str, pa.DictionaryArray] = {}
        for column, field in plan.alone.items():
            if column not in made and field not in coded:
                values = table.column(field).combine_chunks()
                values = values.chunk(0) if isinstance(values, pa.ChunkedArray) else values
                coded[field] = pc.dictionary_encode(values, null_encoding="encode")
        few = {
            field: one
            for field, one in coded.items()
            if len(one.dictionary) * FEWER <= table.num_rows
        }
        columns = [c for c, field in plan.alone.items() if field in few and c not in made]
        if not columns:
            return {}
        size = max(len(one.dictionary) for one in few.values())
        distinct = {
            field: pa.concat_arrays(
                [one.dictionary, pa.nulls(size - len(one.dictionary), pa.string())]
            )
            for field, one in few.items()
        }
        out = self.run(plan.only(columns), pa.table(distinct))
        return {
            column: out.column(column).take(few[plan.alone[column]].indices) for column in columns
        }

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


def _chained(
    table: pa.Table, chain: Sequence[tuple[str | None, str]], *, complete: bool
) -> pa.ChunkedArray | None:
    """What the candidates of a chain give, the first with a value in each row.

    None where one of them can only be told in SQL, or others than these are needed.
    """
    out: pa.ChunkedArray | None = None
    for macro, field in chain:
        values = table.column(field)
        if values.null_count == len(values) and out is not None:
            continue
        if macro is not None:
            values = quick_column(macro, values)
            if values is None:
                return None
        out = values if out is None else pc.coalesce(out, values)
        if not out.null_count:
            return out
    return out if complete else None
