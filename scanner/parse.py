"""`formats parse`: the rows of a file as the matcher would see them, in clear, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from connectors.logs.cut import segments
from connectors.logs.errors import FormatError
from connectors.logs.normalise import Normaliser
from connectors.logs.remarks import folded
from connectors.logs.values import Counts
from scanner.errors import SignaturesError
from scanner.misfit import misfit
from signatures.hosts import HostError, normalise_host, normalise_ip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.files.notice import Notice
    from connectors.files.stream import Stream
    from connectors.logs.model import Format
    from connectors.logs.values import Batch, Reject
    from scanner.sources import Reading

_HOSTS: Final = ("dst_host", "tls_sni")
_ADDRESSES: Final = ("dst_ip", "client_ip", "server_ip")
KEPT: Final = 1000  # rejects that are named; the others are counted


class Lines:
    """Reads one stream; `said` and `incomplete` are filled while `rows` runs."""

    def __init__(self, stream: Stream, reading: Reading) -> None:
        self._stream = stream
        self._reading = reading
        self._rejects: list[Reject] = []
        self._counts = Counts()
        self._ok = 0
        self._undated = 0
        self._first_undated = 0
        self.said: list[str] = []
        self.incomplete = False

    def rows(self) -> Iterator[dict[str, Any]]:
        """Observations as plain values: times ISO 8601 with Z, hosts normalised.

        Also of records that a scan rejects for a wrong address or for want of a time, which `said`
        tells.

        Raises SignaturesError where the format's own SQL is at fault.
        """
        stream = self._stream
        fmt, why, notices = self._reading.recognise(stream)
        if fmt is None:
            self._say(f"{stream.path}: {why}")
            return
        head = stream.head() if self._reading.forced else b""
        remarks: list[Notice] = []
        for batch in self._batches(fmt):
            remarks += batch.notices
            self._counts += batch.counts
            self._keep(batch.rejects)
            for row in batch.table.to_pylist():
                shown = _plain(row)
                if (problem := _problem(shown)) is not None:
                    self._say(f"{stream.path}:{row['line']}: {problem}")
                elif row["time"] is None:
                    self._undated += 1
                    self._first_undated = self._first_undated or row["line"]
                else:
                    self._ok += 1
                event = row.pop("event", None) or 1
                yield {"path": stream.path, "format": fmt.id, "event": event} | shown
        self._end(fmt, head, notices, folded(remarks, stream.path))

    def _batches(self, fmt: Format) -> Iterator[Batch]:
        normaliser = Normaliser(fmt, self._reading.settings, undated=True)
        try:
            for segment in segments(fmt, self._stream, self._reading.settings):
                yield normaliser(segment)
        except FormatError as problem:
            raise SignaturesError(str(problem)) from problem

    def _end(self, fmt: Format, head: bytes, notices: list[Notice], remarks: list[Notice]) -> None:
        """Say what was not read, first what holds for the file as a whole."""
        path, known = self._stream.path, self._reading.formats
        wrong = misfit(path, fmt, head, known, self._counts, self._ok, self._rejects, remarks)
        outcome = self._stream.outcome()
        told = [*notices, *([wrong] if wrong else remarks), *outcome.notices]
        said = [str(notice) for notice in told]
        if wrong is None:
            said += [
                f"{path}:{bad.line}: {bad.field or 'record'}: {bad.reason}" for bad in self._rejects
            ]
            left = self._counts.rejected - len(self._rejects)
            said += [f"{path}: and {left:,} more records were rejected"] if left else []
        if self._undated:
            one = f"{path}:{self._first_undated}: no time: a scan rejects such a record"
            said.append(f"{one} ({self._undated:,} in all)")
            self.incomplete = True
        self.said = said + self.said
        if self._counts.rejected or outcome.state != "complete":
            self.incomplete = True
        if any(notice.level == "error" for notice in told):
            self.incomplete = True

    def _keep(self, rejects: list[Reject]) -> None:
        self._rejects += rejects[: max(KEPT - len(self._rejects), 0)]

    def _say(self, line: str) -> None:
        self.said.append(line)
        self.incomplete = True


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """The row without what it lacks; addresses as the log spells them, to be found there."""
    out = {name: value for name, value in row.items() if value is not None}
    if "time" in out:
        out["time"] = f"{out['time'].isoformat()}Z"
    return out


def _problem(row: dict[str, Any]) -> str | None:
    """Bring the host of a row into its normal form; why a scan will reject the row, if it will."""
    nameless = [name for name in ("client_ip", "server_ip") if row.get(name) == ""]
    for name in nameless:  # the log has a name in the place of an address
        del row[name]
    try:
        for name in _ADDRESSES if nameless else ("src_ip", *_ADDRESSES):
            if name in row:
                normalise_ip(row[name])
        for name in _HOSTS:
            if name in row:
                row[name] = normalise_host(row[name])
    except HostError as problem:
        return str(problem)
    return None
