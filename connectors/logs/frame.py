"""Lines of a block, found with numpy and never copied; text columns made from positions.

Everything here is linear in the block and lets go of the interpreter lock.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

LF: Final = 10
CR: Final = 13
BLANK: Final = 32
PLAIN: Final = "backslashreplace"
IN_JSON: Final = "aicensus_json"  # one more backslash, so that the escape is valid inside JSON


def _escape_for_json(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(f"\\\\x{byte:02x}" for byte in wrong), error.end


codecs.register_error(IN_JSON, _escape_for_json)


@dataclass(slots=True)
class Lines:
    """Line i is data[starts[i]:ends[i]], without its line end; it stands at offset[i]."""

    data: bytes
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    line_no: NDArray[np.int64]
    offset: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts)

    def text(self, i: int) -> str:
        """Line i, decoded."""
        return self.data[self.starts[i] : self.ends[i]].decode("utf-8", PLAIN)

    def take(self, keep: slice | NDArray[np.bool_]) -> Lines:
        """The lines that a mask, a slice or indices choose."""
        return Lines(
            self.data, self.starts[keep], self.ends[keep], self.line_no[keep], self.offset[keep]
        )


def frame(data: bytes, offset: int, first_line: int) -> Lines:
    """The lines of `data`, whose first byte stands at `offset` in line `first_line`."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == LF)
    starts = np.empty(len(ends) + 1, np.int64)
    starts[0] = 0
    starts[1:] = ends + 1
    if len(data) == starts[-1]:
        starts = starts[:-1]
    else:
        ends = np.append(ends, len(data))
    line_no = np.arange(first_line, first_line + len(starts), dtype=np.int64)
    lines = Lines(data, starts, ends, line_no, starts + offset)
    if b"\r" in data and len(lines):
        bytes_ = np.frombuffer(data, np.uint8)
        lines.ends = lines.ends - ((lines.ends > lines.starts) & (bytes_[lines.ends - 1] == CR))
    return lines


def repair(lines: Lines, escape: str = PLAIN) -> tuple[Lines, list[int]]:
    r"""The lines with every byte that is not UTF-8 spelled \xNN, and the numbers of such lines."""
    if lines.data.isascii() or _valid(lines.data):
        return lines, []
    pieces: list[bytes] = []
    bad: list[int] = []
    starts, ends = np.empty_like(lines.starts), np.empty_like(lines.ends)
    place = 0
    for i, (start, end) in enumerate(zip(lines.starts.tolist(), lines.ends.tolist(), strict=True)):
        piece = lines.data[start:end]
        if not piece.isascii():
            try:
                piece.decode()
            except UnicodeDecodeError:
                piece = piece.decode("utf-8", escape).encode()
                bad.append(int(lines.line_no[i]))
        starts[i] = place
        place += len(piece)
        ends[i] = place
        place += 1  # a line end between any two, as before
        pieces.append(piece)
    return replace(lines, data=b"\n".join(pieces), starts=starts, ends=ends), bad


def _valid(data: bytes) -> bool:
    whole = pa.StringArray.from_buffers(
        1, pa.py_buffer(np.array([0, len(data)], np.int32)), pa.py_buffer(data)
    )
    try:
        whole.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def blank_lines(lines: Lines) -> NDArray[np.bool_]:
    """Which lines hold nothing but blanks and tabs."""
    blank: NDArray[np.bool_] = lines.ends == lines.starts
    maybe = np.flatnonzero(~blank & (first_bytes(lines) <= BLANK))
    for i in maybe.tolist():
        blank[i] = not lines.data[lines.starts[i] : lines.ends[i]].strip(b" \t")
    return blank


def first_bytes(lines: Lines) -> NDArray[np.uint8]:
    """The first byte of each line; an empty line gives its line end (or 0 at the very end)."""
    if not len(lines):
        return np.empty(0, np.uint8)
    if lines.starts[-1] < len(lines.data):
        return np.frombuffer(lines.data, np.uint8)[lines.starts]
    return np.frombuffer(lines.data + b"\0", np.uint8)[lines.starts]


def text_array(data: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> pa.StringArray:
    """data[starts[i]:ends[i]] as Arrow text; starts and ends must rise and not overlap.

    The positions become an array of value, gap, value, gap … over the block itself, of which
    every second is taken: one copy of the wanted bytes only.
    """
    n = len(starts)
    if n == 0:
        return pa.array([], pa.string())
    places = np.empty(2 * n, np.int32)
    places[0::2] = starts
    places[1::2] = ends
    both = pa.StringArray.from_buffers(2 * n - 1, pa.py_buffer(places), pa.py_buffer(data))
    return both.take(pa.array(np.arange(0, 2 * n - 1, 2, dtype=np.int32)))
