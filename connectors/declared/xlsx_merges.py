"""Merged cells of a workbook: what stands in the first of them holds for every row it spans.

Only the first cell of a merged range has a value in the file. Over several rows ("Rejected" beside
three systems) the others would be empty, and an empty status counts as approved.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final
from xml.sax.handler import ContentHandler

if TYPE_CHECKING:
    from xml.sax.xmlreader import AttributesImpl

    from connectors.declared.grid import Record

_RANGE: Final = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?[A-Z]{1,3}\$?(\d{1,7})")
_MOST: Final = 1_000_000  # merged ranges, and cells filled, of one sheet

Range = tuple[int, int, int]
"""Column (from 0), first row and last row of a merged range (from 1)."""


class TooManyMerges(Exception):
    """More merged cells than a register has."""


class MergeHandler(ContentHandler):
    """Collects the ranges of one worksheet that span rows."""

    def __init__(self) -> None:
        super().__init__()
        self.ranges: list[Range] = []

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - SAX's name
        """Note a `mergeCell`, with or without a namespace prefix."""
        if name.rpartition(":")[2] != "mergeCell":
            return
        hit = _RANGE.fullmatch(attrs.get("ref", ""))
        if hit is None or int(hit[2]) >= int(hit[3]):
            return
        if len(self.ranges) >= _MOST:
            raise TooManyMerges
        self.ranges.append((_column(hit[1]), int(hit[2]), int(hit[3])))


def fill(records: list[Record], ranges: list[Range]) -> tuple[list[Record], int]:
    """The records with merged values in every row they span, and how many cells that filled."""
    cells = {r.line: list(r.cells) for r in records if r.line is not None}
    lines = sorted(cells)
    count = 0
    for column, first, last in ranges:
        top = cells.get(first, [])
        value = top[column] if column < len(top) else ""
        if not value:
            continue
        for line in _between(lines, first, last):
            row = cells[line]
            row += [""] * (column + 1 - len(row))
            if not row[column]:
                row[column] = value
                count += 1
                if count > _MOST:
                    raise TooManyMerges
    return [
        type(r)(r.line, tuple(cells[r.line])) if r.line is not None else r for r in records
    ], count


def _between(lines: list[int], first: int, last: int) -> list[int]:
    """Lines after the first up to the last."""
    return lines[bisect_right(lines, first) : bisect_right(lines, last)]


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
