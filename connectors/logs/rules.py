"""What the lines of each kind of log are: records, headers, comments, blanks, ends.

A rule set lives as long as its stream and keeps the header in force. `cut` takes the lines of a
block and gives segments, and the number of the line that begins a record the block does not end.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from connectors.files.notice import Notice
from connectors.logs.frame import blank_lines, first_bytes
from connectors.logs.header import named_twice
from connectors.logs.remarks import columns_twice
from connectors.logs.values import Counts, Reject, Segment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from connectors.logs.frame import Lines
    from connectors.logs.model import Format

HASH: Final = ord("#")
_SEPARATOR = re.compile(r"\\x([0-7][0-9A-Fa-f])")
Cutting = tuple[list[Segment], int | None]


class Rules(Protocol):
    """How one stream's lines become segments."""

    refused: bool  # the whole stream has the wrong shape; a notice says why

    def cut(self, lines: Lines, *, final: bool) -> Cutting:
        """The segments of these lines, and the number of the line to begin with again, if any."""
        ...

    def aside(self, lines: Lines) -> NDArray[np.bool_] | None:
        """Which of these lines are no plain records; None if they cannot be told apart one by one.

        All others may be left out of what is cut, and nothing else changes by it.
        """
        ...

    def close(self) -> list[Notice]:
        """What is to be said at the end of the stream."""
        ...


def segment(
    lines: Lines,
    columns: tuple[str, ...] | None = None,
    delim: str = ",",
    counts: Counts | None = None,
    rejects: list[Reject] | None = None,
    notices: list[Notice] | None = None,
) -> Segment:
    """A segment whose records are these lines."""
    return Segment(
        lines.data, lines.starts, lines.ends, lines.line_no, lines.offset, None, columns, delim,
        counts or Counts(), rejects or [], [], notices or [],
    )  # fmt: skip


class LineRules:
    """Every line is a record, but for blank ones and comments."""

    def __init__(self, fmt: Format) -> None:
        self.refused = False
        self._comment = (fmt.reader.comment or "").encode()

    def cut(self, lines: Lines, *, final: bool) -> Cutting:  # noqa: ARG002 - every line ends here
        """One segment."""
        lines, counts = without_remarks(lines, self._comment)
        return [segment(lines, counts=counts)], None

    def aside(self, lines: Lines) -> NDArray[np.bool_]:
        """Blank lines and comments."""
        blank, remark = blanks_and_remarks(lines, self._comment)
        return blank | remark

    def close(self) -> list[Notice]:
        """Nothing."""
        return []


def without_remarks(lines: Lines, comment: bytes) -> tuple[Lines, Counts]:
    """The lines that are neither blank nor comments, and how many are."""
    blank, remark = blanks_and_remarks(lines, comment)
    n_blank, n_remark = int(blank.sum()), int(remark.sum())
    if not n_blank + n_remark:
        return lines, Counts()
    counts = Counts(read=n_blank + n_remark, blank=n_blank, comment=n_remark)
    return lines.take(~(blank | remark)), counts


def blanks_and_remarks(lines: Lines, comment: bytes) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which lines are blank, and which of the others are comments."""
    blank = blank_lines(lines)
    remark = np.zeros(len(lines), bool)
    if comment:
        for i in np.flatnonzero(~blank & (first_bytes(lines) == comment[0])).tolist():
            remark[i] = lines.data.startswith(comment, lines.starts[i], lines.ends[i])
    return blank, remark


class ZeekRules:
    """Zeek's own TSV: `#` lines are headers, `#fields` may come again with other columns.

    So are those of W3C's extended log format, whose `#Fields:` are parted by blanks.
    """

    def __init__(self, fmt: Format, path: str) -> None:
        self.refused = False
        self._path = path
        self._delim = fmt.reader.delim
        self._columns: tuple[str, ...] | None = None
        self._notices: list[Notice] = []
        self._open = False  # fields were named and no #close has come since

    def cut(self, lines: Lines, *, final: bool) -> Cutting:  # noqa: ARG002 - every line ends here
        """A segment for each stretch of records under the same columns."""
        lines, counts = without_remarks(lines, b"")
        is_header = first_bytes(lines) == HASH
        headers = np.flatnonzero(is_header).tolist()
        found: list[Segment] = []
        done = 0
        for at in headers:
            before = self._columns, self._delim
            self._header(lines.text(at), int(lines.line_no[at]))
            if (self._columns, self._delim) != before and not is_header[done:at].all():
                found.append(self._records(lines, is_header, slice(done, at), *before))
                done = at
        found.append(self._records(lines, is_header, slice(done, None), self._columns, self._delim))
        if not self.refused:  # a refused source counts nothing
            found[0].counts += counts + Counts(read=len(headers), header=len(headers))
        found[0].notices += self._notices
        self._notices = []
        return found, None

    def aside(self, lines: Lines) -> NDArray[np.bool_]:
        """Blank lines and headers."""
        is_header: NDArray[np.bool_] = first_bytes(lines) == HASH
        return blank_lines(lines) | is_header

    def _records(
        self,
        lines: Lines,
        is_header: NDArray[np.bool_],
        stretch: slice,
        columns: tuple[str, ...] | None,
        delim: str,
    ) -> Segment:
        records = lines.take(stretch).take(~is_header[stretch])
        if columns is not None or not len(records):
            return segment(records, columns, delim)
        self.refused = True
        message = "no #fields line before the first record"
        line = int(records.line_no[0])
        return segment(
            records.take(slice(0, 0)),
            notices=[Notice(self._path, "error", "refused", message, line)],
        )

    def _header(self, text: str, line: int) -> None:
        if text.startswith("#separator "):
            found = _SEPARATOR.fullmatch(text.removeprefix("#separator ").strip())
            if found:
                self._delim = chr(int(found[1], 16))
        elif text[:7].lower() == "#fields":
            extended = text[7:8] == ":"
            self._columns = tuple(text[8:].split() if extended else text.split(self._delim)[1:])
            self._open = not extended  # W3C's has no #close
            if doubled := named_twice(self._columns):
                self._notices.append(columns_twice(self._path, doubled, line))
        elif text.startswith("#close"):
            self._open = False

    def close(self) -> list[Notice]:
        """Whether the log was still being written."""
        if not self._open:
            return []
        return [Notice(self._path, "note", "open", "no #close: log still open or cut")]
