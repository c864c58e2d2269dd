"""What one status cell says: a word of the policy, one of ours, an answer, or a longer phrase."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from connectors.declared import cells, phrase
from connectors.declared.text import fold
from connectors.declared.words import ANSWERS, EXPLAINING, STATUS_WORDS, STRICTNESS, UNDECIDED

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from connectors.declared.words import Question

# "Pilot - what a pilot is"; not behind an initial ("N. Smith")
_HEAD = re.compile(r"\s[\x96\xa4-]+\s|[\u2013\u2014\u2192=>:;,(\[!?\n]|(?<!\b\w)\.")
_ASKED = re.compile(r"[\s()\[\].!]*(?:[?\uff1f\u00bf\u061f\u2753\u2754][\s()\[\].!\ufe0f]*)+")
MORE: Final = "says more than its first word"
_LONGEST: Final = 6  # words of a status phrase
_READ: Final = 4000  # characters of a cell that is read
_WORD: Final = 60  # characters of a cell that is a word
_STRICT: Final = frozenset({"refused", "retired"})  # a policy silent on the word does not lift it
_GOOD: Final = frozenset({"approved", "exception"})  # what can be taken back
_DOUBTED: Final = frozenset({"0", "1", "f", "o", "s", "t", "x"})  # answers only as a whole cell


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell says: a life-cycle, or None; `known` None: it was understood and says nothing.

    note: how it was read, where it is more than a word or not what the policy would make it.
    against: its life-cycle is not that of its first word. loose: found by single words in a cell
    whose beginning says nothing, which does not make a column a status.
    """

    lifecycle: str | None
    known: bool = True
    note: str | None = None
    against: bool = False
    loose: bool = False

    @property
    def sure(self) -> bool:
        """Whether the cell reads like a status, whatever its column is called."""
        return self.known and not self.loose


