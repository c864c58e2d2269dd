"""Macros of text once more, in numpy and Arrow: parts of URLs, and what mostly leaves a text alone.

As in quick.py each gives what the macro gives for every value, or None where some value is not of
the plain shape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.logs.frame import text_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

SLASH, QUERY, HASH, COLON = b"/?#:"
HTTP: Final = np.frombuffer(b"http", np.uint8)
NONE: Final = pa.array(("", "-", "NA", "N/A", "None", "NULL", "null", "(empty)"), pa.string())


def decoded(column: pa.Array) -> pa.Array | None:
    """url_decode of values without a percent sign."""
    _, _, data = column.buffers()
    return None if data is not None and b"%" in memoryview(data).tobytes() else column


def upper(column: pa.Array) -> pa.Array | None:
    """Upper case of ASCII."""
    return pc.ascii_upper(column) if pc.all(pc.string_is_ascii(column)).as_py() else None


def host(column: pa.Array) -> pa.Array | None:
    """host_of: the authority of URLs."""
    found = _parts(column)
    if found is None:
        return None
    data, begin, end, _ = found
    made = text_array(data, begin, end)
    if (end - begin).min() > max(map(len, NONE.to_pylist())):
        return made
    return pc.if_else(pc.is_in(made, value_set=NONE), None, made)


def path(column: pa.Array) -> pa.Array | None:
    """path_of: the path of URLs, without query."""
    found = _parts(column)
    if found is None:
        return None
    data, _, begin, end = found
    made = text_array(data, begin, end)
    return pc.if_else(pa.array(begin == end), None, made) if (begin == end).any() else made


Parts: TypeAlias = "tuple[bytes, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]"


def _parts(column: pa.Array) -> Parts | None:
    """Where the authority of each URL begins, where the path does, and where that ends.

    None of schemes other than http and https, and of odd beginnings.
    """
    _, places, buffer = column.buffers()
    if buffer is None or column.null_count:
        return None
    spots = np.frombuffer(places, np.int32)[column.offset : column.offset + len(column) + 1]
    low, high = int(spots[0]), int(spots[-1])
    data = np.frombuffer(buffer, np.uint8)[low:high]
    starts, ends = (spots[:-1] - low).astype(np.int64), (spots[1:] - low).astype(np.int64)
    marks = np.flatnonzero((data == SLASH) | (data == QUERY) | (data == HASH))
    padded = np.append(data, np.zeros(2, np.uint8))
    first = _next(marks, starts, ends)
    double = (first + 1 < ends) & (padded[first] == SLASH) & (padded[first + 1] == SLASH)
    schemed = double & (first > starts) & (padded[first - 1] == COLON)
    if double.any() and not _are_http(padded, starts[schemed], first[schemed]):
        return None
    if (double & (first == starts)).any():
        return None
    begin = np.where(schemed, first + 2, starts)
    end = np.where(schemed, _next(marks, begin, ends), first)
    queries = marks[data[marks] != SLASH]
    last = np.where((end < ends) & (padded[end] == SLASH), _next(queries, end, ends), end)
    return data.tobytes(), begin, end, last


def _next(
    marks: NDArray[np.int64], at: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The first mark from each place on, or the end."""
    padded = np.append(marks, np.iinfo(np.int64).max)
    found: NDArray[np.int64] = np.minimum(padded[marks.searchsorted(at)], ends)
    return found


def _are_http(
    data: NDArray[np.uint8], starts: NDArray[np.int64], slashes: NDArray[np.int64]
) -> bool:
    """Whether all these schemes, which end at a colon before the slashes, are http or https."""
    size = slashes - starts - 1
    if not ((size == 4) | (size == 5)).all():
        return False
    alike = all((data[starts + i] == byte).all() for i, byte in enumerate(HTTP))
    return alike and bool((data[starts + 4] == np.where(size == 5, ord("s"), COLON)).all())
