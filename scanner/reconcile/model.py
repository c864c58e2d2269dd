"""The values of reconciliation: what goes in besides declarations, and the ledger that comes out.

`Pair`, `AssetState`, `DeclaredState` and `Finding` have the columns of the store tables of those
names (without run_id), in their order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from connectors.declared.model import RowProblem

NAMESPACE: Final = UUID("2c1c53a8-91cf-5c0e-9f3f-0b7f6f1f7f52")

ASSET_STATES: Final = (
    "prohibited", "retired_alive", "waived", "unapproved_use", "drifted", "managed",
    "needs_review", "unmanaged", "not_ai",
)  # fmt: skip
# Flags of assets that are known and not in use: every record of it was blocked (or failed beside
# blocked ones); every one failed, sign-ins among them; unseen for long in sources read whole.
NOT_IN_USE: Final = frozenset({"blocked_only", "failed_only", "gone"})
DECLARED_STATES: Final = (
    "duplicate", "drifted", "managed", "prohibited", "retired_alive", "waived", "unapproved_use",
    "needs_review", "not_assessable", "retired_confirmed", "declared_not_observed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Observed:
    """One asset as the rules see it. Unknown is None, "" or empty.

    vendor: id or name of the vendor by the signature; vendor_name: its display name. service:
    signature id. aliases: other names of the product. domains: hosts. usages: of the sightings
    (chat api upload ...). departments: of the users, most users first. Over the window: users;
    tried, those of whom every record was blocked or failed; clients (addresses and devices, where
    the log names no user); hits, and of these blocked and failed, and of the failed the sign-ins;
    bytes_out, of the `sized` records that say it. models: that were seen, `model` the only one of
    them; models_more: how many beside. deployments: names that customers gave to models. accounts,
    regions, tenants: that were seen; account, region, tenant the only one of them. unseen_days:
    days since last_seen on which every source that showed it was read whole. confidence: of the
    detection, 0..1. applications: the indicators that named an application, an OAuth client or a
    scope, each as type:value.
    """

    asset_id: str
    kind: str
    product: str
    vendor: str = ""
    name: str = ""
    subtype: str | None = None
    service: str | None = None
    vendor_name: str = ""
    aliases: tuple[str, ...] = ()
    native_ids: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    model: str | None = None
    models: tuple[str, ...] = ()
    models_more: int = 0
    deployments: tuple[str, ...] = ()
    model_version: str | None = None
    account: str | None = None
    region: str | None = None
    tenant: str | None = None
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    tenants: tuple[str, ...] = ()
    environment: str | None = None
    owner: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    status: str | None = None
    first_seen: dt.date | None = None
    last_seen: dt.date | None = None
    confidence: float = 1.0
    oauth_scopes: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    parent: str | None = None
    departments: tuple[str, ...] = ()
    usages: tuple[str, ...] = ()
    users: int = 0
    tried: int = 0
    clients: int = 0
    hits: int = 0
    blocked: int = 0
    failed: int = 0
    failed_sign_ins: int = 0
    bytes_out: int = 0
    sized: int | None = None
    unseen_days: int = 0

    @property
    def all_models(self) -> tuple[str, ...]:
        """Every model seen, whether one or many were given."""
        return self.models or ((self.model,) if self.model else ())

    @property
    def all_accounts(self) -> tuple[str, ...]:
        """Every account seen, whether one or many were given; so of regions and tenants."""
        return self.accounts or ((self.account,) if self.account else ())

    @property
    def all_regions(self) -> tuple[str, ...]:
        """See all_accounts."""
        return self.regions or ((self.region,) if self.region else ())

    @property
    def all_tenants(self) -> tuple[str, ...]:
        """See all_accounts."""
        return self.tenants or ((self.tenant,) if self.tenant else ())


@dataclass(frozen=True, slots=True)
class Binding:
    """A match a person confirmed: an asset, by one of its keys, and the row by its `ref`."""

    key_value: str
    ref: str


@dataclass(frozen=True, slots=True)
class Known:
    """One service the catalogue can recognise; its names serve to understand product cells."""

    service: str
    product: str
    vendor: str = ""
    vendor_name: str = ""
    aliases: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A source that shows hosts and was not read whole. days: it has records of; empty: unknown."""

    source: str
    why: str
    days: frozenset[dt.date] = frozenset()


@dataclass(frozen=True, slots=True)
class Coverage:
    """Where we looked, so that "not seen" may be said. Nothing covered is the careful default.

    hosts_covered: someone says that hosts were covered, on any day (a scope file). host_days: for
    each source that shows hosts the days on which it was read whole; sources of different places
    do not vouch for each other. unread: sources that might have shown more. accounts: cloud
    account, subscription, project or workspace -> regions read; an empty set means all of them.
    tenants: SaaS tenants read by API. clusters: Kubernetes. words: folded names of what was
    covered, for prose. not_covered: prose of what no source can see. knows_host: whether the
    catalogue would recognise a host; None: assume so (the assets came from another detector).
    site_of: names of vendors whose site a host is, of services that are seen at other hosts.
    """

    hosts_covered: bool = False
    host_days: Mapping[str, frozenset[dt.date]] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()
    accounts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tenants: frozenset[str] = frozenset()
    clusters: frozenset[str] = frozenset()
    devices: bool = False
    repositories: bool = False
    not_covered: tuple[str, ...] = ()
    knows_host: Callable[[str], bool] | None = None
    site_of: Callable[[str], frozenset[str]] | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """An asset and the row that covers it. band: `auto` is acted on, `review` is for a person."""

    asset_id: str
    row: int
    band: str
    confidence: float
    rule_ids: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class AssetState:
    """fields: of unapproved_use or drifted. rejected: the strongest row not taken."""

    asset_id: str
    state: str
    fields: tuple[str, ...]
    flags: tuple[str, ...]
    rule_ids: tuple[str, ...]
    confidence: float
    why: str
    rejected: str | None


@dataclass(frozen=True, slots=True)
class DeclaredState:
    """The state of one row."""

    row: int
    state: str
    flags: tuple[str, ...]
    duplicate_of_row: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """An asset or row in a state that needs someone. The id is stable over runs."""

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
class Ledger:
    """One asset_state for each asset, one declared_state for each row, in their order.

    problems: what rows say against each other.
    """

    pairs: tuple[Pair, ...]
    asset_states: tuple[AssetState, ...]
    declared_states: tuple[DeclaredState, ...]
    findings: tuple[Finding, ...]
    problems: tuple[RowProblem, ...] = ()
