"""K7: the same product line, under any of its names, with something else that agrees.

For a product people use, the vendor must agree (in-house rows never match one). For a resource
built with a dedicated product (a speech account), owner, place or name must agree as well; for
one built on a platform (SageMaker, Azure OpenAI) the product says nothing and this rung is mute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scanner.reconcile.hits import Hit
from scanner.reconcile.names import likeness
from scanner.reconcile.tables import words
from scanner.reconcile.vendors import agree_with_any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.reconcile.facts import AssetFacts, RowFacts
    from scanner.reconcile.products import Found
    from scanner.reconcile.world import World


_UNSURE: Final = 0.6
_OTHER_VENDOR: Final = 0.58  # a reseller, or another product of the same name


def hits(row: RowFacts, world: World) -> Iterator[Hit]:
    """Assets of a product line the row names."""
    for found in row.lines:
        for asset in world.by_line.get(found.line.id, ()):
            if asset.built and found.line.platform:
                continue
            if row.vendors and not agree_with_any(row.vendors, asset.sellers):
                if _distinctive(found) and not asset.built:
                    why = f"{_said(found, asset)}, but the row names another vendor"
                    yield Hit(asset, row, "K7", _OTHER_VENDOR, why)
            elif not found.sure:
                yield Hit(
                    asset, row, "K7", _UNSURE, f'"{found.spelling}" may be {asset.asset.product}'
                )
            else:
                yield _built(row, found, asset) if asset.built else _used(row, found, asset, world)


def _distinctive(found: Found) -> bool:
    """A name that is hardly anything else: of two words, or one that the table lists."""
    return found.sure and (" " in found.spelling or "|" not in found.line.id)


def _said(found: Found, asset: AssetFacts) -> str:
    product = asset.asset.product
    if found.until:
        return f'"{found.spelling}" is the former name (until {found.until}) of {product}'
    return f'"{found.spelling}" is {product}'


def _used(row: RowFacts, found: Found, asset: AssetFacts, world: World) -> Hit:
    confidence = 0.75
    why = _said(found, asset)
    if row.vendors:
        confidence += 0.1
        why += " and the vendor agrees"
    if found.line.platform:
        if row.regions and asset.region in row.regions:
            why += f"; the region is {asset.region}"
        elif _alone(found.line.id, world):
            confidence -= 0.03
            why += "; no other row is about it, and it is seen nowhere else"
        else:
            confidence -= 0.2
    if row.owners & asset.owners or _department(row, asset):
        confidence += 0.05
        why += "; owner or department agrees"
    return Hit(asset, row, "K7", confidence, why)


def _built(row: RowFacts, found: Found, asset: AssetFacts) -> Hit:
    confidence = 0.62
    why = _said(found, asset)
    for bonus, what, holds in (
        (0.05, "vendor", bool(row.vendors)),
        (0.12, "owner", bool(row.owners & asset.owners)),
        (0.06, "place", bool(row.regions) and asset.region in row.regions),
        (0.08, "name", _name(row, asset)),
    ):
        if holds:
            confidence += bonus
            why += f"; {what} agrees"
    return Hit(asset, row, "K7", round(confidence, 3), why)


def _alone(line: str, world: World) -> bool:
    """One row names the platform, and its use is seen in one place: then place is drift."""
    used = [asset for asset in world.by_line.get(line, ()) if not asset.built]
    return len(used) == 1 and world.rows_by_line.get(line, 0) == 1


def _name(row: RowFacts, asset: AssetFacts) -> bool:
    telling = tuple(w for w in row.words if w not in words().generic and len(w) > 2)
    return any(
        likeness(word, telling)[0] >= 0.85
        for word in asset.words
        if len(word) > 3 and word not in words().generic
    )


def _department(row: RowFacts, asset: AssetFacts) -> bool:
    mine = (row.row.department or "").casefold()
    return bool(mine) and mine in {name.casefold() for name in asset.asset.departments[:1]}
