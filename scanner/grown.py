"""Logs that grew since an earlier run: only what was added is new.

A log is known by the hash of what an earlier run read of it, under whatever name and packing, in
an archive or alone. If it still begins with exactly that text, records before its end are left
out; if it does not, it is another log (rewritten, or new) and is read from its beginning.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connectors.files.notice import Notice
from connectors.files.stream import open_streams

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from connectors.files.discover import Found
    from connectors.files.limits import Limits
    from connectors.files.stream import Stream
    from connectors.logs.values import Segment


@dataclass(frozen=True, slots=True)
class Flaw:
    """What was wrong with records: a reason of the coverage table, and the days they are of."""

    reason: str
    days: frozenset[int]


@dataclass(frozen=True, slots=True)
class Before:
    """What an earlier run read: so many bytes of text, of this hash, in this format.

    document: the text ends with the last element of a document, whose brackets follow. last_reject:
    offset of the last record that was rejected. reason: why it was not whole. days: of it. earlier:
    what was wrong with what was read before that.
    """

    size: int
    sha256: str
    format: str
    run_id: str
    document: bool = False
    rejected: int = 0
    last_reject: int | None = None
    replaced: int = 0
    reason: str | None = None
    days: frozenset[int] = frozenset()
    earlier: Flaw | None = None

    def flaw(self, start: int) -> Flaw | None:
        """What is wrong with it for good, when records from offset `start` on are read again."""
        again = self.last_reject is not None and self.last_reject >= start
        reason = None
        if self.rejected - again > 0:
            reason = "rejects"
        elif self.replaced or self.reason == "malformed":
            reason = "malformed"
        elif self.reason == "incomplete":
            reason = "incomplete"
        if reason is None:
            return self.earlier
        return Flaw(reason, self.days | (self.earlier.days if self.earlier else frozenset()))


@dataclass(frozen=True, slots=True)
class Start:
    """Where to begin: the first offset that is new, who read what lies before it, and how well.

    days: those of the part before, if nothing is wrong with it.
    """

    offset: int
    format: str
    run_id: str
    document: bool
    flaw: Flaw | None
    days: frozenset[int]


def starts_of(found: Found, limits: Limits, known: Sequence[Before]) -> list[Start | None]:
    """Where the new part of each stream in a file begins; None: read it whole.

    A log that was compressed or archived since is still the same log, so it is decoded for this
    once more.
    """
    if not known or found.display == "-":
        return []
    before = sorted(known, key=lambda one: (one.size, one.sha256))
    starts: list[Start | None] = []
    for item in open_streams(found, limits):
        if isinstance(item, Notice):
            continue
        with item as stream:
            starts.append(_longest(stream, before))
    return starts


def _longest(stream: Stream, before: Sequence[Before]) -> Start | None:
    """The longest earlier part that more follows; one pass, hashing as it goes."""
    pieces = stream.chunks()
    digest, place, line_end, found, buffer = hashlib.sha256(), 0, 0, None, b""
    for one in before:
        while place < one.size:
            buffer = buffer or next(pieces, b"")
            if not buffer:
                return found
            piece, buffer = buffer[: one.size - place], buffer[one.size - place :]
            digest.update(piece)
            at = piece.rfind(b"\n")
            line_end = place + at + 1 if at >= 0 else line_end
            place += len(piece)
        buffer = buffer or next(pieces, b"")
        if digest.hexdigest() != one.sha256:
            continue
        if not buffer:
            return None  # nothing was added: the same content, which is told elsewhere
        found = _start(one, stream.begin, line_end, whole=line_end == place or _ends_line(buffer))
    return found


def _ends_line(following: bytes) -> bool:
    return following[:1] in {b"\n", b"\r"}


def _start(one: Before, begin: int, line_end: int, *, whole: bool) -> Start:
    offset = begin + one.size
    if not (whole or one.document):
        # The last line was cut. If it was rejected for that it is read again; if what there was of
        # it counted, it does not count again.
        rejected = one.last_reject is not None and one.last_reject >= begin + line_end
        offset = begin + line_end + (not rejected)
    flaw = one.flaw(offset)
    days = one.days if flaw is None else one.days - flaw.days
    return Start(offset, one.format, one.run_id, one.document, flaw, days)


def added(segments: Iterable[Segment], start: int) -> Iterator[Segment]:
    """The segments without the records that begin before `start`."""
    for segment in segments:
        keep = segment.offset >= start
        old = [reject for reject in segment.rejects if (reject.offset or 0) < start]
        if keep.all() and not old:
            yield segment
            continue
        counts = segment.counts
        yield replace(
            segment,
            starts=segment.starts[keep],
            ends=segment.ends[keep],
            line_no=segment.line_no[keep],
            offset=segment.offset[keep],
            event_no=None if segment.event_no is None else segment.event_no[keep],
            counts=replace(
                counts, read=counts.read - len(old), rejected=counts.rejected - len(old)
            ),
            rejects=[reject for reject in segment.rejects if (reject.offset or 0) >= start],
        )
