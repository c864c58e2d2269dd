"""Negative evidence: what speaks against a pair, and for which rungs it is decisive.

Each veto gives half a sentence, or None. Ids, references and bindings (K0 to K2) are not
questioned; everything weaker is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scanner.reconcile import places
from scanner.reconcile.facts import is_non_prod, is_prod
from scanner.reconcile.names import derivation
from scanner.reconcile.vendors import agree_with_any

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner.reconcile.facts import AssetFacts, RowFacts
    from scanner.reconcile.hits import Hit

_UNQUESTIONED: Final = frozenset({"K0", "K1", "K2"})
_PRODUCT: Final = frozenset({"K4", "K6", "K7"})
_NAME: Final = frozenset({"K5", "K8"})


def veto(hit: Hit) -> str | None:
    """The first reason this hit cannot stand; None when nothing speaks against it."""
    if hit.rule in _UNQUESTIONED:
        return None
    for rungs, speaks in _VETOES:
        if hit.rule in rungs:
            reason = speaks(hit.row, hit.asset)
            if reason is not None:
                return reason
    return None


def _vague(row: RowFacts, _: AssetFacts) -> str | None:
    return "the row is too vague to cover anything" if row.vague else None


def _in_house(row: RowFacts, asset: AssetFacts) -> str | None:
    if row.in_house and not asset.built:
        return "the row is an in-house system and this is a vendor's product"
    return None


def _vendor(row: RowFacts, asset: AssetFacts) -> str | None:
    if row.vendors and asset.sellers and not agree_with_any(row.vendors, asset.sellers):
        return f"the row's vendor is {', '.join(sorted(row.vendors))}, not {asset.asset.vendor}"
    return None


def _settled(row: RowFacts, asset: AssetFacts) -> str | None:
    """A row that gives a whole resource id is about that resource, not about a vendor's product."""
    if row.settled and not asset.built and not asset.platform:
        return "the row is one resource in a cloud and this is a vendor's product"
    return None


def _other_host(row: RowFacts, asset: AssetFacts) -> str | None:
    """On a platform each resource has its host; the row names one, and this is another."""
    if not asset.platform or not row.registrable & asset.registrable:
        return None
    if set(map(places.placeless, row.domains)) & set(map(places.placeless, asset.domains)):
        return None
    return f"the row is about {min(row.domains)}, not {min(asset.domains)}"


def _caller(row: RowFacts, asset: AssetFacts) -> str | None:
    """A row approved for named callers does not cover others."""
    called = {account.casefold() for account in asset.asset.all_accounts}
    if row.callers and called and not called & row.callers:
        return f"the row is for the caller {', '.join(sorted(row.callers))}, not {min(called)}"
    return None


def _twin(row: RowFacts, asset: AssetFacts) -> str | None:
    """A derived name (-poc, -canary, "Copy of") that the row does not say itself."""
    if not asset.built:
        return None
    word = derivation(tuple(word for word in asset.words if word not in row.own))
    return f'"{word}" in its name makes it a twin of what the row covers' if word else None


def _environment(row: RowFacts, asset: AssetFacts) -> str | None:
    if is_prod(row.environment) and is_non_prod(asset.environment):
        return f"the row is for production and this is {asset.environment}"
    return None


def _country(row: RowFacts, asset: AssetFacts) -> str | None:
    if row.countries and asset.label_countries and not row.countries & asset.label_countries:
        theirs = ", ".join(sorted(asset.label_countries)).upper()
        return f"the row is for {', '.join(sorted(row.countries)).upper()} and this is for {theirs}"
    return None


def _account(row: RowFacts, asset: AssetFacts) -> str | None:
    """The row names an account of the same kind and this is in another."""
    mine = {key for key in row.containers if not key.startswith("k8s:")}
    theirs = {p.key for p in asset.parents if p.kind in ("account", "subscription", "project")}
    kinds = {key.split(":")[0].split("/")[0] for key in mine}
    comparable = {key for key in theirs if key.split(":")[0].split("/")[0] in kinds}
    if comparable and not mine & theirs:
        return "the row names another account"
    return None


def _provider(row: RowFacts, asset: AssetFacts) -> str | None:
    mine = {"uc" if name == "databricks" else name for name in row.providers}
    theirs = {own.provider for own in asset.native if own.provider}
    if mine and theirs and not mine & theirs:
        return f"the row runs on {', '.join(sorted(row.providers))}"
    return None


def _place(row: RowFacts, asset: AssetFacts) -> str | None:
    """For a guess by name: another country altogether, with nothing that says it moved."""
    country = places.country_of(asset.region)
    if row.countries and country and country not in row.countries and not asset.label_countries:
        mine = ", ".join(sorted(row.countries)).upper()
        return f"the row is for {mine} and this runs in {country.upper()}"
    return None


def _kind(row: RowFacts, asset: AssetFacts) -> str | None:
    kind = row.row.kind
    if kind and kind != asset.asset.kind and {kind, asset.asset.kind} & {"agent", "mcp_server"}:
        return f"the row is a {kind} and this is a {asset.asset.kind}"
    return None


_VETOES: Final[tuple[tuple[frozenset[str], Callable[[RowFacts, AssetFacts], str | None]], ...]] = (
    (frozenset({"K3", "K4", "K5", "K6", "K7", "K8"}), _vague),
    (_PRODUCT, _in_house),
    (frozenset({"K4"}), _vendor),
    (frozenset({"K4", "K7"}), _settled),
    (frozenset({"K4", "K7"}), _other_host),
    (_PRODUCT, _caller),
    (frozenset({"K5", "K7", "K8"}), _twin),
    (frozenset({"K7", "K8"}), _environment),
    (frozenset({"K8"}), _country),
    (frozenset({"K7", "K8"}), _account),
    (frozenset({"K8"}), _provider),
    (frozenset({"K8"}), _place),
    (_NAME, _kind),
)
