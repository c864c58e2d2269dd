"""What a status cell says beyond its first word: taken back, ended, still open, or only explained.

Words that take an approval back count wherever they stand; only a "not" before them lifts them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from connectors.declared.spans import Span, is_part, span_at
from connectors.declared.text import fold
from connectors.declared.words import (
    ANSWERS,
    HARMLESS,
    LIFTABLE,
    NEGATIONS,
    OVERRULING,
    STOP,
    TAKING_BACK,
    UNTIL,
    UNTIL_AT_ONCE,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_CLAUSE = re.compile(r"\s[\x96\xa4-]+\s|[\u2013\u2014\u2192=>;,()\[\]|\n]|[.:!?](?=\s|$)")
_ASKED = re.compile(r"[?\uff1f](?=[\s?!.,;:)\]\uff1f]|$)|\u00bf")
_CROSSES: Final = frozenset(
    key for key, answer in ANSWERS.items() if answer == "no" and not key.isalnum()
) - {"☐"} | set("🚫⛔👎🛑✖❎")
_OPEN: Final = frozenset("☐⏳⌛⏸")
_AFTER_UNTIL: Final = 8  # words in which the last day must begin
_AFTER_END: Final = 4


@dataclass(frozen=True, slots=True)
class Said:
    """A life-cycle that a part of a cell demands, and why."""

    lifecycle: str
    why: str


def _one_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Any of the phrases, as whole words of folded text; "*" stands for the rest of a word."""
    texts = sorted({re.escape(p).replace(r"\*", r"\S*") for p in phrases}, key=len, reverse=True)
    return re.compile(rf"(?<!\S)(?:{'|'.join(texts)})(?!\S)")


def _compiled(table: Mapping[str, Sequence[str]]) -> dict[str, re.Pattern[str]]:
    return {life: _one_of(many) for life, many in table.items()}


# Patterns are made when the first cell is read: they take a tenth of the start of the program.
_taking_back: Final = cache(lambda: _compiled(TAKING_BACK))
_overruling: Final = cache(lambda: _compiled(OVERRULING))
_until: Final = cache(lambda: ((_one_of(UNTIL), _AFTER_UNTIL), (_one_of(UNTIL_AT_ONCE), 0)))


@cache
def _lifting() -> tuple[re.Pattern[str], ...]:
    """What says that a phrase means nothing: harmless words, "until revoked", a negation."""
    negated = (
        _one_of(NEGATIONS).pattern
        + " "
        + _one_of((*TAKING_BACK["refused"], *TAKING_BACK["retired"], *LIFTABLE)).pattern
    )
    # "Approved until revoked" is approved; "until revoked in 2024" is not
    until_revoked = (
        r"(?<!\S)(?:until|till|bis|hasta|jusqu a) "
        rf"(?:{'|'.join(pattern.pattern for pattern in _taking_back().values())})"
        r"(?! (?:\S+ ){0,3}\d)"
    )
    # "to be used" says nothing, "not to be used" does
    harmless = re.compile("(?<!not )(?<!never )" + _one_of(HARMLESS).pattern)
    return harmless, re.compile(until_revoked), re.compile(negated)


def visible(text: str) -> str:
    """The text without zero-width characters and soft hyphens, which hide a word from us."""
    if text.isascii():
        return text
    return "".join(c for c in text if unicodedata.category(c) != "Cf")


def clauses(text: str) -> list[str]:
    """The folded clauses of a cell: a "no" before a comma denies nothing behind it."""
    return [folded for part in _CLAUSE.split(text) if (folded := fold(part))]


def without_first(parts: Sequence[str], words: int) -> list[str]:
    """The clauses without the first so many words."""
    left = []
    for part in parts:
        tokens = part.split()
        if len(tokens) > words:
            left.append(" ".join(tokens[words:]))
        words = max(0, words - len(tokens))
    return left


def overruled(parts: Sequence[str]) -> list[Said]:
    """What counts whatever a cell begins with."""
    return [said for part in parts for said in _found(_lifted(part), _overruling(), None)]


def taken_back(text: str, rest: Sequence[str], today: dt.date | None) -> list[Said]:
    """What stands against the approving first word of a cell. text: the cell as it stands.

    rest: its clauses behind that word. today: the day that "until" is held against; None: a cell
    with a last day is not approved, for nobody can say whether it has passed.
    """
    found = list(_marks(text))
    for part in rest:
        words = part.split()
        if words[-1] in NEGATIONS or all(ANSWERS.get(w) == "no" for w in words):
            found.append(Said("refused", f'"{words[-1]}"'))
    found += _ended(" ".join(rest), today)
    for part in rest:
        found += _found(_lifted(part), _taking_back(), today)
    return found


def _lifted(part: str) -> str:
    """A clause without the words that take nothing back where they stand."""
    for pattern in _lifting():
        part = pattern.sub(" ", part)
    return part


def last_day(rest: Sequence[str]) -> dt.date | None:
    """The last day that a cell names."""
    days = [span.last for span, _ in _untils(" ".join(rest)) if span is not None]
    return min(days, default=None)


def left_over(text: str, rest: Sequence[str], known: Iterable[str]) -> bool:
    """Whether a cell says more than its first word, dates and words that say nothing.

    known: single words that say the same as the first.
    """
    idle = STOP.union(known)
    said = any(w not in idle and not is_part(w) for part in rest for w in part.split())
    return said or any(unicodedata.category(c) == "So" and ANSWERS.get(c) != "yes" for c in text)


def _marks(text: str) -> Iterator[Said]:
    for cross in sorted(_CROSSES.intersection(text)):
        yield Said("refused", f'"{cross}"')
    if _ASKED.search(text):
        yield Said("not_yet", '"?"')
    for mark in sorted(_OPEN.intersection(text)):
        yield Said("not_yet", f'"{mark}"')


def _ended(rest: str, today: dt.date | None) -> Iterator[Said]:
    for span, like in _untils(rest):
        if span is not None and today is not None:
            if span.last < today:
                yield Said("retired", f"ended on {span.last}")
        elif like:
            yield Said("not_yet", "its last day cannot be judged")


def _untils(rest: str) -> Iterator[tuple[Span | None, bool]]:
    for pattern, window in _until():
        for hit in pattern.finditer(rest):
            span, like = span_at(rest[hit.end() :].split(), window)
            yield span, like and window > 0


def _found(
    part: str, table: Mapping[str, re.Pattern[str]], today: dt.date | None
) -> Iterator[Said]:
    for life, pattern in table.items():
        for hit in pattern.finditer(part):
            if life == "retired" and _later(part[hit.end() :], today):
                continue
            yield Said(life, f'"{hit[0]}"')


def _later(after: str, today: dt.date | None) -> bool:
    """A day to come directly behind: "retires in 2030"."""
    words = after.split()
    span, _ = span_at(words, _AFTER_END)
    return span is not None and today is not None and span.first > today
