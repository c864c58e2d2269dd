"""Where the bytes lie that part a record: found for many records at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    from connectors.logs.values import Segment

BACKSLASH: Final = ord("\\")
BLANKS: Final = b"\t\n\v\f\r "
STEP: Final = 1 << 20  # bytes looked at in one go: what is found then fits the processor's cache


@dataclass(slots=True)
class Piece:
    """Some records of a segment, one after the other: record i is data[starts[i]:ends[i]].

    text: the bytes from data[base] on. row: which record of the segment is the first.
    """

    data: bytes
    text: NDArray[np.uint8]
    base: int
    row: int
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


@dataclass(slots=True)
class Marks:
    """at: places of marks in records, rising; kind: the byte there; owner: record of the piece.

    first: per record the index of its first mark, and behind the last record the number of marks.
    """

    at: NDArray[np.int64]
    kind: NDArray[np.uint8]
    owner: NDArray[np.int32]
    first: NDArray[np.int64]

    def without(self, gone: NDArray[np.int64]) -> Marks:
        """The marks but for those at these indices."""
        keep = np.ones(len(self.at), bool)
        keep[gone] = False
        first = self.first - np.searchsorted(gone, self.first)
        return Marks(self.at[keep], self.kind[keep], self.owner[keep], first)


def pieces(segment: Segment) -> Iterator[Piece]:
    """The records of a segment, about STEP bytes at a time."""
    low, size = 0, len(segment)
    data = np.frombuffer(segment.data, np.uint8)
    while low < size:
        base = int(segment.starts[low])
        high = max(int(segment.starts.searchsorted(base + STEP)), low + 1)
        starts, ends = segment.starts[low:high], segment.ends[low:high]
        yield Piece(segment.data, data[base : int(ends[-1])], base, low, starts, ends)
        low = high


def find_bytes(data: bytes | pa.Buffer, bytes_: bytes) -> NDArray[np.int64]:
    """Where any of `bytes_` stands in a block."""
    text = np.frombuffer(data, np.uint8)
    parts = [np.empty(0, np.int64)]
    for low in range(0, len(text), STEP):
        piece = text[low : low + STEP]
        found = piece == bytes_[0]
        for byte in bytes_[1:]:
            found |= piece == byte
        at = np.flatnonzero(found)
        at += low
        parts.append(at)
    return np.concatenate(parts)


def find_marks(piece: Piece, bytes_: bytes) -> Marks:
    """Every one of `bytes_` in the records of a piece."""
    text = piece.text
    found = np.zeros(len(text), bool)
    if set(BLANKS) <= set(bytes_):
        found |= text == BLANKS[-1]
        found |= (text - np.uint8(9)) < 5
        bytes_ = bytes(byte for byte in bytes_ if byte not in BLANKS)
    for byte in bytes_:
        found |= text == byte
    at = np.flatnonzero(found)
    at += piece.base
    low, high = at.searchsorted(piece.starts), at.searchsorted(piece.ends)
    count = high - low
    if int(count.sum()) != len(at):  # line ends and what was taken off lie between records
        inside = np.zeros(len(at) + 1, np.int8)
        np.add.at(inside, low, 1)
        np.subtract.at(inside, high, 1)
        at = at[np.cumsum(inside[:-1], dtype=np.int8).astype(bool)]
    first = np.zeros(len(count) + 1, np.int64)
    np.cumsum(count, out=first[1:])
    owner = np.repeat(np.arange(len(count), dtype=np.int32), count)
    return Marks(at, text[at - piece.base], owner, first)


def escaped(piece: Piece, at: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of these places have an odd number of backslashes before them.

    starts: where the record of each place begins; a backslash before that is none of its own.
    """
    made = np.zeros(len(at), bool)
    if not len(at):
        return made
    text, base = piece.text, piece.base
    maybe = np.flatnonzero((at > starts) & (text[at - base - 1] == BACKSLASH))
    if not len(maybe):
        return made
    slashes = np.flatnonzero(text == BACKSLASH) + base
    # a run of backslashes begins where the one before it is not its neighbour
    begins = slashes[np.flatnonzero(np.diff(slashes, prepend=-2) != 1)]
    run = begins[begins.searchsorted(at[maybe] - 1, side="right") - 1]
    length = at[maybe] - np.maximum(run, starts[maybe])
    made[maybe[length % 2 == 1]] = True
    return made
