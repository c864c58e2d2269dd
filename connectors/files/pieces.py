"""Small tools over a stream of byte pieces: look ahead, or read exact amounts."""

from collections.abc import Callable, Iterator

PIECE = 1 << 20


class Peekable:
    """An iterator of non-empty pieces whose beginning can be looked at first."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._rest = pieces
        self._held: list[bytes] = []

    def peek(self, size: int) -> bytes:
        """The first bytes not yet handed out: `size` of them, fewer only if there are no more."""
        have = sum(map(len, self._held))
        while have < size:
            piece = next(self._rest, None)
            if piece is None:
                break
            if piece:
                self._held.append(piece)
                have += len(piece)
        return b"".join(self._held)[:size]

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._held:
            return self._held.pop(0)
        for piece in self._rest:
            if piece:
                return piece
        raise StopIteration


def hashed(pieces: Iterator[bytes], update: Callable[[bytes], object]) -> Iterator[bytes]:
    """The pieces, each told to `update` as it passes."""
    for piece in pieces:
        update(piece)
        yield piece


class Feed:
    """Reads exact amounts from a stream of pieces; holds at most one piece."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._rest = pieces
        self._piece = b""
        self._at = 0

    def some(self, most: int) -> bytes:
        """Between 1 and `most` bytes; empty at the end."""
        while self._at >= len(self._piece):
            piece = next(self._rest, None)
            if piece is None:
                return b""
            self._piece, self._at = piece, 0
        got = self._piece[self._at : self._at + most]
        self._at += len(got)
        return got

    def take(self, size: int) -> bytes:
        """`size` bytes, fewer only at the end; the caller bounds `size`."""
        parts = []
        while size > 0 and (got := self.some(size)):
            parts.append(got)
            size -= len(got)
        return b"".join(parts)

    def pieces(self, size: int) -> Iterator[bytes]:
        """The next `size` bytes in pieces of at most 1 MiB, fewer only at the end."""
        while size > 0 and (got := self.some(min(size, PIECE))):
            yield got
            size -= len(got)
