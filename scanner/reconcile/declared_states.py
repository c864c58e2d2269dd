"""The state of a row: duplicate, what its assets are, or why nothing was seen."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from scanner.reconcile.model import NOT_IN_USE, DeclaredState
from scanner.reconcile.unseen import unseen

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from scanner.reconcile.facts import RowFacts
    from scanner.reconcile.ladder import Candidate
    from scanner.reconcile.model import AssetState
    from scanner.reconcile.states import Judged
    from scanner.reconcile.world import World

_ORDER: Final = ("drifted", "managed", "prohibited", "retired_alive", "waived", "unapproved_use")
_NAMED: Final = 3  # assets in a sentence; the rest is counted


def declared_states(
    world: World, judged: Sequence[Judged], repeated: Mapping[int, int], as_of: dt.date
) -> list[DeclaredState]:
    """The state of every row, in the register's order."""
    seen: dict[int, list[tuple[str, AssetState]]] = defaultdict(list)
    asked: dict[int, Candidate] = {}
    for one in judged:
        for candidate in one.pairs:
            if candidate.band == "auto":
                seen[candidate.row.row.row].append((candidate.asset.name, one.state))
            else:
                asked.setdefault(candidate.row.row.row, candidate)
    return [
        _state(
            row,
            Seen(seen.get(row.row.row, []), asked.get(row.row.row)),
            repeated,
            world,
            as_of,
        )
        for row in world.rows
    ]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a row: its assets by name, and a match that a person must confirm."""

    assets: Sequence[tuple[str, AssetState]]
    asked: Candidate | None


def _state(
    row: RowFacts,
    seen: Seen,
    repeated: Mapping[int, int],
    world: World,
    as_of: dt.date,
) -> DeclaredState:
    number = row.row.row
    if number in repeated:
        why = f"it declares the same system as row {repeated[number]}, with less evidence"
        return DeclaredState(number, "duplicate", _flags(row, world, as_of), repeated[number], why)
    state, why = _of_assets(seen) or unseen(row, world, as_of)
    return DeclaredState(number, state, _flags(row, world, as_of), None, why)


def _of_assets(seen: Seen) -> tuple[str, str] | None:
    states = Counter(state.state for _, state in seen.assets)
    for word in _ORDER:
        if word in states:
            return word, _told(word, seen.assets, states)
    if seen.asked is not None:
        return "needs_review", f"perhaps {seen.asked.asset.name}: {seen.asked.best.why}"
    return None


def _told(word: str, assets: Sequence[tuple[str, AssetState]], states: Mapping[str, int]) -> str:
    """What was seen, by name: why assets are in the row's state, how many are in another."""
    mine = [(name, state) for name, state in assets if state.state == word]
    if word == "managed":
        names = ", ".join(name for name, _ in mine[:_NAMED])
        told = f"seen: {names}{_more(len(mine) - _NAMED)}"
    else:
        name, first = mine[0]
        told = f"{name}: {first.why}{_more(len(mine) - 1)}"
    others = [
        f"{states[other]} {other.replace('_', ' ')}"
        for other in _ORDER
        if other != word and states.get(other)
    ]
    told += f"; besides {', '.join(others)}" if others else ""
    if all(NOT_IN_USE & set(state.flags) for _, state in assets):
        told += "; nothing of it is in use (only tried, or no longer seen)"
    return told


def _more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""


def _flags(row: RowFacts, world: World, as_of: dt.date) -> tuple[str, ...]:
    declared = row.row
    live = declared.lifecycle == "approved"
    flags = {
        "owner_missing": not (declared.business_owner or declared.technical_owner),
        "owner_inactive": bool(row.owners) and not world.people.active(row.owners),
        "review_overdue": live and declared.review_due is not None and declared.review_due < as_of,
        "approval_missing": live and not (declared.approved_on or declared.approved_by),
    }
    return tuple(name for name, holds in flags.items() if holds)
