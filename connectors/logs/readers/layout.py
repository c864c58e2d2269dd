"""Records whose pairs stand in one order, as most of one log do: keys are compared, not looked up.

One record shows the order. In all others with as many signs each key is compared where it would
stand, the same key of many records at once; what does not fit is read pair by pair, as before.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from connectors.logs.frame import text_array
from connectors.logs.readers.marks import Piece
from connectors.logs.readers.pairs import Places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from connectors.logs.readers.base import Bad

WIDTH: Final = 8  # bytes compared at once
LONGEST: Final = 56  # bytes of a key that is compared
FEW: Final = 16  # records for which no layout is tried; nor for fewer than they have signs
MOST_SIGNS: Final = 256
MOST: Final = 8  # layouts of records with as many signs
TRIES: Final = 4  # pieces after which layouts that hardly fit are given up


class Key(NamedTuple):
    """A key of a layout: its sign among those of the record, its text with the byte before it.

    code: the number of its field, -1 of none. first: nothing stands before the text.
    """

    sign: int
    word: bytes
    code: int
    first: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The keys of a record, in order.

    content: signs within values, by pairs of them and of the sign before which nothing parts.
    quoted: keys whose value must stand in quotes, since there are signs in it.
    """

    keys: tuple[Key, ...]
    content: tuple[tuple[int, int], ...] = ()
    quoted: frozenset[int] = frozenset()

    def clear(self) -> bool:
        """Whether no field that is read comes twice, and no key is too long."""
        codes = [key.code for key in self.keys if key.code >= 0]
        longest = max((len(key.word) for key in self.keys), default=0)
        return bool(self.keys) and len(set(codes)) == len(codes) and longest <= LONGEST


class Signs(NamedTuple):
    """Signs by their records: those of record i are at[first[i] : first[i + 1]].

    begin: where the pairs of each record begin. fits: records that may follow a layout.
    """

    at: NDArray[np.int64]
    first: NDArray[np.int64]
    begin: NDArray[np.int64]
    fits: NDArray[np.bool_]


def within(
    at: NDArray[np.int64],
    begin: NDArray[np.int64],
    ends: NDArray[np.int64],
    fits: NDArray[np.bool_],
) -> Signs:
    """The signs among those at `at` that lie between these places, which rise."""
    low, high = at.searchsorted(begin), at.searchsorted(ends)
    edges = np.append(low, high[-1])
    if (edges[1:] != high).any() or low[0] or high[-1] != len(at):
        inside = np.zeros(len(at) + 1, np.int8)
        np.add.at(inside, low, 1)
        np.subtract.at(inside, high, 1)
        at = at[np.cumsum(inside[:-1], dtype=np.int8).astype(bool)]
        edges = np.concatenate([[0], np.cumsum(high - low)])
    return Signs(at, edges, begin, fits)


class Values(NamedTuple):
    """Of the records `rows` where the value of each key of a layout begins and ends."""

    rows: NDArray[np.int64]
    layout: Layout
    starts: list[NDArray[np.int64]]
    ends: list[NDArray[np.int64]]


