"""From pieces of text to blocks of whole lines, with exact offsets and line numbers.

No work per line: newlines are searched backwards from a block's end, and once per 1 MiB window
to find lines that are too long.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from connectors.files.ending import Ending
from connectors.files.limits import Limits

_WINDOW = 256 << 10  # newlines are counted in pieces that fit the processor's cache
_MANY = 64


@dataclass(frozen=True, slots=True)
class Oversize:
    """A line over the cap that was skipped: its number, its offset, its bytes with line end."""

    line: int
    offset: int
    length: int


@dataclass(slots=True)
class Block:
    """Whole lines, each ending in LF; only the very last line of a stream may lack it.

    offset: of data[0] in the decoded stream. first_line: its line number, from 1. oversize: the
    over-long lines between the block before and this one; a block may hold nothing else.
    """

    data: bytes
    offset: int
    first_line: int
    oversize: tuple[Oversize, ...]


def frame(
    pieces: Iterator[bytes], start: int, limits: Limits, ending: Ending, *, counted: bool = True
) -> Iterator[Block]:
    """Blocks of about `limits.block` bytes; `start`: offset of the first piece.

    counted: whether lines are counted; else their numbers tell only of over-long lines before.
    At a truncation the incomplete last line is held back and counted in `ending.cut`.
    Memory: one block, one piece and one line.
    """
    framer = Framer(start, limits, counted=counted)
    for piece in pieces:
        yield from framer.feed(piece)
    yield from framer.end(ending)


class Framer:
    """Cuts a stream of pieces into blocks."""

    def __init__(self, start: int, limits: Limits, *, counted: bool) -> None:
        self._counted = counted
        self._cap = limits.line
        self._block = limits.block
        self._offset = start  # of the first byte not handed out
        self._line = 1  # its line number
        self._ready: list[bytes | memoryview] = []  # whole lines
        self._ready_size = 0
        self._tail: list[bytes] = []  # the beginning of a line
        self._tail_size = 0
        self._long = 0  # bytes of an over-long line that were let go
        self._over: list[Oversize] = []

    def feed(self, piece: bytes) -> Iterator[Block]:
        """Takes one piece; gives the blocks it completes."""
        if self._long:
            end = piece.find(b"\n") + 1
            self._long += end or len(piece)
            if not end:
                return
            self._skip(self._long)
            self._long = 0
            piece = piece[end:]
        end = piece.rfind(b"\n") + 1
        if end:
            self._ready += self._tail
            self._ready.append(piece if end == len(piece) else memoryview(piece)[:end])
            self._ready_size += self._tail_size + end
            self._tail, self._tail_size = [], 0
            piece = piece[end:]
        if piece:
            self._tail.append(piece)
            self._tail_size += len(piece)
        if self._ready_size >= self._block:
            yield from self._flush()
        if self._tail_size > self._cap:
            yield from self._flush()
            self._long, self._tail, self._tail_size = self._tail_size, [], 0
        if len(self._over) >= _MANY:
            yield self._take(b"")

    def end(self, ending: Ending) -> Iterator[Block]:
        """What is left when there are no more pieces."""
        if ending.reason == "truncated":
            ending.cut = int(self._tail_size > 0 or self._long > 0)
        else:
            self._ready += self._tail
        yield from self._flush()
        if self._long and not ending.cut:
            self._skip(self._long)
        if self._over:
            yield self._take(b"")

    def _flush(self) -> Iterator[Block]:
        """The lines held, in blocks that end before an over-long line."""
        parts, self._ready, self._ready_size = self._ready, [], 0
        data = parts[0] if len(parts) == 1 and isinstance(parts[0], bytes) else b"".join(parts)
        begin = at = 0
        while len(data) - at > self._cap:
            fits = data.rfind(b"\n", at, at + self._cap + 1) + 1
            if fits:
                at = fits
                continue
            if begin < at:
                yield self._take(data[begin:at])
            begin = data.find(b"\n", at + self._cap) + 1
            self._skip(begin - at)
            at = begin
        if begin < len(data):
            yield self._take(data[begin:] if begin else data)

    def _skip(self, length: int) -> None:
        self._over.append(Oversize(self._line, self._offset, length))
        self._offset += length
        self._line += 1

    def _take(self, data: bytes) -> Block:
        block = Block(data, self._offset, self._line, tuple(self._over))
        self._over.clear()
        self._offset += len(data)
        self._line += lines_in(data) if self._counted else 0
        return block


def lines_in(data: bytes) -> int:
    """Number of LF bytes."""
    if len(data) < 4096:
        return data.count(b"\n")
    octets = np.frombuffer(data, np.uint8)
    return sum(
        int(np.count_nonzero(octets[at : at + _WINDOW] == 10))
        for at in range(0, len(data), _WINDOW)
    )
