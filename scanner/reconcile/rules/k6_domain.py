"""K6: the row's URL is under the asset's domain, and the product agrees.

A domain many products share (google.com), or a platform, proves nothing but by the very host.
Where the row names a product that we know and the asset is another, only the very host makes it
worth a question: a vendor alone never matches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.reconcile.hits import Hit
from scanner.reconcile.tables import shared_domains
from scanner.reconcile.vendors import agree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.reconcile.facts import AssetFacts, RowFacts
    from scanner.reconcile.world import World


def hits(row: RowFacts, world: World) -> Iterator[Hit]:
    """Assets under a registrable domain of the row."""
    lines = {found.line.id for found in row.lines}
    for domain in sorted(row.registrable):
        for asset in world.by_registrable.get(domain, ()):
            host = _host(row, asset, domain)
            if asset.line is not None and asset.line.id in lines:
                if host:
                    yield Hit(asset, row, "K6", 0.93, f"{asset.line.name} at {host}")
                elif not asset.platform and domain not in shared_domains():
                    yield Hit(asset, row, "K6", 0.88, f"{asset.line.name} at {domain}")
            elif host and _other_product(row, asset):
                yield Hit(asset, row, "K6", 0.6, f"the host {host}, though the row names a product")
            elif host:
                if agree(row.vendors, asset.vendor):
                    yield Hit(asset, row, "K6", 0.85, f"{asset.asset.vendor} at {host}")
                else:
                    yield Hit(asset, row, "K6", 0.6, f"the host {host}, under another vendor")


def _host(row: RowFacts, asset: AssetFacts, domain: str) -> str | None:
    """A host of the row that is one of the asset's, or below or above it on an unshared domain."""
    for host in sorted(row.domains):
        for own in sorted(asset.domains):
            if host.removeprefix("www.") == own.removeprefix("www."):
                return own
            related = own.endswith(f".{host.removeprefix('www.')}") or host.endswith(f".{own}")
            if related and domain not in shared_domains():
                return own
    return None


def _other_product(row: RowFacts, asset: AssetFacts) -> bool:
    """The row names a product of this vendor that we know, and this is not it."""
    return asset.line is not None and any(
        agree([found.line.vendor], asset.vendor) for found in row.lines
    )