@dataclass(slots=True)
class Layouts(ABC):
    """The layouts of a segment so far, by how many signs a record has."""

    known: dict[int, list[Layout]] = field(default_factory=dict)
    tries: int = 0
    hits: int = 0

    @abstractmethod
    def learn(self, record: bytes, signs: list[int]) -> Layout | None:
        """The layout of a record, given where its signs stand; None if it can be none."""

    @abstractmethod
    def trim(self, piece: Piece, values: Values) -> NDArray[np.bool_]:
        """Move `values` to what they are, and tell which records hold them so."""

    @property
    def parting(self) -> bytes:
        """What parts pairs."""
        return b" "

    def worth_while(self) -> bool:
        """Whether enough records have followed a layout."""
        return self.tries < TRIES or self.hits * 2 > self.tries

    def read(self, piece: Piece, signs: Signs) -> tuple[list[Places], NDArray[np.int64]]:
        """The pairs of records that follow a layout, and the other records."""
        count = np.diff(signs.first)
        left = ~signs.fits
        found: list[Places] = []
        sizes, many = np.unique(count[signs.fits], return_counts=True)
        for size, rows in zip(sizes.tolist(), many.tolist(), strict=True):
            those = np.flatnonzero((count == size) & signs.fits)
            if rows < max(FEW, size) or not 0 < size <= MOST_SIGNS:
                left[those] = True
                continue
            for one in self._follow(piece, signs, those, size, left):
                found += _places(piece, one)
        others = np.flatnonzero(left)
        self.tries += 1
        self.hits += len(others) * 2 < len(left)
        return found, others

    def _follow(
        self,
        piece: Piece,
        signs: Signs,
        rows: NDArray[np.int64],
        size: int,
        left: NDArray[np.bool_],
    ) -> Iterable[Values]:
        """Values by layout of records with `size` signs; the others are set in `left`."""
        layouts = self.known.setdefault(size, [])
        turn = 0
        near = signs.at[signs.first[rows]] < LONGEST  # there are no bytes to be compared
        left[rows[near]], rows = True, rows[~near]
        while len(rows) >= max(FEW, size) and turn < MOST:
            if turn == len(layouts):
                row = int(rows[0])
                begin = int(signs.begin[row])
                own = signs.at[signs.first[row] : signs.first[row + 1]] - begin
                one = self.learn(piece.data[begin : int(piece.ends[row])], own.tolist())
                if one is None or not one.clear():
                    break
                layouts.append(one)
            at = signs.at[(signs.first[rows] + np.arange(size)[:, None])]
            ok, values = _bounds(piece, layouts[turn], at, rows, signs.begin)
            ok &= self._content(piece, layouts[turn], at, ok)
            if ok.any():
                ok &= self.trim(piece, values)
                yield _kept(values, ok)
            rows = rows[~ok]
            turn += 1
        left[rows] = True

    def _content(
        self, piece: Piece, layout: Layout, at: NDArray[np.int64], ok: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """In which records nothing parts the signs in values from those before them."""
        fits = ok.copy()
        for before, sign in layout.content:
            data = text_array(piece.data, at[before] + 1, at[sign])
            _, places, buffer = data.buffers()
            if buffer is None:
                continue
            text = np.frombuffer(buffer, np.uint8)
            parted = np.flatnonzero(np.isin(text, np.frombuffer(self.parting, np.uint8)))
            spots = np.frombuffer(places, np.int32)[data.offset : data.offset + len(data) + 1]
            fits[spots.searchsorted(parted, side="right") - 1] = False
        return fits


def _bounds(
    piece: Piece,
    layout: Layout,
    at: NDArray[np.int64],
    rows: NDArray[np.int64],
    begin: NDArray[np.int64],
) -> tuple[NDArray[np.bool_], Values]:
    """Which records have these keys before these signs, and what stands between."""
    windows = np.ndarray((max(len(piece.data) - WIDTH + 1, 0),), "<u8", piece.data, strides=(1,))
    keys = layout.keys
    before = at[keys[0].sign] - len(keys[0].word)
    ok = (before == begin[rows]) if keys[0].first else (before >= begin[rows])
    for key in keys:
        place = at[key.sign]
        for end in range(len(key.word), 0, -WIDTH):
            part = key.word[max(end - WIDTH, 0) : end]
            place = place - WIDTH
            said = windows[place]
            if len(part) < WIDTH:
                said >>= np.uint64(8 * (WIDTH - len(part)))
            ok &= said == np.uint64(int.from_bytes(part, "little"))
    ends = [at[key.sign] - len(key.word) for key in keys[1:]]
    starts = [at[key.sign] + 1 for key in keys]
    return ok, Values(rows, layout, starts, [*ends, piece.ends[rows]])


def _kept(values: Values, ok: NDArray[np.bool_]) -> Values:
    """The values of these records, without those that nobody reads."""
    whole = bool(ok.all())
    wanted = [i for i, key in enumerate(values.layout.keys) if key.code >= 0]
    layout = Layout(tuple(values.layout.keys[i] for i in wanted))
    starts, ends = (
        [one[i] if whole else one[i][ok] for i in wanted] for one in (values.starts, values.ends)
    )
    return Values(values.rows if whole else values.rows[ok], layout, starts, ends)


def _places(piece: Piece, values: Values) -> list[Places]:
    owner = (values.rows + piece.row).astype(np.int32)
    return [
        Places(owner, np.full(len(owner), key.code, np.int16), starts, ends)
        for key, starts, ends in zip(values.layout.keys, values.starts, values.ends, strict=True)
    ]


def read_apart(
    piece: Piece, rows: NDArray[np.int64], find: Callable[[Piece], Places], bad: Sequence[Bad]
) -> Places:
    """What `find` finds in some records, which are put together for it; it may add to `bad`."""
    texts = text_array(piece.data, piece.starts[rows], piece.ends[rows])
    _, places, buffer = texts.buffers()
    spots = np.frombuffer(places, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    edges = spots.astype(np.int64)
    data = buffer.to_pybytes() if buffer is not None else b""
    text = np.frombuffer(data, np.uint8)
    said = len(bad)
    found = find(Piece(data, text, 0, 0, edges[:-1], edges[1:]))
    for one in bad[said:]:
        one.row = int(rows[one.row]) + piece.row
    moved = (piece.starts[rows] - edges[:-1])[found.owner]
    owner = (rows[found.owner] + piece.row).astype(np.int32)
    return Places(owner, found.codes, found.starts + moved, found.ends + moved)
