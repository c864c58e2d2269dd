"""What pieces of a source add up to: accounts, times, names, and sums of sightings.

Sums that grow too large for memory are cut by their keys and wait on disk, so that memory does not
grow with a log.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.logs.values import Counts, Reject
from scanner.match.verdict import RANK
from scanner.names import Names
from scanner.spill import kept
from scanner.sums import PARTIAL, packed, summed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from connectors.files.notice import Notice
    from scanner.spill import Parked, Spill

KEPT_REJECTS: Final = 1000
HELD: Final = 1 << 15  # rows that wait to be summed
ROOMY: Final = 1 << 15  # summed rows of a source that memory has room for, 300 bytes each
FEW: Final = 1 << 11  # rows of a source that are summed with those of others, when they are written
PARTS: Final = 64  # into which sums are cut that memory has no room for


@dataclass(slots=True)
class Partial:
    """What one piece of a source adds up to; pieces of one source merge with `add`.

    sightings: PARTIAL rows of one piece, detections and review candidates alike. matched counts
    detections. days: distinct days (since 1970) on which this source has records. spill: where
    sums wait that grew too large; without one they stay in memory. parked: after `finish` the sums
    of all pieces, in tables that have no key in common, or one of a few rows that are not summed.
    """

    sightings: pa.Table = field(default_factory=PARTIAL.empty_table)
    spill: Spill | None = None
    parked: list[Parked] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    ok: int = 0
    matched: int = 0
    rejects: list[Reject] = field(default_factory=list)
    skips: Counter[str] = field(default_factory=Counter)
    replaced: list[int] = field(default_factory=list)
    replaced_lines: int = 0
    zoneless: int = 0
    yearless: int = 0
    notices: list[Notice] = field(default_factory=list)
    first: int | None = None
    last: int | None = None
    days: set[int] = field(default_factory=set)
    names: Names = field(default_factory=Names)
    pieces: list[pa.Table] = field(default_factory=list)
    _held: int = 0  # rows of the pieces that are not summed yet, and of those that are
    _kept: int = 0
    _parts: list[list[Parked]] = field(default_factory=list)

    def add(self, other: Partial) -> None:
        """Take in the next piece of the same source (pieces arrive in order)."""
        self.pieces.append(other.sightings)
        self._held += other.sightings.num_rows
        self.counts = self.counts + other.counts
        self.ok += other.ok
        self.matched += other.matched
        room = KEPT_REJECTS - len(self.rejects)
        self.rejects += other.rejects[: max(room, 0)]
        self.skips.update(other.skips)
        self.replaced_lines += other.replaced_lines
        self.replaced += other.replaced[: max(KEPT_REJECTS - len(self.replaced), 0)]
        self.zoneless += other.zoneless
        self.yearless += other.yearless
        self.notices += other.notices
        self.first = _least(self.first, other.first)
        self.last = _greatest(self.last, other.last)
        self.days |= other.days
        self.names.merge(other.names)
        if self._held > max(HELD, self._kept):  # so that each row is summed a few times at most
            self.pieces = [packed(self.pieces)]
            self._held, self._kept = 0, self.pieces[0].num_rows
            if self.spill is not None and self._kept > ROOMY:
                self._to_disk(self.spill)

    def finish(self) -> Partial:
        """Sum the pieces into `parked`; a few rows are left as they are."""
        if not self._parts and sum(piece.num_rows for piece in self.pieces) <= FEW:
            pieces = [piece.cast(PARTIAL) for piece in self.pieces]
            few = pa.concat_tables([PARTIAL.empty_table(), *pieces])
            self.parked = [kept(few) if self.spill is None else self.spill.park(few)]
        elif self.spill is None:
            self.parked = [kept(summed(self.pieces))]
        elif not self._parts:
            self.parked = [self.spill.park(summed(self.pieces))]
        else:
            self._to_disk(self.spill)
            for parts in _together(self._parts):
                table = summed([piece.table() for part in parts for piece in part])
                if table.num_rows:
                    self.parked.append(self.spill.park(table))
        self.pieces, self._parts = [], []
        return self

    def tables(self) -> Iterator[pa.Table]:
        """The PARTIAL tables of `parked`, one at a time."""
        return (one.table() for one in self.parked)

    def everything(self) -> pa.Table:
        """All of `parked` in one table, in the order of its keys."""
        return summed(list(self.tables()))

    def _to_disk(self, spill: Spill) -> None:
        """Move the sums so far to disk, cut by their keys so that each part can be summed alone."""
        summed_before = bool(self._kept) and not self._held and len(self.pieces) == 1
        table = self.pieces[0] if summed_before else packed(self.pieces)
        part = _part_of(table)
        order = np.argsort(part, kind="stable")
        ends = np.searchsorted(part[order], np.arange(PARTS + 1))
        table = table.take(pa.array(order)).cast(PARTIAL)
        self._parts = self._parts or [[] for _ in range(PARTS)]
        for number in range(PARTS):
            piece = table[ends[number] : ends[number + 1]]
            if piece.num_rows:
                self._parts[number].append(spill.write(piece))
        self.pieces, self._held, self._kept = [], 0, 0


def _together(parts: list[list[Parked]]) -> Iterator[list[list[Parked]]]:
    """Parts that memory has room for at one time: a sum has its own price."""
    some: list[list[Parked]] = []
    rows = 0
    for part in parts:
        size = sum(piece.rows for piece in part)
        if some and rows + size > ROOMY:
            yield some
            some, rows = [], 0
        some.append(part)
        rows += size
    if some:
        yield some


def _part_of(table: pa.Table) -> npt.NDArray[np.int64]:
    """The part each row of a packed table belongs to; rows of one key to the same, in any run."""
    out = table["day"].combine_chunks().cast(pa.int32()).fill_null(0).to_numpy().astype(np.int64)
    for name in ("actor", "dst_host"):
        column = table[name].combine_chunks()
        words = [crc32((word or "").encode()) for word in column.dictionary.to_pylist()]
        sums = np.array([*words, 0], np.int64)
        out = out * 31 + sums[column.indices.fill_null(len(words)).to_numpy()]
    parts: npt.NDArray[np.int64] = out % PARTS
    return parts


def detections(sightings: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Split PARTIAL rows into detections (medium or above) and candidates for review."""
    strong = pa.array([word for word, rank in RANK.items() if rank >= RANK["medium"]])
    mask = pc.is_in(sightings["detection"], value_set=strong)
    if pc.all(mask).as_py():
        return sightings, sightings.slice(0, 0)  # the usual case, and no copy
    return sightings.filter(mask), sightings.filter(pc.invert(mask))


def _least(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else min(a, b)


def _greatest(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else max(a, b)
