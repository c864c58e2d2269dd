"""What the bytes of JSON records and values tell of their shape, before anything is parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from connectors.logs.jsonmarks import Scanner
from connectors.logs.readers.marks import find_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from connectors.logs.values import Segment

MAX_DEPTH: Final = 64
OPEN_BRACE, OPEN_BRACKET = ord("{"), ord("[")
FOLD: Final = np.uint8(0xDF)  # takes a brace to its bracket, as it does small letters to capitals


def begin_with_braces(segment: Segment, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> bool:
    """Whether all these records begin with a brace."""
    data = np.frombuffer(segment.data, np.uint8)
    return bool(len(starts) and (ends > starts).all() and (data[starts] == OPEN_BRACE).all())


def begins_like_a_container(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Which values begin with a brace or bracket; quick, since hardly any do."""
    values = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    _, places, buffer = values.buffers()
    spots = np.frombuffer(places, np.int32)[values.offset : values.offset + len(values) + 1]
    if buffer is None or not buffer.size:
        return np.zeros(len(values), bool)
    first = np.frombuffer(buffer, np.uint8)[np.minimum(spots[:-1], buffer.size - 1)]
    return np.asarray((spots[1:] > spots[:-1]) & (first & FOLD == OPEN_BRACKET))


def too_deep(segment: Segment) -> list[int]:
    """Records nested deeper than MAX_DEPTH; only those with that many openings are looked into."""
    opens = find_bytes(segment.data, b"{[")
    if len(opens) <= MAX_DEPTH or not len(segment):
        return []
    longest = int((segment.ends - segment.starts).max())
    if (opens[MAX_DEPTH:] - opens[:-MAX_DEPTH]).min() >= longest:
        return []
    count = np.searchsorted(opens, segment.ends) - np.searchsorted(opens, segment.starts)
    return [
        row
        for row in np.flatnonzero(count > MAX_DEPTH).tolist()
        if Scanner().feed(segment.data[segment.starts[row] : segment.ends[row]]).deepest > MAX_DEPTH
    ]


def holds_braces_inside(segment: Segment) -> bool:
    """Whether there is any brace but the first byte of each record."""
    data = np.frombuffer(segment.data, np.uint8)
    first = data[segment.starts[segment.ends > segment.starts]]
    return bool((data == OPEN_BRACE).sum() > (first == OPEN_BRACE).sum())
