"""What passes between cutting, reading and mapping; plain values, no behaviour beyond sums."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connectors.logs.frame import text_array

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from connectors.files.notice import Notice

VALUE_LENGTH = 256  # characters of an offending value that a reject keeps


@dataclass(slots=True)
class Counts:
    """Records by what became of them, short of the good ones.

    read = header + blank + comment + skipped + rejected + cut + screened_out + rows of the batch.
    """

    read: int = 0
    header: int = 0
    blank: int = 0
    comment: int = 0
    skipped: int = 0
    rejected: int = 0
    cut: int = 0
    screened_out: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.read + other.read,
            self.header + other.header,
            self.blank + other.blank,
            self.comment + other.comment,
            self.skipped + other.skipped,
            self.rejected + other.rejected,
            self.cut + other.cut,
            self.screened_out + other.screened_out,
        )


@dataclass(slots=True)
class Reject:
    """A record that was not taken, and why.

    field: the source's own name of the offending field, None when the whole record is at fault;
    value: that field only, at most VALUE_LENGTH characters.
    """

    line: int
    offset: int | None
    field: str | None
    reason: str
    value: str | None = None

    def __post_init__(self) -> None:
        if self.value is not None:
            self.value = self.value[:VALUE_LENGTH]


@dataclass(slots=True)
class Segment:
    """Records of one stream that share one header, cut but not yet read.

    Record i is data[starts[i]:ends[i]], valid UTF-8, without its line end; it stands in line
    line_no[i] and at byte offset[i] of the decoded stream. event_no: ordinal within its document,
    only for documents. columns: the header in force, as the source spells it. head: of a document,
    the length and SHA-256 of its text up to the end of the last element so far. table: the fields
    themselves, where the source is no text; then data is empty. sifted: records that need not be
    read were left out. places: where a search found something in `data`, if there was one.
    """

    data: bytes
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    line_no: NDArray[np.int64]
    offset: NDArray[np.int64]
    event_no: NDArray[np.int32] | None = None
    columns: tuple[str, ...] | None = None
    delim: str = ","
    counts: Counts = field(default_factory=Counts)
    rejects: list[Reject] = field(default_factory=list)
    replaced: list[int] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    head: tuple[int, str] | None = None
    table: pa.Table | None = None
    sifted: bool = False
    places: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def lines(self) -> pa.StringArray:
        """The records as text, one value each."""
        return text_array(self.data, self.starts, self.ends)


@dataclass(slots=True)
class Batch:
    """Observations of one segment. Hosts and addresses are still raw text.

    table: the observation columns that the format's map gives, with `line` (and `event`).
    skips: how many records each name in the format's `drop` took. learned: time, ip, host (raw).
    late: makes the columns that were left for later, of the rows at these indices.
    zoneless, yearless: rows whose time did not say its zone, its year; ambiguous: local times that
    came twice that night (the first is taken). fields: observation column
    -> the source's own name of the field it comes from.
    """

    table: pa.Table
    counts: Counts
    rejects: list[Reject]
    skips: dict[str, int]
    replaced: list[int]
    learned: pa.Table | None
    zoneless: int
    yearless: int
    ambiguous: int
    first_time: datetime | None
    last_time: datetime | None
    offset: NDArray[np.int64]
    notices: list[Notice] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    late: Callable[[NDArray[np.int64]], pa.Table] | None = None

    def taken(self, rows: NDArray[np.int64]) -> pa.Table:
        """The rows at these indices, with all columns."""
        table = self.table.take(rows)
        if self.late is None or not len(rows):
            return table
        late = self.late(rows)
        for name in late.column_names:
            table = table.append_column(name, late.column(name))
        return table
