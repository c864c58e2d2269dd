"""Reading the views. Secrets are masked here, so that no renderer can forget it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeVar

from reports.ledger.coverage import Reject
from reports.ledger.declared import Finding
from reports.ledger.row import Row
from reports.ledger.totals import Run
from reports.text import mask
from reports.words import SEVERITIES, STATES, rank

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

RowT = TypeVar("RowT", bound=Row)


def _clean(value: object) -> object:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {name: _clean(item) for name, item in value.items()}
    return value


def read(con: duckdb.DuckDBPyConnection, kind: type[RowT]) -> list[RowT]:
    """All rows of the view behind `kind`, in its order, secrets masked.

    Raises duckdb.Error when the view or one of its columns is missing.
    """
    columns = ", ".join(f'"{field.name}"' for field in fields(kind))
    rows = con.execute(
        f"select {columns} from {kind.VIEW} order by {kind.ORDER}"  # noqa: S608 - names are ours
    ).fetchall()
    make: Callable[..., RowT] = kind
    return [make(*map(_clean, row)) for row in rows]


def read_rejects(con: duckdb.DuckDBPyConnection, each: int) -> list[Reject]:
    """The first `each` rejected records of every source; a bad file can have millions."""
    columns = ", ".join(f'"{field.name}"' for field in fields(Reject))
    rows = con.execute(
        f"select {columns} from v_reject "  # noqa: S608 - names are ours
        f"qualify row_number() over (partition by source, path order by {Reject.ORDER}) <= $each "
        f"order by {Reject.ORDER}",
        {"each": each},
    ).fetchall()
    return [Reject(*map(_clean, row)) for row in rows]  # type: ignore[arg-type]  # as in read


@dataclass(frozen=True, slots=True)
class RejectGroup:
    """Rejected records of one file, field and reason; line and value are those of the first."""

    path: str
    field: str | None
    reason: str
    size: int
    line: int
    value: str | None


def read_reject_groups(con: duckdb.DuckDBPyConnection) -> list[RejectGroup]:
    """What was rejected and why, the most frequent first."""
    rows = con.execute(
        "select path, field, reason, count(*), min(line), arg_min(value, line) from v_reject "
        "group by path, field, reason order by count(*) desc, path, field, reason"
    ).fetchall()
    return [RejectGroup(*map(_clean, row)) for row in rows]  # type: ignore[arg-type]  # as in read


def read_run(con: duckdb.DuckDBPyConnection) -> Run:
    """The latest run. Raises LookupError when the store holds none."""
    runs = read(con, Run)
    if not runs:
        raise LookupError("the store holds no run; run `aicensus scan` first")
    return runs[-1]


def read_findings(con: duckdb.DuckDBPyConnection) -> list[Finding]:
    """All findings, most severe first."""
    return sorted(
        read(con, Finding),
        key=lambda finding: (rank(SEVERITIES, finding.severity), rank(STATES, finding.state)),
    )
