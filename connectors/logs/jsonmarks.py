"""Brackets and commas of JSON text that stand outside strings, and how deep they lie.

Nothing is parsed and nothing recurses: quotes that no backslash escapes tell what is a string, a
running sum over the brackets outside gives the depth. A piece may end anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(slots=True)
class Marks:
    """Brackets and commas outside strings, with the depth after each; quotes: those of strings."""

    at: NDArray[np.int64]
    char: NDArray[np.uint8]
    depth: NDArray[np.int64]
    quotes: NDArray[np.int64]

    @property
    def deepest(self) -> int:
        """The greatest depth."""
        return int(self.depth.max(initial=0))


@dataclass(slots=True)
class Scanner:
    """Finds marks in consecutive pieces of one JSON text."""

    in_string: bool = False
    escaped: bool = False  # the next byte follows an odd number of backslashes
    depth: int = 0

    def feed(self, piece: bytes) -> Marks:
        """The marks of the next piece, at positions within it."""
        data = np.frombuffer(piece, np.uint8)
        quotes = np.flatnonzero(data == ord('"'))
        escaped = self._escaped(data, b"\\" in piece)
        if len(escaped):
            quotes = quotes[~np.isin(quotes, escaped)]
        opens = (data == ord("{")) | (data == ord("["))
        closes = (data == ord("}")) | (data == ord("]"))
        at = np.flatnonzero(opens | closes | (data == ord(",")))
        at = at[(np.searchsorted(quotes, at) + self.in_string) % 2 == 0]
        step = opens[at].astype(np.int64) - closes[at]
        depth = np.cumsum(step) + self.depth
        if len(depth):
            self.depth = int(depth[-1])
        self.in_string = bool((len(quotes) + self.in_string) % 2)
        return Marks(at, data[at], depth, quotes)

    def _escaped(self, data: NDArray[np.uint8], any_backslash: bool) -> NDArray[np.int64]:
        """Positions of bytes after an odd run of backslashes; remembers a run at the end."""
        before, self.escaped = self.escaped, False
        if not any_backslash:
            return np.zeros(1, np.int64) if before else np.empty(0, np.int64)
        slashes = np.flatnonzero(data == ord("\\"))
        first = np.concatenate([[True], np.diff(slashes) != 1])
        starts = slashes[first]
        lengths = np.diff(np.append(np.flatnonzero(first), len(slashes)))
        if before and starts[0] == 0:
            lengths[0] -= 1
            starts[0] = 1
        odd: NDArray[np.int64] = starts[lengths % 2 == 1] + lengths[lengths % 2 == 1]
        self.escaped = bool(len(odd) and odd[-1] == len(data))
        if before and data[0] != ord("\\"):
            odd = np.concatenate([[0], odd])
        return odd
