"""A register before anything is understood: records of text cells, with the line each stood on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connectors.declared.header import COLUMNS, Header, map_header
from connectors.declared.model import InventoryError
from connectors.declared.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PREAMBLE: Final = 15  # titles and blank lines people put above a header
_TITLE: Final = 300  # most cells of a header are questions at the longest, not paragraphs
_SUBTITLE: Final = 60


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

    source: file, or file!sheet. above: records above the header that are not rows. repeated:
    records that say the header again (the top of each printed page).
    """

    source: str
    header: Header
    header_line: int | None
    records: tuple[Record, ...]
    above: tuple[Record, ...] = ()
    repeated: tuple[Record, ...] = ()


def grid_of(
    source: str,
    records: Sequence[Record],
    override: Mapping[str, str] | None = None,
    *,
    ragged: bool = False,
) -> Grid | None:
    """Find the header among the first records: the one that maps a name and most columns.

    A header may be two records, groups above ("Owner", "", "Status") and columns below
    ("Business", "IT", "Decision"). ragged: a record may be wider than the header (a sheet's), and
    what stands there is a column without a name. None when no record maps a column to a name.
    Raises InventoryError for more columns than a register has.
    """
    best: tuple[int, int, tuple[str, ...], int] | None = None
    for at, record in enumerate(records[:_PREAMBLE]):
        for cells, size in _readings(records, at):
            header = map_header(cells, override)
            mapped = len(header.mapping())
            if header.has("name") and mapped > (best[0] if best else 0) and _like_words(record):
                best = (mapped, at, cells, size)
    if best is None:
        return None
    _, at, cells, size = best
    rest = records[at + size :]
    width = _width(cells, rest, ragged=ragged)
    if width > COLUMNS:
        raise InventoryError(
            source,
            records[at].line,
            "",
            f"has more than {COLUMNS:,} columns",
            "keep the columns of the register, and clear stray cells far to the right",
        )
    header = map_header((*cells, *("",) * width)[:width], override)
    same = [fold(cell) for cell in cells[:width]]
    again = {at for at, r in enumerate(rest) if not r.blank and _says(r, same)}
    return Grid(
        source,
        header,
        records[at].line,
        tuple(_padded(r, width) for at, r in enumerate(rest) if at not in again),
        above=tuple(r for r in records[:at] if not r.blank),
        repeated=tuple(rest[at] for at in sorted(again)),
    )


def _readings(records: Sequence[Record], at: int) -> list[tuple[tuple[str, ...], int]]:
    """The record as a header of its own, and together with the next one. (cells, records)."""
    top = records[at].cells[: COLUMNS + 1]
    found = [(top, 1)]
    below = records[at + 1].cells[: COLUMNS + 1] if at + 1 < len(records) else ()
    gaps = any(not cell.strip() for cell in top)
    if below and gaps and _like_columns(top, below):
        found.append((_joined(top, below), 2))
    return found


def _joined(top: Sequence[str], below: Sequence[str]) -> tuple[str, ...]:
    """Group and column in one name; the column alone where only that is a known header."""
    width = max(len(top), len(below))
    names: list[str] = []
    group = ""
    for at in range(width):
        over = top[at].strip() if at < len(top) else ""
        under = below[at].strip() if at < len(below) else ""
        group = over or (group if under else "")
        whole = " ".join(part for part in (group, under) if part)
        orders = (whole, f"{under} {group}", under)  # "Owner" over "Business" is business owner
        known = (name for name in orders if name and map_header((name,)).mapping())
        names.append(next(known, whole))
    return tuple(names)


def _like_columns(top: Sequence[str], below: Sequence[str]) -> bool:
    """The lower record holds column names: short words, most of which we know under their group."""
    filled = [at for at, cell in enumerate(below) if cell.strip()]
    if len(filled) < 2 or any(len(below[at]) > _SUBTITLE for at in filled):
        return False
    whole = _known_columns(_joined(top, below), filled)
    alone = _known_columns(below, filled)
    complete = map_header(below).has("name")
    better = whole > alone or (whole == alone and not complete)
    above = _known_columns((*top, *("",) * len(below)), filled)
    return 2 * whole > len(filled) and whole > above and better


def _known_columns(cells: Sequence[str], positions: Sequence[int]) -> int:
    return sum(bool(map_header((cells[at],)).mapping()) for at in positions)


def _width(header: Sequence[str], records: Sequence[Record], *, ragged: bool) -> int:
    """Columns up to the last that has a name, or a cell under an empty name."""
    named = max((at for at, cell in enumerate(header, start=1) if cell.strip()), default=0)
    filled = (
        at
        for record in records
        for at, cell in enumerate(record.cells if ragged else record.cells[: len(header)], start=1)
        if at > named and cell.strip()
    )
    return max(filled, default=named)


def _says(record: Record, words: Sequence[str]) -> bool:
    cells = (*record.cells, *("",) * len(words))
    return all(fold(cell) == word for cell, word in zip(cells, words, strict=False))


def _padded(record: Record, width: int) -> Record:
    return record if not record.blank else Record(record.line, ("",) * width)


def _like_words(record: Record) -> bool:
    filled = [cell for cell in record.cells if fold(cell)]
    return 2 * sum(len(cell) > _TITLE for cell in filled) < len(filled)
