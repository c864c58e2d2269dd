"""What the status cells of a row come to.

Of several the strictest counts: a refusal in one column is not lifted by a "live" in another.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connectors.declared import cells, dates
from connectors.declared.model import Remark
from connectors.declared.vocabulary import Reading, Vocabulary, says, stricter, undecided

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.declared.words import Question

_SHOWN: Final = 60


class StatusUnknown(Exception):
    """A status word that no list holds, and no policy that would say what it counts as.

    args: the word, and the column it stands in.
    """


@dataclass(frozen=True, slots=True)
class Column:
    """One column that can say a status: where it stands, what its header asks, how it is read.

    dated: it is a date column, and only a word that is a status counts ("rejected" among dates).
    """

    at: int
    name: str
    vocabulary: Vocabulary
    question: Question | None
    dated: bool = False


@dataclass(frozen=True, slots=True)
class Life:
    """The life-cycle of a row. raw: the deciding cell, with its column where that says more.

    used: positions of date columns that held a status.
    """

    lifecycle: str
    raw: str | None
    remarks: tuple[Remark, ...] = ()
    used: frozenset[int] = frozenset()


def dated_answers(columns: Sequence[Column], lifecycle: str) -> list[int]:
    """Positions of status columns where a date says since when a row is in that life-cycle."""
    asked = (column for column in columns if column.question is not None and not column.dated)
    return [c.at for c in asked if c.question is not None and c.question.yes == lifecycle]


@functools.lru_cache(maxsize=1 << 12)
def is_date(cell: str) -> bool:
    """Whether a cell is a date, if perhaps an odd one."""
    read = dates.read_date(cell)
    return read.date is not None or read.code not in ("date_unreadable", "date_implausible")


def life_of(columns: Sequence[Column], row: Sequence[str], *, by_policy: bool) -> Life:
    """What the status cells of a row come to. row: its cells by position.

    by_policy: a word no list holds counts as approved, with a remark; without, and where no other
    column is understood, StatusUnknown is raised.
    """
    said = [one for column in columns if (one := _said(column, row[column.at])) is not None]
    lives = [one.life for one in said if one.life is not None]
    unknown = [one for one in said if not one.reading.known]
    remarks = [
        Remark("status_phrase", f"status {one.shown} {one.reading.note}")
        for one in said
        if one.reading.note is not None
    ]
    used = frozenset(one.column.at for one in said if one.column.dated)
    if lives:
        life = stricter(lives)
        said.sort(key=lambda one: one.life != life)
        remarks += _disagreement(said, unknown)
        return Life(life, _raw(said), tuple(remarks), used)
    if unknown:
        word = unknown[0]
        if not by_policy:
            raise StatusUnknown(word.cell, word.column.name)
        text = f"status {word.shown} is in no list; counts as approved"
        return Life("approved", _raw(said), (*remarks, Remark("status_unknown", text)), used)
    return _silent(columns, said, used)


def _silent(columns: Sequence[Column], said: Sequence[_Said], used: frozenset[int]) -> Life:
    """A row whose status cells are empty, or say nothing ("Retired?" answered with no)."""
    asked = next((c for c in columns if not c.dated and c.question and c.question.empty), None)
    if asked is not None and asked.question is not None and asked.question.empty is not None:
        text = f'no answer to "{short(asked.name)}"; counts as not approved yet'
        return Life(asked.question.empty, None, (Remark("status_missing", text),), used)
    if any(
        undecided(one.cell)
        for one in said
        if one.column.question is None or one.column.question.yes == "approved"
    ):
        text = f"status {said[0].shown} is no decision; counts as not approved yet"
        return Life("not_yet", _raw(said), (Remark("status_phrase", text),), used)
    if all(column.dated for column in columns):
        return Life("approved", _raw(said), (), used)  # said once for the whole table
    text = "no status; counts as approved"
    return Life("approved", _raw(said), (Remark("status_missing", text),), used)


@dataclass(frozen=True, slots=True)
class _Said:
    """One cell and what it says."""

    column: Column
    cell: str
    reading: Reading

    @property
    def life(self) -> str | None:
        return self.reading.lifecycle

    @property
    def shown(self) -> str:
        return f'"{short(self.cell)}"'


def _said(column: Column, cell: str) -> _Said | None:
    if column.dated and (is_date(cell) or not says(cell)):
        return None
    if not says(cell) and not undecided(cell):
        return None
    if column.question is not None and is_date(cell):
        reading = Reading(column.question.yes)  # a date says: yes, since then
    else:
        reading = column.vocabulary.read(cell, column.question)
    if column.dated and not reading.known:
        return None
    return _Said(column, cells.value(cell) or cell.strip(), reading)


def _disagreement(said: Sequence[_Said], unknown: Sequence[_Said]) -> list[Remark]:
    """said: the deciding cells first."""
    first = said[0]
    where = f"{short(first.column.name)} {first.shown}"
    found = [
        Remark(
            "status_unknown",
            f"status {one.shown} ({short(one.column.name)}) is in no list; {where} counts",
        )
        for one in unknown
    ]
    other = next((one for one in said if one.life not in (first.life, None)), None)
    if other is not None:
        text = f"{where} contradicts {short(other.column.name)} {other.shown}; the stricter counts"
        found.append(Remark("status_conflict", text))
    return found


def _raw(said: Sequence[_Said]) -> str | None:
    """The cell; with its column where there are several, or the cell is only an answer."""
    if len(said) == 1 and said[0].column.question is None:
        return said[0].cell
    return "; ".join(f"{one.column.name}: {one.cell}" for one in said) or None


def short(text: str) -> str:
    """A cell or header for a sentence: at most 60 characters."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
