"""K1: the same resource, under any spelling of its id.

Ids are compared in the canonical form of ids.py. An account number that a spreadsheet turned
into `2.22233E+11` agrees with every account it can have been, if all the rest is the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scanner.reconcile.hits import Hit
from scanner.reconcile.names import slug

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.reconcile.facts import RowFacts
    from scanner.reconcile.ids import Reference
    from scanner.reconcile.world import World


def hits(row: RowFacts, world: World) -> Iterator[Hit]:
    """Assets whose canonical native id is one of the row's."""
    for ref in row.references:
        if ref.form == "id":
            for asset in world.by_id.get(ref.key, ()):
                yield Hit(asset, row, "K1", 0.99, f"both name the resource {ref.name}")
        elif ref.form == "damaged":
            yield from _damaged(row, ref, world)


def _damaged(row: RowFacts, ref: Reference, world: World) -> Iterator[Hit]:
    if ref.id is None:
        return
    for asset in world.by_resource_name.get(slug(ref.name), ()):
        for own in asset.native:
            same = own.name == ref.name and own.region == ref.id.region
            if same and re.fullmatch(ref.key, own.account):
                why = f"the row's id is damaged, but {ref.name} in {own.region} fits it"
                yield Hit(asset, row, "K1", 0.96, why)
