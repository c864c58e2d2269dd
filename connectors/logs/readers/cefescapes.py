r"""Values of CEF as they are meant: `\=`, `\|`, `\\`, `\n` and `\r` are escapes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.logs.readers.marks import BACKSLASH

if TYPE_CHECKING:
    from numpy.typing import NDArray

BAR, SIGN = b"|="
_SPEAKS: Final = np.isin(np.arange(256), np.frombuffer(b"\\nr", np.uint8))  # behind a backslash
_LF: Final = re.compile(r"\\(.)", re.DOTALL)


def as_it_is(values: pa.Array, _starts: NDArray[np.int64]) -> pa.Array:
    """Values without escapes."""
    return values


def unescaped(values: pa.Array, _starts: NDArray[np.int64]) -> pa.Array:
    """Values with their escapes undone."""
    quick = without_slashes(values)
    if quick is not None:
        return quick
    mask = pc.match_substring(values, "\\")
    some = values.filter(mask)
    inner = pc.replace_substring_regex(some, r"\\([\\=|])", r"\1")
    # a line end is rare; only where one is spelled the order of escapes can matter
    ends = pc.match_substring_regex(some, r"(?:^|[^\\])(?:\\\\)*\\[nr]")
    if pc.any(ends).as_py():
        spelled = [_spoken(text) for text in some.filter(ends).to_pylist()]
        inner = pc.replace_with_mask(inner, ends, pa.array(spelled, pa.string()))
    return pc.replace_with_mask(values, mask, inner)


def without_slashes(values: pa.Array) -> pa.Array | None:
    """Values with their escapes undone; None where that takes more than leaving a slash out."""
    _, places, buffer = values.buffers()
    if values.null_count or buffer is None:
        return None
    spots = np.frombuffer(places, np.int32)[values.offset : values.offset + len(values) + 1]
    data = np.frombuffer(buffer, np.uint8)[spots[0] : spots[-1]]
    slashes = np.flatnonzero(data == BACKSLASH)
    if not len(slashes):
        return values
    ends = spots[1:] - spots[0]
    last = ends[ends.searchsorted(slashes, side="right")] == slashes + 1
    follows = np.append(data, np.uint8(0))[slashes + 1]
    if (~last & _SPEAKS[follows]).any():
        return None
    gone = slashes[~last & ((follows == SIGN) | (follows == BAR))]
    edges = np.append(np.int32(0), ends)
    edges -= gone.searchsorted(edges).astype(np.int32)
    made = np.delete(data, gone)
    return pa.StringArray.from_buffers(len(values), pa.py_buffer(edges), pa.py_buffer(made))


def _spoken(text: str) -> str:
    """A value with all its escapes undone."""
    plain = {"n": "\n", "r": "\r", "=": "=", "|": "|", "\\": "\\"}
    return _LF.sub(lambda found: plain.get(found[1], found[0]), text)
