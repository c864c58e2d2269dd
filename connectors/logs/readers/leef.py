r"""QRadar's Log Event Extended Format: a header between bars, then pairs with a separator.

    LEEF:1.0|Vendor|Product|1.2|Event|src=10.0.0.1<TAB>url=http://a/?b=c
    LEEF:2.0|Vendor|Product|1.2|Event|^|src=10.0.0.1^url=http://a/?b=c

Version 2 may name the separator, as it is or as a number (`x5E`, `0x5E`). A value is all up to the
next separator. Fields of the header are leef_vendor, leef_product, leef_version and leef_event.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from connectors.logs.frame import text_array
from connectors.logs.readers.base import Bad, Source
from connectors.logs.readers.cef import header_places, where
from connectors.logs.readers.cefescapes import as_it_is
from connectors.logs.readers.marks import Piece, find_marks, pieces
from connectors.logs.readers.pairs import Names, PairTable, Places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from connectors.logs.model import Format
    from connectors.logs.values import Segment

HEADER: Final = ("leef_vendor", "leef_product", "leef_version", "leef_event")
BARS: Final = 5  # of version 1; version 2 may have one more, behind the separator
LONGEST: Final = 6  # of what names a separator
TAB: Final = ord("\t")
KEY: Final = re.compile(r"\s*([A-Za-z_][0-9A-Za-z_. \[\]-]*)")
_NUMBER: Final = re.compile(r"(?:0|\\)?x([0-9A-Fa-f]{1,2})")


@dataclass(frozen=True, slots=True)
class LeefReader:
    """Reads LEEF records, whatever stands before `LEEF:`."""

    fmt: Format
    wanted: tuple[str, ...]

    def __call__(self, segment: Segment) -> Source:
        """The wanted fields of every record that has a LEEF header."""
        names, bad = Names(self.wanted), list[Bad]()
        parts = [found for piece in pieces(segment) for found in _find(piece, names, bad)]
        pairs = Places.joined(parts)
        return PairTable(self.fmt, segment, names, pairs, as_it_is, bad).source()


def _find(piece: Piece, names: Names, bad: list[Bad]) -> list[Places]:
    """The pairs of wanted fields: those of the headers, and those behind each separator."""
    size = len(piece.starts)
    begin = where(piece, b"LEEF:")
    marks = find_marks(piece, b"|")
    keep = (begin[marks.owner] >= 0) & (marks.at > begin[marks.owner])
    count = np.bincount(marks.owner[keep], minlength=size)
    at = marks.at[keep]
    base = np.cumsum(count) - count
    good = count >= BARS
    for row in np.flatnonzero(~good).tolist():
        short = f"LEEF header ends early: {count[row]} of {BARS} bars"
        bad.append(Bad(row + piece.row, None, "no LEEF header" if begin[row] < 0 else short))
    rows = np.flatnonzero(good)
    if not len(rows):
        return []
    places = base[rows][:, None] + np.arange(BARS)
    bars = at[places]
    after = at[np.minimum(places[:, -1] + 1, len(at) - 1)]
    second = (count[rows] > BARS) & (after - bars[:, -1] <= LONGEST)
    second &= piece.text[begin[rows] + len("LEEF:") - piece.base] == ord("2")
    parts, start = _separators(piece, bars[:, -1] + 1, after, second)
    found = [header_places(names, HEADER, rows, bars, piece.row)]
    for part in np.unique(parts).tolist():
        those = parts == part
        chosen = replace(piece, starts=start[those], ends=piece.ends[rows[those]])
        found.append(_pairs(chosen, part, rows[those] + piece.row, names))
    return found


def _separators(
    piece: Piece, begin: NDArray[np.int64], end: NDArray[np.int64], second: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The byte that separates the pairs of each record, and where they begin.

    second: records of version 2 in which data[begin:end] may name it.
    """
    parts = np.full(len(begin), TAB, np.uint8)
    start = begin.copy()
    at = np.flatnonzero(second)
    if not len(at):
        return parts, start
    named = text_array(piece.data, begin[at], end[at]).dictionary_encode()
    meant = [_byte(text) for text in named.dictionary.to_pylist()]
    index = np.asarray(named.indices.to_numpy(zero_copy_only=False))
    byte = np.array([-1 if one is None else one for one in meant], np.int16)[index]
    known = byte >= 0
    parts[at[known]] = byte[known].astype(np.uint8)
    start[at[known]] = end[at[known]] + 1
    return parts, start


def _byte(text: str) -> int | None:
    """The separator that a text names; None if it names none."""
    if not text:
        return TAB
    found = _NUMBER.fullmatch(text)
    if found is not None:
        return int(found[1], 16)
    return ord(text) if len(text) == 1 and text.isascii() else None


def _pairs(piece: Piece, part: int, rows: NDArray[np.int64], names: Names) -> Places:
    """The pairs of records with one separator."""
    marks = find_marks(piece, bytes({part, ord("=")}))
    sign = marks.kind == ord("=")
    first = np.ones(len(marks.at), bool)
    first[1:] = marks.owner[1:] != marks.owner[:-1]
    alone = sign.copy()
    alone[1:] &= ~sign[:-1] | first[1:]
    chosen = np.flatnonzero(alone)
    key_from = marks.at[chosen - 1] + 1
    key_from[first[chosen]] = piece.starts[marks.owner[chosen[first[chosen]]]]
    codes, _ = names.of(piece.data, key_from, marks.at[chosen], _key)
    chosen, codes = chosen[codes >= 0], codes[codes >= 0]
    ends = np.append(marks.at[~sign], np.iinfo(np.int64).max)
    ends = ends[ends.searchsorted(marks.at[chosen])]
    ends = np.minimum(ends, piece.ends[marks.owner[chosen]])
    owner = rows[marks.owner[chosen]].astype(np.int32)
    return Places(owner, codes, marks.at[chosen] + 1, ends)


def _key(text: str) -> str | None:
    found = KEY.fullmatch(text)
    return found[1].rstrip() if found else None
