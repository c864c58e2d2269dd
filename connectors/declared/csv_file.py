"""CSV text to records: any delimiter, line breaks in cells, ragged records named by line."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from connectors.declared.grid import Record
from connectors.declared.header import COLUMNS, map_header
from connectors.declared.model import InventoryError, RowProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DELIMITERS: Final = (",", ";", "\t", "|")


def records_of(text: str, path: str, override: Mapping[str, str] | None = None) -> list[Record]:
    """The records of CSV text, blank lines left out. Raises InventoryError for broken quoting."""
    text, skipped = _without_sep_line(text)
    return list(_parse(text, delimiter_of(text, override), path, skipped))


def delimiter_of(text: str, override: Mapping[str, str] | None = None) -> str:
    """The delimiter under which one of the first records has the most columns that we know."""

    def worth(delimiter: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        best = (0, 0)
        try:
            for _, cells in zip(range(15), reader, strict=False):
                best = max(best, (len(map_header(cells[:COLUMNS], override).mapping()), len(cells)))
        except csv.Error:
            return best
        return best

    return max(_DELIMITERS, key=worth)


def even(
    records: list[Record], width: int, path: str, *, lenient: bool
) -> tuple[list[Record | None], list[RowProblem]]:
    """Records of exactly `width` cells; trailing empty cells more or less do not matter.

    Strict: the first ragged record refuses the file. Lenient: it becomes None and an error.
    """
    kept: list[Record | None] = []
    problems: list[RowProblem] = []
    bad = [r for r in records if not _fits(r, width)]
    if bad and not lenient:
        lines = tuple(r.line or 0 for r in bad)
        raise InventoryError(
            path,
            lines[0],
            "",
            f"row has {len(bad[0].cells)} fields, the header has {width}",
            "repair the row, or use --lenient to leave such rows out",
            more=lines[1:],
            rejected=len(bad),
        )
    for record in records:
        if _fits(record, width):
            cells = (record.cells + ("",) * width)[:width]
            kept.append(Record(record.line, cells))
            continue
        kept.append(None)
        message = f"row has {len(record.cells)} fields, the header has {width}; left out"
        problems.append(RowProblem(path, "error", "malformed", message, record.line))
    return kept, problems


def _fits(record: Record, width: int) -> bool:
    if len(record.cells) >= width:
        return not any(cell.strip() for cell in record.cells[width:])
    return record.blank


def _without_sep_line(text: str) -> tuple[str, int]:
    first, _, rest = text.partition("\n")
    if first.strip().casefold().startswith("sep=") and len(first.strip()) <= 5:
        return rest, 1
    return text, 0


def _parse(text: str, delimiter: str, path: str, skipped: int) -> Iterator[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = skipped + 1
    try:
        for cells in reader:
            if cells:
                yield Record(line, tuple(cells))
            line = skipped + reader.line_num + 1
    except csv.Error as error:
        raise InventoryError(
            path, line, "", f"broken CSV: {error}", "check the quotes of this row", rejected=1
        ) from error
