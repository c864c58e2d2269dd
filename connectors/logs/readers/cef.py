r"""ArcSight's Common Event Format: a header between bars, then pairs that may hold blanks.

    CEF:0|Vendor|Product|1.2|100|Name|5|src=10.0.0.1 request=http://a/?b\=c cs1=x cs1Label=Policy

A value goes on to the blank before the next key. `\=`, `\|`, `\\`, `\n` and `\r` are escapes. Keys
may be spelled in their long form (sourceAddress is src), and a custom field also goes by the name
that its label gives (Policy). Fields of the header are cef_vendor, cef_product, cef_version,
cef_class, cef_name and cef_severity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from connectors.logs.readers.base import Bad, Source
from connectors.logs.readers.cefescapes import as_it_is, unescaped
from connectors.logs.readers.ceflayout import SIGN, SPACE, CefLayouts, key_in, signs_behind
from connectors.logs.readers.layout import read_apart
from connectors.logs.readers.marks import (
    Marks,
    Piece,
    escaped,
    find_marks,
    pieces,
)
from connectors.logs.readers.pairs import Names, PairTable, Places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from connectors.logs.model import Format
    from connectors.logs.values import Segment

HEADER: Final = (
    "cef_vendor",
    "cef_product",
    "cef_version",
    "cef_class",
    "cef_name",
    "cef_severity",
)
BARS: Final = 7
BAR: Final = ord("|")
# ArcSight's guide gives each key a short and a long name; some products write the long one
LONG: Final = {
    "src": "sourceaddress", "spt": "sourceport", "shost": "sourcehostname",
    "suser": "sourceusername", "suid": "sourceuserid", "sntdom": "sourcentdomain",
    "smac": "sourcemacaddress",
    "dst": "destinationaddress", "dpt": "destinationport", "dhost": "destinationhostname",
    "duser": "destinationusername", "duid": "destinationuserid", "dvc": "deviceaddress",
    "dvchost": "devicehostname", "proto": "transportprotocol", "app": "applicationprotocol",
    "act": "deviceaction", "in": "bytesin", "out": "bytesout", "rt": "devicereceipttime",
    "start": "starttime", "end": "endtime", "request": "requesturl", "msg": "message",
    "cat": "deviceeventcategory", "cnt": "baseeventcount", "outcome": "eventoutcome",
}  # fmt: skip
_STEMS: Final = (
    *(f"cs{i}" for i in range(1, 7)), *(f"cn{i}" for i in range(1, 4)),
    *(f"cfp{i}" for i in range(1, 5)), *(f"c6a{i}" for i in range(1, 5)),
    *(f"deviceCustomDate{i}" for i in (1, 2)), *(f"flexString{i}" for i in (1, 2)),
    *(f"flexNumber{i}" for i in (1, 2)), "flexDate1",
)  # fmt: skip
_CUSTOM: Final = {"cs": "string", "cn": "number", "cfp": "floatingpoint", "c6a": "ipv6address"}


@dataclass(frozen=True, slots=True)
class CefReader:
    """Reads CEF records, whatever stands before `CEF:`."""

    fmt: Format
    wanted: tuple[str, ...]

    def __call__(self, segment: Segment) -> Source:
        """The wanted fields of every record that has a CEF header."""
        names = _names(self.wanted)
        finder = _Finder(names, slashes=b"\\" in segment.data)
        pairs = Places.joined(map(finder.read, pieces(segment)))
        plain = unescaped if finder.slashes else as_it_is
        table = PairTable(self.fmt, segment, names, pairs, plain, finder.bad)
        for stem in _STEMS:
            _labelled(table, stem)
        return table.source()


def _names(wanted: tuple[str, ...]) -> Names:
    custom = tuple(name for stem in _STEMS for name in (stem, f"{stem}Label"))
    long = {other: short for short, other in LONG.items()}
    for stem in _STEMS:
        kind, number = stem[:-1], stem[-1]
        if kind in _CUSTOM:
            for end in ("", "Label"):
                long[f"deviceCustom{_CUSTOM[kind]}{number}{end}"] = stem + end
    return Names(wanted, custom, long)


class _Finder:
    def __init__(self, names: Names, *, slashes: bool) -> None:
        self.bad: list[Bad] = []
        self.slashes = slashes
        self._names = names
        self._layouts = CefLayouts(names)

    def read(self, piece: Piece) -> Places:
        """All pairs of wanted fields, those of the header included."""
        if not self._layouts.worth_while():
            return self.find(piece)
        marks = find_marks(piece, b"|")
        if self.slashes:
            marks = _without_content(piece, marks)
        bars, counts = _bars(piece, marks)
        signs = signs_behind(
            piece, np.where(counts < BARS, -1, bars[:, -1] + 1), slashes=self.slashes
        )
        found, others = self._layouts.read(piece, signs)
        if len(others) == len(piece.starts):
            return self.find(piece)
        followed = np.delete(np.arange(len(piece.starts)), others)
        header = header_places(self._names, HEADER, followed, bars[followed], piece.row)
        apart = [read_apart(piece, others, self.find, self.bad)] if len(others) else []
        return Places.joined([header, *found, *apart])

    def find(self, piece: Piece) -> Places:
        """The same, found by all that parts them."""
        marks = find_marks(piece, b"|= ")
        if self.slashes:
            marks = _without_content(piece, marks)
        header, extension = self._header(piece, marks)
        begin = extension[marks.owner]
        inside = (marks.kind != BAR) & (marks.at >= begin) & (begin >= 0)
        at, kind, owner = marks.at[inside], marks.kind[inside], marks.owner[inside]
        sign = kind == SIGN
        first = np.ones(len(at), bool)
        first[1:] = owner[1:] != owner[:-1]
        alone = sign.copy()
        alone[1:] &= ~sign[:-1] | first[1:]
        chosen = np.flatnonzero(alone)
        key_from = at[chosen - 1] + 1
        key_from[first[chosen]] = extension[owner[chosen[first[chosen]]]]
        codes, valid = self._names.of(piece.data, key_from, at[chosen], key_in)
        if not valid.all():
            chosen, codes = chosen[valid], codes[valid]
        ends = _value_ends(piece, at, kind, owner, chosen)
        wanted = codes >= 0
        chosen, codes, ends = chosen[wanted], codes[wanted], ends[wanted]
        row = owner[chosen] + np.int32(piece.row)
        return Places.joined([header, Places(row, codes, at[chosen] + 1, ends)])

    def _header(self, piece: Piece, marks: Marks) -> tuple[Places, NDArray[np.int64]]:
        """The wanted fields of headers, and where the pairs begin; -1 in records without one."""
        at, count = _bars(piece, marks)
        self._tell(piece, count)
        good = count >= BARS
        extension = np.where(good, at[:, -1] + 1, -1)
        rows = np.flatnonzero(good)
        return header_places(self._names, HEADER, rows, at[good], piece.row), extension

    def _tell(self, piece: Piece, count: NDArray[np.int64]) -> None:
        for row in np.flatnonzero(count < BARS).tolist():
            short = f"CEF header ends early: {count[row]} of {BARS} bars"
            reason = "no CEF header" if count[row] < 0 else short
            self.bad.append(Bad(row + piece.row, None, reason))


def _bars(piece: Piece, marks: Marks) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The bars of the header of each record, and how many there are, -1 where no header begins."""
    size = len(piece.starts)
    begin = where(piece, b"CEF:")
    bars = np.flatnonzero(marks.kind == BAR)
    owner = marks.owner[bars]
    bars = bars[marks.at[bars] > begin[owner]]
    count = np.bincount(marks.owner[bars], minlength=size)
    base = np.cumsum(count) - count
    count[begin < 0] = -1
    good = count >= BARS
    if not good.any():
        return np.zeros((size, BARS), np.int64), count
    return marks.at[bars][np.where(good, base, 0)[:, None] + np.arange(BARS)], count


