"""Layouts of CEF: a value goes on to the blanks before the next key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from connectors.logs.readers.layout import Key, Layout, Layouts, Signs, Values, within
from connectors.logs.readers.marks import BACKSLASH, Piece

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from connectors.logs.readers.pairs import Names

SIGN, SPACE = b"= "
KEY: Final = re.compile(r"[A-Za-z0-9_][0-9A-Za-z_.\[\]-]*")
BLANKS_OFF: Final = 8  # behind a value of a record that follows a layout


class CefLayouts(Layouts):
    """Layouts of pairs whose values go on to the blank before the next key."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self._names = names

    def learn(self, record: bytes, signs: list[int]) -> Layout | None:
        """The keys are what stands before signs; others follow a sign and no blank."""
        keys: list[Key] = []
        content: list[tuple[int, int]] = []
        for i, sign in enumerate(signs):
            blank = record.rfind(b" ", 0, sign)
            text = record[blank + 1 : sign]
            if i and signs[i - 1] > blank:
                content.append((i - 1, i))
            elif (key := key_in(text.decode("utf-8", "replace"))) is None:
                return None
            else:
                first = blank < 0
                keys.append(Key(i, text if first else b" " + text, self._names.code(key), first))
        return Layout(tuple(keys), tuple(content))

    def trim(self, piece: Piece, values: Values) -> NDArray[np.bool_]:
        """Take blanks off the ends."""
        ok = np.ones(len(values.rows), bool)
        for i, key in enumerate(values.layout.keys):
            if key.code < 0:
                continue
            starts, ends = values.starts[i], values.ends[i]
            blank = _ends_blank(piece, starts, ends)
            for _ in range(BLANKS_OFF):
                if not blank.any():
                    break
                ends = ends - blank
                blank = _ends_blank(piece, starts, ends)
            values.ends[i] = ends
            ok &= ~blank
        return ok


def _ends_blank(
    piece: Piece, starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.bool_]:
    return np.asarray((piece.text[ends - piece.base - 1] == SPACE) & (ends > starts))


def signs_behind(piece: Piece, begin: NDArray[np.int64], *, slashes: bool) -> Signs:
    """The signs behind these places, but for those that a backslash makes content."""
    at = np.flatnonzero(piece.text == SIGN) + piece.base
    fits = begin >= 0
    if slashes and len(at):
        text = piece.text
        content = text[np.maximum(at - piece.base - 1, 0)] == BACKSLASH
        doubled = at[content & (text[np.maximum(at - piece.base - 2, 0)] == BACKSLASH)]
        fits[piece.starts.searchsorted(doubled, side="right") - 1] = False
        at = at[~content]
    return within(at, np.where(fits, begin, piece.starts), piece.ends, fits)


def key_in(text: str) -> str | None:
    """The key that a text is, if it is one."""
    return text if KEY.fullmatch(text) else None
