"""The observed side: assets, what was seen of them, weak signs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from reports.ledger.row import Row

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Asset(Row):
    """A discovered AI thing with its state and why it is in it.

    model: the only one seen; models: all, or the first 200 and models_more beside. model_families,
    model_makers: of all. deployments: names that customers gave to models. account,
    region, tenant: the only one seen; accounts, regions, tenants: all. in_use: something got
    through, and not long ago. sized_out, sized_in: records that say how many bytes; None: not
    counted. users: None where no record names one; clients: addresses and devices of the records
    without a user.
    """

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
    users: int | None
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
    models: list[str]
    failed: int
    in_use: bool
    sized_out: int | None
    sized_in: int | None
    clients: int
    models_more: int
    model_families: list[str]
    model_makers: list[str]
    deployments: list[str]
    accounts: list[str]
    regions: list[str]
    tenants: list[str]


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
    users: int | None
    first_seen: datetime
    last_seen: datetime
    sample_path: str
    sample_line: int
    clients: int
    sized_out: int | None
    sized_in: int | None
    model: str | None
    deployment: str | None


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
