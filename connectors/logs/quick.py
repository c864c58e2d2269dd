"""The checking macros once more, in numpy and Arrow, for columns that hold nothing odd.

Each takes a column of text and gives what the macro of macros.sql of the same name gives for every
value, or None: then some value is not of the plain shape, and the macro decides about them all.
They cost a tenth of the macro (tests/connectors/logs/test_quick.py holds each against it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain, starmap
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.logs import quicktext

if TYPE_CHECKING:
    from numpy.typing import NDArray

Quick: TypeAlias = Callable[[pa.Array], "pa.Array | None"]

ZERO, DOT, BLANK = ord("0"), ord("."), ord(" ")
# Up to here a DOUBLE of seconds times a million rounds to the very microsecond, as the macro does.
EXACT: Final = 1 << 32
WHOLE, PARTS = 10, 6  # digits of seconds, and of what is behind the dot
MILLI = 13  # digits of milliseconds
ISO: Final = b"\0\0\0\0-\0\0-\0\0\0\0\0:\0\0:\0\0"  # the signs in it; a blank or T stands at 10
PLACES: Final = ((0, 4), (5, 7), (8, 10), (11, 13), (14, 16), (17, 19))


def quick_column(macro: str, column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """What `macro` makes of a text column, or None where only the macro can tell."""
    cast = CASTS[macro] if macro in CASTS else TEXTS[macro]
    chunks = []
    for chunk in column.chunks:
        if chunk.null_count == len(chunk):
            chunks.append(pa.nulls(len(chunk), TYPES[macro]))
        elif len(chunk):
            made = cast(chunk)
            if made is None:
                return None
            chunks.append(made)
    return pa.chunked_array(chunks, TYPES[macro])


def _stamps(column: pa.Array) -> pa.Array | None:
    """Seconds since 1970 with as many decimals in every value, or milliseconds: stamps."""
    return _where_valid(column, _all_stamps)


def _all_stamps(column: pa.Array) -> pa.Array | None:
    found = _matrix(column)
    if found is None:
        return None
    digits = found - ZERO
    width = digits.shape[1]
    dots = np.flatnonzero(found[0] == DOT).tolist()
    point = dots[0] if dots else width
    behind = width - point - 1
    milli = point == MILLI and not dots
    if (point > WHOLE and not milli) or not point or (dots and not 0 < behind <= PARTS):
        return None
    if dots:
        if (found[:, point] != DOT).any():
            return None
        digits[:, point] = 0
    if digits.max() > 9:
        return None
    us = _number(digits, [place for place in range(width) if place != point])
    us *= 1000 if milli else 10 ** (PARTS - max(behind, 0))
    if us.max() >= EXACT * 1_000_000:
        return None
    return pa.array(us * 4)


def _iso(column: pa.Array) -> pa.Array | None:
    """2026-03-02T09:14:05 with as many decimals, and with Z or without, in every value."""
    return _where_valid(column, _all_iso)


def _all_iso(column: pa.Array) -> pa.Array | None:
    found = _matrix(column)
    shape = None if found is None else _shape(found)
    if found is None or shape is None:
        return None
    behind, zulu = shape
    digits = found - ZERO
    if digits[:, [*chain(*starmap(range, PLACES)), *behind]].max() > 9:
        return None
    year, month, day, hour, minute, second = (
        _number(digits, range(low, high)) for low, high in PLACES
    )
    fits = (month >= 1) & (month <= 12) & (hour < 24) & (minute < 60) & (second < 60)
    months = ((year - 1970) * 12 + month - 1).astype("M8[M]")
    days = months.astype("M8[D]") + (day - 1)
    fits &= (year >= 1970) & (year < 2262) & (day > 0) & (days.astype("M8[M]") == months)
    if not fits.all():
        return None
    us = ((days.astype(np.int64) * 24 + hour) * 60 + minute) * 60 + second
    us *= 1_000_000
    us += _number(digits, behind) * 10 ** (PARTS - len(behind))
    return pa.array(us * 4 + (not zulu))


def _shape(found: NDArray[np.uint8]) -> tuple[range, bool] | None:
    """Where the decimals of ISO times stand, and whether Z ends them; None if they differ."""
    size, short = found.shape[1], len(ISO)
    if size < short:
        return None
    zulu = bool(found[0, -1] == ord("Z"))
    behind = range(short + 1, size - zulu)
    signs = {place: byte for place, byte in enumerate(ISO) if byte}
    signs |= {size - 1: ord("Z")} if zulu else {}
    signs |= {short: DOT} if size - zulu > short else {}
    fits = (size - zulu == short) if not behind else len(behind) <= PARTS
    fits = fits and not any((found[:, place] != byte).any() for place, byte in signs.items())
    return (behind, zulu) if fits and np.isin(found[:, 10], (ord("T"), BLANK)).all() else None


def _any(column: pa.Array) -> pa.Array | None:
    """ISO 8601 or seconds, by the first value."""
    first = pc.drop_null(column)[0].as_py()
    return _iso(column) if first[4:5] == "-" else _stamps(column)


def _number(digits: NDArray[np.uint8], places: Iterable[int]) -> NDArray[np.int64]:
    """The numbers that digits at these places spell; 0 for none."""
    made = np.zeros(len(digits), np.int64)
    for place in places:
        made *= 10
        made += digits[:, place]
    return made


def _where_valid(column: pa.Array, cast: Quick) -> pa.Array | None:
    """What `cast`, which knows no nulls, makes of the values there are."""
    if not column.null_count:
        return cast(column)
    there = column.is_valid()
    made = cast(column.filter(there))
    if made is None:
        return None
    valid = np.asarray(there.to_numpy(zero_copy_only=False))
    index = np.maximum(np.cumsum(valid) - 1, 0)
    return made.take(pa.array(index, mask=~valid))


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


def _any_ports(column: pa.Array) -> pa.Array | None:
    """Ports from 1 to 65535, and `0`."""
    none = pc.equal(column, "0")
    if not pc.any(none).as_py():
        return _ports(column)
    ports = _ports(pc.if_else(none, None, column))
    return None if ports is None else pc.if_else(none, pa.scalar(0, pa.int32()), ports)


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


def _both(outer: Quick, inner: Quick) -> Quick:
    def made(column: pa.Array) -> pa.Array | None:
        found = inner(column)
        return None if found is None else outer(found)

    return made


def _texts(cast: Quick) -> Quick:
    return lambda column: _where_valid(column, cast)


CASTS: Final[dict[str, Quick]] = {
    "time_epoch": _stamps,
    "time_iso": _iso,
    "time_zeek": _any,
    "time_any": _any,
    "port_of": _ports,
    "flow_port_of": _flow_ports,
    "any_port_of": _any_ports,
    "bytes_of": _bytes,
}
# macros of text, and one of another, with a blank between their names
TEXTS: Final[dict[str, Quick]] = {
    "url_decode": quicktext.decoded,
    "upper": quicktext.upper,
    "host_of": _texts(quicktext.host),
    "path_of": _texts(quicktext.path),
    "host_of url_decode": _both(_texts(quicktext.host), quicktext.decoded),
    "path_of url_decode": _both(_texts(quicktext.path), quicktext.decoded),
}
TYPES: Final = {macro: pa.int32() if "port" in macro else pa.int64() for macro in CASTS}
TYPES.update(dict.fromkeys(TEXTS, pa.string()))
