"""One table under its header to rows: what is a row, what is left out, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from connectors.declared import csv_file, dates
from connectors.declared.grid import Record
from connectors.declared.model import InventoryError
from connectors.declared.remarks import not_read, table_notes, unknown_words
from connectors.declared.rows import HostPoison, declaration
from connectors.declared.status import StatusUnknown
from connectors.declared.status_columns import by_content
from connectors.declared.words import DATES, IDENTIFYING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.declared.grid import Grid
    from connectors.declared.model import Declaration, RowProblem
    from connectors.declared.vocabulary import Vocabulary


@dataclass(slots=True)
class Part:
    """What one table gave. columns: name -> field. unread: names of columns no field takes."""

    rows: list[Declaration] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    rejected: int = 0
    blank: int = 0
    records: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()


def part_of(grid: Grid, path: str, vocabulary: Vocabulary, *, lenient: bool, start: int) -> Part:
    """The rows of a table, numbered from `start`.

    Raises InventoryError: nothing to compare by, ragged records (unless lenient), a host that
    stands for everything.
    """
    part = Part()
    even = _even(grid, path, part, lenient=lenient)
    part.records, part.rejected = len(even), len(part.problems)
    columns = list(zip(*(r.cells for r in even if r is not None), strict=True))
    columns = columns or [()] * len(grid.header.names)
    header, status = by_content(grid.header, columns, vocabulary)
    settled = replace(grid, header=header)
    _check_columns(settled, path)
    orders = {
        at: dates.order_of(columns[at]) for at, name in enumerate(header.fields) if name in DATES
    }
    poison: list[tuple[int | None, str]] = []
    unknown: list[tuple[int | None, str, str]] = []
    for row, record in enumerate(even, start=start):
        if record is None:
            continue
        if record.blank:
            part.blank += 1
            continue
        try:
            found = declaration(
                settled, record, row, status, orders, by_policy=vocabulary.by_policy
            )
        except StatusUnknown as word:
            part.rejected += 1
            unknown.append((record.line, *word.args))
        except HostPoison as host:
            poison.append((record.line, str(host)))
        else:
            part.rows.append(found)
    if poison:
        raise _poisoned(path, poison, _column(settled, "domains"))
    part.problems += unknown_words(path, unknown)
    part.problems += table_notes(settled, path, grid.header, status, part.rows)
    part.columns, part.unread = header.mapping(), not_read(settled)
    return part


def _even(grid: Grid, path: str, part: Part, *, lenient: bool) -> Sequence[Record | None]:
    width = len(grid.header.names)
    if grid.source == path:
        even, part.problems = csv_file.even(list(grid.records), width, path, lenient=lenient)
        return even
    # a sheet has no ragged rows, only cells nobody filled
    return [Record(r.line, (r.cells + ("",) * width)[:width]) for r in grid.records]


def identifies(grid: Grid) -> bool:
    """Whether some column beside name and owner says which system a row is."""
    return bool(IDENTIFYING & set(grid.header.mapping().values()))


def _check_columns(grid: Grid, path: str) -> None:
    if not identifies(grid):
        raise InventoryError(
            path,
            grid.header_line,
            "",
            "no identifying column: nothing beside name and owner to compare with",
            "add vendor, product, url or resource id, or map one under `columns` in the policy",
            rejected=len(grid.records),
        )


def _poisoned(path: str, found: list[tuple[int | None, str]], column: str) -> InventoryError:
    lines = tuple(line or 0 for line, _ in found)
    return InventoryError(
        path,
        found[0][0],
        column,
        f'"{found[0][1][:60]}" is a wildcard or public suffix',
        "it would approve everything below it: name the domains one by one",
        more=lines[1:],
        rejected=len(found),
    )


def _column(grid: Grid, name: str) -> str:
    return next((n for n, f in grid.header.mapping().items() if f == name), name)
