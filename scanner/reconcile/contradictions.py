"""Rows that say the opposite of one system: both are told, and a refusal is not lifted by a row.

A row that refuses and a row that does not, of the same system in the same edition, tenant, scope
and department, contradict each other: the refusal decides. One of them retired is told only: it
may have been replaced by the other. Rows of another edition or scope are about another use.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from connectors.declared.model import RowProblem
from connectors.declared.text import fold
from scanner.reconcile.ladder import Candidate
from scanner.reconcile.names import tokens
from scanner.reconcile.tables import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scanner.reconcile.facts import RowFacts
    from scanner.reconcile.ladder import Choice
    from scanner.reconcile.model import DeclaredState
    from scanner.reconcile.states import Judged


_ORDER: Final = ("refused", "retired", "in use")


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two rows of one system. decides: the stricter row's word holds for both."""

    stricter: RowFacts
    other: RowFacts
    decides: bool

    def seen_from(self, row: int) -> str:
        """The half sentence beside a row's own reason."""
        one, two = self.stricter.row, self.other.row
        against = two if row == one.row else one
        end = "the refusal counts" if self.decides else "which of them holds?"
        return f"row {against.row} contradicts it ({_stance(against.lifecycle_raw)}); {end}"

    @property
    def problem(self) -> RowProblem:
        """The same for someone who reads the register."""
        one, two = self.stricter.row, self.other.row
        end = "the refusal counts" if self.decides else "keep one"
        message = (
            f'row {one.row} "{_short(one.name)}" ({_stance(one.lifecycle_raw)}) contradicts row '
            f'{two.row} "{_short(two.name)}" ({_stance(two.lifecycle_raw)}): one system, {end}'
        )
        return RowProblem(one.source, "warning", "rows_contradict", message, one.line)


def opposed(one: RowFacts, other: RowFacts) -> bool:
    """Whether two rows of one system cannot both be meant: one refuses or has ended, one not."""
    return _side(one) != _side(other)


def contradictions(pairs: Iterable[tuple[RowFacts, RowFacts]]) -> list[Contradiction]:
    """The contradictions among pairs of rows that claim the same system, in the rows' order."""
    found = []
    for one, other in pairs:
        if opposed(one, other) and same_use(one, other):
            stricter, laxer = sorted((one, other), key=lambda f: _ORDER.index(_side(f)))
            found.append(Contradiction(stricter, laxer, _side(stricter) == "refused"))
    return found


def same_use(one: RowFacts, other: RowFacts) -> bool:
    """No edition, tenant, scope or department tells the two rows apart."""
    mine, theirs = one.row, other.row
    return _editions(one) == _editions(other) and all(
        not a or not b or a == b
        for a, b in (
            (frozenset(mine.tenant_ids), frozenset(theirs.tenant_ids)),
            (fold(mine.approved_scope or ""), fold(theirs.approved_scope or "")),
            (fold(mine.department or ""), fold(theirs.department or "")),
        )
    )


def let_refusals_decide(choice: Choice, found: Sequence[Contradiction]) -> frozenset[int]:
    """Pair the refusing row with what the other is paired with; the rows that no longer speak."""
    silent = set()
    for one in found:
        if not one.decides:
            continue
        for candidates in choice.pairs.values():
            mine = next((c for c in candidates if c.row is one.stricter), None)
            laxer = next((c for c in candidates if c.row is one.other and c.band == "auto"), None)
            if laxer is None:
                continue
            if mine is None:
                mine = Candidate(laxer.asset, one.stricter, laxer.hits)
            else:
                candidates.remove(mine)
            mine.band = "auto"
            candidates.insert(0, mine)
        silent.add(one.other.row.row)
    return frozenset(silent)


def told(judged: Judged, found: Sequence[Contradiction]) -> Judged:
    """The judged asset with the contradictions of its rows in its reason."""
    rows = {c.row.row.row for c in judged.pairs if c.band == "auto"}
    said = [one.seen_from(one.stricter.row.row) for one in found if _rows(one) <= rows]
    if not said:
        return judged
    return replace(judged, state=replace(judged.state, why="; ".join((judged.state.why, *said))))


def told_of_row(state: DeclaredState, found: Sequence[Contradiction]) -> DeclaredState:
    """The state of a row with what contradicts it."""
    said = [one.seen_from(state.row) for one in found if state.row in _rows(one)]
    return replace(state, why="; ".join((state.why, *said))) if said else state


def _side(row: RowFacts) -> str:
    return row.row.lifecycle if row.row.lifecycle in ("refused", "retired") else "in use"


def _rows(one: Contradiction) -> set[int]:
    return {one.stricter.row.row, one.other.row.row}


def _editions(row: RowFacts) -> frozenset[str]:
    said = (word for text in (row.row.name, *row.row.product) for word in tokens(text))
    return frozenset(said) & words().edition - words().stop - words().generic


def _stance(raw: str | None) -> str:
    return f'"{_short(raw)}"' if raw else "no status"


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
