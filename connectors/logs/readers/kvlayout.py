"""Layouts of pairs with quotes around values: there must be no other quotes in a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from connectors.logs.readers.layout import Key, Layout, Layouts, Signs, Values, within
from connectors.logs.readers.marks import BACKSLASH, Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from connectors.logs.readers.pairs import Names

QUOTE, COMMA, SEMICOLON = b'",;'
PARTING: Final = b",;|[>"  # what may stand before a key, besides what parts pairs


class KvLayouts(Layouts):
    """Layouts of pairs with quotes around values; `scan` reads a record from left to right."""

    def __init__(
        self,
        scan: Callable[[bytes], Iterator[tuple[str, int, int]]],
        names: Names,
        sign: int,
        breaks: bytes,
        *,
        slashes: bool,
    ) -> None:
        super().__init__()
        self._scan, self._names = scan, names
        self._sign, self._breaks, self._slashes = sign, breaks, slashes
        self._is_break = np.isin(np.arange(256), np.frombuffer(breaks, np.uint8))
        self._is_parting = self._is_break | np.isin(
            np.arange(256), np.frombuffer(PARTING, np.uint8)
        )
        self._quotes: NDArray[np.int64] = np.empty(0, np.int64)  # in each record of a piece

    @property
    def parting(self) -> bytes:
        """What parts pairs."""
        return self._breaks

    def signs(self, piece: Piece) -> Signs:
        """The signs of a piece, and how many quotes its records have."""
        at = np.flatnonzero(piece.text == self._sign) + piece.base
        quotes = np.flatnonzero(piece.text == QUOTE) + piece.base
        self._quotes = quotes.searchsorted(piece.ends) - quotes.searchsorted(piece.starts)
        fits = np.ones(len(piece.starts), bool)
        if self._slashes and len(quotes):
            after = quotes[
                (quotes > piece.base) & (piece.text[quotes - piece.base - 1] == BACKSLASH)
            ]
            fits[piece.starts.searchsorted(after, side="right") - 1] = False
        return within(at, piece.starts, piece.ends, fits)

    def learn(self, record: bytes, signs: list[int]) -> Layout | None:
        """The pairs that a reading from left to right finds."""
        numbers = {at: i for i, at in enumerate(signs)}
        keys: list[Key] = []
        quoted: list[bool] = []
        for name, start, stop in self._scan(record):
            in_quotes = record[start - 1 : start] == b'"'
            number = numbers.get(start - 1 - in_quotes)
            from_ = start - 1 - in_quotes - len(name)
            if stop < 0 or number is None or record[from_ : from_ + len(name)] != name.encode():
                return None
            before = record[max(from_ - 1, 0) : from_]
            if keys and before not in self._breaks:
                return None
            code = self._names.code(name)
            keys.append(Key(number, before + name.encode(), code, first=not before))
            quoted.append(in_quotes)
        return _with_content(keys, quoted, len(signs))

    def trim(self, piece: Piece, values: Values) -> NDArray[np.bool_]:
        """Take quotes off; there must be none but those around values."""
        text, last = piece.text, len(piece.text) - 1
        seen = np.zeros(len(values.rows), np.int64)
        ok = np.ones(len(values.rows), bool)
        for i, key in enumerate(values.layout.keys):
            starts, ends = values.starts[i], values.ends[i]
            if i + 1 == len(values.layout.keys):
                ends = ends - self._is_break[text[ends - piece.base - 1]]
            behind = text[ends - piece.base - 1]
            inside = text[np.minimum(starts - piece.base, last)] == QUOTE
            if inside.any():
                ok &= ~inside | ((behind == QUOTE) & (ends - starts > 1))
                trails = inside & (text[ends - piece.base - 2] == self._sign)
                if trails.any():  # quotes may stand around ` key=`: read from left to right
                    ok &= (
                        ~trails | ~self._is_parting[text[np.minimum(starts - piece.base + 1, last)]]
                    )
                seen += 2 * inside
            if i in values.layout.quoted:
                ok &= inside
            if key.code >= 0:
                # one that parts pairs ends the value before it (_Finder.cut)
                comma = ((behind == COMMA) | (behind == SEMICOLON)) & ~self._is_break[behind]
                comma &= (ends - starts > 1) & ~inside
                values.starts[i], values.ends[i] = starts + inside, ends - inside - comma
        ok &= seen == self._quotes[values.rows]
        return ok


def _with_content(keys: list[Key], quoted: list[bool], signs: int) -> Layout | None:
    """A layout of these keys; other signs lie in the value before them."""
    content: list[tuple[int, int]] = []
    sure: set[int] = set()
    pair = -1
    for sign in range(signs):
        if pair + 1 < len(keys) and keys[pair + 1].sign == sign:
            pair += 1
        elif pair < 0:
            return None
        elif quoted[pair]:
            sure.add(pair)
        else:
            content.append((keys[pair].sign, sign))
    return Layout(tuple(keys), tuple(content), frozenset(sure))
