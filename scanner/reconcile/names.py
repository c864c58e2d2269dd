"""Names cut into words, and how well a resource's word stands for words a person wrote."""

from __future__ import annotations

import re
from typing import Final

from connectors.declared.text import fold
from scanner.reconcile.tables import words

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


def significant(many: tuple[str, ...]) -> tuple[str, ...]:
    """Words without stop words, in order."""
    stop = words().stop
    return tuple(t for t in many if t not in stop)


_EXACT: Final = 1.0


def likeness(short: str, wanted: tuple[str, ...]) -> tuple[float, frozenset[int]]:
    """How well one word of a resource name stands for words of a register, and for which of them.

    1 the same or written together ("noshow": no show); 0.9 a table abbreviation; 0.85 an acronym
    of three or more ("los": length of stay) or the beginning of four letters ("readm"); 0.7 a
    shorter beginning or a synonym; 0.6 an acronym of two; 0.5 the letters in their order
    ("wd": wards). 0 and nothing when it stands for none.
    """
    best: tuple[float, frozenset[int]] = (0.0, frozenset())
    for score, where in _readings(short, wanted):
        if score > best[0]:
            best = (score, where)
    return best


def _readings(short: str, wanted: tuple[str, ...]) -> list[tuple[float, frozenset[int]]]:
    found: list[tuple[float, frozenset[int]]] = []
    for at, word in enumerate(wanted):
        score = _word(short, word)
        if score:
            found.append((score, frozenset({at})))
        found += _joined(short, wanted, at)
    found += _acronyms(short, wanted)
    for phrase in words().abbreviations.get(short, ()):
        spread = _phrase(tuple(phrase.split()), wanted)
        if spread:
            found.append((0.9, spread))
    return found


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


def _joined(short: str, wanted: tuple[str, ...], at: int) -> list[tuple[float, frozenset[int]]]:
    """The word written together from two or three neighbours."""
    found = []
    for count in (2, 3):
        part = wanted[at : at + count]
        if len(part) == count and "".join(part) == short:
            found.append((_EXACT, frozenset(range(at, at + count))))
    return found


def _acronyms(short: str, wanted: tuple[str, ...]) -> list[tuple[float, frozenset[int]]]:
    """First letters of neighbours, stop words counted or left out."""
    if not 2 <= len(short) <= 5 or not short.isalpha():
        return []
    found = []
    stop = words().stop
    for positions in (
        tuple(range(len(wanted))),
        tuple(at for at, word in enumerate(wanted) if word not in stop),
    ):
        for start in range(len(positions) - len(short) + 1):
            run = positions[start : start + len(short)]
            if all(wanted[at][0] == letter for at, letter in zip(run, short, strict=True)):
                found.append((0.85 if len(short) > 2 else 0.6, frozenset(run)))
    return found


def _phrase(phrase: tuple[str, ...], wanted: tuple[str, ...]) -> frozenset[int]:
    for start in range(len(wanted) - len(phrase) + 1):
        run = range(start, start + len(phrase))
        if all(
            _same_root(wanted[at], w) or wanted[at] == w for at, w in zip(run, phrase, strict=True)
        ):
            return frozenset(run)
    return frozenset()


def _in_order(short: str, word: str) -> bool:
    """Every letter of `short` follows in `word`, the first ones being consonants."""
    rest = iter(word)
    return all(letter in rest for letter in short) and not set(short[1:]) & set("aeiou")
