"""K8: the words of a resource's name stand for the words of the row, and other things agree.

`readm-risk-gbm-es` against "Readmission risk 30d (Spain)", gradient boosted trees: names.likeness
says how far each word of the resource stands for words of the row; rare words weigh more; country,
region, owner, platform and account add or take away. Always a guess: one row, one asset, with a
margin (ladder.py), and never for a row that gives a whole id or for a product people use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from scanner.reconcile import ids, places
from scanner.reconcile.facts import is_prod
from scanner.reconcile.hits import REVIEW, Hit
from scanner.reconcile.names import is_random, is_version, likeness
from scanner.reconcile.rules.k5_name import _provider_agrees
from scanner.reconcile.tables import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.reconcile.facts import AssetFacts, RowFacts
    from scanner.reconcile.world import World

_CANDIDATES: Final = 400  # a word on more resources than this tells none of them apart
_ENVIRONMENTS: Final = frozenset({"prod", "prd", "production", "dev", "test", "live"})


def hits(row: RowFacts, world: World) -> Iterator[Hit]:
    """Built assets whose names can stand for the row."""
    if row.settled or not _runs_something_built(row):
        return
    for asset in _candidates(row, world):
        hit = _compare(row, asset, world)
        if hit is not None and hit.confidence >= REVIEW:
            yield hit


def _runs_something_built(row: RowFacts) -> bool:
    """In-house, in a cloud or on a platform; not a row about a product people use."""
    if any(not found.line.platform and not row.in_house for found in row.lines):
        return False
    return row.in_house or bool(row.providers or row.regions or row.containers)


def _candidates(row: RowFacts, world: World) -> list[AssetFacts]:
    """Assets that share a word, its first letters, or a joined or short form, with the row."""
    wanted = (*row.words, *row.technique)
    keys = set(wanted) | {w[:3] for w in wanted if len(w) > 3}
    for at in range(len(wanted)):
        keys.add("".join(wanted[at : at + 2]))
        for count in (2, 3, 4):
            run = wanted[at : at + count]
            telling = [w for w in run if w not in words().stop]
            keys |= {"".join(w[0] for w in run), "".join(w[0] for w in telling)}
    found: dict[str, AssetFacts] = {}
    for key in sorted(keys):
        many = world.by_word.get(key, ())
        if len(key) > 1 and len(many) <= _CANDIDATES:
            found |= {asset.asset.asset_id: asset for asset in many if asset.built}
    return list(found.values())


@dataclass(slots=True)
class _Likeness:
    cover: float  # of the resource's words, weighed by rarity
    named: float  # of the row's name
    telling: bool  # some word stands firmly for one of the row's name
    said: list[str]


def _compare(row: RowFacts, asset: AssetFacts, world: World) -> Hit | None:
    alike = _likeness(row, asset, world)
    if alike is None or not alike.telling or alike.cover < 0.45:
        return None
    confidence = 0.40 + 0.36 * (0.65 * alike.cover + 0.35 * alike.named)
    agreeing = []
    for bonus, what in _corroboration(row, asset):
        confidence += bonus
        if bonus > 0:
            agreeing.append(what)
    why = f"{asset.name} reads as {', '.join(alike.said)}"
    if agreeing:
        why += f"; {', '.join(agreeing)} agree"
    return Hit(asset, row, "K8", round(min(confidence, 0.93), 3), why, exclusive=True)


def _likeness(row: RowFacts, asset: AssetFacts, world: World) -> _Likeness | None:
    core = _core(asset, world)
    if not core:
        return None
    wanted = (*row.words, *row.technique)
    own = len(row.words)
    total = reached = 0.0
    covered: set[int] = set()
    telling = False
    said = []
    for word in core:
        score, where = likeness(word, wanted)
        weight = world.weight(word)
        total += weight
        reached += weight * score
        if score >= 0.5:
            covered |= where
            said.append(f"{word} = {' '.join(wanted[at] for at in sorted(where))}")
        in_name = any(at < own and wanted[at] not in words().generic for at in where)
        telling = telling or (score >= 0.7 and in_name and len(word) > 2)
    mine = [
        at
        for at, word in enumerate(row.words)
        if word not in words().stop
        and word not in words().generic
        and not is_version(word)
        and not places.is_place(word)
        and not (len(word) == 2 and places.is_code(word))
    ]
    named = len(covered & set(mine)) / len(mine) if mine else 0.0
    return _Likeness(reached / total, named, telling, said)


def _core(asset: AssetFacts, world: World) -> list[str]:
    """Words of the resource's name that say what it is: no version, stage or house prefix."""
    prefixes = frozenset().union(*(world.affixes.get(a, frozenset()) for a in asset.accounts))
    packaging = words().affix | _ENVIRONMENTS | words().generic
    return [
        word
        for at, word in enumerate(asset.words)
        if not is_random(word)
        and not is_version(word)
        and word not in packaging
        and not (at == 0 and word in prefixes)
        and word not in asset.label_countries
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
