"""A register before anything is understood: records of text cells, with the line each stood on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.declared.header import Header, map_header
from connectors.declared.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PREAMBLE = 15  # titles and blank lines people put above a header


@dataclass(frozen=True, slots=True)
class Record:
    """One record: the line it starts on (None where there are none) and its cells."""

    line: int | None
    cells: tuple[str, ...]

    @property
    def blank(self) -> bool:
        """No cell holds anything."""
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Grid:
    """The records of one table under its header.

    source: file, or file!sheet. above: records above the header that are not rows.
    """

    source: str
    header: Header
    header_line: int | None
    records: tuple[Record, ...]
    above: int = 0


def grid_of(
    source: str, records: Sequence[Record], override: Mapping[str, str] | None = None
) -> Grid | None:
    """Find the header among the first records: the one that maps a name and most columns.

    None when no record maps a column to a name.
    """
    best: tuple[int, int] | None = None
    for at, record in enumerate(records[:_PREAMBLE]):
        header = map_header(record.cells, override)
        mapped = len(header.mapping())
        if header.has("name") and mapped > (best[0] if best else 0) and _looks_like_words(record):
            best = (mapped, at)
    if best is None:
        return None
    at = best[1]
    rest = tuple(_padded(r, records[at]) for r in records[at + 1 :])
    return Grid(source, map_header(records[at].cells, override), records[at].line, rest, above=at)


def _padded(record: Record, header: Record) -> Record:
    return record if not record.blank else Record(record.line, ("",) * len(header.cells))


def _looks_like_words(record: Record) -> bool:
    """A header's cells are questions at the longest, not paragraphs."""
    return any(fold(cell) for cell in record.cells) and max(map(len, record.cells)) <= 300
