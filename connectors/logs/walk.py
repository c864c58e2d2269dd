"""The walk through JSON documents: which list we are in, where its elements begin and end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from connectors.files.notice import Notice
from connectors.logs.frame import IN_JSON, LF, Lines, repair
from connectors.logs.jsonlists import (
    BLANKS,
    BRACE,
    COMMA,
    OPEN,
    TAIL,
    TOP,
    Passed,
    Stray,
    Turns,
    Unread,
    key_before,
)
from connectors.logs.jsonmarks import Marks, Scanner
from connectors.logs.values import Counts, Reject, Segment

if TYPE_CHECKING:
    from numpy.typing import NDArray

WRAPPERS: Final = ("Records", "records", "items", "entries", "value", "events", "data")
MAX_ELEMENT: Final = 1 << 20
MOST_PASSED: Final = 100  # lists remembered of an object that may yet be a record

OUTSIDE, OBJECT, LIST, REST, SKIP = range(5)


@dataclass(slots=True)
class Walk:
    """Where in the document we are; positions are offsets in the decoded stream."""

    path: str
    scanner: Scanner = field(default_factory=Scanner)
    buffer: bytes = b""
    base: int = 0  # offset of buffer[0]
    line: int = 1  # its line number
    mode: int = OUTSIDE
    level: int = 0  # depth of the list whose elements are read
    start: int = 0  # where the current element, or what lies between documents unseen, begins
    stray: Stray = field(default_factory=Stray)
    too_long: bool = False
    refusal: Reject | None = None  # of an object too long to be a record, if it wraps no list
    lists: int = 0  # lists of elements entered so far
    count: int = 0  # elements of this document so far
    reached: int = 0  # where the last element that was found ends
    passing: Passed | None = None  # the list that is passed over in mode SKIP
    passed: list[Passed] = field(default_factory=list)  # in an object that may yet be a record
    unread: Unread = field(default_factory=Unread)
    wraps: bool = False  # this document wraps a list of records
    found: list[tuple[int, int, int]] = field(default_factory=list)  # start, end, ordinal
    rejects: list[Reject] = field(default_factory=list)
    breaks: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    def feed(self, piece: bytes, marks: Marks | None = None) -> Segment:
        """The elements that this piece ends; marks: what `scanner` found in it, if asked before."""
        offset = self.base + len(self.buffer)
        marks = self.scanner.feed(piece) if marks is None else marks
        marks.at = marks.at + offset
        self.buffer += piece
        self.breaks = np.flatnonzero(np.frombuffer(self.buffer, np.uint8) == LF) + self.base
        turns, i = Turns(marks), 0
        while i < len(marks.at):
            i = self._step(marks, turns, i)
        end = self.base + len(self.buffer)
        if self.mode == OUTSIDE:
            self._between(end)
        inside = self.mode in {OBJECT, LIST} or (self.mode == SKIP and not self.wraps)
        if inside:
            self._measure(end)
        away = self.too_long or (self.wraps and self.mode in {REST, SKIP})
        return self._segment(max(self.base, end - TAIL) if away else self.start)

    def _step(self, marks: Marks, turns: Turns, i: int) -> int:
        """Handle the next mark that matters in this mode; the index to go on with."""
        if self.mode == LIST:
            return self._elements(marks, turns, i)
        if self.mode == SKIP:
            return self._pass(marks, turns, i)
        found = turns.document(i) if self.mode == OUTSIDE else turns.list_or_end(i)
        if found is None:
            return len(marks.at)
        self._turn(marks, found)
        return found + 1

    def _turn(self, marks: Marks, i: int) -> None:
        """A bracket that changes the mode."""
        at, opens_list = int(marks.at[i]), marks.char[i] == OPEN
        if self.mode == OUTSIDE:
            self._between(at)
            self._stray()
            self.count = 0
            self.start = at + int(opens_list)
            self.mode, self.level = (LIST, 1) if opens_list else (OBJECT, 0)
            self.lists += int(opens_list)
        elif opens_list:
            self._list(marks, i, at)
        else:
            if self.mode == OBJECT:
                self._element(at + 1)
            self._outside(at + 1)

    def _list(self, marks: Marks, i: int, at: int) -> None:
        """A list in an object: its elements are records if its key says so."""
        key = key_before(self.buffer[max(0, at - TAIL - self.base) : at - self.base])
        depth = int(marks.depth[i])
        scalars = i + 1 < len(marks.at) and marks.char[i + 1] != BRACE
        if depth == TOP and key in WRAPPERS and not (scalars and self.wraps):
            self.mode, self.level, self.start = LIST, TOP, at + 1
            self.lists += 1
            self.wraps, self.too_long, self.refusal = True, False, None
            for one in self.passed:
                self.unread.add(one)
            self.passed = []
        else:
            self.mode, self.passing = SKIP, Passed(key, self._line(at), depth)

    def _pass(self, marks: Marks, turns: Turns, i: int) -> int:
        """Go to the end of a list that is not read, counting what it holds."""
        one = self.passing
        if one is None:
            raise AssertionError("a list is passed over")
        end = turns.list_end(i, one.level)
        stop = len(marks.at) if end is None else end
        one.commas += turns.commas(i, stop, one.level)
        one.objects += turns.objects(i, stop, one.level)
        if end is None:
            return stop
        if self.wraps:
            self.unread.add(one)
        elif one.objects and len(self.passed) < MOST_PASSED:
            self.passed.append(one)
        self.mode, self.passing = (REST if self.wraps else OBJECT), None
        return stop + 1

    def _elements(self, marks: Marks, turns: Turns, i: int) -> int:
        """Elements up to the end of the list, or of the piece."""
        for hit in turns.edges(i, self.level):
            at, char = int(marks.at[hit]), int(marks.char[hit])
            self._element(at)
            self.start = at + 1
            if char != COMMA:
                if self.level == 1 or marks.depth[hit] <= 0:
                    self._outside(at + 1)
                else:
                    self.mode = REST
                return hit + 1
        return len(marks.at)

    def _outside(self, at: int) -> None:
        self.mode, self.start = OUTSIDE, at
        self.wraps, self.passed = False, []

    def _element(self, end: int) -> None:
        """One element ends here; an empty one, as after `[` or a last comma, is none."""
        self._measure(end)
        if self.too_long:
            self.too_long = False
            self.count += 1
            if self.refusal is not None:
                self.rejects.append(self.refusal)
                self.refusal = None
            return
        text = self.buffer[self.start - self.base : end - self.base]
        body = text.strip(BLANKS)
        if body:
            self.count += 1
            begin = self.start + len(text) - len(text.lstrip(BLANKS))
            self.reached = begin + len(body)
            self.found.append((begin, self.reached, self.count))

    def _measure(self, end: int) -> None:
        """Whether the element is too long up to here. An object may still wrap a list."""
        if self.too_long or end - self.start <= MAX_ELEMENT:
            return
        self.too_long = True
        reason = f"element over {MAX_ELEMENT} bytes"
        if self.mode == LIST:
            self._refuse(self.start, reason)
        else:
            self.refusal = Reject(self._line(self.start), self.start, None, reason)

    def _between(self, end: int) -> None:
        """Pass over what lies between two documents, up to here; it is not held."""
        self.stray.add(
            self.buffer[self.start - self.base : end - self.base], self.start, self._line
        )
        self.start = end

    def _stray(self) -> None:
        reject, self.stray = self.stray.reject(), Stray()
        if reject is not None:
            self.rejects.append(reject)

    def _line(self, offset: int) -> int:
        return self.line + int(self.breaks.searchsorted(offset))

    def _refuse(self, offset: int, reason: str) -> None:
        self.rejects.append(Reject(self._line(offset), offset, None, reason))

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
        gone = int(np.searchsorted(self.breaks, keep_from))
        self.line, self.breaks = self.line + gone, self.breaks[gone:]
        self.buffer = self.buffer[keep_from - self.base :]
        self.base = keep_from
        if self.too_long or (self.wraps and self.mode in {REST, SKIP}):
            self.start = max(self.start, keep_from)
        return segment

    def first(self, head: bytes, most: int) -> list[bytes]:
        """The first elements of a document that begins so, at most `most`."""
        segment = self.feed(head)
        places = zip(segment.starts[:most].tolist(), segment.ends[:most].tolist(), strict=True)
        return [segment.data[start:end] for start, end in places]

    def end(self) -> Segment:
        """What is left at the end of the stream: a cut element, and the word for it."""
        end = self.base + len(self.buffer)
        rest = self.buffer[self.start - self.base :].strip(BLANKS)
        notices = []
        if self.mode == OUTSIDE:
            self._between(end)
            self._stray()
        elif not self.wraps and self.mode != LIST:
            if self.refusal is None:
                self._refuse(self.start, "object ends early")
            else:
                self.rejects.append(self.refusal)
        elif self.mode == LIST:
            if rest and not self.too_long:
                self._refuse(self.start, "element ends early")
            notices.append(self._early(f"array ends early after element {self.count}"))
        else:
            notices.append(self._early(f"document ends early, after its {self.count} elements"))
        return self._segment(end, notices + self.unread.notices(self.path))

    def anew(self) -> Walk:
        """A walk through what follows, when this one has ended."""
        return Walk(self.path, base=self.base, line=self.line, start=self.base)

    def _early(self, message: str) -> Notice:
        return Notice(self.path, "error", "truncated", message)
