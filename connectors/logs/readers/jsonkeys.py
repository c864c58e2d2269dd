"""Which keys may stand in a block of JSON text, told by its bytes before anything is parsed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from connectors.logs.readers.marks import find_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH: Final = 8  # bytes of a key's end that are compared at once
# an ASCII letter, digit or underscore, which nobody needs to write so
_SPELLED: Final = re.compile(rb"\\u00(?:3[0-9]|4[1-9A-Fa-f]|5[0-9AaFf]|6[1-9A-Fa-f]|7[0-9Aa])")
_BLANK: Final = np.isin(np.arange(256), [9, 10, 13, 32])
_STEP: Final = re.compile(r'\.(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_][A-Za-z0-9_]*))$')
_LETTERS: Final = re.compile(r"[0-9A-Za-z_]+")
_PLAIN: Final = re.compile(r'[^"\\\x00-\x1f]+')  # what may stand in a key without an escape


def last_step(path: str) -> tuple[str, str] | None:
    """What leads to the last key of a JSON path, and that key; None if it ends in no key."""
    step = _STEP.search(path)
    if step is None or "*" in path:
        return None
    return path[: step.start()], step[2] or re.sub(r"\\(.)", r"\1", step[1] or "")


def _windows(data: bytes) -> NDArray[np.uint64]:
    """Every WIDTH bytes of a block as one number, the last byte first."""
    return np.ndarray((max(len(data) - WIDTH + 1, 0),), "<u8", data, strides=(1,))


class KeyEnds:
    """Where keys end in a block: at a quote before a colon."""

    def __init__(self, data: bytes) -> None:
        text = np.frombuffer(data, np.uint8)
        colons = find_bytes(data, b":")
        before = text[colons - 1]
        at = colons[before == ord('"')] - 1
        self._slashes = b"\\" in data
        spelled = _SPELLED.finditer(data) if self._slashes else ()
        odd = np.array([found.start() for found in spelled], np.int64)
        if (blank := (before == ord(" ")) | (before == 9) | (before == 10) | (before == 13)).any():
            spaced = colons[blank] - 2
            at = np.union1d(at, spaced[text[spaced] == ord('"')])
            further = spaced[_BLANK[text[spaced]]]
            odd = np.concatenate([odd, further[further >= 0]])
        self._at = at[at >= 0]
        self.odd = odd  # where a key may be that is not found by its bytes
        self._counts: dict[str, int] = {}
        self._shifted: dict[int, NDArray[np.uint64]] = {}
        early = int(self._at.searchsorted(WIDTH))
        self._last = np.concatenate([
            _windows(b"\0" * WIDTH + data[:WIDTH])[self._at[:early]],
            _windows(data)[self._at[early:] - WIDTH],
        ])  # fmt: skip

    def may_lead(self, path: str) -> bool:
        """Whether some record may hold something at this path: False only if none does."""
        step = last_step(path)
        if step is None or len(self.odd):
            return True
        name = step[1]
        if not (_LETTERS if self._slashes else _PLAIN).fullmatch(name):
            return True
        return self.count({name}) > 0

    def count(self, names: set[str]) -> int:
        """How often one of the names may end a key."""
        for name in names - self._counts.keys():
            self._counts[name] = int(np.count_nonzero(self._like(name)))
        return sum(self._counts[name] for name in names)

    def beyond(self, names: set[str], few: int) -> NDArray[np.int64]:
        """Where one of the names may end, in order; nowhere if that is no more often than `few`."""
        return self.places(names) if self.count(names) > few else np.empty(0, np.int64)

    def places(self, names: set[str]) -> NDArray[np.int64]:
        """Where one of the names may end, in order."""
        found = np.zeros(len(self._at), bool)
        for name in names:
            found |= self._like(name)
        return np.asarray(self._at[found])

    def _like(self, name: str) -> NDArray[np.bool_]:
        spelled = b'"' + name.encode()
        size = min(len(spelled), WIDTH)
        shift = 8 * (WIDTH - size)
        if shift not in self._shifted:
            self._shifted[shift] = self._last >> np.uint64(shift)
        code = int.from_bytes(spelled[-size:], "little")
        return np.asarray(self._shifted[shift] == np.uint64(code))
