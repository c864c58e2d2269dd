"""K3: the row names what contains the asset, or the asset belongs to the row's system.

A parent made for one system (an AI account, a workspace, a namespace) is enough. An account,
subscription, project or cluster holds much else, so there the product must agree too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scanner.reconcile.hits import Hit
from scanner.reconcile.modelnames import covers
from scanner.reconcile.names import slug
from scanner.reconcile.tables import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.reconcile.facts import AssetFacts, RowFacts
    from scanner.reconcile.ids import Reference
    from scanner.reconcile.modelnames import Model
    from scanner.reconcile.products import Line
    from scanner.reconcile.world import World


def hits(row: RowFacts, world: World) -> Iterator[Hit]:
    """Assets inside what the row names, with its application tag, or in its own group."""
    for ref in row.references:
        if ref.form in ("id", "container"):
            for asset in world.by_parent.get(ref.key, ()):
                kind = next(p.kind for p in asset.parents if p.key == ref.key)
                if kind == "resource":
                    yield Hit(asset, row, "K3", 0.95, f"it is part of {ref.name}")
        if ref.form == "id":
            yield from _own_group(row, ref, world)
        if ref.form == "name":
            yield from _named_parent(row, ref, world)
    yield from _containers(row, world)
    yield from _application(row, world)


def _named_parent(row: RowFacts, ref: Reference, world: World) -> Iterator[Hit]:
    """`account`, `cluster/namespace`: every piece must be a parent's name."""
    pieces = ref.key.split("/")
    if len(pieces[-1]) < 4 or pieces[-1] in words().generic:
        return
    for asset in world.by_parent_name.get(pieces[-1], ()):
        parents = {parent.name.casefold() for parent in asset.parents}
        if all(piece in parents for piece in pieces):
            yield Hit(asset, row, "K3", 0.93, f"it is part of {ref.key}")


def _containers(row: RowFacts, world: World) -> Iterator[Hit]:
    if row.settled:
        return
    for key in sorted(row.containers):
        for found in row.lines:
            for asset in world.by_place_and_line.get((key, found.line.id), ()):
                confidence, how = _agreement(row, found.line, asset)
                if confidence:
                    where = key.rpartition(":")[2].rpartition("/")[2]
                    yield Hit(asset, row, "K3", confidence, f"it is in {where} and {how}")


def _agreement(row: RowFacts, line: Line, asset: AssetFacts) -> tuple[float, str]:
    wanted = [_any_version(m) for m in row.models]
    verdicts = {model: covers(wanted, model) for model in asset.asset.all_models}
    declared = next((model for model, covered in verdicts.items() if covered), None)
    if declared is not None:
        return 0.9, f"runs {declared} on {line.name}"
    if False in verdicts.values():
        return 0.0, ""
    if line.platform:
        return 0.6, f"is on {line.name}"
    return 0.9, f"is {line.name}"


def _any_version(model: Model) -> Model:
    return replace(model, version="", variants=frozenset())


def _application(row: RowFacts, world: World) -> Iterator[Hit]:
    """The application tag is the system's name."""
    for name in sorted(row.slugs):
        if len(name) < 5 or "-" not in name:
            continue
        for asset in world.by_application.get(name, ()):
            yield Hit(asset, row, "K3", 0.92, f'its application tag says "{name}"')


def _own_group(row: RowFacts, ref: Reference, world: World) -> Iterator[Hit]:
    """In the resource group of the row's resource, if that group is the system's own.

    Its own means: the group's name says a telling word of the row's name.
    """
    if ref.id is None or not ref.id.group or ref.id.provider != "azure":
        return
    telling = {w for w in row.words if len(w) >= 4} - words().generic
    if not telling & set(slug(ref.id.group).split("-")):
        return
    for asset in world.by_group.get(ref.id.group, ()):
        if ref.id.account in asset.accounts and all(one.key != ref.key for one in asset.native):
            yield Hit(asset, row, "K3", 0.85, f"it is in the system's own group {ref.id.group}")
