"""From the paths a person gave to the account of each file: found, recognised, read, judged.

Nothing is silent: a path that does not exist, a file that is none of our formats, a row that does
not parse, each ends as a SourceResult or a notice with the words of DESIGN table 4.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from connectors.files.discover import discover
from connectors.files.found import ahead
from connectors.files.notice import Notice
from connectors.files.stream import open_streams
from connectors.logs.columnar import ending_of
from connectors.logs.cut import segments
from connectors.logs.detect import detect
from connectors.logs.remarks import folded
from scanner.grown import Before, Flaw, Start, added, starts_of
from scanner.misfit import misfit
from scanner.names import borrows, lends
from scanner.partial import Partial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from connectors.files.discover import Found
    from connectors.files.limits import Limits
    from connectors.files.objects.access import Access
    from connectors.files.stream import Outcome, Stream
    from connectors.logs.detect import Detected
    from connectors.logs.model import Format
    from connectors.logs.settings import ReadSettings
    from connectors.logs.values import Segment
    from scanner.engines.local import LocalEngine

LARGE: Final = 32 << 20  # bytes on disk of a source that is screened unless rows are asked for
_VISIBILITY: Final = {
    "user": ("src_user",),
    "host": ("dst_host", "tls_sni"),
    "url": ("url_path",),
    "bytes": ("bytes_out", "bytes_in"),
    "action": ("action",),
    "agent": ("user_agent",),
}


@dataclass(slots=True)
class SourceResult:
    """One file or member after the scan. A source that was not read has an empty `partial`."""

    path: str
    status: str
    reason: str | None = None
    format: str | None = None
    sha256: str | None = None
    content: str | None = None
    content_size: int | None = None
    size: int | None = None
    visibility: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    partial: Partial = field(default_factory=Partial)
    notices: list[Notice] = field(default_factory=list)
    pending: int = 0
    head: tuple[int, str] | None = None  # of a document: length and hash up to its last element
    flaw: Flaw | None = None  # of the part that earlier runs read
    days_before: frozenset[int] = frozenset()  # of that part, where nothing is wrong with it
    whole_but_for_flaw: bool = False

    @property
    def incomplete(self) -> bool:
        """Whether absence of something in this source proves nothing."""
        return self.status not in {"complete", "screened"}


def visibility(fmt: Format) -> tuple[str, ...]:
    """Which of user, host, url, bytes, action and agent a format can show."""
    return tuple(word for word, names in _VISIBILITY.items() if any(n in fmt.map for n in names))


@dataclass(slots=True)
class Reading:
    """What is needed to read files: formats, limits, settings, and a forced format if any."""

    formats: Mapping[str, Format]
    limits: Limits
    settings: ReadSettings
    forced: Format | None = None
    progress: Callable[[int], None] | None = None
    known: Sequence[Before] = ()
    depth: str = "full"
    met: dict[tuple[str, bytes], Detected] = field(default_factory=dict)

    def screens(self, stream: Stream) -> bool:
        """Whether a stream is to be screened, if its format can be."""
        large = stream.size is not None and stream.size >= LARGE
        return self.depth == "screen" or (self.depth == "auto" and large)

    def recognise(self, stream: Stream) -> tuple[Format | None, str, list[Notice]]:
        """The format of a stream, or why there is none."""
        if self.forced is not None:
            return self.forced, "named by --format", []
        head = stream.head()
        key = stream.path, blake2b(head, digest_size=16).digest()
        found = self.met.get(key)
        if found is None:  # once to find the order of files, and once to read them
            tail = ending_of(head, stream)
            found = self.met[key] = detect(head, stream.path, self.formats, tail)
        return found.format, found.why, list(found.notices)


def find(paths: Sequence[str], access: Access | None = None) -> tuple[list[Found], list[Notice]]:
    """The files and objects below the given paths, and what is said of the rest."""
    found: list[Found] = []
    notices: list[Notice] = []
    for item in discover(paths, access):
        if isinstance(item, Notice):
            notices.append(item)
        else:
            found.append(item)
    return found, notices


@dataclass(frozen=True, slots=True)
class Order:
    """In which order files are read. borrowers: how many have connections without names. twice:
    files that also lend names to their own, so they are asked for names before any is matched."""

    files: list[Found]
    borrowers: int
    twice: list[Found]


def in_order(found: Sequence[Found], reading: Reading) -> Order:
    """Files that only have names first, files that borrow names after them.

    Recognising a file here only orders it; it is recognised again when it is read.
    """
    first: list[Found] = []
    last: list[Found] = []
    twice: list[Found] = []
    for one in ahead(found):
        formats = _formats(one, reading)
        (last if any(map(borrows, formats)) else first).append(one)
        if any(map(borrows, formats)) and any(map(lends, formats)):
            twice.append(one)
    return Order(first + last, len(last), twice)


def _formats(found: Found, reading: Reading) -> list[Format]:
    """The formats of the streams in a file, as far as they are known."""
    if found.display == "-":
        return []
    if reading.forced is not None:  # and nothing is fetched for it
        return [reading.forced]
    formats = []
    for item in open_streams(found, reading.limits):
        if isinstance(item, Notice):
            continue
        with item as stream:
            fmt, _, _ = reading.recognise(stream)
        if fmt is not None:
            formats.append(fmt)
    return formats


def read(found: Sequence[Found], reading: Reading, engine: LocalEngine) -> Iterator[SourceResult]:
    """Scan every file, yielding the account of each stream in it."""
    for one in ahead(found):
        starts = iter(starts_of(one, reading.limits, reading.known))
        for item in open_streams(one, reading.limits, reading.progress):
            if isinstance(item, Notice):
                yield said(item)
                continue
            with item as stream:
                yield _worded(_scan(stream, reading, engine, next(starts, None)))


def said(notice: Notice) -> SourceResult:
    """The account of something that has no rows of its own: why it was not, or not wholly, read.

    An archive whose end is missing is partial (its members are accounts of their own).
    """
    if notice.level != "error":
        return SourceResult(notice.path, "complete", notices=[notice])
    whole = notice.reason not in {"truncated", "malformed", "empty", "incomplete"}
    return _worded(
        SourceResult(notice.path, "failed" if whole else "partial", notice.reason, notices=[notice])
    )


def _worded(result: SourceResult) -> SourceResult:
    """What failed for one of these reasons has a status of that name."""
    if result.status == "failed" and result.reason in {"denied", "throttled"}:
        result.status = result.reason
    return result


def _scan(
    stream: Stream, reading: Reading, engine: LocalEngine, start: Start | None
) -> SourceResult:
    fmt, why, notices = reading.recognise(stream)
    if fmt is None:
        head = stream.head()  # asked first: it is empty once the stream was read
        for _ in stream.chunks():  # to its end, so that the hash and the damage are known
            pass
        outcome = stream.outcome()
        result = _result(stream, outcome, None, "", Partial())
        blank = not head.strip() and outcome.decoded <= len(head)
        if result.status == "complete" and blank:
            result.status, result.reason = "partial", "empty"
            result.notices.append(Notice(stream.path, "error", "empty", "holds only blank lines"))
        if result.status != "failed" and not blank:
            result.status, result.reason = "failed", "refused"
        if result.reason == "refused" and not any(n.level == "error" for n in result.notices):
            result.notices.append(Notice(stream.path, "error", "refused", why))
        result.notices[:0] = notices
        return result
    head = stream.head() if reading.forced else b""
    heads: list[tuple[int, str] | None] = [None]
    if stream.path == "-" and borrows(fmt) and lends(fmt):
        message = "standard input is read once: connections in it borrow no names from it"
        notices.append(Notice("-", "note", "names", message))
    grown = start if start is not None and start.format == fmt.id else None
    screen = reading.screens(stream) and engine.screens(fmt)
    sift = engine.sift(fmt) if screen and grown is None else None
    cut: Iterable[Segment] = _heads(segments(fmt, stream, reading.settings, sift), heads)
    if grown is not None:
        cut = added(cut, grown.offset)
        message = f"the first {grown.offset} bytes were read by run {grown.run_id}: left out"
        notices.append(Notice(stream.path, "note", "grown", message))
    partial = engine.run(fmt, reading.settings, cut, screen=screen)
    zone = reading.settings.timezone or "UTC"
    result = _result(stream, stream.outcome(), fmt, zone, partial)
    if partial.yearless and result.status != "failed":
        until = reading.settings.reference_date or "tomorrow"
        message = f"times without a year: {partial.yearless}, read as the latest not after {until}"
        result.notices.append(Notice(stream.path, "note", "year", message))
    remarks = folded(partial.notices, stream.path)
    wrong = misfit(
        stream.path,
        fmt,
        head,
        reading.formats,
        partial.counts,
        partial.ok,
        partial.rejects,
        remarks,
    )
    if wrong is not None and result.status != "failed":
        remarks = [wrong, *(note for note in remarks if note.reason != "refused")]
        result.status, result.reason, result.partial = "failed", "refused", Partial()
        result.notices = [note for note in result.notices if note.reason != "empty"]
    result.notices[:0] = [*notices, *remarks]
    error = next((notice for notice in remarks if notice.level == "error"), None)
    if error is not None and result.status == "complete":
        result.status, result.reason = "partial", error.reason
    result.head = heads[0]
    if grown is not None:
        _after(grown, result)
    return result


def _heads(cut: Iterable[Segment], heads: list[tuple[int, str] | None]) -> Iterator[Segment]:
    """The segments; heads[0] becomes that of the last one with records."""
    for segment in cut:
        if segment.head is not None:
            heads[0] = segment.head
        yield segment


def _after(start: Start, result: SourceResult) -> None:
    """Hold the account of what was added together with what is known of the part before it."""
    if result.reason == "empty" and not result.partial.counts.cut:  # no more than a line end
        result.status, result.reason = "complete", "duplicate"
        result.notices = [note for note in result.notices if note.reason != "empty"]
    result.days_before = start.days
    result.flaw = start.flaw
    if start.flaw is None or result.status not in {"complete", "screened"}:
        return
    result.whole_but_for_flaw = True
    result.status, result.reason = "partial", start.flaw.reason
    message = f"the part read by run {start.run_id} was not whole: {start.flaw.reason}"
    result.notices.append(Notice(result.path, "warning", start.flaw.reason, message))


def _result(
    stream: Stream, outcome: Outcome, fmt: Format | None, zone: str, partial: Partial
) -> SourceResult:
    result = SourceResult(
        path=stream.path,
        status=outcome.state,
        reason=outcome.reason,
        format=fmt.id if fmt else None,
        sha256=outcome.sha256,
        content=stream.content_sha256(),
        content_size=stream.content_size(),
        size=stream.size,
        visibility=visibility(fmt) if fmt else (),
        limits=tuple(fmt.limits) if fmt else (),
        partial=partial,
        notices=list(outcome.notices),
    )
    partial.counts.cut += outcome.cut
    partial.counts.read += outcome.cut
    if result.status == "failed":
        result.partial = Partial()
        return result
    if result.status == "complete" and fmt is not None:
        result.status, result.reason = _rows(fmt, zone, partial, result)
    return result


def _rows(fmt: Format, zone: str, partial: Partial, result: SourceResult) -> tuple[str, str | None]:
    """complete, unless the rows themselves say otherwise."""
    counts = partial.counts
    lost = [word for word in partial.skips if word in fmt.incomplete_when]
    for word in lost:
        result.notices.append(
            Notice(
                result.path,
                "warning",
                "incomplete",
                f"{partial.skips[word]} {word} records: the source itself lost data",
            )
        )
    if partial.replaced:
        for line in partial.replaced[:3]:
            result.notices.append(
                Notice(
                    result.path,
                    "warning",
                    "malformed",
                    "bytes that are not UTF-8, kept as escapes",
                    line,
                )
            )
    if partial.zoneless:
        result.notices.append(
            Notice(
                result.path,
                "note",
                "timezone",
                f"times without a zone: {partial.zoneless}, read as {zone}",
            )
        )
    if counts.rejected:
        return "partial", "rejects"
    if partial.replaced:
        return "partial", "malformed"
    if lost:
        return "partial", "incomplete"
    if counts.screened_out:
        return "screened", None
    if not partial.ok + counts.skipped:
        result.notices.append(Notice(result.path, "warning", "empty", "no data rows"))
        return "partial", "empty"
    return "complete", None
