"""What was read and what was not."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, ClassVar

from reports.ledger.row import Row

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Source(Row):
    """An input file or archive member, and where each of its records went."""

    VIEW: ClassVar[str] = "v_source"
    ORDER: ClassVar[str] = "source, path"

    source: str
    path: str
    format: str | None
    sha256: str | None
    size: int | None
    status: str
    reason: str | None
    first_time: datetime | None
    last_time: datetime | None
    visibility: list[str]
    read: int
    header: int
    blank: int
    comment: int
    skipped: int
    ok: int
    rejected: int
    cut: int
    screened_out: int
    pending: int
    matched: int
    unmatched: int
    replaced: int

    @property
    def records(self) -> int:
        """Rows, events or packets: what was read without headers, blanks and comments."""
        return self.read - self.header - self.blank - self.comment


COUNTS: tuple[str, ...] = tuple(field.name for field in fields(Source))[10:]


@dataclass(frozen=True, slots=True)
class Problem(Row):
    """Something the reader must be told about an input."""

    VIEW: ClassVar[str] = "v_problem"
    ORDER: ClassVar[str] = "source, path, line nulls first, level, reason, message"

    source: str
    path: str
    line: int | None
    field: str | None
    level: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Limit(Row):
    """What a format that was read cannot show, however whole its logs are."""

    VIEW: ClassVar[str] = "v_limit"
    ORDER: ClassVar[str] = "format, says"

    format: str
    says: str
    sources: int


@dataclass(frozen=True, slots=True)
class Skip(Row):
    """Records of a source that its format says are no event, by the name it has for them."""

    VIEW: ClassVar[str] = "v_skip"
    ORDER: ClassVar[str] = "source, path, records desc, name"

    source: str
    path: str
    name: str
    records: int


@dataclass(frozen=True, slots=True)
class Reject(Row):
    """A record that could not be used, with the field that spoilt it."""

    VIEW: ClassVar[str] = "v_reject"
    ORDER: ClassVar[str] = "source, path, line, byte_offset, field, reason"

    source: str
    path: str
    line: int
    byte_offset: int | None
    field: str | None
    reason: str
    value: str | None
    raw: str | None


@dataclass(frozen=True, slots=True)
class Coverage(Row):
    """A cell of scope and operation, and how far it was looked at."""

    VIEW: ClassVar[str] = "v_coverage"
    ORDER: ClassVar[str] = "source, organisation, account, region, operation"

    source: str
    organisation: str
    account: str | None
    region: str | None
    operation: str
    state: str
    reason: str | None
    items: int
    covered_from: datetime | None
    covered_to: datetime | None
    visibility: list[str]
