"""Files that grew since an earlier run: only what was added is new.

A file is known by the hash of what an earlier run read of it, under whatever name. If it still
begins with exactly those bytes, records before their end are left out; if it does not, it is
another file (rewritten, or new) and is read from its beginning.
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
    from connectors.logs.values import Segment


@dataclass(frozen=True, slots=True)
class Before:
    """What an earlier run read: so many bytes of decoded text, of this hash, in this format."""

    size: int
    sha256: str
    format: str
    run_id: str


@dataclass(frozen=True, slots=True)
class Start:
    """Where to begin: the first offset that is new, and who read what lies before it."""

    offset: int
    format: str
    run_id: str


def start_of(found: Found, limits: Limits, known: Sequence[Before]) -> Start | None:
    """Where the new part of a file begins, in its decoded text; None: read it whole.

    A log that was compressed since is still the same log, so it is decoded for this once more.
    """
    if not known or found.display == "-":
        return None
    before = sorted(known, key=lambda one: one.size)
    for item in open_streams(found, limits):
        if isinstance(item, Notice):
            continue
        with item as stream:
            return None if "!" in stream.path else _longest(stream.chunks(), before)
    return None


def _longest(pieces: Iterator[bytes], before: Sequence[Before]) -> Start | None:
    """The longest earlier part that more follows; one pass, hashing as it goes."""
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
        if buffer and digest.hexdigest() == one.sha256:
            # A last line without its end counted if only the end was missing; else it was cut.
            whole = line_end == place or buffer[:1] in {b"\n", b"\r"}
            found = Start(place if whole else line_end, one.format, one.run_id)
    return found


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
