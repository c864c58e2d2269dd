"""The checking macros once more, in numpy and Arrow, for columns that hold nothing odd.

Each takes a column of text and gives what the macro of macros.sql of the same name gives for every
value, or None: then some value is not of the plain shape, and the macro decides about them all.
They cost a tenth of the macro (tests/connectors/logs/test_quick.py holds each against it).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

Quick: TypeAlias = Callable[[pa.Array], "pa.Array | None"]

ZERO, DOT = ord("0"), ord(".")
# Up to here a DOUBLE of seconds times a million rounds to the very microsecond, as the macro does.
EXACT: Final = 1 << 32
WHOLE, PARTS = 10, 6  # digits of seconds, and of what is behind the dot


def quick_column(macro: str, column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """What `macro` makes of a text column, or None where only the macro can tell."""
    cast = CASTS[macro]
    chunks = []
    for chunk in column.chunks:
        if len(chunk):
            made = cast(chunk)
            if made is None:
                return None
            chunks.append(made)
    return pa.chunked_array(chunks, TYPES[macro])


def _stamps(column: pa.Array) -> pa.Array | None:
    """Seconds since 1970 with as many decimals in every value: stamps (stamps.py)."""
    found = _matrix(column)
    if found is None:
        return None
    digits = found - ZERO
    width = digits.shape[1]
    dots = np.flatnonzero(found[0] == DOT).tolist()
    point = dots[0] if dots else width
    behind = width - point - 1
    if point > WHOLE or not point or (dots and not 0 < behind <= PARTS):
        return None
    if dots:
        if (found[:, point] != DOT).any():
            return None
        digits[:, point] = 0
    if digits.max() > 9:
        return None
    us = np.zeros(len(digits), np.int64)
    for place in range(width):
        if place != point:
            us *= 10
            us += digits[:, place]
    us *= 10 ** (PARTS - max(behind, 0))
    if us.max() >= EXACT * 1_000_000:
        return None
    return pa.array(us * 4)


def _ports(column: pa.Array) -> pa.Array | None:
    """Ports from 1 to 65535."""
    numbers = _numbers(column, 5, pa.int32())
    if numbers is None:
        return None
    bounds = pc.min_max(numbers).as_py()
    fits = bounds["min"] is None or (bounds["min"] > 0 and bounds["max"] < 1 << 16)
    return numbers if fits else None


def _flow_ports(column: pa.Array) -> pa.Array | None:
    """Ports from 1 to 65535; `0` is none."""
    none = pc.equal(column, "0")
    if pc.any(none).as_py():
        column = pc.if_else(none, None, column)
    return _ports(column)


def _bytes(column: pa.Array) -> pa.Array | None:
    """Byte counts of up to 18 digits, which always fit."""
    return _numbers(column, 18, pa.int64())


def _numbers(column: pa.Array, width: int, kind: pa.DataType) -> pa.Array | None:
    """The numbers in a column of ASCII digits only, at most `width` of them."""
    if column.null_count == len(column):
        return pa.nulls(len(column), kind)
    starts, data = _buffers(column)
    if (data - ZERO > 9).any():
        return None
    lengths = np.diff(starts)
    if column.null_count:
        lengths = lengths[np.asarray(column.is_valid().to_numpy(zero_copy_only=False))]
    if lengths.min() < 1 or lengths.max() > width:
        return None
    return column.cast(kind)


def _matrix(column: pa.Array) -> NDArray[np.uint8] | None:
    """The bytes of values that are all of one length, a row each."""
    if column.null_count:
        return None
    starts, data = _buffers(column)
    width = int(starts[1] - starts[0])
    if not width or len(data) != width * len(column) or (np.diff(starts) != width).any():
        return None
    return data.reshape(len(column), width)


def _buffers(column: pa.Array) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Where each value begins, and the bytes of them all; what is below a null may be anything."""
    _, places, data = column.buffers()
    starts = np.frombuffer(places, np.int32)[column.offset : column.offset + len(column) + 1]
    if data is None:
        return starts, np.empty(0, np.uint8)
    return starts, np.frombuffer(data, np.uint8)[starts[0] : starts[-1]]


CASTS: Final[dict[str, Quick]] = {
    "time_epoch": _stamps,
    "time_zeek": _stamps,
    "time_any": _stamps,
    "port_of": _ports,
    "flow_port_of": _flow_ports,
    "bytes_of": _bytes,
}
TYPES: Final = {macro: pa.int32() if "port" in macro else pa.int64() for macro in CASTS}
