"""Bytes to text, and text to the form in which words are compared."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from connectors.declared.model import InventoryError

_BOMS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_MULTIBYTE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]")
_WORD = re.compile(r"[\W_]+")
_SPACE = re.compile(r"[ \t\u00a0\u2007\u202f]+")


def decode(data: bytes, path: str) -> tuple[str, str]:
    """(text, encoding) of a register's bytes: BOM, UTF-8, UTF-16 without BOM, cp1252.

    cp1252 accepts almost anything, so a file that is UTF-8 but for a few bytes is refused, with
    the line of the first bad one, rather than turned into nonsense. Raises InventoryError.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strict(data[len(bom) :], encoding, path), encoding
    if b"\x00" in data[:4096]:
        guess = "utf-16-le" if data[1:2] == b"\x00" else "utf-16-be"
        text = _strict(data, guess, path)
        if "\x00" in text or "\n" not in text:
            raise InventoryError(path, 1, "", "undecodable bytes (NUL)", "save it as UTF-8 CSV")
        return text, guess
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        broken = error.start
    if len(_MULTIBYTE.findall(data)) > 2 * _lone_bytes(data):
        raise InventoryError(
            path,
            data.count(b"\n", 0, broken) + 1,
            "",
            f"undecodable byte 0x{data[broken]:02x} in UTF-8 text",
            "save it again as UTF-8, or as Windows-1252 throughout",
        )
    return _strict(data, "cp1252", path), "cp1252"


def _lone_bytes(data: bytes) -> int:
    return data.decode("utf-8", "replace").count("\ufffd")


def _strict(data: bytes, encoding: str, path: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InventoryError(
            path,
            data.count(b"\n", 0, error.start) + 1,
            "",
            f"undecodable byte 0x{data[error.start]:02x} ({encoding})",
            "save it as UTF-8",
        ) from error


def fold(text: str) -> str:
    """Lower case, no accents, words separated by one blank: how words are compared.

    >>> fold("  E-Mail (Geschäftlich) ")
    'e mail geschaftlich'
    """
    if text.isascii():
        return _WORD.sub(" ", text.lower()).strip()
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return _WORD.sub(" ", kept).strip()


def tidy(cell: str) -> str:
    """The cell without blanks at its ends and lines, no-break spaces made plain; else untouched."""
    return "\n".join(_SPACE.sub(" ", line).strip() for line in cell.splitlines()).strip()
