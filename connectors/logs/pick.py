"""Some records of a segment as a segment of their own, and several such as one."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from connectors.logs.values import Counts, Segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def picked(segment: Segment, rows: NDArray[np.int64]) -> Segment:
    """The records at these indices; the others are counted as screened out."""
    data = segment.data
    pieces = [
        data[start:end]
        for start, end in zip(
            segment.starts[rows].tolist(), segment.ends[rows].tolist(), strict=True
        )
    ]
    left = len(segment) - len(rows)
    ends = np.cumsum([len(piece) + 1 for piece in pieces], dtype=np.int64) - 1
    return replace(
        segment,
        data=b"\n".join([*pieces, b""]),
        starts=ends - np.array([len(piece) for piece in pieces], np.int64),
        ends=ends,
        line_no=segment.line_no[rows],
        offset=segment.offset[rows],
        event_no=None if segment.event_no is None else segment.event_no[rows],
        counts=segment.counts + Counts(read=left, screened_out=left),
        sifted=True,
        places=None,
    )


def joined(segments: Sequence[Segment]) -> Segment:
    """Segments of one header, in their order, as one."""
    if len(segments) == 1:
        return segments[0]
    first, last = segments[0], segments[-1]
    shifts = [0, *accumulate(len(one.data) for one in segments[:-1])]
    events = [one.event_no for one in segments if one.event_no is not None]
    counts = Counts()
    for one in segments:
        counts = counts + one.counts
    return replace(
        first,
        data=b"".join(one.data for one in segments),
        starts=np.concatenate(
            [one.starts + shift for one, shift in zip(segments, shifts, strict=True)]
        ),
        ends=np.concatenate(
            [one.ends + shift for one, shift in zip(segments, shifts, strict=True)]
        ),
        line_no=np.concatenate([one.line_no for one in segments]),
        offset=np.concatenate([one.offset for one in segments]),
        event_no=np.concatenate(events) if events else None,
        counts=counts,
        rejects=[bad for one in segments for bad in one.rejects],
        replaced=[line for one in segments for line in one.replaced],
        notices=[note for one in segments for note in one.notices],
        head=next((one.head for one in reversed(segments) if one.head is not None), last.head),
    )


def alike(one: Segment, other: Segment) -> bool:
    """Whether two segments may be joined."""
    return (
        one.columns == other.columns
        and one.delim == other.delim
        and (one.event_no is None) == (other.event_no is None)
    )
