"""Where the lists of a JSON document begin and end, and those that nobody reads.

Each question is asked of all marks of a piece once and then answered by binary search, so a piece
of many small documents costs what one large document costs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from connectors.files.notice import Notice
from connectors.logs.values import Reject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from connectors.logs.jsonmarks import Marks

TOP: Final = 2  # depth inside a list that is a value of the outer object
DEEPEST: Final = 3  # lists deeper than this are fields of something
TAIL: Final = 256  # bytes kept before a piece, so that a key is found whole
MOST_NAMES: Final = 20
BLANKS: Final = b" \t\r\n"
MOST_STRAY: Final = 256  # bytes kept of text between documents

OPEN, CLOSE, COMMA, BRACE = b"[]{}"[0], b"]}", b","[0], b"{"[0]


def key_before(text: bytes) -> str:
    """The key whose value begins where `text` ends; empty if there is none to be seen."""
    text = text.rstrip(BLANKS)
    if not text.endswith(b":"):
        return ""
    text = text[:-1].rstrip(BLANKS)
    begin = text.rfind(b'"', 0, -1)
    if not text.endswith(b'"') or begin < 0:
        return ""
    return text[begin + 1 : -1].decode("utf-8", "backslashreplace")


class Turns:
    """Answers about the marks of one piece; a position is an index into them."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._closing = (marks.char == CLOSE[0]) | (marks.char == CLOSE[1])
        self._found: dict[str, NDArray[np.int64]] = {}

    def document(self, i: int) -> int | None:
        """The next bracket that begins a document."""
        m = self._marks
        return self._next(
            "document", i, lambda: (m.depth == 1) & ~self._closing & (m.char != COMMA)
        )

    def list_or_end(self, i: int) -> int | None:
        """The next list not deeper than DEEPEST, or the end of the document."""
        m = self._marks
        lists = (TOP, DEEPEST)
        return self._next(
            "list",
            i,
            lambda: (self._closing & (m.depth <= 0)) | ((m.char == OPEN) & np.isin(m.depth, lists)),
        )

    def list_end(self, i: int, level: int) -> int | None:
        """The end of the list whose elements lie at depth `level`."""
        return self._next(f"end{level}", i, lambda: self._closing & (self._marks.depth < level))

    def edges(self, i: int, level: int) -> Iterator[int]:
        """The commas between the elements at depth `level`, and the ends of whatever holds them."""
        m = self._marks
        all_of_them = self._all(
            f"edge{level}",
            lambda: ((m.char == COMMA) & (m.depth == level)) | (self._closing & (m.depth < level)),
        )
        at = int(all_of_them.searchsorted(i))
        step = 4
        while at < len(all_of_them):  # by ever larger pieces: most lists are short or very long
            yield from all_of_them[at : at + step].tolist()
            at, step = at + step, step * 4

    def commas(self, i: int, j: int, level: int) -> int:
        """How many commas of depth `level` stand in i:j."""
        m = self._marks
        return self._count(f"comma{level}", i, j, lambda: (m.char == COMMA) & (m.depth == level))

    def objects(self, i: int, j: int, level: int) -> int:
        """How many elements of a list at depth `level` in i:j are objects."""
        m = self._marks
        return self._count(
            f"object{level}", i, j, lambda: (m.char == BRACE) & (m.depth == level + 1)
        )

    def _all(self, name: str, mask: Callable[[], NDArray[np.bool_]]) -> NDArray[np.int64]:
        if name not in self._found:
            self._found[name] = np.flatnonzero(mask())
        return self._found[name]

    def _next(self, name: str, i: int, mask: Callable[[], NDArray[np.bool_]]) -> int | None:
        found = self._all(name, mask)
        at = int(found.searchsorted(i))
        return int(found[at]) if at < len(found) else None

    def _count(self, name: str, i: int, j: int, mask: Callable[[], NDArray[np.bool_]]) -> int:
        found = self._all(name, mask)
        return int(found.searchsorted(j) - found.searchsorted(i))


@dataclass(slots=True)
class Passed:
    """A list that is passed over: its key, its line, and what it held so far."""

    key: str
    line: int
    level: int
    commas: int = 0
    objects: int = 0


@dataclass(slots=True)
class Unread:
    """Lists of objects that were passed over, summed by key."""

    lists: dict[str, list[int]] = field(default_factory=dict)  # key -> line, lists, elements
    unnamed: int = 0  # lists beyond MOST_NAMES keys

    def add(self, one: Passed) -> None:
        """Count a list, if it held objects: others hold no records."""
        if not one.objects:
            return
        if one.key not in self.lists and len(self.lists) >= MOST_NAMES:
            self.unnamed += 1
            return
        counted = self.lists.setdefault(one.key, [one.line, 0, 0])
        counted[1] += 1
        counted[2] += one.commas + 1

    def notices(self, path: str) -> list[Notice]:
        """One error a key: records may be in them."""
        said = [
            Notice(path, "error", "incomplete", _message(key, *counted[1:]), counted[0])
            for key, counted in self.lists.items()
        ]
        if self.unnamed:
            message = f"{self.unnamed} more lists under other keys were not read"
            said.append(Notice(path, "error", "incomplete", message))
        return said


@dataclass(slots=True)
class Stray:
    """Text between two documents, which should be blank: where it begins, and with what."""

    offset: int = -1  # -1: nothing so far but blanks and commas
    line: int = 0
    text: bytes = b""

    def add(self, text: bytes, offset: int, line_of: Callable[[int], int]) -> None:
        """Go on with `text`, which begins at `offset`; line_of: the line of an offset in it."""
        if self.offset < 0:
            body = text.lstrip(BLANKS + b",")
            if not body:
                return
            self.offset = offset + len(text) - len(body)
            self.line = line_of(self.offset)
            text = body
        self.text += text[: MOST_STRAY - len(self.text)]

    def reject(self) -> Reject | None:
        """What is to be said of it, if anything."""
        if self.offset < 0:
            return None
        value = self.text.rstrip(BLANKS + b",").decode("utf-8", "backslashreplace")
        return Reject(self.line, self.offset, None, "not an object", value)


def _message(key: str, lists: int, elements: int) -> str:
    of = f"of {elements} elements" if elements != 1 else "of 1 element"
    if lists == 1:
        return f"the document holds another list `{key}` {of} that was not read"
    return f"the documents hold {lists} other lists `{key}` {of} that were not read"
