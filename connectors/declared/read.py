"""A declared register, whatever form it is kept in, as Declarations. See `read_inventory`."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from connectors.declared import csv_file, dates, json_file, xlsx_file
from connectors.declared.grid import Grid, Record, grid_of
from connectors.declared.model import Declaration, Inventory, InventoryError, RowProblem
from connectors.declared.rows import HostPoison, StatusUnknown, Vocabulary, declaration
from connectors.declared.text import decode
from connectors.declared.words import DATES, IDENTIFYING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_MAX_BYTES: Final = 256 << 20
_ZIP: Final = b"PK"


def read_inventory(
    path: str | Path,
    *,
    lenient: bool = False,
    status_words: Mapping[str, Sequence[str]] | None = None,
    columns: Mapping[str, str] | None = None,
    organisation: str | None = None,
    first_row: int = 1,
) -> Inventory:
    """Read one register: CSV (any encoding, any delimiter), XLSX or JSON, told by its content.

    lenient: ragged records are left out and named, instead of refusing the file. status_words:
    of the policy; with them an unknown status counts as approved, without them it refuses its
    row. columns: column name -> field, over the synonyms. organisation: whose register it must
    be. first_row: number of the first data record, for a second file of the same run.
    Raises InventoryError (exit 15) when the file as a whole cannot be used; a row that cannot
    is counted in `rejected` and named in `problems` (exit 3).
    """
    shown = str(path)
    data = read_bytes(Path(path), shown)
    kind, tables = _tables(data, shown, organisation)
    grids = [(name, grid) for name, records in tables if (grid := grid_of(name, records, columns))]
    problems = [
        RowProblem(shown, "note", "skipped_sheet", f"sheet {name!r} has no name column; not read")
        for name, records in tables
        if records and name not in {n for n, _ in grids} and kind == "xlsx"
    ]
    if not grids:
        raise _no_header(shown, tables)
    vocabulary = Vocabulary.build(status_words)
    rows: list[Declaration] = []
    rejected = blank = records_read = 0
    mapping: dict[str, str] = {}
    for _, grid in grids:
        _check_columns(grid, shown)
        mapping |= grid.header.mapping()
        part = _rows(grid, shown, vocabulary, lenient=lenient, start=first_row + records_read)
        rows += part.rows
        problems += part.problems
        rejected += part.rejected
        blank += part.blank
        records_read += part.records
    return Inventory(
        path=shown,
        format=kind,
        sha256=hashlib.sha256(data).hexdigest(),
        rows=tuple(rows),
        problems=(*problems, *_summed(shown, rows)),
        records=records_read,
        rejected=rejected,
        blank=blank,
        columns=mapping,
    )


def read_inventories(
    paths: Sequence[str | Path],
    *,
    lenient: bool = False,
    status_words: Mapping[str, Sequence[str]] | None = None,
    organisation: str | None = None,
) -> Inventory:
    """Several registers as one: rows are numbered through, the fingerprint is of all of them."""
    parts: list[Inventory] = []
    for path in paths:
        start = 1 + sum(part.records for part in parts)
        parts.append(
            read_inventory(
                path,
                lenient=lenient,
                status_words=status_words,
                organisation=organisation,
                first_row=start,
            )
        )
    if len(parts) == 1:
        return parts[0]
    digest = hashlib.sha256("".join(part.sha256 for part in parts).encode())
    return Inventory(
        path=", ".join(part.path for part in parts),
        format="+".join(dict.fromkeys(part.format for part in parts)),
        sha256=digest.hexdigest(),
        rows=tuple(row for part in parts for row in part.rows),
        problems=tuple(problem for part in parts for problem in part.problems),
        records=sum(part.records for part in parts),
        rejected=sum(part.rejected for part in parts),
        blank=sum(part.blank for part in parts),
        columns={name: field for part in parts for name, field in part.columns.items()},
    )


def read_bytes(path: Path, shown: str) -> bytes:
    """The bytes of a declared file. Raises InventoryError: missing, unreadable, empty, too big."""
    try:
        if not path.is_file():
            what = "is a directory" if path.is_dir() else "does not exist"
            raise InventoryError(shown, None, "", what, "give the path of a file")
        if path.stat().st_size > _MAX_BYTES:
            raise InventoryError(shown, None, "", "is larger than 256 MiB", "is it a register?")
        data = path.read_bytes()
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
        raise InventoryError(shown, None, "", problem, "check its permissions") from error
    if not data.strip():
        raise InventoryError(shown, None, "", "is empty", "export the register again")
    return data


def _tables(
    data: bytes, path: str, organisation: str | None
) -> tuple[str, list[tuple[str, list[Record]]]]:
    """(format, [(name of the table, its records)])."""
    if data.startswith(_ZIP) or path.casefold().endswith((".xlsx", ".xlsm")):
        return "xlsx", [(f"{path}!{n}", r) for n, r in xlsx_file.sheets_of(data, path)]
    text, encoding = decode(data, path)
    if text.lstrip()[:1] in ("[", "{"):
        return "json", [(path, json_file.records_of(text, path, organisation))]
    return f"csv ({encoding})", [(path, csv_file.records_of(text, path))]


def _no_header(path: str, tables: list[tuple[str, list[Record]]]) -> InventoryError:
    first = next((records[0] for _, records in tables if records), None)
    shown = ", ".join(cell.strip() for cell in first.cells[:6])[:80] if first else ""
    line = first.line if first else None
    return InventoryError(
        path, line, "", f"no column is a name (found: {shown})", 'call one "name" or map it'
    )


def _check_columns(grid: Grid, path: str) -> None:
    if not IDENTIFYING & set(grid.header.mapping().values()):
        raise InventoryError(
            path,
            grid.header_line,
            "",
            "no identifying column: nothing beside name and owner to compare with",
            "add vendor, product, url or resource id",
            rejected=len(grid.records),
        )


class _Part:
    """What one table gave."""

    __slots__ = ("blank", "problems", "records", "rejected", "rows")

    def __init__(self) -> None:
        self.rows: list[Declaration] = []
        self.problems: list[RowProblem] = []
        self.rejected = self.blank = self.records = 0


def _rows(grid: Grid, path: str, vocabulary: Vocabulary, *, lenient: bool, start: int) -> _Part:
    part = _Part()
    if grid.source == path:
        even, part.problems = csv_file.even(
            list(grid.records), len(grid.header.names), path, lenient=lenient
        )
    else:  # a sheet has no ragged rows, only cells nobody filled
        width = len(grid.header.names)
        even = [Record(r.line, (r.cells + ("",) * width)[:width]) for r in grid.records]
    part.records, part.rejected = len(even), len(part.problems)
    orders = {
        at: dates.order_of(r.cells[at] for r in even if r is not None)
        for at, name in enumerate(grid.header.fields)
        if name in DATES
    }
    poison: list[tuple[int | None, str]] = []
    for row, record in enumerate(even, start=start):
        if record is None:
            continue
        if record.blank:
            part.blank += 1
            continue
        try:
            part.rows.append(declaration(grid, record, row, vocabulary, orders))
        except StatusUnknown as word:
            part.rejected += 1
            part.problems.append(_status_refused(grid, path, record, str(word)))
        except HostPoison as host:
            poison.append((record.line, str(host)))
    if poison:
        raise _poisoned(path, poison, _column(grid, "domains"))
    return part


def _status_refused(grid: Grid, path: str, record: Record, word: str) -> RowProblem:
    message = f'status "{word[:60]}" is in no list; row left out; name it in the policy'
    return RowProblem(
        path, "error", "status_unknown", message, record.line, _column(grid, "lifecycle")
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


def _summed(path: str, rows: Iterable[Declaration]) -> list[RowProblem]:
    """One note for each kind of remark, with the lines it stands on."""
    by_code: dict[str, list[tuple[int | None, str]]] = defaultdict(list)
    for row in rows:
        for remark in row.remarks:
            code, _, text = remark.partition(": ")
            by_code[code].append((row.line, text))
    return [
        RowProblem(
            path,
            "note",
            code,
            f"{found[0][1]}" + (f" (and {len(found) - 1} more rows)" if len(found) > 1 else ""),
            found[0][0],
            "owner" if code == "owner_missing" else None,
            tuple(line for line, _ in found if line is not None),
        )
        for code, found in sorted(by_code.items())
    ]


def with_source(inventory: Inventory, source: str) -> Inventory:
    """The same register under another name (a path as the user gave it)."""
    return replace(
        inventory, path=source, rows=tuple(replace(r, source=source) for r in inventory.rows)
    )
