"""K0: a person confirmed this match before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.reconcile.hits import Hit
from scanner.reconcile.ids import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.reconcile.facts import RowFacts
    from scanner.reconcile.world import World


def hits(row: RowFacts, world: World) -> Iterator[Hit]:
    """Assets bound to the row's reference, by asset id or native id."""
    if not row.row.ref:
        return
    for key in sorted(world.bindings.get(row.row.ref, ())):
        for asset in (*world.by_id.get(key, ()), *world.by_id.get(parse(key).key, ())):
            yield Hit(asset, row, "K0", 1.0, f"a person bound {key} to {row.row.ref}")
