"""The public views of the store as typed rows: the one place where reports read.

Each class is a view; its fields are the view's columns, in the order that CSV files keep. Times
are UTC without a zone. Secrets are masked here, so that no renderer can forget it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, ClassVar, TypeVar

from reports.text import mask
from reports.words import SEVERITIES, STATES, rank

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    import duckdb


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a view; `ORDER` makes the same store give the same bytes."""

    VIEW: ClassVar[str] = ""
    ORDER: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Run(Row):
    """The latest run: one row."""

    VIEW: ClassVar[str] = "v_run"
    ORDER: ClassVar[str] = "seq"

    run_id: str
    seq: int
    organisation: str
    started_at: datetime
    ended_at: datetime
    as_of: date
    version: str
    signatures_digest: str
    inventory_digest: str | None
    privacy: str
    depth: str
    exit_code: int
    exit_reasons: list[str]
    sources: int
    sources_complete: int
    sources_incomplete: int
    read: int
    ok: int
    matched: int
    unmatched: int
    rejected: int
    cut: int
    skipped: int
    first_time: datetime | None
    last_time: datetime | None
    assets: int
    managed: int
    unmanaged: int
    drifted: int
    unapproved: int
    prohibited: int
    retired_alive: int
    waived: int
    needs_review: int
    declared: int
    declared_not_observed: int
    not_assessable: int
    findings: int
    users: int


@dataclass(frozen=True, slots=True)
class Asset(Row):
    """A discovered AI thing with its state and why it is in it."""

    VIEW: ClassVar[str] = "v_asset"
    ORDER: ClassVar[str] = "asset_id"

    asset_id: str
    kind: str
    subtype: str | None
    service: str | None
    vendor: str
    vendor_name: str | None
    product: str
    name: str
    native_ids: list[str]
    domains: list[str]
    model: str | None
    account: str | None
    region: str | None
    tenant: str | None
    detection: str
    confidence: float
    hits: int
    blocked: int
    bytes_out: int | None
    bytes_in: int | None
    users: int
    first_seen: datetime
    last_seen: datetime
    new: bool
    state: str | None
    fields: list[str]
    flags: list[str]
    rule_ids: list[str]
    why: str | None
    rejected: str | None
    rows: list[int]
    refs: list[str]
    owner: str | None
    department: str | None
    severity: str | None


@dataclass(frozen=True, slots=True)
class Evidence(Row):
    """What was seen of an asset, summed; one sample names file and line."""

    VIEW: ClassVar[str] = "v_evidence"
    ORDER: ClassVar[str] = (
        "asset_id, hits desc, source, sample_path, sample_line, dst_host, usage, first_seen"
    )

    asset_id: str
    source: str
    indicators: list[str]
    surface: str | None
    usage: str | None
    detection: str
    dst_host: str | None
    dst_ip: str | None
    dst_port: int | None
    client: str | None
    action: str
    hits: int
    bytes_out: int | None
    bytes_in: int | None
    actors: int
    first_seen: datetime
    last_seen: datetime
    sample_path: str
    sample_line: int


@dataclass(frozen=True, slots=True)
class Finding(Row):
    """An asset or a declared row in a state that needs someone."""

    VIEW: ClassVar[str] = "v_finding"
    ORDER: ClassVar[str] = "finding_id"

    finding_id: str
    state: str
    severity: str
    title: str
    asset_id: str | None
    declared_row: int | None
    ref: str | None
    evidence: str
    remediation: str


@dataclass(frozen=True, slots=True)
class Declared(Row):
    """A row of the register and what became of it."""

    VIEW: ClassVar[str] = "v_declared"
    ORDER: ClassVar[str] = '"row"'

    row: int
    source: str
    ref: str | None
    name: str
    business_owner: str | None
    technical_owner: str | None
    department: str | None
    vendor: list[str]
    product: list[str]
    lifecycle: str | None
    approved_on: date | None
    review_due: date | None
    state: str | None
    flags: list[str]
    duplicate_of_row: int | None
    why: str | None
    assets: int
    remarks: list[str]


