"""A declared register, whatever form it is kept in, as Declarations. See `read_inventory`."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from connectors.declared import csv_file, json_file, xlsx_file
from connectors.declared.grid import Record, grid_of
from connectors.declared.model import Inventory, InventoryError, RowProblem
from connectors.declared.remarks import summed, unused
from connectors.declared.table import identifies, part_of
from connectors.declared.text import decode
from connectors.declared.vocabulary import Vocabulary

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from connectors.declared.grid import Grid
    from connectors.declared.table import Part

_MAX_BYTES: Final = 256 << 20
_ZIP: Final = b"PK"
_KINDS: Final = ((Path.is_fifo, "a FIFO"), (Path.is_socket, "a socket"))
_WHEN_EMPTY: Final = {
    "register": "export the register again",
    "policy": "write the policy, or leave the option out",
    "scan scope": "write the scope, or leave the option out",
}


def read_inventory(
    path: str | Path,
    *,
    lenient: bool = False,
    status_words: Mapping[str, Sequence[str]] | None = None,
    columns: Mapping[str, str] | None = None,
    organisation: str | None = None,
    first_row: int = 1,
    today: dt.date | None = None,
) -> Inventory:
    """Read one register: CSV (any encoding, any delimiter), XLSX or JSON, told by its content.

    lenient: ragged records are left out and named, instead of refusing the file. status_words:
    of the policy; with them an unknown status counts as approved, without them it refuses its
    row. columns: column name -> field, over the synonyms. organisation: whose register it must
    be. first_row: number of the first data record, for a second file of the same run.
    today: the day that "approved until" is held against; None: such a cell is not approved.
    Raises InventoryError (exit 15) when the file as a whole cannot be used; a row that cannot
    is counted in `rejected` and named in `problems` (exit 3).
    """
    shown = str(path)
    data = read_bytes(Path(path), shown)
    kind, tables, problems = _tables(data, shown, organisation, columns)
    grids, skipped = _grids(shown, tables, columns)
    vocabulary = Vocabulary.build(status_words, today)
    parts: list[Part] = []
    for grid in grids:
        start = first_row + sum(part.records for part in parts)
        parts.append(part_of(grid, shown, vocabulary, lenient=lenient, start=start))
    rows = tuple(row for part in parts for row in part.rows)
    told = (problem for part in parts for problem in part.problems)
    return Inventory(
        path=shown,
        format=kind,
        sha256=hashlib.sha256(data).hexdigest(),
        rows=rows,
        problems=(*problems, *skipped, *told, *summed(shown, rows)),
        records=sum(part.records for part in parts),
        rejected=sum(part.rejected for part in parts),
        blank=sum(part.blank for part in parts),
        columns={name: field for part in parts for name, field in part.columns.items()},
        unread={grid.source: part.unread for grid, part in zip(grids, parts, strict=True)},
        names=tuple(name for grid in grids for name in grid.header.names),
    )


def _grids(
    path: str, tables: Sequence[tuple[str, list[Record]]], columns: Mapping[str, str] | None
) -> tuple[list[Grid], list[RowProblem]]:
    """The tables that are registers; beside one of them the others are told and left out."""
    found = {
        name: grid_of(name, records, columns, ragged=name != path)
        for name, records in tables
        if records
    }
    grids = [grid for grid in found.values() if grid is not None]
    if not grids:
        raise _no_header(path, tables)
    good = [grid for grid in grids if identifies(grid)] or grids
    why = {
        name: "no name column" if grid is None else "nothing beside name and owner"
        for name, grid in found.items()
        if grid not in good
    }
    return good, [
        RowProblem(
            path, "note", "skipped_sheet", f"sheet {_sheet(name, path)} has {what}; not read"
        )
        for name, what in why.items()
    ]


def _sheet(name: str, path: str) -> str:
    return repr(name.removeprefix(f"{path}!"))


def read_inventories(
    paths: Sequence[str | Path],
    *,
    lenient: bool = False,
    status_words: Mapping[str, Sequence[str]] | None = None,
    columns: Mapping[str, str] | None = None,
    organisation: str | None = None,
    today: dt.date | None = None,
) -> Inventory:
    """Several registers as one: rows are numbered through, the fingerprint is of all of them.

    columns: column name -> field; one that no register has is told. today: as `read_inventory`.
    """
    parts: list[Inventory] = []
    for path in paths:
        start = 1 + sum(part.records for part in parts)
        parts.append(
            read_inventory(
                path,
                lenient=lenient,
                status_words=status_words,
                columns=columns,
                organisation=organisation,
                first_row=start,
                today=today,
            )
        )
    shown = ", ".join(part.path for part in parts)
    told = unused(columns or {}, (name for part in parts for name in part.names), shown)
    if len(parts) == 1:
        return replace(parts[0], problems=(*parts[0].problems, *told))
    digest = hashlib.sha256("".join(part.sha256 for part in parts).encode())
    return Inventory(
        path=shown,
        format="+".join(dict.fromkeys(part.format for part in parts)),
        sha256=digest.hexdigest(),
        rows=tuple(row for part in parts for row in part.rows),
        problems=(*(problem for part in parts for problem in part.problems), *told),
        records=sum(part.records for part in parts),
        rejected=sum(part.rejected for part in parts),
        blank=sum(part.blank for part in parts),
        columns={name: field for part in parts for name, field in part.columns.items()},
        unread={source: names for part in parts for source, names in part.unread.items()},
        names=tuple(name for part in parts for name in part.names),
    )


def read_bytes(path: Path, shown: str, what: str = "register") -> bytes:
    """The bytes of a declared file; `what` it should be, for messages.

    Raises InventoryError: missing, no regular file, unreadable, empty, too big.
    """
    try:
        if not path.is_file():
            raise InventoryError(shown, None, "", *_no_file(path))
        if path.stat().st_size > _MAX_BYTES:
            raise InventoryError(shown, None, "", "is larger than 256 MiB", f"is it a {what}?")
        data = path.read_bytes()
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
        raise InventoryError(shown, None, "", problem, "check its permissions") from error
    if not data.strip():
        hint = _WHEN_EMPTY.get(what, f"write or export the {what} again")
        raise InventoryError(shown, None, "", "is empty", hint)
    return data


def _no_file(path: Path) -> tuple[str, str]:
    """What stands there instead of a file, and what to do."""
    if path.is_dir():
        return "is a directory", "give the path of a file"
    if not path.exists():
        return "does not exist", "give the path of a file"
    kind = next((word for test, word in _KINDS if test(path)), "a device")
    return f"is {kind}, not a regular file", "save its content to a file and give that"


def _tables(
    data: bytes, path: str, organisation: str | None, columns: Mapping[str, str] | None
) -> tuple[str, list[tuple[str, list[Record]]], list[RowProblem]]:
    """(format, [(name of the table, its records)], what of the file is not read)."""
    if data.startswith(_ZIP) or path.casefold().endswith((".xlsx", ".xlsm")):
        sheets = xlsx_file.sheets_of(data, path)
        told = [
            RowProblem(path, "note", "skipped_sheet", f"sheet {one.title!r} is hidden; not read")
            for one in sheets
            if not one.visible
        ]
        told += [
            RowProblem(path, "note", "merged_cells", _merged(one)) for one in sheets if one.merged
        ]
        read = [(f"{path}!{one.title}", one.records) for one in sheets if one.visible]
        return "xlsx", read, told
    text, encoding = decode(data, path)
    if text.lstrip()[:1] in ("[", "{"):
        return "json", [(path, json_file.records_of(text, path, organisation))], []
    return f"csv ({encoding})", [(path, csv_file.records_of(text, path, columns))], []


def _merged(sheet: xlsx_file.Sheet) -> str:
    count = "1 cell" if sheet.merged == 1 else f"{sheet.merged} cells"
    return f"sheet {sheet.title!r}: {count} filled from merged cells above"


def _no_header(path: str, tables: Sequence[tuple[str, list[Record]]]) -> InventoryError:
    first = next((records[0] for _, records in tables if records), None)
    shown = ", ".join(cell.strip() for cell in first.cells[:6])[:80] if first else ""
    line = first.line if first else None
    return InventoryError(
        path,
        line,
        "",
        f"no column is a name (found: {shown})",
        'call one "name", or map it under `columns` in the policy',
    )


def with_source(inventory: Inventory, source: str) -> Inventory:
    """The same register under another name (a path as the user gave it)."""
    return replace(
        inventory, path=source, rows=tuple(replace(r, source=source) for r in inventory.rows)
    )
