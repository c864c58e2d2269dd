"""K5: the same name.

A resource name from the register equals an asset's: a pair even in another account, region or
catalogue, which is then drift. The system's own name equals the asset's: only where hosting,
owner or place agree as well. A resource name that is part of the asset's: only if all that is
left over is packaging (a version, "prod", "endpoint", the house prefix of that account).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.reconcile import places
from scanner.reconcile.facts import is_non_prod, is_prod
from scanner.reconcile.hits import Hit
from scanner.reconcile.names import is_version, slug, tokens
from scanner.reconcile.tables import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.reconcile.facts import AssetFacts, RowFacts
    from scanner.reconcile.world import World

_TELLING = 6  # letters a name must have, beside generic words, to mean anything
_TELLING_ID = 3  # fewer where the register gives it as the name of a resource


def hits(row: RowFacts, world: World) -> Iterator[Hit]:
    """Assets that bear the row's resource name, or its system name."""
    for ref in row.references:
        if ref.form not in ("id", "damaged", "name"):
            continue
        name = slug(ref.name)
        if not _telling(name, _TELLING_ID):
            continue
        same = [a for a in world.by_resource_name.get(name, ()) if not _named_by_model(a)]
        for asset in same:
            yield _resource(row, asset, name)
        if not same and ref.form == "name":
            yield from _part(row, name, world)
    for name in sorted(row.slugs):
        if _telling(name, _TELLING):
            for asset in world.by_name.get(name, ()):
                if asset.built and not _named_by_model(asset):
                    yield from _system(row, asset, name)


def _resource(row: RowFacts, asset: AssetFacts, name: str) -> Hit:
    if is_prod(row.environment) and is_non_prod(asset.environment):
        return Hit(asset, row, "K5", 0.6, f"both are called {name}, but it is {asset.environment}")
    if _place_agrees(row, asset):
        return Hit(asset, row, "K5", 0.92, f"both are called {name} and the place agrees")
    return Hit(asset, row, "K5", 0.86, f"both are called {name}")


def _system(row: RowFacts, asset: AssetFacts, name: str) -> Iterator[Hit]:
    if is_prod(row.environment) and is_non_prod(asset.environment):
        yield Hit(asset, row, "K5", 0.6, f'its name is "{name}", but it is {asset.environment}')
        return
    agreeing = [
        what
        for what, holds in (
            ("owner", bool(row.owners & asset.owners)),
            ("place", _place_agrees(row, asset)),
            ("platform", _provider_agrees(row, asset)),
        )
        if holds
    ]
    if agreeing:
        confidence = 0.84 + 0.03 * len(agreeing)
        yield Hit(
            asset, row, "K5", confidence, f'its name is "{name}"; {", ".join(agreeing)} agree'
        )
    else:
        yield Hit(asset, row, "K5", 0.65, f'its name is "{name}"')


def _part(row: RowFacts, name: str, world: World) -> Iterator[Hit]:
    wanted = tuple(name.split("-"))
    rarest = max(wanted, key=lambda w: (world.weight(w) if w in world.by_word else 9.0, w))
    packaging = words().affix
    for asset in world.by_word.get(rarest, ()):
        if not asset.built or _named_by_model(asset):
            continue
        prefixes = frozenset().union(*(world.affixes.get(a, frozenset()) for a in asset.accounts))
        for own in asset.native:
            left = _left_over(wanted, tokens(own.name)) or _left_over(wanted, asset.words)
            if left is None:
                continue
            if all(w in packaging or w in prefixes or is_version(w) for w in left):
                why = f"{name} is {asset.name} without {', '.join(left)}"
                yield Hit(asset, row, "K5", 0.84, why)
                break


def _left_over(wanted: tuple[str, ...], whole: tuple[str, ...]) -> tuple[str, ...] | None:
    """The words of `whole` beside `wanted`, which must stand in it together; else None."""
    for start in range(len(whole) - len(wanted) + 1):
        if whole[start : start + len(wanted)] == wanted and len(whole) > len(wanted):
            return whole[:start] + whole[start + len(wanted) :]
    return None


def _telling(name: str, letters: int) -> bool:
    parts = [p for p in name.split("-") if p not in words().generic and not is_version(p)]
    return sum(map(len, parts)) >= letters and len(name) >= _TELLING


def _named_by_model(asset: AssetFacts) -> bool:
    """A deployment that only bears its model's name bears no name of its own."""
    model = asset.asset.model
    return bool(model) and slug(asset.name).replace("-", "") == slug(model or "").replace("-", "")


def _place_agrees(row: RowFacts, asset: AssetFacts) -> bool:
    if row.regions and asset.region in row.regions:
        return True
    accounts = {key.rpartition(":")[2].rpartition("/")[2] for key in row.containers}
    accounts |= {ref.id.account for ref in row.references if ref.id is not None}
    if accounts & asset.accounts:
        return True
    countries = asset.label_countries or {places.country_of(asset.region)}
    return bool(row.countries & countries)


def _provider_agrees(row: RowFacts, asset: AssetFacts) -> bool:
    mine = {own.provider for own in asset.native if own.provider}
    return bool(mine & {"uc" if p == "databricks" else p for p in row.providers})
