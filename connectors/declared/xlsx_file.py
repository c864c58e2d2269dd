"""An XLSX workbook to records, sheet by sheet, after its zip and XML were found harmless."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple, cast
from xml.parsers.expat import ExpatError

from connectors.declared.grid import Record
from connectors.declared.model import InventoryError
from connectors.declared.xlsx_merges import MergeHandler, Range, TooManyMerges, fill

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openpyxl.worksheet._read_only import ReadOnlyWorksheet
    from openpyxl.worksheet.worksheet import Worksheet

_MEMBERS: Final = 10_000
_UNPACKED: Final = 512 << 20
_ROWS: Final = 1 << 20  # of a sheet, by the format
_CELLS: Final = 20_000_000
_RATIO: Final = 200
_RATIO_AFTER: Final = 16 << 20
# What zipfile, zlib and openpyxl raise for damaged parts; their XML was found well-formed before.
_BROKEN_ZIP: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
)
_BROKEN_BOOK: Final = (
    *_BROKEN_ZIP,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    SyntaxError,
)
_NOT_A_WORKBOOK = "is not a workbook"


class Sheet(NamedTuple):
    """One sheet of a workbook; a hidden one has no records. merged: cells filled from merges."""

    title: str
    visible: bool
    records: list[Record]
    merged: int = 0


def sheets_of(data: bytes, path: str) -> list[Sheet]:
    """The sheets in their order; formulas stay text. Raises InventoryError."""
    merges = _check_zip(data, path)
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        reader = ExcelReader(io.BytesIO(data), read_only=True, data_only=False)
        reader.read()
        try:
            parts = {sheet.name: rel.target for sheet, rel in reader.parser.find_sheets()}
            return [
                _sheet(sheet, merges.get(parts.get(sheet.title, ""), []))
                for sheet in reader.wb.worksheets
            ]
        finally:
            reader.wb.close()
    except (TooManyMerges, _TooBigError) as error:
        problem = "has a sheet of too many cells"
        raise InventoryError(path, None, "", problem, "save the register alone, as CSV") from error
    except (InvalidFileException, *_BROKEN_BOOK) as error:
        problem = f"{_NOT_A_WORKBOOK} openpyxl can read ({type(error).__name__})"
        raise InventoryError(
            path, None, "", problem, "save it again as .xlsx, or as CSV"
        ) from error


def _sheet(sheet: Worksheet, ranges: list[Range]) -> Sheet:
    if sheet.sheet_state != "visible":
        return Sheet(sheet.title, visible=False, records=[])
    # What a file says of its size may be wrong, and would cut it. Only read-only sheets have this.
    cast("ReadOnlyWorksheet", sheet).reset_dimensions()
    records, merged = fill(list(_records(sheet.iter_rows(values_only=True))), ranges)
    return Sheet(sheet.title, visible=True, records=records, merged=merged)


def _records(rows: Iterable[Iterable[object]]) -> Iterable[Record]:
    room = _CELLS
    for number, row in enumerate(rows, start=1):
        cells = [_cell(value) for value in row]
        room -= len(cells)
        if room < 0 or number > _ROWS:
            raise _TooBigError
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield Record(number, tuple(cells))


class _TooBigError(Exception):
    """A sheet with more cells than a register has."""


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time.min
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _check_zip(data: bytes, path: str) -> dict[str, list[Range]]:
    """Refuse what is no workbook, what unpacks too far, and XML with a DTD or entities.

    Gives the merged ranges of each part that has some.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (*_BROKEN_ZIP, ValueError) as error:
        hint = "old .xls and encrypted files must be saved again as .xlsx"
        raise InventoryError(path, None, "", _NOT_A_WORKBOOK, hint) from error
    with archive:
        members = archive.infolist()
        names = {member.filename for member in members}
        if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
            raise InventoryError(path, None, "", _NOT_A_WORKBOOK, "give an .xlsx, CSV or JSON file")
        unpacked = sum(member.file_size for member in members)
        far = unpacked > _RATIO_AFTER and unpacked > _RATIO * max(len(data), 1)
        if len(members) > _MEMBERS or unpacked > _UNPACKED or far:
            problem = f"unpacks to {unpacked} bytes in {len(members)} members"
            raise InventoryError(path, None, "", problem, "save the sheet as CSV")
        read = (m for m in members if m.filename.endswith((".xml", ".rels", ".vml")))
        found = {member.filename: _check_xml(archive, member, path) for member in read}
    return {name: ranges for name, ranges in found.items() if ranges}


def _check_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: str) -> list[Range]:
    from defusedxml import DefusedXmlException
    from defusedxml.sax import make_parser

    short = member.filename.rpartition("/")[2]
    parser = make_parser()
    parser.forbid_dtd = True
    handler = MergeHandler()
    parser.setContentHandler(handler)
    try:
        with archive.open(member) as part:
            parser.parse(part)
    except TooManyMerges as error:
        problem = "has more than a million merged cells"
        raise InventoryError(path, None, "", problem, "save the sheet as CSV") from error
    except DefusedXmlException as error:
        raise InventoryError(
            path, None, "", f"DTD in {short}", "a workbook needs none; save it again"
        ) from error
    except (ExpatError, _sax_error(), ValueError, LookupError, *_BROKEN_ZIP) as error:
        raise InventoryError(
            path, None, "", f"{_NOT_A_WORKBOOK}: {short} is broken", "save it again as .xlsx"
        ) from error
    return handler.ranges


def _sax_error() -> type[Exception]:
    from xml.sax import SAXException

    return SAXException
