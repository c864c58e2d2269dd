"""Files that grew since an earlier run: only what was added is new.

A file is known by its path and by the hash of what an earlier run read of it. If it still begins
with exactly those bytes, records before their end are left out; if it does not, it is another
file under the same name (rotated, rewritten) and is read from its beginning.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from connectors.logs.values import Segment

_STEP: Final = 1 << 20
_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Before:
    """What an earlier run read of a path: so many bytes, of this hash."""

    size: int
    sha256: str
    run_id: str


@dataclass(frozen=True, slots=True)
class Start:
    """Where to begin: the first offset that is new, and who read what lies before it."""

    offset: int
    run_id: str


def start_of(path: Path, display: str, known: Mapping[str, Sequence[Before]]) -> Start | None:
    """Where the new part of a plain file begins; None when it is to be read whole."""
    candidates = known.get(display, ())
    if not candidates:
        return None
    try:
        size = path.stat().st_size
        for before in sorted(candidates, key=lambda one: -one.size):
            if 0 < before.size < size:
                offset = _line_end(path, before)
                if offset is not None:
                    return Start(offset, before.run_id)
    except OSError:
        return None  # reading it will say what is wrong with it
    return None


def _line_end(path: Path, before: Before) -> int | None:
    """The end of the last whole line of the earlier part, if the file still begins with it."""
    digest, left, end = hashlib.sha256(), before.size, 0
    with path.open("rb") as file:
        while left:
            piece = file.read(min(left, _STEP))
            if not piece:
                return None
            if left == before.size and piece.startswith(_BOMS):
                return None  # offsets are those of the decoded text
            digest.update(piece)
            at = piece.rfind(b"\n")
            if at >= 0:
                end = before.size - left + at + 1
            left -= len(piece)
    return end if digest.hexdigest() == before.sha256 and end else None


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
