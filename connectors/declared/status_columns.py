"""Which columns of a register are a status.

A column is one by its header, or by its header and its cells: "Approved?" with yes and no is one,
"Approved" with dates is a date.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connectors.declared.status import Column, is_date
from connectors.declared.vocabulary import Vocabulary, decided, is_answer, says, undecided
from connectors.declared.words import DATES, QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.declared.header import Header
    from connectors.declared.words import Question

_APPROVED: Final = QUESTIONS["approved"]  # what a date of approval answers, too


def by_content(
    header: Header, columns: Sequence[Sequence[str]], vocabulary: Vocabulary
) -> tuple[Header, list[Column]]:
    """The header with what its cells show, and its status columns. columns: cells by position."""
    changed: dict[int, str | None] = {}
    asks = dict(enumerate(header.asks)) | dict.fromkeys(header.positions("approved_on"), _APPROVED)
    asks |= {at: ask for at, ask in enumerate(header.asks) if ask is not None}
    weighed = {
        at: _Weight.of(columns[at], vocabulary, asks[at], by_name=field == "lifecycle")
        for at, field in enumerate(header.fields)
        if _may_be_status(header, at, field)
    }
    understood = any(w.known for at, w in weighed.items() if header.fields[at] == "lifecycle")
    dated = header.has("approved_on")
    for at, weight in weighed.items():
        field = header.fields[at]
        if field != "lifecycle":
            if weight.mostly_known and not (field == "review_due" and weight.dates):
                changed[at] = "lifecycle"
        elif weight.mostly_dates and asks[at] is not None:
            changed[at] = None if dated else "approved_on"
            dated = True
        elif weight.filled and not weight.known and (understood or at in header.weak):
            changed[at] = None
    settled = header.with_fields(changed)
    if not settled.has("lifecycle"):
        settled = settled.with_fields(dict.fromkeys(_unnamed(settled, columns), "lifecycle"))
    status = [
        Column(at, header.names[at], vocabulary.for_column(columns[at]), asks[at])
        for at in settled.positions("lifecycle")
    ]
    status += [
        Column(at, header.names[at], vocabulary.ours, question, dated=True)
        for at in (*settled.positions("approved_on"), *settled.positions("retired_on"))
        if (question := asks[at]) is not None
    ]
    return settled, status


def _unnamed(header: Header, columns: Sequence[Sequence[str]]) -> list[int]:
    """Columns of unknown names that hold nothing but decisions: the status, if there is no other.

    "Tag" with sanctioned and unsanctioned is one.
    """
    return [
        at
        for at, field in enumerate(header.fields)
        if field is None and at not in header.ignored and decided(columns[at])
    ]


def _may_be_status(header: Header, at: int, field: str | None) -> bool:
    if at in header.given or at in header.ignored:
        return False
    if header.asks[at] is not None or field in ("lifecycle", "approved_on", "review_due"):
        return field is None or field == "lifecycle" or field in DATES
    return field is None and at in header.endings


@dataclass(frozen=True, slots=True)
class _Weight:
    """How many cells of a column hold something, a status word, a date."""

    filled: int
    known: int
    dates: int

    @classmethod
    def of(
        cls,
        column: Sequence[str],
        vocabulary: Vocabulary,
        question: Question | None,
        *,
        by_name: bool,
    ) -> _Weight:
        """by_name: the header says that it is a status, so that a bare yes or no is one, too."""
        filled = [cell for cell in column if says(cell)]
        if not filled and question is not None:  # nobody has answered yet
            filled = [cell for cell in column if undecided(cell)]
        words = vocabulary.for_column(filled)
        return cls(
            len(filled),
            sum(
                words.read(cell, question).sure
                for cell in filled
                if by_name or question is not None or not is_answer(cell)
            ),
            sum(is_date(cell) for cell in filled),
        )

    @property
    def mostly_known(self) -> bool:
        return self.known * 2 > self.filled

    @property
    def mostly_dates(self) -> bool:
        return self.dates * 2 > self.filled
