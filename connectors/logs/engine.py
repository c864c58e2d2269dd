"""The DuckDB connections that read and map records: in memory, one thread, nothing outside."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import duckdb

MACROS: Final = Path(__file__).parent / "macros.sql"


def connect() -> duckdb.DuckDBPyConnection:
    """A connection with the macros; no file, network, extension or setting can be reached.

    All are connections to one database: to define the macros anew takes 50 ms.
    """
    return _database().cursor()


@cache
def _database() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(
        config={
            "threads": 1,  # a query runs on the thread that asks
            "enable_external_access": "false",
            "python_enable_replacements": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )
    con.execute(MACROS.read_text(encoding="utf-8"))
    # it would pull what two branches of a macro share in front of the CASE, for every row
    con.execute("set disabled_optimizers = 'common_subexpressions'")
    con.execute("set memory_limit = '512MB'")
    con.execute("set enable_progress_bar = false")  # on a terminal it draws into our output
    con.execute("set lock_configuration = true")
    return con


def quoted(name: str) -> str:
    """A SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A SQL string."""
    return "'" + text.replace("'", "''") + "'"
