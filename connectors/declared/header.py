"""Which column is what: a register's header held against the synonyms of `words.HEADERS`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connectors.declared.text import fold
from connectors.declared.words import HEADERS, LISTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_BY_WORDS: Final[dict[str, str]] = {
    synonym: field for field, synonyms in HEADERS.items() for synonym in synonyms
}


@dataclass(frozen=True, slots=True)
class Header:
    """A header: the columns' own names (made unique) and, by position, the field or None.

    extra: position -> list field that an earlier column already fills.
    """

    names: tuple[str, ...]
    fields: tuple[str | None, ...]

    def has(self, field: str) -> bool:
        """Whether some column is this field."""
        return field in self.fields

    def mapping(self) -> dict[str, str]:
        """column name -> field, for the mapped ones."""
        return {n: f for n, f in zip(self.names, self.fields, strict=True) if f is not None}

    def first(self, field: str) -> int:
        """Position of the column that is this field; ValueError when none is."""
        return self.fields.index(field)


def map_header(cells: Sequence[str], override: Mapping[str, str] | None = None) -> Header:
    """Field of each column by position; `override`: column name as it stands -> field.

    A single-valued field takes its first column: "Owner" and "Owner (old)" are two columns.
    """
    given = {fold(name): field for name, field in (override or {}).items()}
    taken: set[str] = set()
    fields: list[str | None] = []
    for cell in cells:
        words = fold(cell)
        field = given.get(words) or _BY_WORDS.get(words) or _BY_WORDS.get(_bare(cell))
        if field in taken and field not in LISTS:
            field = None
        if field is not None:
            taken.add(field)
        fields.append(field)
    return Header(_unique(cells), tuple(fields))


def _bare(cell: str) -> str:
    """The header without what stands in parentheses: "Owner (Business)" is "owner"."""
    return fold(cell.split("(", 1)[0])


def _unique(cells: Sequence[str]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    names = []
    for at, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()) or f"column {at}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)
