r"""key=value pairs, values in quotes where they hold blanks: key="a \"quoted\" value".

A quoted value is taken as a whole, so a pair inside it is content, and so is one inside a value
without quotes; of equal keys, in whatever spelling, the first wins, and it is said that there was
another; two values for what decides (base.DECIDING) give the record up.

Who writes a name of a browser or a user may write quotes and backslashes into it. A record whose
quotes are out of place is therefore given up, if a key that is read could stand behind them.

Blanks, quotes and equals signs are found for many records at once. Where a quote stands inside a
value, or one never closes, the record is read once more, from left to right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.logs.readers.base import Bad, Source
from connectors.logs.readers.kvlayout import PARTING, QUOTE, KvLayouts
from connectors.logs.readers.layout import read_apart
from connectors.logs.readers.marks import (
    BLANKS,
    Marks,
    Piece,
    escaped,
    find_bytes,
    find_marks,
    pieces,
)
from connectors.logs.readers.pairs import Names, PairTable, Places
from connectors.logs.remarks import cut_short, misquoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from connectors.logs.model import Format
    from connectors.logs.values import Segment

# what stands between a break and an equals sign: the key is its end, behind a separator if any
KEY: Final = re.compile(r"(?:^|.*[\s,;|\[>])([A-Za-z_][0-9A-Za-z_.-]*)", re.DOTALL)
NEVER_CLOSED: Final = "quote never closed"
IN_THE_MIDDLE: Final = "quote closes in the middle of a value"
OPEN, MIDDLE = -1, -2  # ends of values that have none
BEHIND: Final = b",;|]>)"  # what may follow a closing quote, besides what parts pairs
_CLOSING: Final = re.compile(rb'(?:[^"\\]|\\.)*"', re.DOTALL)
_NAME: Final = rb"[A-Za-z_][0-9A-Za-z_.-]*"


@dataclass(slots=True)
class _Misquoted(Bad):
    """A record with a quote out of place; costs: whether that makes it a reject."""

    costs: bool = True


@dataclass(frozen=True, slots=True)
class KvReader:
    """Reads pairs; fields are found among the keys there are, in any case."""

    fmt: Format
    wanted: tuple[str, ...]

    def __call__(self, segment: Segment) -> Source:
        """The wanted fields of every record. A record without pairs has none."""
        names = Names(self.wanted)
        slashes = b"\\" in segment.data
        rule = self.fmt.reader
        finder = _Finder(names, rule.pair.encode(), rule.parts.encode(), slashes=slashes)
        pairs = Places.joined(map(finder.read, pieces(segment)))
        data = np.frombuffer(segment.data, np.uint8)
        bad = [one for one in finder.bad if one.costs]
        segment.notices += [  # what nothing is made of costs no record
            (cut_short if one.reason == NEVER_CLOSED else misquoted)(
                one.field or "", int(segment.line_no[one.row])
            )
            for one in finder.bad
            if not one.costs
        ]

        def plain(values: pa.Array, starts: NDArray[np.int64]) -> pa.Array:
            values = finder.cut(values, data, starts)
            return _unescaped(values, data[starts - 1] == QUOTE) if slashes else values

        return PairTable(self.fmt, segment, names, pairs, plain, [*bad]).source()


class _Finder:
    """Finds the pairs of a piece.

    sign: the byte between key and value; parts: one that parts pairs as blanks do, if any; slashes:
    there are any.
    """

    def __init__(self, names: Names, sign: bytes, parts: bytes = b"", *, slashes: bool) -> None:
        self._slashes = slashes
        self.bad: list[_Misquoted] = []
        self._names = names
        self._sign = sign[0]
        self._breaks = BLANKS + parts
        self._break = re.compile(rb"[%b]" % re.escape(self._breaks))
        self._stop = re.compile(rb'[%b"]' % re.escape(self._breaks))
        self._layouts = KvLayouts(self._scan, names, self._sign, self._breaks, slashes=slashes)
        begins, one = rb"(?:(?<=[\s,;|\[>])|^)", re.escape(sign)
        self._behind = np.isin(np.arange(256), np.frombuffer(self._breaks + BEHIND, np.uint8))
        parting = b"[%b]" % re.escape(self._breaks + PARTING)
        self._parting = re.compile(parting)
        self._after_escape = re.compile(rb'\\"' + parting)
        self._ends_in_key = re.compile(parting + _NAME + one + b"{1,2}\\Z")
        self._any_key = re.compile(b"(?:(?:" + parting + b'|")|^)(' + _NAME + b")" + one)
        # Check Point doubles the sign before some quoted values: methods::"ESP: AES-128"
        self._token = re.compile(
            begins + b"(" + _NAME + b")" + one + b"(?:" + one + b'(?="))?|"|' + one
        )

    def read(self, piece: Piece) -> Places:
        """All pairs of wanted fields."""
        if not self._layouts.worth_while():
            return self.find(piece)
        found, others = self._layouts.read(piece, self._layouts.signs(piece))
        if len(others) == len(piece.starts):
            return self.find(piece)
        if len(others):
            found.append(read_apart(piece, others, self.find, self.bad))
        return Places.joined(found)

    def cut(self, values: pa.Array, data: NDArray[np.uint8], starts: NDArray[np.int64]) -> pa.Array:
        """Values that begin at `starts`, those without quotes up to what parts pairs."""
        _, _, buffer = values.buffers()
        if buffer is None or not len(find_bytes(buffer, self._breaks)):
            return values
        breaks = f"[{re.escape(self._breaks.decode())}]"
        mask = pc.match_substring_regex(values, breaks)
        mask = pc.and_(mask, pa.array(data[starts - 1] != QUOTE))
        if not pc.any(mask).as_py():
            return values
        short = pc.replace_substring_regex(values.filter(mask), f"(?s){breaks}.*", "")
        short = pc.replace_substring_regex(short, "^(.+)[,;]$", r"\1")
        return pc.replace_with_mask(values, mask, short)

    def find(self, piece: Piece) -> Places:
        """All pairs of wanted fields, found by all that parts them."""
        marks = find_marks(piece, self._breaks + bytes([self._sign, QUOTE]))
        if self._slashes:
            marks = _without_content(piece, marks)
        kind, at, owner = marks.kind, marks.at, marks.owner
        sign, quote = kind == self._sign, kind == QUOTE
        begins = np.ones(len(at), bool)  # the first mark of its record
        begins[1:] = owner[1:] != owner[:-1]
        alone = sign.copy()  # no other sign stands between it and the blank or quote before
        alone[1:] &= ~sign[:-1] | begins[1:]
        odd: NDArray[np.int64] = np.empty(0, np.int64)
        if quote.any():
            odd = self._quotes(piece, marks, quote, sign, alone)
        chosen = np.flatnonzero(alone)
        key_from = at[chosen - 1] + (kind[chosen - 1] != QUOTE)  # no key follows a quote at once
        first = begins[chosen]
        key_from[first] = piece.starts[owner[chosen[first]]]
        codes, _ = self._names.of(piece.data, key_from, at[chosen], _key)
        wanted = codes >= 0
        chosen, codes = chosen[wanted], codes[wanted]
        starts, ends = self._values(piece, marks, chosen)
        found = Places(owner[chosen] + np.int32(piece.row), codes, starts, ends)
        return self._with_odd(piece, odd, found) if len(odd) else found

    def _quotes(
        self,
        piece: Piece,
        marks: Marks,
        quote: NDArray[np.bool_],
        sign: NDArray[np.bool_],
        alone: NDArray[np.bool_],
    ) -> NDArray[np.int64]:
        """Take out of `alone` what is inside quotes, and all of records with quotes out of place.

        Gives those records: a quote never closes there, or stands within a value.
        """
        count = np.cumsum(quote, dtype=np.int32)
        at_edge = np.concatenate([[0], count])[marks.first]
        uneven = np.diff(at_edge) % 2 == 1
        before = count - quote
        if uneven.any():
            before -= at_edge[:-1].astype(np.int32)[marks.owner]
        inside = (before & 1).astype(bool)
        alone &= ~inside
        opening = np.flatnonzero(quote & ~inside)
        previous = np.maximum(opening - 1, 0)
        in_run = sign[previous] & (marks.owner[previous] == marks.owner[opening])
        fits = alone[previous] & (marks.at[previous] + 1 == marks.at[opening])
        uneven[marks.owner[opening[in_run & ~fits]]] = True
        self._check_closing(piece, marks, np.flatnonzero(quote), inside, uneven)
        if uneven.any():
            alone &= ~uneven[marks.owner]
        return np.flatnonzero(uneven)

    def _check_closing(
        self,
        piece: Piece,
        marks: Marks,
        quotes: NDArray[np.int64],
        inside: NDArray[np.bool_],
        uneven: NDArray[np.bool_],
    ) -> None:
        """Set the records in `uneven` where something follows a closing quote, or was swallowed."""
        ends = np.flatnonzero(inside[quotes])
        closing = quotes[ends]
        place, owner = marks.at[closing] - piece.base, marks.owner[closing]
        last = place + 1 >= piece.ends[owner] - piece.base
        behind = piece.text[np.minimum(place + 1, len(piece.text) - 1)]
        uneven[owner[~last & ~self._behind[behind]]] = True
        for i in np.flatnonzero(piece.text[place - 1] == self._sign).tolist():
            start = int(marks.at[quotes[ends[i] - 1]]) + 1
            if self._swallows(piece.data[start : int(marks.at[closing[i]])]):
                uneven[owner[i]] = True

    def _swallows(self, content: bytes) -> bool:
        """Whether quotes stand around what parts two values: ` key=`, from one to the next."""
        if self._ends_in_key.search(content) is None:
            return False
        starts = self._parting.match(content) or self._after_escape.search(content)
        return starts is not None

    def _reads_behind(self, rest: bytes) -> bool:
        """Whether a key that is read could stand in a text."""
        keys = self._any_key.finditer(rest)
        return any(self._names.number(found[1].decode()) is not None for found in keys)

    def _values(
        self, piece: Piece, marks: Marks, chosen: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the values of these signs begin and end, without quotes around them."""
        kind = np.append(marks.kind, np.uint8(0))
        at = np.append(marks.at, len(piece.data))
        starts = at[chosen] + 1
        follows = chosen + 1
        quoted = (kind[follows] == QUOTE) & (at[follows] == starts)
        more = np.flatnonzero(~quoted & (kind[follows] == self._sign))
        while len(more):  # a sign within the value
            follows[more] += 1
            more = more[kind[follows[more]] == self._sign]
        ends = np.minimum(at[follows], piece.ends[marks.owner[chosen]])
        last = piece.text[np.maximum(ends - 1 - piece.base, 0)]
        ends -= (ends - starts > 1) & ((last == ord(",")) | (last == ord(";")))
        if quoted.any():
            quotes = np.flatnonzero(kind == QUOTE)
            opening = follows[quoted]
            ends[quoted] = at[quotes[quotes.searchsorted(opening) + 1]]
            starts[quoted] += 1
        return starts, ends

    def _with_odd(self, piece: Piece, rows: NDArray[np.int64], found: Places) -> Places:
        """The pairs, and those of records that are read from left to right."""
        owner: list[int] = []
        codes: list[int] = []
        places: list[tuple[int, int]] = []
        for row in rows.tolist():
            begin, end = int(piece.starts[row]), int(piece.ends[row])
            for name, start, stop in self._scan(piece.data[begin:end]):
                if stop < 0:
                    rest = piece.data[begin + start : end]
                    reason = NEVER_CLOSED if stop == OPEN else IN_THE_MIDDLE
                    known = self._names.code(name) >= 0 or self._reads_behind(rest)
                    value = rest.split(None, 1)[0].decode()
                    self.bad.append(_Misquoted(row + piece.row, name, reason, value, known))
                    break
                if (code := self._names.code(name)) >= 0:
                    owner.append(row + piece.row)
                    codes.append(code)
                    places.append((begin + start, begin + stop))
        more = np.array(places, np.int64).reshape(-1, 2)
        read = Places(np.array(owner, np.int32), np.array(codes, np.int16), more[:, 0], more[:, 1])
        return Places.joined([found, read])

    def _scan(self, record: bytes) -> Iterator[tuple[str, int, int]]:
        """Key, start and end of each value; OPEN or MIDDLE where quotes are out of place.

        Such quotes outside of values are laid to the last value in quotes.
        """
        at, closes = 0, True
        last: tuple[str, int] | None = None
        while (found := self._token.search(record, at)) is not None:
            at = start = found.end()
            name = found[1]
            if name is None and found[0] != b'"':  # what follows a sign without a key is content
                halt = self._stop.search(record, at)
                at = halt.start() if halt else len(record)
                continue
            quoted = name is None or record[at : at + 1] == b'"'
            if not quoted:
                blank = self._break.search(record, at)
                at = stop = blank.start() if blank else len(record)
                stop -= stop - start > 1 and record[stop - 1] in b",;"
                yield name.decode(), start, stop
                continue
            begin = start + (name is not None)
            closing = _CLOSING.match(record, begin) if closes else None
            if name is not None:
                last = name.decode(), start
            if closing is None:
                closes = False
                if last is not None:
                    yield *last, OPEN
                    return
                continue
            at = closing.end()
            follows = record[at : at + 1]
            if (name is not None and follows and not self._behind[follows[0]]) or self._swallows(
                record[begin : at - 1]
            ):
                yield *(last or ("", start - 1)), MIDDLE
                return
            if name is not None:
                yield name.decode(), begin, at - 1


def _without_content(piece: Piece, marks: Marks) -> Marks:
    """The marks without quotes that a backslash makes content."""
    quotes = np.flatnonzero(marks.kind == QUOTE)
    made = escaped(piece, marks.at[quotes], piece.starts[marks.owner[quotes]])
    return marks.without(quotes[made]) if made.any() else marks


def _key(text: str) -> str | None:
    """The key at the end of a text, if it is one."""
    found = KEY.fullmatch(text)
    return found[1] if found else None


def _unescaped(values: pa.Array, quoted: NDArray[np.bool_]) -> pa.Array:
    """Values with the escapes undone of those that stand in quotes."""
    mask = pc.and_(pc.match_substring(values, "\\"), pa.array(quoted))
    if not pc.any(mask).as_py():
        return values
    inner = pc.replace_substring_regex(values.filter(mask), r"(?s)\\(.)", r"\1")
    return pc.replace_with_mask(values, mask, inner)
