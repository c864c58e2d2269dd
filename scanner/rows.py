"""Plain rows into tables of the store, through Arrow, with the types the table has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb


def insert_rows(
    con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[dict[str, object]]
) -> None:
    """Append rows to a table by name, through Arrow, with the column types the table has."""
    if not rows:
        return
    names = list(rows[0])
    # Names of tables and columns are literals of this package; values travel as Arrow.
    empty = f"select {', '.join(names)} from {table} limit 0"  # noqa: S608 - see above
    target = con.sql(empty).to_arrow_table().schema
    con.register("fresh_rows", pa.Table.from_pylist([dict(row) for row in rows], schema=target))
    con.execute(f"insert into {table} by name select * from fresh_rows")  # noqa: S608 - see above
    con.unregister("fresh_rows")
