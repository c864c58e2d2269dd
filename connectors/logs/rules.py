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
from connectors.logs.header import canonical, named_twice, places, split_header
from connectors.logs.model import AUTO, GENERIC
from connectors.logs.records import assemble
from connectors.logs.remarks import columns_twice
from connectors.logs.values import Counts, Reject, Segment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from connectors.logs.frame import Lines
    from connectors.logs.model import Format

HASH: Final = ord("#")
_SEPARATOR = re.compile(r"\\x([0-7][0-9A-Fa-f])")
DELIMITERS: Final = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}
Cutting = tuple[list[Segment], int | None]


class Rules(Protocol):
    """How one stream's lines become segments."""

    refused: bool  # the whole stream has the wrong shape; a notice says why

    def cut(self, lines: Lines, *, final: bool) -> Cutting:
        """The segments of these lines, and the number of the line to begin with again, if any."""
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

    def close(self) -> list[Notice]:
        """Nothing."""
        return []


def without_remarks(lines: Lines, comment: bytes) -> tuple[Lines, Counts]:
    """The lines that are neither blank nor comments, and how many are."""
    blank = blank_lines(lines)
    remark = np.zeros(len(lines), bool)
    if comment:
        for i in np.flatnonzero(~blank & (first_bytes(lines) == comment[0])).tolist():
            remark[i] = lines.data.startswith(comment, lines.starts[i], lines.ends[i])
    n_blank, n_remark = int(blank.sum()), int(remark.sum())
    if not n_blank + n_remark:
        return lines, Counts()
    counts = Counts(read=n_blank + n_remark, blank=n_blank, comment=n_remark)
    return lines.take(~(blank | remark)), counts


class ZeekRules:
    """Zeek's own TSV: `#` lines are headers, `#fields` may come again with other columns."""

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
        elif text.startswith("#fields"):
            self._columns = tuple(text.split(self._delim)[1:])
            self._open = True
            if doubled := named_twice(self._columns):
                self._notices.append(columns_twice(self._path, doubled, line))
        elif text.startswith("#close"):
            self._open = False

    def close(self) -> list[Notice]:
        """Whether the log was still being written."""
        if not self._open:
            return []
        return [Notice(self._path, "note", "open", "no #close: log still open or cut")]


