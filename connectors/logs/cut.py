"""The sequential stage: a stream into segments, each with the one header its records share.

Cheap by design, since only one thread does it: lines are found with numpy, headers and comments
taken out by their first bytes, and only records whose quotes are open are looked at one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from connectors.files.limits import Limits
from connectors.logs.columnar import parquet_segments
from connectors.logs.document import document_segments, is_document
from connectors.logs.frame import IN_JSON, PLAIN, Lines, frame, repair
from connectors.logs.pages import top_names
from connectors.logs.rules import LineRules, Rules, ZeekRules
from connectors.logs.sift import Numbering, Searched, thinned
from connectors.logs.tables import CsvRules
from connectors.logs.values import Counts, Reject, Segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.files.frame import Block, Oversize
    from connectors.files.notice import Notice
    from connectors.files.stream import Stream
    from connectors.logs.model import Format
    from connectors.logs.settings import ReadSettings
    from connectors.logs.sift import Sift

__all__ = ["Cut", "Segment", "segments"]

JSON_KINDS: Final = frozenset({"ndjson", "json_doc"})


class Cut:
    """The segments of one stream, once; `notices` is whole when the iteration is over."""

    def __init__(self, fmt: Format, stream: Stream, sift: Sift | None = None) -> None:
        """sift: searches blocks, where records in which nothing is found are only counted."""
        self.notices: list[Notice] = []
        self._format = fmt
        self._stream = stream
        self._sift = sift

    def __iter__(self) -> Iterator[Segment]:
        """Segments in order; one without records may still hold counts and rejects."""
        for segment in self._segments():
            self.notices += segment.notices
            yield segment

    def _segments(self) -> Iterator[Segment]:
        fmt, stream = self._format, self._stream
        if fmt.reader.kind == "parquet":
            yield from parquet_segments(fmt, stream)
            return
        if fmt.reader.kind == "json_doc" and is_document(
            stream.head(), top_names(fmt), prefixed=fmt.reader.syslog
        ):
            yield from document_segments(stream)
            return
        rules = _rules(fmt, stream.path)
        carry = _Carry()
        for one in self._blocks():
            block = one.block if isinstance(one, Searched) else one
            if rules.refused:
                continue  # to the end all the same, so that the whole of it is hashed
            if block.oversize:
                yield from self._lines(carry.lines(b"", 0, 0), rules, carry, final=True)
                yield _oversize(block.oversize)
            if not block.data:
                continue
            if isinstance(one, Searched):
                yield from self._searched(one, rules, carry)
                continue
            lines = carry.lines(block.data, block.offset, block.first_line)
            yield from self._lines(lines, rules, carry, final=False)
        yield from self._lines(carry.lines(b"", 0, 0), rules, carry, final=True)
        notices = rules.close()
        if notices:
            yield _nothing(notices=notices)

    def _blocks(self) -> Iterator[Block] | Iterator[Searched]:
        if self._sift is None:
            return self._stream.blocks()
        return map(Numbering(), self._sift(self._stream.blocks(counted=False)))

    def _searched(self, one: Searched, rules: Rules, carry: _Carry) -> Iterator[Segment]:
        """What must be read of a block; all of it where its lines are not records one by one."""
        aside = None if carry.is_open else rules.aside(one.lines)
        thin = None if aside is None else thinned(one, aside)
        block = one.block
        if thin is None:
            lines = carry.lines(block.data, block.offset, block.first_line)
            for segment in self._lines(lines, rules, carry, final=False):
                segment.places = one.places if segment.data is block.data else None
                yield segment
            return
        lines, left = thin
        for segment in self._lines(lines, rules, carry, final=False):
            segment.sifted = True
            if not rules.refused:  # a refused source counts nothing
                segment.counts += Counts(read=left, screened_out=left)
                left = 0
            yield segment

    def _lines(
        self, lines: Lines, rules: Rules, carry: _Carry, *, final: bool
    ) -> Iterator[Segment]:
        if not len(lines) or rules.refused:
            return
        raw = lines
        lines, replaced = repair(
            lines, IN_JSON if self._format.reader.kind in JSON_KINDS else PLAIN
        )
        found, held = rules.cut(lines, final=final)
        if held is not None:
            carry.hold(raw, held)
            replaced = [line for line in replaced if line < held]
        if replaced:
            (found or [_nothing()])[0].replaced = replaced
        yield from found


class _Carry:
    """The lines at the end of a block that begin a record the next block ends."""

    def __init__(self) -> None:
        self._data = b""
        self._offset = 0
        self._line = 0

    @property
    def is_open(self) -> bool:
        """Whether anything is held."""
        return bool(self._data)

    def hold(self, lines: Lines, line_no: int) -> None:
        """Keep the lines from line `line_no` on."""
        first = int(np.searchsorted(lines.line_no, line_no))
        self._data = lines.data[lines.starts[first] :]
        self._offset = int(lines.offset[first])
        self._line = line_no

    def lines(self, data: bytes, offset: int, first_line: int) -> Lines:
        """What is held, followed by `data`; nothing is held afterwards."""
        if self._data:
            data, offset, first_line = self._data + data, self._offset, self._line
            self._data = b""
        return frame(data, offset, first_line)


def segments(
    fmt: Format,
    stream: Stream,
    settings: ReadSettings,  # noqa: ARG001 - belongs to the interface; no cut depends on it yet
    sift: Sift | None = None,
) -> Cut:
    """The segments of a stream; `sift` as of Cut. Notices are also collected in `.notices`."""
    return Cut(fmt, stream, sift)


def _rules(fmt: Format, path: str) -> Rules:
    if fmt.reader.kind == "header_tsv":
        return ZeekRules(fmt, path)
    if fmt.reader.kind == "csv":
        return CsvRules(fmt, path)
    return LineRules(fmt)


def _nothing(
    counts: Counts | None = None,
    rejects: list[Reject] | None = None,
    notices: list[Notice] | None = None,
) -> Segment:
    none = np.empty(0, np.int64)
    return Segment(
        b"", none, none, none, none,
        counts=counts or Counts(), rejects=rejects or [], notices=notices or [],
    )  # fmt: skip


def _oversize(lines: tuple[Oversize, ...]) -> Segment:
    cap = Limits().line
    rejects = [
        Reject(one.line, one.offset, None, f"line of {one.length} bytes over max_line_bytes={cap}")
        for one in lines
    ]
    return _nothing(Counts(read=len(lines), rejected=len(lines)), rejects)
