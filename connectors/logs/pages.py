"""JSON documents that each stand on one line: the pages of an API's answers, one after the other.

Where a line is cut off, as when a script was stopped, the next one begins a document all the same:
otherwise the rest of the log would lie inside the one that never ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from connectors.logs.frame import LF
from connectors.logs.header import canonical
from connectors.logs.readers.twice import path_steps
from connectors.logs.walk import WRAPPERS, Walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from connectors.logs.jsonmarks import Marks
    from connectors.logs.model import Format
    from connectors.logs.values import Segment

MOST_CUT: Final = 100  # lines of a stream after which a new document is looked for
LOOKED_AT: Final = 5  # elements of a list
BEGINS: Final = b"{["


def is_page(thing: Mapping[str, object], names: Collection[str]) -> bool | None:
    """Whether an object wraps a list of records, or is one; None if it has no such list."""
    outer = _known(thing, names)
    answers = []
    for key in WRAPPERS:
        found = thing.get(key)
        inner = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        if inner:
            answers.append(max(_known(one, names) for one in inner[:LOOKED_AT]) > outer)
    return any(answers) if answers else None


def _known(thing: Mapping[str, object], names: Collection[str]) -> int:
    return sum(canonical(key) in names for key in thing)


def top_names(fmt: Format) -> frozenset[str]:
    """The keys at the top of a record that a format of JSON reads, in canonical spelling."""
    rule = fmt.reader
    given = rule.fields if isinstance(rule.fields, dict) else {}
    outer = [*rule.wrappers, *rule.each[:1]]
    found = {one for path in outer for one in (path, path.partition(".")[0])}
    for name in fmt.expressions.fields():
        if name in given:
            path = given[name].removeprefix("json:").removeprefix("0$")
            found |= {step for step, _ in path_steps(path)[:1] if path.startswith("$")}
        elif not rule.each:
            found |= {name, name.partition(".")[0]}
    return frozenset(map(canonical, found))


class Pages:
    """Feeds a walk. Where the first document is a line, a line that is cut ends its document."""

    def __init__(self, path: str) -> None:
        self.walk = Walk(path)
        self._lines: bool | None = None  # not known before the first line ends
        self._held = b""
        self._cuts = 0

    def feed(self, piece: bytes) -> Iterator[tuple[bytes, Segment]]:
        """The elements that this piece ends, each time with the text that was taken in."""
        piece, self._held = self._held + piece, b""
        if piece.endswith(b"\n"):  # what follows tells whether a document begins there
            piece, self._held = piece[:-1], b"\n"
        while piece:
            cut, marks = self._cut(piece)
            yield piece[:cut], self.walk.feed(piece[:cut], marks)
            if cut < len(piece):
                yield b"", self.walk.end()
                self.walk = self.walk.anew()
            piece = piece[cut:]

    def end(self) -> Iterator[Segment]:
        """What is left at the end of the stream."""
        yield self.walk.feed(self._held)
        yield self.walk.end()

    def _cut(self, piece: bytes) -> tuple[int, Marks]:
        """Where a new document begins although the one before has not ended; the marks to there."""
        scanner = self.walk.scanner
        depth, inside = scanner.depth, scanner.in_string
        marks = scanner.feed(piece)
        if self._lines is False or self._cuts >= MOST_CUT:
            return len(piece), marks
        data = np.frombuffer(piece, np.uint8)
        breaks = np.flatnonzero(data[:-1] == LF)
        level = np.concatenate([[depth], marks.depth])[marks.at.searchsorted(breaks)]
        amid = (level != 0) | ((marks.quotes.searchsorted(breaks) + inside) % 2 == 1)
        if self._lines is None:
            begun = np.flatnonzero(breaks > marks.at[:1]) if len(marks.at) else breaks[:0]
            if not len(begun):
                return len(piece), marks
            self._lines = not amid[begun[0]]
            if not self._lines:
                return len(piece), marks
        hidden = breaks[amid & np.isin(data[breaks + 1], tuple(BEGINS))]
        if not len(hidden):
            return len(piece), marks
        self._cuts += 1
        cut = int(hidden[0]) + 1
        size = int(marks.at.searchsorted(cut))
        marks.at, marks.char, marks.depth = marks.at[:size], marks.char[:size], marks.depth[:size]
        return cut, marks
