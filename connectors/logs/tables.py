"""Delimited tables: a header, perhaps another one further on, records that may span lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from connectors.files.notice import Notice
from connectors.logs.frame import first_bytes
from connectors.logs.header import canonical, named_twice, places, split_header
from connectors.logs.headings import Headings
from connectors.logs.model import AUTO, GENERIC
from connectors.logs.records import LONG, MAX_LINES, Assembled, assemble, each_closed
from connectors.logs.remarks import columns_twice, header_changes, spans_lines
from connectors.logs.rules import Cutting, blanks_and_remarks, segment, without_remarks
from connectors.logs.values import Counts, Reject, Segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from connectors.logs.frame import Lines
    from connectors.logs.model import Format

DELIMITERS: Final = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}


class CsvRules:
    """CSV: a header (given, or in the first line), records that may hold quoted newlines."""

    def __init__(self, fmt: Format, path: str) -> None:
        self.refused = False
        rule = self._rule = fmt.reader
        self._format = fmt
        self._path = path
        self._headings = Headings(fmt)
        self._time_fields = {name for e in fmt.expressions.map["time"] for name in e.fields}
        self._delim = rule.delim
        self._comment = (rule.comment or "").encode()
        self._columns: tuple[str, ...] | None = None
        self._spelled = b""  # the header line, to know it when it comes again
        self._ended = False
        if rule.header == "no":
            self._columns = tuple(rule.default_columns)

    def cut(self, lines: Lines, *, final: bool) -> Cutting:
        """A segment for each stretch under one header.

        Held back is a record whose quotes the block does not close.
        """
        notices: list[Notice] = []
        counts = Counts()
        if self._columns is None:
            lines, counts = self._past_header(lines, notices)
        if self._columns is None:
            counts = Counts() if self.refused else counts  # a refused source counts nothing
            return [segment(lines.take(slice(0, 0)), counts=counts, notices=notices)], None
        found: list[Segment] = []
        done = 0
        for at in self._headers(lines):
            if at < done or self._is_content(lines, done, at, final=final):
                continue
            one, _ = self._records(lines.take(slice(done, at)), final=True)
            one.counts += Counts(read=1, header=1)
            self._switch(lines, at, one.notices)
            found.append(one)
            done = at + 1
        one, held = self._records(lines.take(slice(done, None)), final=final)
        found.append(one)
        found[0].counts += counts
        found[0].notices[:0] = notices
        return found, held

    def aside(self, lines: Lines) -> NDArray[np.bool_] | None:
        """Blank lines, comments and headers; None where a record may span lines or a table end."""
        quote = self._rule.quote.encode()
        if self._columns is None or self._rule.end is not None:
            return None
        if quote and quote in lines.data and not each_closed(lines, quote):
            return None
        blank, remark = blanks_and_remarks(lines, self._comment)
        out = blank | remark | self._repeated(lines)
        out[list(self._headers(lines))] = True
        return out

    def _records(self, lines: Lines, *, final: bool) -> tuple[Segment, int | None]:
        """The records of lines under the header in force, and where an open one begins."""
        counts, held = Counts(), None
        rejects: list[Reject] = []
        notices: list[Notice] = []
        if self._rule.quote and self._rule.quote.encode() in lines.data:
            whole = self._assembled(lines, final=final)
            lines, rejects, held = whole.lines, whole.rejects, whole.held
            counts += Counts(read=len(rejects), rejected=len(rejects))
            notices = [spans_lines(self._path, LONG, line) for line in whole.long]
        lines, remarks = without_remarks(lines, self._comment)
        lines, ended = self._to_end(lines)
        lines, repeated = self._without_headers(lines)
        counts = counts + remarks + ended + repeated
        return segment(lines, self._columns, self._delim, counts, rejects, notices), held

    def _assembled(self, lines: Lines, *, final: bool) -> Assembled:
        columns = self._columns or ()
        times = tuple(places(columns, self._time_fields).values())
        return assemble(lines, self._delim, self._rule.quote, columns, times, final=final)

    def _headers(self, lines: Lines) -> Iterator[int]:
        """Lines with another header than the one in force, or with any where a table may end."""
        if self._rule.header == "no":
            return
        for at in self._headings.find(lines, self._delim, self._columns or ()):
            spelled = lines.data[lines.starts[at] : lines.ends[at]]
            if spelled != self._spelled or self._rule.end is not None:
                yield at

    def _is_content(self, lines: Lines, done: int, at: int, *, final: bool) -> bool:
        """Whether the line stands inside a quoted record, where it heads nothing."""
        if not self._rule.quote or self._rule.quote.encode() not in lines.data:
            return False
        if self._assembled(lines.take(slice(done, at)), final=False).held is None:
            return False
        stop = at + 1 + MAX_LINES
        around = lines.take(slice(done, stop))
        kept = self._assembled(around, final=final and stop >= len(lines)).lines.line_no
        place = int(np.searchsorted(kept, lines.line_no[at]))
        return place == len(kept) or int(kept[place]) != int(lines.line_no[at])

    def _switch(self, lines: Lines, at: int, notices: list[Notice]) -> None:
        """Read what follows by the header in this line."""
        line = int(lines.line_no[at])
        names = split_header(lines.text(at), self._delim, self._rule.quote)
        before = [canonical(name) for name in self._columns or ()]
        self._columns, self._ended = names, False
        self._spelled = lines.data[lines.starts[at] : lines.ends[at]]
        if [canonical(name) for name in names] != before:
            notices.append(header_changes(self._path, line))
            self._tell_columns(names, line, notices)

    def _tell_columns(self, names: tuple[str, ...], line: int, notices: list[Notice]) -> None:
        if doubled := named_twice(names):
            notices.append(columns_twice(self._path, doubled, line))
        if self._format.id in GENERIC:
            self._tell_ignored(names, line, notices)

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
        if self._rule.header == "auto" and not self._headings.mostly_known(names):
            if len(names) == len(self._rule.default_columns):
                self._columns = tuple(self._rule.default_columns)
                return lines.take(slice(first, None)), counts
            self._refuse(int(kept.line_no[0]), "no header, and not the default columns", notices)
            return rest, counts
        self._columns = names
        self._spelled = kept.data[kept.starts[0] : kept.ends[0]]
        if lacking := self._headings.lacking(names):
            self._refuse(int(kept.line_no[0]), f"no header, or none with {lacking}", notices)
            self._columns = None
            return rest, counts
        self._tell_columns(names, int(kept.line_no[0]), notices)
        return rest, counts + Counts(read=1, header=1)

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
        again = self._repeated(lines)
        count = int(again.sum())
        if not count:
            return lines, Counts()
        return lines.take(~again), Counts(read=count, header=count)

    def _repeated(self, lines: Lines) -> NDArray[np.bool_]:
        """Which lines are the header in force once more."""
        size = len(self._spelled)
        again: NDArray[np.bool_] = np.zeros(len(lines), bool)
        if size:
            alike = (lines.ends - lines.starts == size) & (first_bytes(lines) == self._spelled[0])
            for i in np.flatnonzero(alike).tolist():
                again[i] = lines.data.startswith(self._spelled, lines.starts[i])
        return again


def sniff(header: str, quote: str, wanted: tuple[str, ...]) -> str:
    """The delimiter under which most of the wanted names are in the header; comma if none is."""
    return max(DELIMITERS, key=lambda d: len(places(split_header(header, d, quote), wanted)))
