"""A row without assets: whether anything we read could have shown it, and what follows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from connectors.declared.text import fold
from scanner.reconcile.looked import Look, beside, look
from scanner.reconcile.tables import words
from scanner.reconcile.vendors import agree_with_any, sellers, vendor_id

if TYPE_CHECKING:
    import datetime as dt

    from scanner.reconcile.facts import RowFacts
    from scanner.reconcile.model import Coverage
    from scanner.reconcile.world import World

_SHAPES: Final = {
    "aws": r"\d{12}",
    "azure": r"[0-9a-f]{8}-[0-9a-f-]{27}",
    "gcp": r"[a-z][a-z0-9-]*",
}
_GENERIC_PROSE: Final = frozenset(
    {"systems", "system", "run", "by", "and", "in", "on", "of", "the", "project", "account", "gcp",
     "aws", "azure", "products", "product", "ml", "ai", "embedded", "servers", "server"}
)  # fmt: skip


def unseen(row: RowFacts, world: World, as_of: dt.date) -> tuple[str, str]:
    """(state, why) of a row without assets."""
    found = _where(row, world, as_of)
    if isinstance(found, str):
        return "not_assessable", found
    where = "what could show it was read whole"
    if found is not None:
        where = f"{found}{beside(world.coverage, found)}"
    if row.row.lifecycle in ("retired", "refused"):
        return "retired_confirmed", f'declared "{row.row.lifecycle_raw}" and not seen: {where}'
    return "declared_not_observed", f"not seen: {where}"


def _where(row: RowFacts, world: World, as_of: dt.date) -> Look | str | None:
    """Where this row would have shown; or, as a text, why nothing we read could have shown it.

    None: something would have, and it is no log (an account, a cluster, someone's word).
    """
    coverage = world.coverage
    said = _blind_anywhere(row, world)
    if said is not None:
        return said
    if _in_a_cloud(row):
        return _cloud_blind(row, coverage)
    if row.providers & {"k8s", "databricks"} and not row.domains:
        return _platform_blind(row, coverage)
    blind = _network_blind(row, coverage)
    if blind is not None or coverage.hosts_covered:
        return blind
    declared = row.row
    ends = declared.retired_on if declared.lifecycle == "retired" else None
    # Before its approval a system need not be there, and before its end it may be.
    return look(coverage, max(filter(None, (declared.approved_on, ends)), default=None), as_of)


def _blind_anywhere(row: RowFacts, world: World) -> str | None:
    if row.vague:
        return "the row is too vague to look for: no product, id or host"
    embedded = next((f.line for f in row.lines if f.line.id in world.products.embedded), None)
    if embedded is not None:
        return f"{embedded.name} works inside its product and shows no host"
    hosting = f" {fold(row.row.hosting or '')} "
    unseen = next((w for w in sorted(words().unseen) if f" {w} " in hosting), None)
    if unseen is not None and not row.providers:
        return f'it runs where no source looks ("{unseen}")'
    excluded = _excluded(row, world.coverage)
    return f"outside the scan: {excluded}" if excluded is not None else None


def _in_a_cloud(row: RowFacts) -> bool:
    """A resource in an account, so that the network alone cannot show it."""
    if row.containers or row.settled:
        return True
    placed = row.providers - {"databricks", "k8s"} or row.regions or row.references
    return bool(placed) and not row.domains and not _used(row)


def _network_blind(row: RowFacts, coverage: Coverage) -> str | None:
    if row.in_house:
        return "an in-house system without a place: no source can show it"
    knows = coverage.knows_host
    at_sight = knows is None or any(map(knows, row.domains))
    if row.domains and not at_sight and not _at_its_site(row, coverage):
        return "no signature recognises its host"
    if knows is not None and not row.domains and not row.lines:
        return "no signature recognises its product"
    return None


def _at_its_site(row: RowFacts, coverage: Coverage) -> bool:
    """The row names a vendor and its site: the service itself is seen at other hosts."""
    said = row.vendors | {vendor_id(found.line.vendor) for found in row.lines if found.sure}
    site_of = coverage.site_of
    return site_of is not None and any(
        agree_with_any(said, sellers(name)) for host in row.domains for name in site_of(host)
    )


def _used(row: RowFacts) -> bool:
    """A product people use over the network, by what the row says of its hosting."""
    hosting = fold(row.row.hosting or "")
    return any(not f.line.platform for f in row.lines) or hosting in words().network


def _cloud_blind(row: RowFacts, coverage: Coverage) -> str | None:
    """The account and region the row names must have been read; unnamed, any of that cloud."""
    accounts = {key.casefold(): regions for key, regions in coverage.accounts.items()}
    named = {key.rpartition(":")[2].rpartition("/")[2] for key in row.containers}
    named |= {ref.id.account for ref in row.references if ref.id is not None and ref.id.account}
    for name in sorted(named):
        if not any(name == account for account in accounts):
            return f"account or project {name} was not read"
    clouds = row.providers & set(_SHAPES)
    candidates = [
        regions
        for account, regions in accounts.items()
        if (account in named if named else not clouds or _cloud(account) in clouds)
    ]
    if not candidates:
        return "no cloud account was read"
    if row.regions and not any(not regions or regions & row.regions for regions in candidates):
        return f"region {min(row.regions)} was not read"
    return None


def _cloud(account: str) -> str | None:
    """The cloud an account's name belongs to, by its shape."""
    return next((cloud for cloud, shape in _SHAPES.items() if re.fullmatch(shape, account)), None)


def _platform_blind(row: RowFacts, coverage: Coverage) -> str | None:
    if "k8s" in row.providers and coverage.clusters:
        return None
    if "databricks" in row.providers and any("databricks" in t for t in coverage.tenants):
        return None
    return f"no {' or '.join(sorted(row.providers))} was read"


def _excluded(row: RowFacts, coverage: Coverage) -> str | None:
    """A line of the scope's "not covered" that is about this row.

    It is when an identifier in it (with a digit, dash or dot) stands in the row, or when all its
    telling words stand in the row's hosting.
    """
    text = " ".join(filter(None, (row.row.hosting, *row.row.resource_ids, *row.row.accounts)))
    mine = set(re.findall(r"[\w.-]+", text.casefold()))
    hosting = set(fold(row.row.hosting or "").split())
    for prose in coverage.not_covered:
        said = re.findall(r"[\w.-]+", prose.casefold())
        ids_named = {w for w in said if re.search(r"[-_.\d]", w) and w != "on-prem"}
        if any(i in mine or any(i in part.split("/") for part in mine) for i in ids_named):
            return prose
        telling = {w for w in fold(prose).split() if w not in _GENERIC_PROSE}
        if telling and not ids_named and telling <= hosting:
            return prose
    return None
