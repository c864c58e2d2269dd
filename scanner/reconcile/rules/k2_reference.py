"""K2: a tag of the asset carries the row's inventory reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.reconcile.hits import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.reconcile.facts import RowFacts
    from scanner.reconcile.world import World


def hits(row: RowFacts, world: World) -> Iterator[Hit]:
    """Assets tagged with the row's reference (tags whose key says so: facts._INVENTORY_TAG)."""
    if len(row.reference) < 2:
        return
    for asset in world.by_reference.get(row.reference, ()):
        yield Hit(asset, row, "K2", 0.98, f"a tag carries the reference {row.row.ref}")
