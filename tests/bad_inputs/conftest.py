"""Damaged, hostile and odd inputs are made here, byte by byte, and scanned whole.

A scan runs in this process, on the real store, reports and catalogue (which is compiled once).
Every scan, whatever it is about, must add up: `scan` checks the equations of each source, that
the exit code follows from what is told, and that a page holds no control character.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from reports import terminal
from reports.json_document import document
from scanner import pipeline
from scanner.commands.progress import Quiet
from scanner.model import RunOutcome, ScanRequest
from tests.shipped import compiled, formats

NOW = dt.datetime(2026, 11, 21, 12)  # the clock of a run is naive UTC
AI = ("chatgpt.com", "claude.ai", "api.groq.com", "api.cohere.com")
PLAIN = ("intranet.halvorsen-pike.example", "tms.halvorsen-pike.example", "www.debian.org")
COLUMNS = (
    "ts", "client_ip", "user", "dst_host", "dst_ip", "dst_port", "method", "bytes_out", "bytes_in",
    "user_agent",
)  # fmt: skip
PARTS = ("header", "blank", "comment", "skipped", "ok", "rejected", "cut", "screened_out",
         "pending")  # fmt: skip


def record(n: int, **changes: str) -> dict[str, str]:
    """One ordinary record; every third is a visit to something with AI in it."""
    host = AI[n // 3 % 4] if n % 3 == 0 else PLAIN[n % 3]
    plain = {
        "ts": f"2026-09-0{1 + n % 9}T08:{n:02}:00Z",
        "client_ip": f"10.40.1.{10 + n}",
        "user": f"gpell{n}",
        "dst_host": host,
        "dst_ip": f"198.51.100.{20 + n}",
        "dst_port": "443",
        "method": "CONNECT",
        "bytes_out": str(900 + n),
        "bytes_in": str(7000 + n),
        "user_agent": "curl/8.14.1",
    }
    return {**plain, **changes}


class Log:
    """Bytes of logs of this project's own making; 12 good records unless said otherwise."""

    size = 12
    ai = frozenset(AI)
    columns = COLUMNS

    def head(self, delim: str = ",") -> bytes:
        """The header line."""
        return delim.join(COLUMNS).encode() + b"\n"

    def row(self, n: int, delim: str = ",", **changes: str) -> bytes:
        """One line; a change is taken as it is, without quoting."""
        return delim.join(record(n, **changes).values()).encode() + b"\n"

    def rows(self, first: int = 0, last: int = 12, delim: str = ",") -> bytes:
        """Lines of records `first` to `last`, without the latter."""
        return b"".join(self.row(n, delim) for n in range(first, last))

    def csv(self, *, at: int = 6, extra: bytes = b"") -> bytes:
        """The header, and 12 rows with `extra` before row `at` (from 0): its line is at + 2."""
        return self.head() + self.rows(0, at) + extra + self.rows(at, 12)

    def objects(self, *, extra: Sequence[str] = (), size: int = 12) -> bytes:
        """JSON lines of the records, then `extra` as it is."""
        lines = []
        for n in range(size):
            values: dict[str, object] = dict(record(n))
            values |= {name: int(record(n)[name]) for name in ("dst_port", "bytes_out", "bytes_in")}
            lines.append(json.dumps(values))
        return "".join(f"{line}\n" for line in (*lines, *extra)).encode()


@dataclass(frozen=True)
class Result:
    """A finished scan: what it ends with, the JSON document, and the terminal page if wanted."""

    exit: int
    doc: dict[str, Any]
    page: str

    @property
    def totals(self) -> dict[str, int]:
        return self.doc["totals"]

    @property
    def counts(self) -> tuple[int, int]:
        """(ok, rejected) over all sources."""
        return self.totals["ok"], self.totals["rejected"]

    @property
    def ai(self) -> set[str]:
        """Hosts in the evidence of any asset."""
        return {e["dst_host"] for asset in self.doc["assets"] for e in asset["evidence"]} - {None}

    def source(self, end: str = "") -> dict[str, Any]:
        """The one source whose path ends so."""
        (found,) = [one for one in self.doc["sources"] if one["path"].endswith(end)]
        return found

    def state(self, end: str = "") -> tuple[str, str | None]:
        """(status, reason) of a source."""
        one = self.source(end)
        return one["status"], one["reason"]

    def said(self, end: str = "") -> str:
        """All that is told of a source or input, a line each: `path:line: field: reason: value`."""
        lines = [
            _line({"path": one["path"], **told})
            for one in self.doc["sources"]
            for told in (*one["problems"], *one["rejects"])
        ]
        lines += [_line(told) for told in self.doc["problems"]]
        return "\n".join(line for line in lines if line.split(":")[0].endswith(end))


def _line(told: dict[str, Any]) -> str:
    place = told["path"] if told.get("line") is None else f"{told['path']}:{told['line']}"
    value = None if told.get("value") is None else repr(told["value"])
    parts = (place, told.get("field"), told.get("message") or told.get("reason"), value)
    return ": ".join(part for part in parts if part)


def adds_up(result: Result) -> None:
    """The equations of every source, and an exit code that does not look cleaner than they."""
    for rows in (result.totals, *(one["rows"] for one in result.doc["sources"])):
        assert rows["read"] == sum(rows[part] for part in PARTS), rows
        assert rows["ok"] == rows["matched"] + rows["unmatched"], rows
        assert min(rows.values()) >= 0
    states = {one["status"] for one in result.doc["sources"]}
    flawed = states - {"complete", "screened", "not_enabled", "not_in_region"}
    assert result.exit == result.doc["run"]["exit_code"]
    if flawed:
        assert result.exit == 3
        assert result.doc["exit_reasons"]
    hidden = [char for char in result.page if char != "\n" and not char.isprintable()]
    assert hidden == []


Scan = Callable[..., Result]
Write = Callable[[str, bytes], Path]


@pytest.fixture(scope="session")
def log() -> Log:
    return Log()


@pytest.fixture(scope="session", autouse=True)
def _loaded_once() -> Iterator[None]:
    """What does not change between scans of one process is loaded once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "compiled", compiled)
        patch.setattr(pipeline, "formats", formats)
        yield


def run(
    paths: Sequence[object], *, watcher: Any = None, page: bool = False, **options: Any
) -> Result:
    """Scan `paths`; options are those of ScanRequest. Raises what the scan raises."""
    shown: list[tuple[dict[str, Any], str]] = []

    def show(con: Any, outcome: RunOutcome) -> None:
        text = io.StringIO()
        if page:
            terminal.render(con, Console(file=text, width=200, highlight=False))
        shown.append((document(con), text.getvalue()))

    given = {"now": NOW, "as_of": NOW.date(), "depth": "full", **options}
    request = ScanRequest(paths=tuple(str(path) for path in paths), **given)
    outcome = pipeline.scan(request, watcher or Quiet(), show)
    ((doc, text),) = shown
    result = Result(int(outcome.exit_code), doc, text)
    adds_up(result)
    return result


@pytest.fixture(scope="session")
def scan() -> Scan:
    """`scan(path, ..., **options) -> Result`."""
    return lambda *paths, **options: run(paths, **options)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """`write(name, data) -> path`."""

    def made(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return made


@pytest.fixture
def scan_bytes(scan: Scan, write: Write) -> Callable[..., Result]:
    """`scan_bytes(name, data, **options)`: write one file and scan it."""
    return lambda name, data, **options: scan(write(name, data), **options)