@dataclass(frozen=True, slots=True)
class Pair(Row):
    """Why an asset and a row of the register are taken for the same thing."""

    VIEW: ClassVar[str] = "v_pair"
    ORDER: ClassVar[str] = 'asset_id, "row"'

    asset_id: str
    row: int
    band: str
    confidence: float
    rule_ids: list[str]
    sentence: str


@dataclass(frozen=True, slots=True)
class Source(Row):
    """An input file or archive member, and where each of its records went."""

    VIEW: ClassVar[str] = "v_source"
    ORDER: ClassVar[str] = "source, path"

    source: str
    path: str
    format: str | None
    sha256: str | None
    size: int | None
    status: str
    reason: str | None
    first_time: datetime | None
    last_time: datetime | None
    visibility: list[str]
    read: int
    header: int
    blank: int
    comment: int
    skipped: int
    ok: int
    rejected: int
    cut: int
    screened_out: int
    pending: int
    matched: int
    unmatched: int
    replaced: int


COUNTS: tuple[str, ...] = tuple(field.name for field in fields(Source))[10:]


@dataclass(frozen=True, slots=True)
class Problem(Row):
    """Something the reader must be told about an input."""

    VIEW: ClassVar[str] = "v_problem"
    ORDER: ClassVar[str] = "source, path, line nulls first, level, reason, message"

    source: str
    path: str
    line: int | None
    field: str | None
    level: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Reject(Row):
    """A record that could not be used, with the field that spoilt it."""

    VIEW: ClassVar[str] = "v_reject"
    ORDER: ClassVar[str] = "source, path, line, byte_offset, field, reason"

    source: str
    path: str
    line: int
    byte_offset: int | None
    field: str | None
    reason: str
    value: str | None
    raw: str | None


@dataclass(frozen=True, slots=True)
class Coverage(Row):
    """A cell of scope and operation, and how far it was looked at."""

    VIEW: ClassVar[str] = "v_coverage"
    ORDER: ClassVar[str] = "source, organisation, account, region, operation"

    source: str
    organisation: str
    account: str | None
    region: str | None
    operation: str
    state: str
    reason: str | None
    items: int
    covered_from: datetime | None
    covered_to: datetime | None
    visibility: list[str]


@dataclass(frozen=True, slots=True)
class Candidate(Row):
    """A weak sign, listed for review; never an asset."""

    VIEW: ClassVar[str] = "v_candidate"
    ORDER: ClassVar[str] = "hits desc, dst_host, service, source, sample_path, sample_line"

    source: str
    service: str | None
    kind: str | None
    detection: str
    dst_host: str | None
    why: str
    hits: int
    first_seen: datetime | None
    last_seen: datetime | None
    sample_path: str
    sample_line: int


@dataclass(frozen=True, slots=True)
class Day(Row):
    """What was seen on a day, by the state of the assets."""

    VIEW: ClassVar[str] = "v_timeline"
    ORDER: ClassVar[str] = "day, state"

    day: date
    state: str | None
    assets: int
    hits: int
    bytes_out: int | None
    actors: int


@dataclass(frozen=True, slots=True)
class Vendor(Row):
    """A supplier that was observed."""

    VIEW: ClassVar[str] = "v_vendor"
    ORDER: ClassVar[str] = "unmanaged desc, assets desc, hits desc, vendor"

    vendor: str
    vendor_name: str | None
    assets: int
    unmanaged: int
    hits: int
    bytes_out: int | None
    actors: int


@dataclass(frozen=True, slots=True)
class Department(Row):
    """A department of at least five people, or `other`."""

    VIEW: ClassVar[str] = "v_department"
    ORDER: ClassVar[str] = "department = 'other', assets desc, hits desc, department"

    department: str | None
    assets: int
    unmanaged: int
    hits: int
    bytes_out: int | None
    actors: int


RowT = TypeVar("RowT", bound=Row)


def _clean(value: object) -> object:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [mask(item) if isinstance(item, str) else item for item in value]
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
