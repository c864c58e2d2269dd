"""A run and its sums: by day, supplier and department."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from reports.ledger.row import Row

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Run(Row):
    """The latest run: one row.

    signatures_packs: name, version, sha256, place and signed_by of each, the shipped one first.
    records: rows, events or packets; what else was read (headers, blanks, comments) is not one.
    """

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
    signatures_version: str | None
    signatures_packs: list[dict[str, str | None]]
    inventory_digest: str | None
    privacy: str
    depth: str
    exit_code: int
    exit_reasons: list[str]
    sources: int
    sources_complete: int
    sources_incomplete: int
    read: int
    records: int
    ok: int
    matched: int
    unmatched: int
    rejected: int
    cut: int
    skipped: int
    first_time: datetime | None
    last_time: datetime | None
    assets: int
    in_use: int
    blocked_only: int
    failed_only: int
    gone: int
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
    clients: int


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
    users: int
    clients: int


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
    sized_out: int | None
    users: int
    clients: int


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
    sized_out: int | None
    users: int