def where(piece: Piece, word: bytes) -> NDArray[np.int64]:
    """Where a word first stands in each record, -1 where it does not."""
    text = piece.text
    at = np.flatnonzero(text[: max(len(text) - len(word) + 1, 0)] == word[0])
    for i, byte in enumerate(word[1:], 1):
        at = at[text[at + i] == byte]
    at = np.append(at + piece.base, np.iinfo(np.int64).max)
    found = at[at.searchsorted(piece.starts)]
    return np.where(found <= piece.ends - len(word), found, -1)


def header_places(
    names: Names,
    fields: tuple[str, ...],
    rows: NDArray[np.int64],
    bars: NDArray[np.int64],
    first_row: int,
) -> Places:
    """The wanted ones of the fields between bars, which are given for each of these rows."""
    parts = []
    owner = (rows + first_row).astype(np.int32)
    for i, name in enumerate(fields):
        code = names.number(name)
        if code is not None:
            names.spelled.setdefault(code, name)
            codes = np.full(len(rows), code, np.int16)
            parts.append(Places(owner, codes, bars[:, i] + 1, bars[:, i + 1]))
    return Places.joined(parts)


def _value_ends(
    piece: Piece,
    at: NDArray[np.int64],
    kind: NDArray[np.uint8],
    owner: NDArray[np.int32],
    chosen: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Where the values of these signs end: before the blanks in front of the next key."""
    size = len(at)
    index = np.arange(size)
    goes_on = np.zeros(size, bool)
    goes_on[1:] = (kind[1:] == SPACE) & (kind[:-1] == SPACE) & (at[1:] == at[:-1] + 1)
    run = np.maximum.accumulate(np.where(goes_on, 0, index)) if size else index
    ends = piece.ends[owner[chosen]].copy()
    if not len(chosen):
        return ends
    follows = np.append(chosen[1:], -1)
    within = (follows >= 0) & (owner[follows] == owner[chosen])
    ends[within] = at[run[follows[within] - 1]]
    last = np.flatnonzero(~within)  # the last value of its record
    final = np.searchsorted(owner, owner[chosen[last]], side="right") - 1
    blank = (kind[final] == SPACE) & (at[final] + 1 == ends[last])
    ends[last[blank]] = at[run[final[blank]]]
    return np.maximum(ends, at[chosen] + 1)


def _without_content(piece: Piece, marks: Marks) -> Marks:
    """The marks without bars and signs that a backslash makes content."""
    some = np.flatnonzero(marks.kind != SPACE)
    made = escaped(piece, marks.at[some], piece.starts[marks.owner[some]])
    return marks.without(some[made]) if made.any() else marks


def _labelled(table: PairTable, stem: str) -> None:
    """Give a custom field the name that its label has in the same record."""
    names, pairs = table.names, table.pairs
    labels, values = (table.places(_known(names, one)) for one in (f"{stem}Label", stem))
    if not len(labels) or not len(values):
        return
    # every value, and beside a key of that name, too: what differs must come to light
    owner = pairs.owner[values]
    low, high = (owner.searchsorted(pairs.owner[labels], side=side) for side in ("left", "right"))
    many = high - low
    nth = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many)
    labels, values = np.repeat(labels, many), values[np.repeat(low, many) + nth]
    if not len(labels):
        return
    found = table.texts(labels).dictionary_encode()
    index = np.asarray(found.indices.to_numpy(zero_copy_only=False))
    more = []
    for number, text in enumerate(found.dictionary.to_pylist()):
        field = names.number(text)
        if field is None or field >= len(names.wanted) or field == names.number(stem):
            continue
        more.append((field, values[index == number]))
        names.spelled.setdefault(field, text)
    table.add(more)


def _known(names: Names, name: str) -> int:
    """The number of a field that is read in any case."""
    number = names.number(name)
    if number is None:
        raise AssertionError(name)
    return number
