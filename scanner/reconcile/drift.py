"""Where an asset differs from what its rows say: one function a field.

A field differs when at least one paired row says something about it and every row that does
disagrees. A row that is silent, and an asset that does not show the field, never differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connectors.declared.text import fold
from scanner.reconcile.facts import is_non_prod, is_prod
from scanner.reconcile.modelnames import covers
from scanner.reconcile.tables import words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scanner.reconcile.facts import AssetFacts, RowFacts
    from scanner.reconcile.world import World

_MULTI: Final = frozenset({"eu", "us", "asia", "global", "multi", "apac"})  # not one region
MODELS_TOLD: Final = 5  # named in a sentence
PLACES_TOLD: Final = 3
# None: the row or the asset is silent. True: they agree. A text: they differ, and how.
Verdict = bool | str | None


def drifted(asset: AssetFacts, rows: Sequence[RowFacts], world: World) -> dict[str, str]:
    """field -> how it differs, in the order of FIELDS."""
    found = {}
    for field, judge in FIELDS:
        verdicts = [judge(asset, row, world) for row in rows]
        said = [verdict for verdict in verdicts if verdict is not None]
        different = [verdict for verdict in said if isinstance(verdict, str)]
        if said and len(different) == len(said):
            found[field] = different[0]
    return found


def _region(asset: AssetFacts, row: RowFacts, _: World) -> Verdict:
    seen = asset.regions - _MULTI
    if not row.regions or not seen:
        return None
    foreign = sorted(seen - row.regions)
    if not foreign:
        return True
    return f"declared {_some(row.regions)}, seen in {_listed(foreign)}"


def _some(many: frozenset[str]) -> str:
    ordered = sorted(many)
    return ordered[0] if len(ordered) == 1 else " or ".join(ordered[:3])


def _listed(many: Sequence[str]) -> str:
    more = f" and {len(many) - PLACES_TOLD} more" if len(many) > PLACES_TOLD else ""
    return ", ".join(many[:PLACES_TOLD]) + more


def _account(asset: AssetFacts, row: RowFacts, _: World) -> Verdict:
    named = {ref.id.account for ref in row.references if ref.id and ref.form == "id"} - {""}
    seen = {own.account for own in asset.native if own.account and own.provider != "k8s"}
    if not named or not seen:
        return None
    return bool(named & seen) or f"declared in {_some(frozenset(named))}, seen in {min(seen)}"


def _environment(asset: AssetFacts, row: RowFacts, _: World) -> Verdict:
    if not row.environment or not asset.environment:
        return None
    if is_non_prod(row.environment) and is_prod(asset.environment):
        return f"declared for {row.environment} only, runs in production"
    return True


def _model(asset: AssetFacts, row: RowFacts, _: World) -> Verdict:
    verdicts = {model: covers(row.models, model) for model in asset.asset.all_models}
    foreign = [model for model, covered in verdicts.items() if covered is False]
    if not foreign:
        return True if True in verdicts.values() else None
    declared = ", ".join(model.text for model in row.models)
    more = f" and {len(foreign) - MODELS_TOLD} more" if len(foreign) > MODELS_TOLD else ""
    return f"declared {declared}, runs {', '.join(foreign[:MODELS_TOLD])}{more}"


def _version(asset: AssetFacts, row: RowFacts, _: World) -> Verdict:
    seen = (asset.asset.model_version or "").casefold().removeprefix("v")
    if not row.versions or not seen or not seen[0].isdigit() or len(seen) > 6:
        return None
    if seen in row.versions:
        return True
    return f"declared version {_some(row.versions)}, runs {asset.asset.model_version}"


def _owner(asset: AssetFacts, row: RowFacts, world: World) -> Verdict:
    if not asset.owners or not row.owners:
        return None
    if asset.owners & row.owners:
        return True
    return f"declared {world.people.names(row.owners)}, tagged {world.people.names(asset.owners)}"


def _status(asset: AssetFacts, row: RowFacts, _: World) -> Verdict:
    if row.row.lifecycle != "not_yet":
        return True
    return f'declared "{row.row.lifecycle_raw}", seen since {asset.asset.first_seen}'


FIELDS: Final[tuple[tuple[str, Callable[[AssetFacts, RowFacts, World], Verdict]], ...]] = (
    ("region", _region),
    ("account", _account),
    ("environment", _environment),
    ("model", _model),
    ("version", _version),
    ("owner", _owner),
    ("status", _status),
)


def scope_fault(asset: AssetFacts, row: RowFacts) -> str | None:
    """Permissions beyond what the row approves; None when it approves them or says nothing.

    A permission is held against the words of the approved scope by its area (files, mail, ...).
    """
    if not row.row.approved_scope or not asset.asset.oauth_scopes:
        return None
    approved = set(fold(row.row.approved_scope).split())
    for scope in asset.asset.oauth_scopes:
        area = _area(scope)
        if area is not None and not approved & set(words().scope_areas[area]):
            return f"granted {scope.rsplit('/', 1)[-1]}, approved is: {row.row.approved_scope}"
    return None


def _area(scope: str) -> str | None:
    """The area of an OAuth permission; None for harmless and unknown ones."""
    short = fold(scope.rsplit("/", 1)[-1])
    if short in words().harmless_scopes:
        return None
    parts = set(short.split())
    return next((area for area in words().scope_areas if area in parts), None)


def department_fault(asset: AssetFacts, row: RowFacts) -> str | None:
    """Users of another department than the one the scope is limited to ("Lab developers only").

    Only when the scope says "only" and names the row's own department.
    """
    scope, mine = row.row.approved_scope, row.row.department
    if not scope or not mine or not asset.asset.departments:
        return None
    folded = f" {fold(scope)} "
    if " only " not in folded or f" {fold(mine)} " not in folded:
        return None
    others = [name for name in asset.asset.departments if fold(name) != fold(mine)]
    return f"used in {', '.join(others[:3])}, approved for {mine} only" if others else None
