"""JSON documents, element by element: a list, or an object that wraps one, however large.

Nothing is parsed here. Strings are masked by their quotes, brackets outside them give the depth,
and the commas at the depth of the list part its elements, all with numpy on pieces of a few MiB.
What is between two commas is a record; whether it is JSON at all the reader finds out. An object
at the top that wraps no list is itself a record.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from connectors.files.notice import Notice
from connectors.logs.frame import IN_JSON, LF, Lines, repair
from connectors.logs.jsonmarks import Marks, Scanner
from connectors.logs.values import Counts, Reject, Segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from connectors.files.stream import Stream

WRAPPERS: Final = ("Records", "records", "items", "entries", "value", "events")
MAX_ELEMENT: Final = 1 << 20
PIECE: Final = 4 << 20
BLANKS: Final = b" \t\r\n"

_NAMES = "|".join(WRAPPERS)
_RECORDS = re.compile(r'\s*\{[^\[\]{}]*"[Rr]ecords"\s*:\s*\[')
WRAPPED: Final = re.compile(rf'\s*(?:\[|\{{[^\[\]{{}}]*"(?:{_NAMES})"\s*:\s*\[)')
_KEY = re.compile(rf'"(?:{_NAMES})"\s*:\s*$'.encode())


def is_document(head: bytes) -> bool:
    """Whether a JSON text is one document rather than one record a line.

    Of a text whose lines are whole objects only `Records` makes documents of them: `items` or
    `events` may well be a field of a record.
    """
    text = head.decode("utf-8", "replace")
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return False
    if len(lines) > 1 and any(_is_object(line) for line in lines[:5]):
        return _RECORDS.match(text) is not None or text.lstrip().startswith("[")
    walk = _Walk("")
    walk.feed(head)
    return walk.mode in {LIST, REST} or walk.lists > 0 or len(lines) > 1


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line, parse_int=str, parse_float=str), dict)
    except (ValueError, RecursionError):
        return False


def document_segments(stream: Stream) -> Iterator[Segment]:
    """The elements of the document(s) in a stream, a few MiB a segment."""
    walk = _Walk(stream.path)
    held: list[bytes] = []
    size = 0
    for chunk in stream.chunks():
        held.append(chunk)
        size += len(chunk)
        if size >= PIECE:
            yield walk.feed(b"".join(held))
            held, size = [], 0
    if held:
        yield walk.feed(b"".join(held))
    yield walk.end()


OUTSIDE, OBJECT, LIST, REST = range(4)


@dataclass(slots=True)
class _Walk:
    """Where in the document we are; positions are offsets in the decoded stream."""

    path: str
    scanner: Scanner = field(default_factory=Scanner)
    buffer: bytes = b""
    base: int = 0  # offset of buffer[0]
    line: int = 1  # its line number
    mode: int = OUTSIDE
    level: int = 0  # depth of the list whose elements are read
    start: int = 0  # where the current element, or what lies between documents, begins
    too_long: bool = False
    lists: int = 0  # lists of elements entered so far
    count: int = 0  # elements of this document so far
    found: list[tuple[int, int, int]] = field(default_factory=list)  # start, end, ordinal
    rejects: list[Reject] = field(default_factory=list)
    breaks: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    def feed(self, piece: bytes) -> Segment:
        """The elements that this piece ends."""
        offset = self.base + len(self.buffer)
        marks = self.scanner.feed(piece)
        marks.at = marks.at + offset
        self.buffer += piece
        self.breaks = np.flatnonzero(np.frombuffer(self.buffer, np.uint8) == LF) + self.base
        i = 0
        while i < len(marks.at):
            i = self._step(marks, i)
        end = self.base + len(self.buffer)
        if self.mode in {OBJECT, LIST} and not self.too_long and end - self.start > MAX_ELEMENT:
            self.too_long = True
            self._refuse(self.start, f"element over {MAX_ELEMENT} bytes")
        return self._segment(end if self.too_long or self.mode == REST else self.start)

    def _step(self, marks: Marks, i: int) -> int:
        """Handle the next mark that matters in this mode; the index to go on with."""
        rest = slice(i, None)
        char, depth = marks.char[rest], marks.depth[rest]
        closing = (char == ord("}")) | (char == ord("]"))
        if self.mode == OUTSIDE:
            wanted = (depth == 1) & ~closing & (char != ord(","))
        elif self.mode == OBJECT:
            wanted = (closing & (depth <= 0)) | ((char == ord("[")) & (depth == 2))
        elif self.mode == LIST:
            wanted = ((char == ord(",")) & (depth == self.level)) | (closing & (depth < self.level))
            return self._elements(marks, i, np.flatnonzero(wanted))
        else:
            wanted = closing & (depth <= 0)
        hits = np.flatnonzero(wanted)
        if not len(hits):
            return len(marks.at)
        i += int(hits[0])
        self._turn(int(marks.at[i]), chr(marks.char[i]))
        return i + 1

    def _turn(self, at: int, char: str) -> None:
        """A bracket that changes the mode."""
        if self.mode == OUTSIDE:
            self._between(at)
            self.count = 0
            self.start = at
            self.mode, self.level = (LIST, 1) if char == "[" else (OBJECT, 0)
            self.start += char == "["
            self.lists += char == "["
        elif self.mode == OBJECT and char == "[":
            if _KEY.search(self.buffer[max(self.start, at - 80) - self.base : at - self.base]):
                self.mode, self.level, self.start = LIST, 2, at + 1
                self.lists += 1
                self.too_long = False
        elif self.mode == OBJECT:
            self._element(at + 1)
            self._outside(at + 1)
        else:
            self._outside(at + 1)

    def _elements(self, marks: Marks, i: int, hits: NDArray[np.int64]) -> int:
        """Elements up to the end of the list, or of the piece."""
        for hit in hits.tolist():
            at, char = int(marks.at[i + hit]), int(marks.char[i + hit])
            self._element(at)
            self.start = at + 1
            if char != ord(","):
                if self.level == 1 or marks.depth[i + hit] <= 0:
                    self._outside(at + 1)
                else:
                    self.mode = REST
                return i + int(hit) + 1
        return len(marks.at)

    def _outside(self, at: int) -> None:
        self.mode, self.start = OUTSIDE, at

    def _element(self, end: int) -> None:
        """One element ends here; an empty one, as after `[` or a last comma, is none."""
        if self.too_long:
            self.too_long = False
            self.count += 1
            return
        text = self.buffer[self.start - self.base : end - self.base]
        body = text.strip(BLANKS)
        if body:
            self.count += 1
            begin = self.start + len(text) - len(text.lstrip(BLANKS))
            self.found.append((begin, begin + len(body), self.count))

    def _between(self, end: int) -> None:
        """What lies between two documents should be blank."""
        text = self.buffer[self.start - self.base : end - self.base]
        body = text.strip(BLANKS + b",")
        if body:
            begin = self.start + text.index(body[:1])
            self._refuse(begin, "not an object", body[:256].decode("utf-8", "backslashreplace"))

    def _line(self, offset: int) -> int:
        return self.line + int(np.searchsorted(self.breaks, offset))

    def _refuse(self, offset: int, reason: str, value: str | None = None) -> None:
        self.rejects.append(Reject(self._line(offset), offset, None, reason, value))

    def _segment(self, keep_from: int, notices: list[Notice] | None = None) -> Segment:
        """What was found since the last segment; the buffer before `keep_from` is let go."""
        starts = np.array([one[0] for one in self.found], np.int64)
        ends = np.array([one[1] for one in self.found], np.int64)
        numbers = np.array([one[2] for one in self.found], np.int32)
        line_no = self.line + np.searchsorted(self.breaks, starts)
        lines = Lines(self.buffer, starts - self.base, ends - self.base, line_no, starts)
        lines, replaced = repair(lines, IN_JSON)
        segment = Segment(
            lines.data, lines.starts, lines.ends, lines.line_no, lines.offset, numbers,
            counts=Counts(read=len(self.rejects), rejected=len(self.rejects)),
            rejects=self.rejects, replaced=replaced, notices=notices or [],
        )  # fmt: skip
        self.found, self.rejects = [], []
        self.line += int(np.searchsorted(self.breaks, keep_from))
        self.buffer = self.buffer[keep_from - self.base :]
        self.base = keep_from
        if self.mode == REST or self.too_long:
            self.start = max(self.start, keep_from)
        return segment

    def end(self) -> Segment:
        """What is left at the end of the stream: a cut element, and the word for it."""
        end = self.base + len(self.buffer)
        rest = self.buffer[self.start - self.base :].strip(BLANKS)
        notices = []
        if self.mode == OUTSIDE:
            self._between(end)
        elif self.mode == OBJECT:
            self._refuse(self.start, "object ends early")
        elif self.mode == LIST:
            if rest and not self.too_long:
                self._refuse(self.start, "element ends early")
            notices.append(self._early(f"array ends early after element {self.count}"))
        else:
            notices.append(self._early(f"document ends early, after its {self.count} elements"))
        return self._segment(end, notices)

    def _early(self, message: str) -> Notice:
        return Notice(self.path, "error", "truncated", message)
