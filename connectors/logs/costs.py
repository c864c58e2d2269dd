"""What the SQL of a format from outside may cost: time for one block, and memory.

The shipped formats are proven by tests. A format file of one's own is code, and a slip in it should
end in one line, not in a machine that stands still. DuckDB looks for an interrupt between chunks
only and does not count long texts against its memory limit; so the records come in small chunks,
and the process gets a ceiling while the SQL runs.
"""

from __future__ import annotations

import resource
import threading
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb
import pyarrow as pa

from connectors.logs.errors import FormatError
from connectors.logs.plan import Plan, make_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.logs.expressions import Expressions
    from connectors.logs.model import Format

# What these say quotes the value, which may name a person.
WITH_VALUES: Final = (
    duckdb.ConversionException,
    duckdb.InvalidInputException,
    duckdb.OutOfRangeException,
)
SECONDS: Final = 30.0  # a block of 6 MiB takes a tenth of a second
SECONDS_ALONE: Final = 5.0  # for one expression, when the guilty one is looked for
MEMORY: Final = 3 << 30  # bytes beyond what the process has
ROWS: Final = 64  # of a chunk

_lock = threading.Lock()
_inside = [0]
_before = [(resource.RLIM_INFINITY, resource.RLIM_INFINITY)]


def chunked(table: pa.Table, fmt: Format) -> pa.Table:
    """The records, in small chunks if the format is from outside."""
    if not fmt.file:
        return table
    return pa.Table.from_batches(table.to_batches(max_chunksize=ROWS), table.schema)


@contextmanager
def bounded(
    con: duckdb.DuckDBPyConnection, fmt: Format, seconds: float | None = None
) -> Iterator[None]:
    """Bound time (SECONDS, unless said otherwise) and memory for a format from outside.

    duckdb.Error is what comes of it: InterruptException or OutOfMemoryException.
    """
    if not fmt.file:
        yield
        return
    timer = threading.Timer(SECONDS if seconds is None else seconds, con.interrupt)
    timer.daemon = True
    _ceiling()
    try:
        timer.start()
        yield
    finally:
        timer.cancel()
        _no_ceiling()


def at_fault(
    con: duckdb.DuckDBPyConnection,
    fmt: Format,
    columns: list[str],
    present: frozenset[str],
    problem: duckdb.Error,
) -> FormatError:
    """The error for SQL that failed on the relation `source`, with the key that is to blame."""
    where = fmt.file or fmt.id
    if isinstance(problem, duckdb.InterruptException):
        said = f"takes more than {SECONDS:g} s for one block of the log"
    elif isinstance(problem, duckdb.OutOfMemoryException):
        said = "needs more memory than a block of the log may take"
    elif isinstance(problem, WITH_VALUES):
        said = f"fails on a value of the log ({str(problem).partition(':')[0].lower()})"
    else:
        said = str(problem).splitlines()[0]
    key = _guilty(con, fmt, columns, present)
    if isinstance(problem, WITH_VALUES):
        con.register("source", pa.table({name: pa.nulls(1, pa.string()) for name in present}))
        try:
            con.sql(_plan(fmt, columns, present).sql or "select 1").fetchall()
        except WITH_VALUES as alike:  # without any value, so there is none in what it says
            said = str(alike).splitlines()[0]
    return FormatError(where, 0, key, said, "correct the expression it names")


def _plan(fmt: Format, columns: list[str], present: frozenset[str]) -> Plan:
    return make_plan(fmt.expressions, columns, present, fmt.reader.missing)


def _guilty(
    con: duckdb.DuckDBPyConnection, fmt: Format, columns: list[str], present: frozenset[str]
) -> str:
    """The key whose expression fails by itself; `map` if none does."""
    every = fmt.expressions
    alone: dict[str, tuple[Expressions, list[str]]] = {
        "drop": (replace(every, learn={}), []),
        "learn": (replace(every, drop={}), []),
    }
    alone |= {f"map.{name}": (replace(every, drop={}, learn={}), [name]) for name in columns}
    for key, (expressions, names) in alone.items():
        plan = make_plan(expressions, names, present, fmt.reader.missing)
        try:
            with bounded(con, fmt, SECONDS_ALONE):
                if plan.sql is not None:
                    con.sql(plan.sql).fetchall()
        except duckdb.Error:
            return key
    return "map"


def _ceiling() -> None:
    with _lock:
        _inside[0] += 1
        if _inside[0] > 1:
            return
        _before[0] = resource.getrlimit(resource.RLIMIT_AS)
        soft, hard = _before[0]
        used = _address_space()
        if used is None:
            return
        most = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
        resource.setrlimit(resource.RLIMIT_AS, (min([used + MEMORY, *most]), hard))


def _no_ceiling() -> None:
    with _lock:
        _inside[0] -= 1
        if not _inside[0]:
            resource.setrlimit(resource.RLIMIT_AS, _before[0])


def _address_space() -> int | None:
    """Bytes of address space of this process; None where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    except OSError:
        return None
    return int(pages) * resource.getpagesize()
