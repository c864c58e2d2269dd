"""The declared side, and what the two sides make of each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from reports.ledger.row import Row

if TYPE_CHECKING:
    from datetime import date


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
