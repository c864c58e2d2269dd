"""What the tests of log reading share: the formats, a clock, and reading a text to its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from connectors.files.discover import discover
from connectors.files.limits import Limits
from connectors.files.stream import Stream, open_streams
from connectors.logs.cut import segments
from connectors.logs.detect import Detected, detect
from connectors.logs.normalise import Normaliser
from connectors.logs.settings import ReadSettings
from connectors.logs.values import Batch, Counts, Reject
from tests.shipped import formats as all_formats

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from connectors.logs.model import Format

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass
class Read:
    """Everything that came out of one source."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    skips: dict[str, int] = field(default_factory=dict)
    replaced: list[int] = field(default_factory=list)
    learned: list[tuple[str, str]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    zoneless: int = 0
    yearless: int = 0
    ambiguous: int = 0
    batches: list[Batch] = field(default_factory=list)

    @property
    def column(self) -> Callable[[str], list[Any]]:
        """The values of one column."""
        return lambda name: [row.get(name) for row in self.rows]

    @property
    def said(self) -> list[tuple[int, str | None, str, str | None]]:
        """The rejects as plain tuples."""
        return [(r.line, r.field, r.reason, r.value) for r in self.rejects]


_normalisers: dict[tuple[int, ReadSettings], tuple[Format, Normaliser]] = {}


def normaliser_for(fmt: Format, settings: ReadSettings) -> Normaliser:
    """One per format and settings, since a connection takes a while to make."""
    key = (id(fmt), settings)
    if key not in _normalisers:
        _normalisers[key] = (fmt, Normaliser(fmt, settings))  # keeps fmt alive, and so its id
    return _normalisers[key][1]


def take_in(fmt: Format, stream: Stream, settings: ReadSettings) -> Read:
    """Cut and normalise a stream; the account must add up in every batch."""
    read = Read()
    normaliser = normaliser_for(fmt, settings)
    cut = segments(fmt, stream, settings)
    for segment in cut:
        batch = normaliser(segment)
        c = batch.counts
        lost = c.header + c.blank + c.comment + c.skipped + c.rejected + c.cut
        assert c.read == lost + batch.table.num_rows
        assert c.rejected == len(batch.rejects)
        assert c.skipped == sum(batch.skips.values())
        assert len(batch.offset) == batch.table.num_rows
        read.batches.append(batch)
        read.rows += batch.table.to_pylist()
        read.rejects += batch.rejects
        read.counts = read.counts + c
        for name, n in batch.skips.items():
            read.skips[name] = read.skips.get(name, 0) + n
        read.replaced += batch.replaced
        if batch.learned is not None:
            read.learned += [(one["ip"], one["host"]) for one in batch.learned.to_pylist()]
        read.zoneless += batch.zoneless
        read.yearless += batch.yearless
        read.ambiguous += batch.ambiguous
    read.notices = [notice.message for notice in cut.notices]
    return read


def opened(path: Path, limits: Limits | None = None) -> Stream:
    found = next(iter(discover([str(path)])))
    stream = next(open_streams(found, limits or Limits()))
    assert isinstance(stream, Stream)
    return stream


@pytest.fixture(scope="session")
def formats() -> dict[str, Format]:
    return all_formats()


@pytest.fixture
def settings() -> ReadSettings:
    return ReadSettings(now=NOW)


@pytest.fixture
def read_text(tmp_path: Path) -> Callable[..., Read]:
    """Reads a text as a format: read_text("squid", "…", timezone=…, block=…)."""

    def read(
        name: str | Format,
        text: str | bytes,
        *,
        block: int | None = None,
        line: int | None = None,
        **settings: Any,
    ) -> Read:
        path = tmp_path / "sample.log"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        given = {"block": block, "line": line}
        limits = Limits(**{key: value for key, value in given.items() if value is not None})
        fmt = all_formats()[name] if isinstance(name, str) else name
        with opened(path, limits) as stream:
            return take_in(fmt, stream, ReadSettings(**{"now": NOW, **settings}))

    return read


@pytest.fixture
def detected() -> Callable[..., Detected]:
    """What a text is recognised as."""

    def recognise(text: str | bytes, path: str = "sample.log") -> Detected:
        head = text.encode() if isinstance(text, str) else text
        return detect(head[: 64 << 10], path, all_formats())

    return recognise
