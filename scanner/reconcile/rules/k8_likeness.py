"""K8: the words of a resource's name stand for the words of the row, and other things agree.

`readm-risk-gbm-es` against "Readmission risk 30d (Spain)", gradient boosted trees: names.likeness
says how far each word of the resource stands for words of the row; rare words weigh more; country,
region, owner, platform and account add or take away. Always a guess: one row, one asset, with a
margin (ladder.py), and never for a row that gives a whole id or for a product people use.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Final

from scanner.reconcile import ids, places
from scanner.reconcile.facts import is_prod
from scanner.reconcile.hits import Hit
from scanner.reconcile.names import Reading, is_version, readings
from scanner.reconcile.rules.k5_name import _provider_agrees
from scanner.reconcile.tables import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scanner.reconcile.facts import AssetFacts, RowFacts
    from scanner.reconcile.world import World

_FLOOR: Final = 0.68  # below, a likeness is not even worth a question
_BEST: Final = 8  # candidates of a row that are compared with other rows
_CANDIDATES: Final = 150  # a word on more resources than this tells none of them apart
_NONE: Final[Reading] = (0.0, frozenset())


def hits(row: RowFacts, world: World) -> Iterator[Hit]:
    """Built assets whose names can stand for the row."""
    if row.settled or row.vague or not _runs_something_built(row):
        return
    near = readings((*row.words, *row.technique), world.vocabulary)
    firm = {word for word, reading in near.items() if _is_firm(row, word, reading)}
    mine = _own_words(row)
    found = []
    for asset in _candidates(row, firm, world):
        alike = _likeness(asset, near, mine, world)
        if alike is None:
            continue
        bonuses = list(_corroboration(row, asset))
        confidence = 0.40 + 0.36 * alike + sum(bonus for bonus, _ in bonuses)
        if confidence >= _FLOOR:
            found.append((round(min(confidence, 0.93), 3), asset.asset.asset_id, asset, bonuses))
    for confidence, _, asset, bonuses in heapq.nlargest(_BEST, found, key=lambda f: f[:2]):
        why = f"{asset.name} reads as {', '.join(_said(row, asset, near, world))}"
        agreeing = [what for bonus, what in bonuses if bonus > 0]
        if agreeing:
            why += f"; {', '.join(agreeing)} agree"
        yield Hit(asset, row, "K8", confidence, why, exclusive=True)


def _runs_something_built(row: RowFacts) -> bool:
    """In-house, in a cloud or on a platform; not a row about a product people use."""
    if any(not found.line.platform and not row.in_house for found in row.lines):
        return False
    return row.in_house or bool(row.providers or row.regions or row.containers)


def _is_firm(row: RowFacts, word: str, reading: Reading) -> bool:
    """A word that surely stands for a telling word of the row's name."""
    score, where = reading
    in_name = any(at < len(row.words) and row.words[at] not in words().generic for at in where)
    return score >= 0.7 and in_name and len(word) > 2


def _candidates(row: RowFacts, firm: set[str], world: World) -> Iterable[AssetFacts]:
    """Assets with a firm word; of words on many, those in the row's regions."""
    found: dict[str, AssetFacts] = {}
    for word in sorted(firm):
        many = world.by_core.get(word, ())
        if len(many) > _CANDIDATES:
            many = [
                a for r in sorted(row.regions) for a in world.by_core_and_region.get((word, r), ())
            ]
        if len(many) <= _CANDIDATES:
            found |= {asset.asset.asset_id: asset for asset in many}
    return found.values()


def _likeness(
    asset: AssetFacts, near: Mapping[str, Reading], mine: set[int], world: World
) -> float | None:
    """0..1: how far its words stand for the row's, and the row's name is told by them.

    None when less than half of the resource's words, by weight, mean anything to the row.
    """
    total = reached = 0.0
    core = world.cores[asset.asset.asset_id]
    for word in core:
        weight = world.weight(word)
        total += weight
        reached += weight * near.get(word, _NONE)[0]
    if reached < 0.45 * total or not total:
        return None
    covered: set[int] = set()
    for word in core:
        score, where = near.get(word, _NONE)
        if score >= 0.5:
            covered |= where
    named = len(covered & mine) / len(mine) if mine else 0.0
    return 0.65 * reached / total + 0.35 * named


def _own_words(row: RowFacts) -> set[int]:
    """Positions of the words of the row's name that say what it is."""
    noise = words().stop | words().generic
    return {
        at
        for at, word in enumerate(row.words)
        if word not in noise
        and not is_version(word)
        and not places.is_place(word)
        and not (len(word) == 2 and places.is_code(word))
    }


def _said(row: RowFacts, asset: AssetFacts, near: Mapping[str, Reading], world: World) -> list[str]:
    wanted = (*row.words, *row.technique)
    return [
        f"{word} = {' '.join(wanted[at] for at in sorted(near[word][1]))}"
        for word in world.cores[asset.asset.asset_id]
        if word in near and near[word][0] >= 0.5
    ]


def _corroboration(row: RowFacts, asset: AssetFacts) -> Iterator[tuple[float, str]]:
    if row.countries and asset.label_countries:
        yield 0.07, "country"
    if row.regions and asset.region:
        agrees = asset.region in row.regions
        labelled = bool(row.countries & asset.label_countries)
        yield (0.06 if agrees else -0.03 if labelled else -0.10), "region"
    if row.owners & asset.owners:
        yield 0.07, "owner"
    if _provider_agrees(row, asset):
        yield 0.03, "platform"
    if is_prod(row.environment) and is_prod(asset.environment):
        yield 0.02, "stage"
    if row.containers & {parent.key for parent in asset.parents}:
        yield 0.05, "account"
    if any(_begins(ref, asset) for ref in row.references if ref.form == "cut"):
        yield 0.05, "what is left of the id"
    if row.versions and asset.asset.model_version:
        version = asset.asset.model_version.casefold().removeprefix("v")
        yield (0.03 if version in row.versions else 0.0), "version"


def _begins(ref: ids.Reference, asset: AssetFacts) -> bool:
    start = ref.key.casefold()
    return any(text.casefold().startswith(start) for text in asset.asset.native_ids)
