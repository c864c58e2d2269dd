"""Everything the rules look things up in: facts of all rows and assets, under dictionary keys.

Blocking: a rule reaches a candidate only through one of these, never by comparing all with all.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scanner.reconcile import names
from scanner.reconcile.facts import AssetFacts, RowFacts, asset_facts, row_facts
from scanner.reconcile.makers import Refusal, refusals
from scanner.reconcile.people import People
from scanner.reconcile.products import Products
from scanner.reconcile.tables import words

if TYPE_CHECKING:
    from connectors.declared.model import Declaration, Person
    from connectors.declared.policy import Policy
    from scanner.reconcile.model import Binding, Coverage, Known, Observed

ENVIRONMENT_WORDS = frozenset({"prod", "prd", "production", "dev", "test", "live"})
Index = Mapping[str, Sequence[AssetFacts]]


@dataclass(slots=True)
class World:
    """One reconciliation's facts and indexes. All indexes are over assets."""

    rows: tuple[RowFacts, ...]
    assets: tuple[AssetFacts, ...]
    products: Products
    people: People
    policy: Policy
    coverage: Coverage
    bindings: Mapping[str, frozenset[str]]
    refusals: tuple[Refusal, ...] = ()
    by_id: Index = field(default_factory=dict)
    by_parent: Index = field(default_factory=dict)
    by_place_and_line: Mapping[tuple[str, str], Sequence[AssetFacts]] = field(default_factory=dict)
    by_parent_name: Index = field(default_factory=dict)
    by_reference: Index = field(default_factory=dict)
    by_application: Index = field(default_factory=dict)
    by_group: Index = field(default_factory=dict)
    by_name: Index = field(default_factory=dict)
    by_line: Index = field(default_factory=dict)
    by_domain: Index = field(default_factory=dict)
    by_registrable: Index = field(default_factory=dict)
    by_word: Index = field(default_factory=dict)
    by_resource_name: Index = field(default_factory=dict)
    rows_by_line: Mapping[str, int] = field(default_factory=dict)
    rarity: Mapping[str, float] = field(default_factory=dict)
    affixes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    cores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_core: Index = field(default_factory=dict)
    by_core_and_region: Mapping[tuple[str, str], Sequence[AssetFacts]] = field(default_factory=dict)
    vocabulary: names.Vocabulary = field(default_factory=lambda: names.Vocabulary(()))

    def weight(self, word: str) -> float:
        """How telling a word of a resource name is: rare ones weigh more."""
        return self.rarity.get(word, 1.0)


def build(
    assets: Sequence[Observed],
    declarations: Sequence[Declaration],
    people: Sequence[Person],
    policy: Policy,
    coverage: Coverage,
    known: Sequence[Known],
    bindings: Sequence[Binding],
) -> World:
    """Understand everything once and index it."""
    products = Products(known, assets)
    who = People(people)
    compared = bool(declarations)
    asset_list = tuple(asset_facts(asset, products, who, compared=compared) for asset in assets)
    accounts = frozenset(
        name
        for one in asset_list
        for name in (
            *one.accounts,
            *(p.name.casefold() for p in one.parents if p.kind != "resource"),
        )
    ) | frozenset(a.casefold() for a in (*coverage.accounts, *coverage.clusters))
    row_list = tuple(row_facts(row, products, who, accounts) for row in declarations)
    bound: dict[str, set[str]] = defaultdict(set)
    for binding in bindings:
        bound[binding.ref].add(binding.key_value)
    world = World(
        rows=row_list,
        assets=asset_list,
        products=products,
        people=who,
        policy=policy,
        coverage=coverage,
        bindings={ref: frozenset(keys) for ref, keys in bound.items()},
        refusals=refusals(row_list, policy),
    )
    _index(world)
    world.rows_by_line = Counter(
        line for row in row_list for line in {f.line.id for f in row.lines} if not row.vague
    )
    return world


def _index(world: World) -> None:
    tables: dict[str, dict[str, list[AssetFacts]]] = {
        name: defaultdict(list)
        for name in (
            "by_id", "by_parent", "by_parent_name", "by_reference", "by_application", "by_group",
            "by_name", "by_line", "by_domain", "by_registrable", "by_word", "by_resource_name",
        )
    }  # fmt: skip
    for asset in world.assets:
        for table, keys in _keys(asset).items():
            for key in sorted(keys):
                tables[table][key].append(asset)
    for name, index in tables.items():
        setattr(world, name, dict(index))
    placed: dict[tuple[str, str], list[AssetFacts]] = defaultdict(list)
    for asset in world.assets:
        if asset.line is not None:
            for parent in asset.parents:
                placed[parent.key, asset.line.id].append(asset)
    world.by_place_and_line = dict(placed)
    count = len(world.assets)
    world.rarity = {
        word: min(2.0, 0.25 + math.log10(1 + count / len(found)))
        for word, found in world.by_word.items()
    }
    world.affixes = _affixes(world.assets)
    _index_cores(world)


def _index_cores(world: World) -> None:
    """The telling words of built assets' names, by word and by word and region."""
    cores: dict[str, tuple[str, ...]] = {}
    by_core: dict[str, list[AssetFacts]] = defaultdict(list)
    by_both: dict[tuple[str, str], list[AssetFacts]] = defaultdict(list)
    for asset in world.assets:
        if not asset.built:
            continue
        core = _core(asset, world.affixes)
        cores[asset.asset.asset_id] = core
        for word in set(core):
            by_core[word].append(asset)
            if asset.region:
                by_both[word, asset.region].append(asset)
    world.cores = cores
    world.by_core = dict(by_core)
    world.by_core_and_region = dict(by_both)
    world.vocabulary = names.Vocabulary(by_core)


def _core(asset: AssetFacts, affixes: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Words of a resource's name that say what it is: no version, stage or house prefix."""
    prefixes = {word for account in asset.accounts for word in affixes.get(account, ())}
    packaging = words().affix | words().generic | ENVIRONMENT_WORDS
    return tuple(
        word
        for at, word in enumerate(asset.words)
        if word not in packaging
        and not names.is_version(word)
        and not names.is_random(word)
        and not (at == 0 and word in prefixes)
        and word not in asset.label_countries
    )


def _keys(asset: AssetFacts) -> dict[str, set[str]]:
    canonical = {one.key for one in asset.native}
    return {
        "by_id": canonical | {asset.asset.asset_id},
        "by_parent": {parent.key for parent in asset.parents},
        "by_parent_name": {p.name.casefold() for p in asset.parents if p.kind == "resource"},
        "by_reference": set(asset.references),
        "by_application": set(asset.applications),
        "by_group": set(asset.groups),
        "by_name": {names.slug(asset.name)} | {names.slug(one.name) for one in asset.native},
        "by_resource_name": {names.slug(one.name) for one in asset.native if one.is_resource},
        "by_line": {asset.line.id} if asset.line else set(),
        "by_domain": set(asset.domains),
        "by_registrable": set(asset.registrable),
        "by_word": set(asset.words),
    }


def _affixes(assets: Sequence[AssetFacts]) -> dict[str, frozenset[str]]:
    """account -> first words that several of its resource names begin with (a house prefix)."""
    firsts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    totals: dict[str, int] = defaultdict(int)
    for asset in assets:
        if not asset.built or len(asset.words) < 2:
            continue
        for account in asset.accounts:
            firsts[account][asset.words[0]] += 1
            totals[account] += 1
    return {
        account: frozenset(word for word, n in found.items() if n >= 3 and n * 3 >= totals[account])
        for account, found in firsts.items()
    }
