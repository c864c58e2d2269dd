"""What one status cell says: a word of the policy, one of ours, an answer, or a longer phrase."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connectors.declared import cells
from connectors.declared.text import fold
from connectors.declared.words import ANSWERS, EXPLAINING, OVERRULING, STATUS_WORDS, STRICTNESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from connectors.declared.words import Question

_HEAD = re.compile(r"\s[\x96\xa4-]\s|[\u2013\u2014:;,.(\n]")  # "Pilot - what a pilot is"
_NEGATIONS: Final = frozenset({"not", "never", "no", "longer", "without", "nicht", "pas", "non"})
_LONGEST: Final = 6  # words of a status phrase
_WORD: Final = 60  # characters of a cell that is a word
_READ: Final = 60  # words of a cell that are looked at
_STRICT: Final = frozenset({"refused", "retired"})  # a policy silent on the word does not lift it


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell says: a life-cycle, or None; `known` None: it was understood and says nothing.

    note: why it is not what its first words, or the policy, would make it.
    """

    lifecycle: str | None
    known: bool = True
    note: str | None = None


UNKNOWN: Final = Reading(None, known=False)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Status word -> life-cycle; `by_policy`: unknown words count as approved, with a remark."""

    of: Mapping[str, str]
    by_policy: bool

    @classmethod
    def build(cls, status_words: Mapping[str, Sequence[str]] | None) -> Vocabulary:
        """From a policy's `status_words`, or our own when there are none.

        A policy's words are compared after trimming, ignoring case; ours also without accents
        and punctuation, since nobody chose them.
        """
        if status_words is None:
            return OURS
        known = {_exact(w): life for life, many in status_words.items() for w in many}
        return cls(known, by_policy=True)

    def for_column(self, column: Iterable[str]) -> Vocabulary:
        """The policy's words, or ours for a column of which the policy names no word."""
        filled = [cell for cell in column if says(cell)]
        if not self.by_policy or any(_exact(cell) in self.of for cell in filled):
            return self
        return OURS if any(_by_ours(cell).known for cell in filled) else self

    def read(self, cell: str, question: Question | None = None) -> Reading:
        """What a cell that holds something says. question: what its header asks."""
        answer = ANSWERS.get(_key(cell)) if question is not None else None
        if question is not None and answer is not None:
            return Reading(question.yes if answer == "yes" else question.no)
        if not self.by_policy:
            return _by_ours(cell)
        known = self.of.get(_exact(cell))
        if known is not None:
            return Reading(known)
        strict = _by_ours(cell)
        if strict.lifecycle in _STRICT:
            note = f"is in no list of the policy; read as {strict.lifecycle}"
            return Reading(strict.lifecycle, note=note)
        return UNKNOWN


def says(cell: str) -> bool:
    """Whether a status cell holds anything; a tick does."""
    return cells.value(cell) is not None or cell.strip() in ANSWERS


def decided(column: Sequence[str]) -> bool:
    """Whether most cells of a column are status words, and some of them a refusal or approval."""
    filled = [cell for cell in column if says(cell)]
    lives = [life for cell in filled if (life := decision(cell)) is not None]
    return 2 * len(lives) > len(filled) and not {"refused", "approved"}.isdisjoint(lives)


def decision(cell: str) -> str | None:
    """The life-cycle of a cell that is a status word and no more; None for a bare yes or no."""
    if len(cell) > _WORD or is_answer(cell):
        return None
    return OURS.of.get(fold(cell))


def is_answer(cell: str) -> bool:
    """Whether a cell is a bare yes or no, or a tick."""
    return _key(cell) in ANSWERS


def _key(cell: str) -> str:
    return fold(cell) or cell.strip()


def stricter(found: Iterable[str]) -> str:
    """The strictest of some life-cycles."""
    return min(found, key=STRICTNESS.index)


def _exact(word: str) -> str:
    return " ".join(word.split()).casefold()


@functools.lru_cache(maxsize=1 << 12)
def _by_ours(cell: str) -> Reading:
    """The whole cell, else its first words; words that overrule them anywhere behind."""
    text = cells.without_option(cell.strip())
    folded = fold(text)
    whole = OURS.of.get(folded)
    if whole is not None:
        return Reading(whole)
    tokens = folded.split()[:_READ]
    first = OURS.of.get(fold(_HEAD.split(text, maxsplit=1)[0])) or _leading(tokens)
    over = _overruled(tokens)
    if over is not None and (first is None or stricter((first, over)) != first):
        return Reading(over, note=f"read as {over.replace('_', ' ')}")
    return Reading(first) if first is not None else UNKNOWN


def _leading(tokens: Sequence[str]) -> str | None:
    """The life-cycle of the longest phrase a cell begins with, if the rest only explains it."""
    for length in range(min(_LONGEST, len(tokens) - 1), 0, -1):
        known = OURS.of.get(" ".join(tokens[:length]))
        if known is not None and (tokens[length] in EXPLAINING or tokens[length].isdigit()):
            return known
    return None


def _overruled(tokens: Sequence[str]) -> str | None:
    found = {
        life
        for life, many in OVERRULING.items()
        for phrase in many
        if _said(tokens, phrase.split())
    }
    return stricter(found) if found else None


def _said(tokens: Sequence[str], phrase: Sequence[str]) -> bool:
    """The phrase stands among the tokens, and no "not" before it."""
    size = len(phrase)
    return any(
        list(tokens[at : at + size]) == list(phrase) and not (at and tokens[at - 1] in _NEGATIONS)
        for at in range(len(tokens) - size + 1)
    )


OURS: Final = Vocabulary(
    {fold(word): life for life, many in STATUS_WORDS.items() for word in many}, by_policy=False
)
