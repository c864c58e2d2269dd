"""`formats parse`: the rows of a file as the matcher would see them, in clear, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.logs.cut import segments
from connectors.logs.normalise import Normaliser
from signatures.hosts import HostError, normalise_host, normalise_ip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.files.stream import Stream
    from scanner.sources import Reading

_HOSTS = ("dst_host", "tls_sni")
_ADDRESSES = ("src_ip", "dst_ip")


class Lines:
    """Reads one stream; `said` and `incomplete` are filled while `rows` runs."""

    def __init__(self, stream: Stream, reading: Reading) -> None:
        self._stream = stream
        self._reading = reading
        self.said: list[str] = []
        self.incomplete = False

    def rows(self) -> Iterator[dict[str, Any]]:
        """Observations as plain values: times ISO 8601 with Z, hosts and addresses normalised."""
        stream, path = self._stream, self._stream.path
        fmt, why, notices = self._reading.recognise(stream)
        if fmt is None:
            self._say(f"{path}: {why}")
            return
        said = [str(notice) for notice in notices]
        normaliser = Normaliser(fmt, self._reading.settings)
        for segment in segments(fmt, stream, self._reading.settings):
            batch = normaliser(segment)
            said += [str(notice) for notice in batch.notices]
            for reject in batch.rejects:
                self._say(f"{path}:{reject.line}: {reject.field or 'record'}: {reject.reason}")
            for row in batch.table.to_pylist():
                line = row["line"]
                try:
                    shown = _normalised(row)
                except HostError as problem:
                    self._say(f"{path}:{line}: {problem}")
                    continue
                yield {"path": path, "format": fmt.id, "event": row.pop("event", None) or 1} | shown
        outcome = stream.outcome()
        said += [str(notice) for notice in outcome.notices]
        self.incomplete = self.incomplete or outcome.state != "complete"
        self.said = said + self.said

    def _say(self, line: str) -> None:
        self.said.append(line)
        self.incomplete = True


def _normalised(row: dict[str, Any]) -> dict[str, Any]:
    out = {name: value for name, value in row.items() if value is not None}
    for name in _HOSTS:
        if name in out:
            out[name] = normalise_host(out[name])
    for name in _ADDRESSES:
        if name in out:
            out[name] = normalise_ip(out[name])
    if "time" in out:
        out["time"] = f"{out['time'].isoformat()}Z"
    return out
