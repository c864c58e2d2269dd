"""Which column is what: a register's header held against the synonyms of `words.HEADERS`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from connectors.declared.text import fold
from connectors.declared.words import ENDINGS, HEADERS, LISTS, PARTS, QUESTIONS, WEAK, WRAPPERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connectors.declared.words import Question

COLUMNS: Final = 2000  # of a register; more are no register, and would take long to read
IGNORE: Final = "ignore"  # as a field of an override: the column is left out on purpose
_BY_WORDS: Final[dict[str, str]] = {
    synonym: field for field, synonyms in HEADERS.items() for synonym in synonyms
}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ASKING = re.compile(
    r"^(?:is |are |has |was )(?:it |this |been )?(?:(?:the )?(?:ai )?(?:system|tool|use case) )?"
    r"(?:currently )?|(?: y n| yes no| j n| ja nein| oui non)$"
)


@dataclass(frozen=True, slots=True)
class Header:
    """A header: the columns' own names (made unique) and, by position, the field or None.

    asks: by position, the question a column's name puts, or None. endings: positions that may be
    a status by the end of their name. given: positions whose field a person gave. ignored:
    positions a person left out. weak: positions called a status by a name that may mean other
    things, too ("Approval": by whom?).
    """

    names: tuple[str, ...]
    fields: tuple[str | None, ...]
    asks: tuple[Question | None, ...] = ()
    endings: frozenset[int] = frozenset()
    given: frozenset[int] = frozenset()
    ignored: frozenset[int] = frozenset()
    weak: frozenset[int] = frozenset()

    def has(self, field: str) -> bool:
        """Whether some column is this field."""
        return field in self.fields

    def mapping(self) -> dict[str, str]:
        """column name -> field, for the mapped ones."""
        return {n: f for n, f in zip(self.names, self.fields, strict=True) if f is not None}

    def positions(self, field: str) -> list[int]:
        """Positions of the columns that are this field, in order."""
        return [at for at, name in enumerate(self.fields) if name == field]

    def with_fields(self, changed: Mapping[int, str | None]) -> Header:
        """The header with other fields at some positions."""
        return replace(
            self, fields=tuple(changed.get(at, field) for at, field in enumerate(self.fields))
        )


def map_header(cells: Sequence[str], override: Mapping[str, str] | None = None) -> Header:
    """Field of each column by position; `override`: column name as it stands -> field.

    A single-valued field takes its first column, and further ones of the very same name: "Owner"
    and "Owner (old)" are two columns. Lists and the life-cycle take every column.
    """
    given = {fold(name): field for name, field in (override or {}).items()}
    named = {name for name in given.values() if name != IGNORE}
    taken: dict[str, str] = {}
    fields: list[str | None] = []
    by_person: set[int] = set()
    ignored: set[int] = set()
    for at, cell in enumerate(cells):
        words = fold(cell)
        field = given.get(words)
        if field is not None:
            (ignored if field == IGNORE else by_person).add(at)
            field = None if field == IGNORE else field
        else:
            field = next((_BY_WORDS[w] for w in _spellings(cell) if w in _BY_WORDS), None)
            field = None if field in named and not _many(field) else field
        if field is not None and not _many(field) and taken.setdefault(field, words) != words:
            field = None
        fields.append(field)
    return Header(
        names=_unique(cells),
        fields=tuple(fields),
        asks=tuple(_question(cell) for cell in cells),
        endings=frozenset(
            at for at, cell in enumerate(cells) if _ends_so(fold(cell)) and at not in ignored
        ),
        given=frozenset(by_person),
        ignored=frozenset(ignored),
        weak=frozenset(
            at
            for at, cell in enumerate(cells)
            if at not in by_person and any(w in WEAK for w in _spellings(cell))
        ),
    )


_PARAGRAPH: Final = 1000  # characters; no name of a column is longer
_SENTENCE: Final = 6  # words; a longer header is a question about something else
_ENDS: Final = tuple(f" {ending}" for ending in ENDINGS)


def _ends_so(words: str) -> bool:
    return words.endswith(_ENDS) and words.count(" ") < _SENTENCE


def _many(field: str | None) -> bool:
    return field in LISTS or field == "lifecycle"


def _question(cell: str) -> Question | None:
    return next((QUESTIONS[w] for w in _spellings(cell) if w in QUESTIONS), None)


def _spellings(cell: str) -> Iterator[str]:
    """The header's words: as they stand, camel case apart, without parentheses, "is" and "Y/N".

    Of a nested key ("spec.owner", "vendor.display_value") also the part that tells.
    """
    cell = cell[:_PARAGRAPH]
    bare = cell.split("(", 1)[0]
    for text in (cell, _CAMEL.sub(" ", cell), bare, _CAMEL.sub(" ", bare)):
        words = fold(text)
        yield words
        yield _ASKING.sub("", words)
    first, dot, last = _CAMEL.sub(" ", cell).rpartition(".")
    if dot and fold(last) in PARTS:
        yield fold(first.rpartition(".")[2])
    if dot and fold(first) in WRAPPERS:
        yield fold(last)


def _unique(cells: Sequence[str]) -> tuple[str, ...]:
    """Every name once: a second "Owner" is "Owner (2)", whatever other columns are called."""
    plain = [" ".join(cell.split()) or f"column {at}" for at, cell in enumerate(cells, start=1)]
    used = set(plain)
    seen: set[str] = set()
    numbers: dict[str, int] = {}  # the last given to a name: many alike take no longer
    names = []
    for name in plain:
        unique, number = name, numbers.get(name, 1) + 1
        while unique in seen or (unique != name and unique in used):
            unique = f"{name} ({number})"
            number += 1
        numbers[name] = number - 1
        seen.add(unique)
        names.append(unique)
    return tuple(names)
