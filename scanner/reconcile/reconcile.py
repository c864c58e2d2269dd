"""The whole reconciliation, in one call: assets and declarations in, the Ledger out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.declared.policy import Policy
from scanner.reconcile.contradictions import (
    contradictions,
    let_refusals_decide,
    told,
    told_of_row,
)
from scanner.reconcile.declared_states import declared_states
from scanner.reconcile.duplicates import duplicates, meetings, same_claim, same_system
from scanner.reconcile.findings import findings
from scanner.reconcile.ladder import climb
from scanner.reconcile.model import Coverage, Ledger, Pair
from scanner.reconcile.states import Judged, judge
from scanner.reconcile.world import build

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from connectors.declared.model import Declaration, Person
    from scanner.reconcile.model import Binding, Known, Observed


def reconcile(
    assets: Sequence[Observed],
    declarations: Sequence[Declaration],
    people: Sequence[Person] = (),
    policy: Policy | None = None,
    coverage: Coverage | None = None,
    *,
    as_of: dt.date,
    known: Sequence[Known] = (),
    bindings: Sequence[Binding] = (),
) -> Ledger:
    """Hold assets against declarations; the states and their order are in states.py.

    known: the services the catalogue can name, so that product cells are understood. bindings:
    matches people confirmed. Asset ids and row numbers must be unique. The same input gives the
    same output; nothing is read or written.
    """
    world = build(
        assets,
        declarations,
        people,
        policy or Policy(),
        coverage or Coverage(),
        known,
        bindings,
    )
    choice = climb(world, same_system)
    met = meetings(world, choice)
    repeated = duplicates(met)
    opposite = contradictions(pair for pair in met if same_claim(*pair))
    choice.without_repeats(repeated)
    silent = repeated.keys() | let_refusals_decide(choice, opposite)
    judged = [told(judge(one, choice, silent, world, as_of), opposite) for one in world.assets]
    states = [
        told_of_row(state, opposite) for state in declared_states(world, judged, repeated, as_of)
    ]
    return Ledger(
        pairs=tuple(_pairs(judged)),
        asset_states=tuple(one.state for one in judged),
        declared_states=tuple(states),
        findings=tuple(findings(world.assets, judged, world.rows, states)),
        problems=tuple(one.problem for one in opposite),
    )


def _pairs(judged: Iterable[Judged]) -> Iterable[Pair]:
    for one in judged:
        for candidate in one.pairs:
            yield Pair(
                asset_id=one.state.asset_id,
                row=candidate.row.row.row,
                band=candidate.band,
                confidence=candidate.confidence,
                rule_ids=candidate.rules,
                sentence=candidate.sentence,
            )
