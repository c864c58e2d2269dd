"""K4: the same product in the tenant or workspace the row names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scanner.reconcile.hits import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.reconcile.facts import RowFacts
    from scanner.reconcile.world import World

# Tenants that are words for not knowing one.
NO_TENANT = frozenset({"", "unknown", "personal", "none"})


def hits(row: RowFacts, world: World) -> Iterator[Hit]:
    """Assets of a product of the row whose tenant stands in its tenant, URL, scope or notes."""
    named = {tenant.casefold() for tenant in row.row.tenant_ids}
    named |= {host.split(".", 1)[0] for host in row.domains if host.count(".") >= 2}
    prose = " ".join(filter(None, (row.row.approved_scope, row.row.notes))).casefold()
    named |= set(re.findall(r"[\w.-]*\w", prose))
    for found in row.lines:
        for asset in world.by_line.get(found.line.id, ()):
            tenants = {tenant.casefold() for tenant in asset.asset.all_tenants} - NO_TENANT
            told = sorted(one for one in tenants & named if len(one) >= 4)
            if told:
                yield Hit(asset, row, "K4", 0.95, f"both are {found.line.name} in {told[0]}")
