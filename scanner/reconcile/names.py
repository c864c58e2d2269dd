"""Names cut into words, and how well a resource's word stands for words a person wrote."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from connectors.declared.text import fold
from scanner.reconcile.tables import words

if TYPE_CHECKING:
    from collections.abc import Iterable

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_DIGITS = re.compile(r"(?<=[a-z]{3})(?=\d)")
_VERSION = re.compile(r"v?\d{1,4}")
_HEX = re.compile(r"(?=.*\d)[0-9a-f]{8,}")


def tokens(name: str) -> tuple[str, ...]:
    """Folded words of a resource's name: `vca-HcVisit_dur` is vca, hc, visit, dur."""
    return tuple(fold(_CAMEL.sub(" ", name)).split())


def said(text: str) -> tuple[str, ...]:
    """Folded words of what a person wrote; "ConvNeXt" stays one word."""
    return tuple(fold(text).split())


def slug(name: str) -> str:
    """A name as one comparable string: words joined by "-", whatever joined them before."""
    return "-".join(fold(name).split())


def is_version(token: str) -> bool:
    """v3, 3, 2025: a number that tells one edition of a name from the next."""
    return _VERSION.fullmatch(token) is not None


def stem(name: str) -> str:
    """The slug without a version at its end: `noshow-de-v2` and `noshow-de-v3` have one."""
    parts = slug(name).split("-")
    while len(parts) > 1 and re.fullmatch(r"v\d{1,3}", parts[-1]):
        parts.pop()
    return "-".join(parts)


def is_random(token: str) -> bool:
    """An id rather than a word."""
    return _HEX.fullmatch(token) is not None


def derivation(extra: tuple[str, ...]) -> str | None:
    """The word among these that makes a name a twin, clone or experiment of another; else None."""
    known = words().derived
    return next((t for t in extra if t in known or t.rstrip("0123456789") in known), None)


_EXACT: Final = 1.0
Reading = tuple[float, frozenset[int]]
_NOTHING: Final[Reading] = (0.0, frozenset())


class Vocabulary:
    """The words of all resource names, so that a row finds those that can stand for its words."""

    def __init__(self, many: Iterable[str]) -> None:
        self.words = frozenset(many)
        self._begin: dict[str, list[str]] = defaultdict(list)
        self._short: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self.words):
            if len(word) >= 3:
                self._begin[word[:3]].append(word)
            if 2 <= len(word) <= 4:
                self._short[word[0]].append(word)

    def near(self, word: str) -> Iterable[str]:
        """Words that may be this one, its beginning, its root, or its letters in order."""
        yield from self._begin.get(word[:3], ())
        yield from self._short.get(word[:1], ())
        group = words().synonyms.get(word)
        if group is not None:
            yield from (w for w in words().synonym_groups[group] if w in self.words)


def likeness(short: str, wanted: tuple[str, ...]) -> Reading:
    """How well one word of a resource name stands for words of a register, and for which of them.

    1 the same or written together ("noshow": no show); 0.9 a table abbreviation or the same root;
    0.85 an acronym of three or more ("los": length of stay) or the beginning of four letters
    ("readm"); 0.7 a shorter beginning or a synonym; 0.6 an acronym of two; 0.5 the letters in
    their order ("wd": wards). 0 and nothing when it stands for none.
    """
    return readings(wanted, Vocabulary([short])).get(short, _NOTHING)


def readings(wanted: tuple[str, ...], vocabulary: Vocabulary) -> dict[str, Reading]:
    """All words of the vocabulary that stand for words of `wanted`, each with its best reading."""
    found: dict[str, Reading] = {}

    def take(short: str, score: float, where: Iterable[int]) -> None:
        if short in vocabulary.words and score > found.get(short, _NOTHING)[0]:
            found[short] = (score, frozenset(where))

    for at, word in enumerate(wanted):
        take(word, _EXACT, (at,))
        for short in vocabulary.near(word):
            take(short, _word(short, word), (at,))
        for count in (2, 3):
            if at + count <= len(wanted):
                take("".join(wanted[at : at + count]), _EXACT, range(at, at + count))
    for short, score, where in _acronyms(wanted):
        take(short, score, where)
    for short, phrases in words().abbreviations.items():
        if short in vocabulary.words:
            for phrase in phrases:
                spread = _phrase(tuple(phrase.split()), wanted)
                take(short, 0.9 if spread else 0.0, spread)
    return found


@functools.lru_cache(maxsize=1 << 18)
def _word(short: str, word: str) -> float:  # noqa: PLR0911  one line a reading, best first
    if short == word:
        return _EXACT
    if short.isdigit() or word.isdigit():
        return 0.0
    if _same_root(short, word):
        return 0.9
    if word.startswith(short):
        return 0.85 if len(short) >= 4 else 0.7 if len(short) == 3 else 0.0
    if short.startswith(word) and len(word) >= 3:
        return 0.85 if len(word) >= 4 and len(short) - len(word) <= 3 else 0.6
    groups = words().synonyms
    if short in groups and groups[short] == groups.get(word):
        return 0.7
    if 2 <= len(short) <= 4 < len(word) + 1 and short[0] == word[0] and _in_order(short, word):
        return 0.5
    return 0.0


def _same_root(one: str, other: str) -> bool:
    """predict, prediction, predictor; plural and singular."""
    if min(len(one), len(other)) < 4:
        return one + "s" == other or other + "s" == one
    common = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        common += 1
    return common >= 5 and max(len(one), len(other)) - common <= 4


def _acronyms(wanted: tuple[str, ...]) -> Iterable[tuple[str, float, tuple[int, ...]]]:
    """First letters of two to five neighbours, stop words counted or left out."""
    stop = words().stop
    telling = tuple(at for at, word in enumerate(wanted) if word not in stop)
    for positions in (tuple(range(len(wanted))), telling):
        for start in range(len(positions)):
            for count in range(2, min(5, len(positions) - start) + 1):
                run = positions[start : start + count]
                short = "".join(wanted[at][0] for at in run)
                if short.isalpha():
                    yield short, 0.85 if count > 2 else 0.6, run


def _phrase(phrase: tuple[str, ...], wanted: tuple[str, ...]) -> frozenset[int]:
    for start in range(len(wanted) - len(phrase) + 1):
        run = range(start, start + len(phrase))
        same = (
            wanted[at] == word or _same_root(wanted[at], word)
            for at, word in zip(run, phrase, strict=True)
        )
        if all(same):
            return frozenset(run)
    return frozenset()


def _in_order(short: str, word: str) -> bool:
    """Every letter of `short` follows in `word`, the first ones being consonants."""
    rest = iter(word)
    return all(letter in rest for letter in short) and not set(short[1:]) & set("aeiou")