UNKNOWN: Final = Reading(None, known=False)
_OPEN: Final = Reading("not_yet", note="is no decision; read as not yet", against=True)
_TOO_LONG: Final = Reading(
    "not_yet", note="is too long for a status; read as not yet", against=True, loose=True
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Status word -> life-cycle; `by_policy`: unknown words count as approved, with a remark.

    today: the day that "approved until" is held against; without one such a cell is not approved.
    """

    of: Mapping[str, str]
    by_policy: bool
    today: dt.date | None = None

    @classmethod
    def build(
        cls, status_words: Mapping[str, Sequence[str]] | None, today: dt.date | None = None
    ) -> Vocabulary:
        """From a policy's `status_words`, or our own when there are none.

        A policy's words are compared after trimming, ignoring case; ours also without accents
        and punctuation, since nobody chose them.
        """
        if status_words is None:
            return replace(OURS, today=today)
        known = {_exact(w): life for life, many in status_words.items() for w in many}
        return cls(known, by_policy=True, today=today)

    @property
    def ours(self) -> Vocabulary:
        """Our own words, on the same day."""
        return replace(OURS, today=self.today)

    def for_column(self, column: Iterable[str]) -> Vocabulary:
        """The policy's words, or ours for a column of which the policy names no word."""
        filled = [cell for cell in column if says(cell)]
        if not self.by_policy or any(_exact(cell) in self.of for cell in filled):
            return self
        return self.ours if any(self.ours.read(cell).sure for cell in filled) else self

    def read(self, cell: str, question: Question | None = None) -> Reading:
        """What a cell that holds something says. question: what its header asks."""
        cell = phrase.visible(cell)
        if len(cell) > _READ:
            return _TOO_LONG
        if undecided(cell) and not (self.by_policy and _exact(cell) in self.of):
            return _OPEN if question is None or _asks_leave(question) else Reading(None)
        answer = ANSWERS.get(_key(cell)) if question is not None else None
        if question is not None and answer is not None:
            return Reading(question.yes if answer == "yes" else question.no)
        head = _head(cell)
        if question is not None and (answer := ANSWERS.get(head)) and head not in _DOUBTED:
            asked = question.yes if answer == "yes" else question.no
            return _longer(cell, asked, len(head.split()), self.today)
        return self._by_policy(cell) if self.by_policy else _by_ours(cell, self.today)

    def _by_policy(self, cell: str) -> Reading:
        known = self.of.get(_exact(cell))
        if known is not None:
            return Reading(known)
        first = self.of.get(_exact(_HEAD.split(cell, maxsplit=1)[0]))
        if first is not None:
            return _longer(cell, first, len(_head(cell).split()), self.today)
        strict = _by_ours(cell, self.today)
        if strict.against:
            return strict
        if strict.lifecycle in _STRICT:
            note = f"is in no list of the policy; read as {strict.lifecycle}"
            return Reading(strict.lifecycle, note=note)
        return UNKNOWN


def says(cell: str) -> bool:
    """Whether a status cell holds anything; a tick does."""
    return cells.value(cell) is not None or cell.strip() in ANSWERS


def undecided(cell: str) -> bool:
    """Whether a cell says that nobody has decided: "TBD", or a question mark alone."""
    if len(cell) > _WORD:
        return False
    return fold(cell) in UNDECIDED or bool(_ASKED.fullmatch(phrase.visible(cell)))


def _asks_leave(question: Question) -> bool:
    """Whether not knowing the answer leaves the use without leave: "Approved?", "Live?"."""
    return "not_yet" in (question.no, question.empty)


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


def _head(text: str) -> str:
    """The folded words before the first break of a cell, without an option letter."""
    return fold(_HEAD.split(cells.without_option(text.strip()), maxsplit=1)[0])


@functools.lru_cache(maxsize=1 << 12)
def _by_ours(cell: str, today: dt.date | None) -> Reading:
    """The whole cell, else its first words; words that overrule them anywhere behind."""
    text = cells.without_option(cell.strip())
    folded = fold(text)
    whole = OURS.of.get(folded)
    if whole is not None:
        return _longer(text, whole, len(folded.split()), today)
    head = _head(text)
    tokens = folded.split()
    if head in OURS.of:
        return _longer(text, OURS.of[head], len(head.split()), today)
    if size := _leading(tokens):
        return _longer(text, OURS.of[" ".join(tokens[:size])], size, today)
    parts = phrase.clauses(text)
    sure = phrase.overruled(parts)
    if sure:
        return _against(sure)
    loose = phrase.taken_back(text, parts, today)
    return replace(_against(loose), loose=True) if loose else UNKNOWN


def _longer(text: str, first: str | None, size: int, today: dt.date | None) -> Reading:
    """A cell whose first `size` words say `first`: what stands behind them, and how it is read."""
    parts = phrase.clauses(cells.without_option(text.strip()))
    rest = phrase.without_first(parts, size)
    found = phrase.overruled(parts if first is None else rest)
    if first in _GOOD:
        found += phrase.taken_back(text, rest, today)
    found = [said for said in found if first is None or stricter((first, said.lifecycle)) != first]
    if found:
        return _against(found)
    ends = phrase.last_day(rest) if first in _GOOD else None
    if ends is not None:
        return Reading(first, note=f"read as {_plain(first)} until {ends}")
    same = _words_of(first) if first else ()
    if phrase.left_over(text, rest, same):
        return Reading(first, note=f"{MORE}; read as {_plain(first)}")
    return Reading(first)


def _against(found: Sequence[phrase.Said]) -> Reading:
    life = stricter(said.lifecycle for said in found)
    why = next(said.why for said in found if said.lifecycle == life)
    return Reading(life, note=f"read as {_plain(life)}: {why}", against=True)


def _plain(life: str | None) -> str:
    return (life or "no answer").replace("_", " ")


@functools.cache
def _words_of(life: str) -> frozenset[str]:
    return frozenset(
        word for phrase in OURS.of if OURS.of[phrase] == life for word in phrase.split()
    )


def _leading(tokens: Sequence[str]) -> int:
    """Words of the longest phrase a cell begins with, if the rest only explains it; else 0."""
    for length in range(min(_LONGEST, len(tokens) - 1), 0, -1):
        known = " ".join(tokens[:length]) in OURS.of
        if known and (tokens[length] in EXPLAINING or tokens[length].isdigit()):
            return length
    return 0


OURS: Final = Vocabulary(
    {fold(word): life for life, many in STATUS_WORDS.items() for word in many}, by_policy=False
)
