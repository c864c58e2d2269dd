"""An XLSX workbook to records, sheet by sheet, after its zip and XML were found harmless."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple
from xml.parsers.expat import ExpatError

from connectors.declared.grid import Record
from connectors.declared.model import InventoryError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openpyxl.worksheet.worksheet import Worksheet

_MEMBERS: Final = 10_000
_UNPACKED: Final = 512 << 20
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
    """One sheet of a workbook; a hidden one has no records."""

    title: str
    visible: bool
    records: list[Record]


def sheets_of(data: bytes, path: str) -> list[Sheet]:
    """The sheets in their order; formulas stay text. Raises InventoryError."""
    _check_zip(data, path)
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False)
        try:
            return [_sheet(sheet) for sheet in book.worksheets]
        finally:
            book.close()
    except (InvalidFileException, *_BROKEN_BOOK) as error:
        problem = f"{_NOT_A_WORKBOOK} openpyxl can read ({type(error).__name__})"
        raise InventoryError(
            path, None, "", problem, "save it again as .xlsx, or as CSV"
        ) from error


def _sheet(sheet: Worksheet) -> Sheet:
    visible = sheet.sheet_state == "visible"
    records = list(_records(sheet.iter_rows(values_only=True))) if visible else []
    return Sheet(sheet.title, visible, records)


def _records(rows: Iterable[Iterable[object]]) -> Iterable[Record]:
    for number, row in enumerate(rows, start=1):
        cells = [_cell(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield Record(number, tuple(cells))


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


def _check_zip(data: bytes, path: str) -> None:
    """Refuse what is no workbook, what unpacks too far, and XML with a DTD or entities."""
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
        for member in members:
            if member.filename.endswith((".xml", ".rels", ".vml")):
                _check_xml(archive, member, path)


def _check_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: str) -> None:
    from defusedxml import DefusedXmlException
    from defusedxml.sax import make_parser

    short = member.filename.rpartition("/")[2]
    parser = make_parser()
    parser.forbid_dtd = True
    try:
        with archive.open(member) as part:
            parser.parse(part)
    except DefusedXmlException as error:
        raise InventoryError(
            path, None, "", f"DTD in {short}", "a workbook needs none; save it again"
        ) from error
    except (ExpatError, _sax_error(), ValueError, LookupError, *_BROKEN_ZIP) as error:
        raise InventoryError(
            path, None, "", f"{_NOT_A_WORKBOOK}: {short} is broken", "save it again as .xlsx"
        ) from error


def _sax_error() -> type[Exception]:
    from xml.sax import SAXException

    return SAXException
