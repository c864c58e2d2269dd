"""One cell: missing or not, one value or several."""

from __future__ import annotations

import re
from typing import Final

from connectors.declared.text import fold, tidy
from connectors.declared.words import LEGAL_FORMS, MISSING

_OPEN: Final = "([{"
_CLOSE: Final = ")]}"
_BREAKS: Final = ",;/\n"
_WORD_BREAK = re.compile(r"\s(?:&|and|und|et|e|y)\s")
_IDENTIFIER_BREAK = re.compile(r"[\s,;]+")
_NEXT_BREAK = re.compile(r"[,;/\n(&]")
_NEIGHBOUR_BREAK = re.compile(r"[\s,;/]")
_LONGEST_FORM: Final = 64  # characters of a legal form, dots and blanks among them
_SHORT: Final = 2  # characters of a neighbour of "/"
_OPTION_LETTER = re.compile(r"^[a-z]\)\s*", re.IGNORECASE)


def value(cell: str) -> str | None:
    """The tidied cell, or None for a missing-value word ("n/a", "tbd", "[blank]", "-")."""
    text = tidy(cell)
    return None if fold(text) in MISSING else text


def without_option(cell: str) -> str:
    """The cell without a leading option letter: "b) Pilot" is "Pilot"."""
    return _OPTION_LETTER.sub("", cell)


def several(cell: str, *, names: bool = False) -> tuple[str, ...]:
    """The values of a cell that may hold several, in order, without repeats.

    Split on , ; / & "and" and line breaks, never inside parentheses and never before a legal
    form ("OpenAI, Inc."). names: the values are names, which "&" and "and" may be part of
    ("Johnson & Johnson"). Missing-value words among them are left out.
    """
    parts: list[str] = []
    depth, start = 0, 0
    text = tidy(cell)
    for at, char in enumerate(text):
        if char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth = max(0, depth - 1)
        elif depth == 0 and char in _BREAKS and not _kept_together(text, at):
            parts.append(text[start:at])
            start = at + 1
    parts.append(text[start:])
    pieces = parts if names else [piece for part in parts for piece in _words_apart(part)]
    found = (value(piece) for piece in pieces)
    return tuple(dict.fromkeys(piece for piece in found if piece is not None))


def identifiers(cell: str) -> tuple[str, ...]:
    """The values of a cell of ids or hosts: separated by blanks, commas, semicolons, lines."""
    if value(cell) is None and "*" not in cell:
        return ()
    parts = (part for part in _IDENTIFIER_BREAK.split(tidy(cell)) if part)
    return tuple(dict.fromkeys(p for p in parts if "*" in p or value(p) is not None))


def _kept_together(text: str, at: int) -> bool:
    """Looks no further than the next break, so that a long cell costs no more than its length."""
    if text[at] == ",":
        end = _NEXT_BREAK.search(text, at + 1)
        following = text[at + 1 : end.start() if end else len(text)]
        return len(following) <= _LONGEST_FORM and fold(following) in LEGAL_FORMS
    if text[at] == "/":  # n/a, 24/7, and/or, w/o: no blank around it and a short neighbour
        before = _NEIGHBOUR_BREAK.split(text[max(at - _SHORT - 1, 0) : at])[-1]
        after = _NEIGHBOUR_BREAK.split(text[at + 1 : at + _SHORT + 2])[0]
        return bool(before) and bool(after) and min(len(before), len(after)) <= _SHORT
    return False


def _words_apart(part: str) -> list[str]:
    """Split on "and" outside parentheses."""
    pieces, start = [], 0
    told = opened = 0
    for hit in _WORD_BREAK.finditer(part):
        between = part[told : hit.start()]
        told = hit.start()
        opened += sum(map(between.count, _OPEN)) - sum(map(between.count, _CLOSE))
        if opened <= 0:
            pieces.append(part[start : hit.start()])
            start = hit.end()
    return [*pieces, part[start:]]