class CsvRules:
    """CSV: a header (given, or in the first line), records that may hold quoted newlines."""

    def __init__(self, fmt: Format, path: str) -> None:
        self.refused = False
        rule = self._rule = fmt.reader
        self._format = fmt
        self._path = path
        self._delim = rule.delim
        self._comment = (rule.comment or "").encode()
        self._columns: tuple[str, ...] | None = None
        self._spelled = b""  # the header line, to know it when it comes again
        self._ended = False
        if rule.header == "no":
            self._columns = tuple(rule.default_columns)

    def cut(self, lines: Lines, *, final: bool) -> Cutting:
        """One segment; held back is a record whose quotes the block does not close."""
        notices: list[Notice] = []
        rejects: list[Reject] = []
        counts, held = Counts(), None
        if self._columns is None:
            lines, counts = self._past_header(lines, notices)
        if self._columns is None:
            counts = Counts() if self.refused else counts  # a refused source counts nothing
            return [segment(lines.take(slice(0, 0)), counts=counts, notices=notices)], None
        if self._rule.quote and self._rule.quote.encode() in lines.data:
            lines, rejects, held = assemble(
                lines, self._delim, self._rule.quote, self._columns, final=final
            )
            counts += Counts(read=len(rejects), rejected=len(rejects))
        lines, remarks = without_remarks(lines, self._comment)
        lines, ended = self._to_end(lines)
        lines, repeated = self._without_headers(lines)
        counts = counts + remarks + ended + repeated
        return [segment(lines, self._columns, self._delim, counts, rejects, notices)], held

    def close(self) -> list[Notice]:
        """Nothing."""
        return []

    def _past_header(self, lines: Lines, notices: list[Notice]) -> tuple[Lines, Counts]:
        """The lines after the header, which is taken from the first line that says anything."""
        kept, counts = without_remarks(lines, self._comment)
        if not len(kept):
            return kept, counts
        first = int(np.searchsorted(lines.line_no, kept.line_no[0]))
        rest = lines.take(slice(first + 1, None))
        counts = without_remarks(lines.take(slice(0, first)), self._comment)[1]
        text = kept.text(0)
        if self._delim == AUTO:
            self._delim = sniff(text, self._rule.quote, self._format.expressions.fields())
            self._tell_delimiter(int(kept.line_no[0]), notices)
        names = split_header(text, self._delim, self._rule.quote)
        if self._rule.header == "auto" and not self._is_header(names):
            if len(names) == len(self._rule.default_columns):
                self._columns = tuple(self._rule.default_columns)
                return lines.take(slice(first, None)), counts
            self._refuse(int(kept.line_no[0]), "no header, and not the default columns", notices)
            return rest, counts
        self._columns = names
        if doubled := named_twice(names):
            notices.append(columns_twice(self._path, doubled, int(kept.line_no[0])))
        self._spelled = kept.data[kept.starts[0] : kept.ends[0]]
        if lacking := self._lacking(names):
            self._refuse(int(kept.line_no[0]), f"no header, or none with {lacking}", notices)
            self._columns = None
            return rest, counts
        if self._format.id in GENERIC:
            self._tell_ignored(names, int(kept.line_no[0]), notices)
        return rest, counts + Counts(read=1, header=1)

    def _is_header(self, names: tuple[str, ...]) -> bool:
        known = {canonical(name) for name in self._rule.default_columns}
        known |= {canonical(name) for name in self._format.expressions.fields()}
        return sum(canonical(name) in known for name in names) * 2 > len(names)

    def _lacking(self, names: tuple[str, ...]) -> str | None:
        """The first requirement that no column of this header can meet."""
        expressions = self._format.expressions
        there = places(names, expressions.fields()).keys()
        for item in self._format.require:
            candidates = [e for c in item.split("|") for e in expressions.map.get(c, ())]
            if not any(there >= set(e.fields) for e in candidates):
                return item
        return None

    def _refuse(self, line: int, message: str, notices: list[Notice]) -> None:
        self.refused = True
        notices.append(Notice(self._path, "error", "refused", message, line))

    def _tell_delimiter(self, line: int, notices: list[Notice]) -> None:
        if self._delim == "," or ".csv" not in self._path.lower():
            return
        message = (
            "expected comma fields, header has 1; looks "
            f"{DELIMITERS[self._delim]} separated and is read so"
        )
        notices.append(Notice(self._path, "warning", "delimiter", message, line))

    def _tell_ignored(self, names: tuple[str, ...], line: int, notices: list[Notice]) -> None:
        known = {canonical(name) for name in self._format.expressions.fields()}
        ignored = [name for name in names if canonical(name) not in known]
        if ignored:
            listed = ", ".join(ignored[:20]) + (", …" if len(ignored) > 20 else "")
            message = f"ignored columns: {listed}"
            notices.append(Notice(self._path, "note", "columns", message, line))

    def _to_end(self, lines: Lines) -> tuple[Lines, Counts]:
        """The lines before the one that ends the table; all after it are comments."""
        if self._rule.end is None:
            return lines, Counts()
        stop = 0 if self._ended else len(lines)
        if not self._ended:
            end = self._rule.end.encode()
            for i in np.flatnonzero(lines.ends - lines.starts == len(end)).tolist():
                if lines.data.startswith(end, lines.starts[i]):
                    stop, self._ended = i, True
                    break
        rest = len(lines) - stop
        return lines.take(slice(0, stop)), Counts(read=rest, comment=rest)

    def _without_headers(self, lines: Lines) -> tuple[Lines, Counts]:
        """The lines without repetitions of the header, as concatenated files have them."""
        size = len(self._spelled)
        if not size:
            return lines, Counts()
        alike = (lines.ends - lines.starts == size) & (first_bytes(lines) == self._spelled[0])
        again = [
            i
            for i in np.flatnonzero(alike).tolist()
            if lines.data.startswith(self._spelled, lines.starts[i])
        ]
        if not again:
            return lines, Counts()
        keep: NDArray[np.bool_] = np.ones(len(lines), bool)
        keep[again] = False
        return lines.take(keep), Counts(read=len(again), header=len(again))


def sniff(header: str, quote: str, wanted: tuple[str, ...]) -> str:
    """The delimiter under which most of the wanted names are in the header; comma if none is."""
    return max(DELIMITERS, key=lambda d: len(places(split_header(header, d, quote), wanted)))
