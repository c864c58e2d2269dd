"""What was left out by rule: no gap, but nobody may take the ledger for speaking of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reports import ledger
from reports.figures import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

_PACKS: Final = frozenset({"overlay", "override", "taken"})


@dataclass(frozen=True, slots=True)
class Skipped:
    """Records of one source that its format says are no event. by: (name, records), most first."""

    path: str
    format: str | None
    skipped: int
    records: int
    by: tuple[tuple[str, int], ...]

    @property
    def told(self) -> str:
        """`4 of 5 records skipped: cache_peer 3, manager 1`; a store of before has no names."""
        names = ", ".join(f"{name} {number:,}" for name, number in self.by)
        text = f"{self.skipped:,} of {count(self.records, 'record')} skipped"
        return f"{text}: {names}" if names else text


@dataclass(frozen=True, slots=True)
class LeftOut:
    """told: what else was left out, each in a few words. late: sources with records of later."""

    skipped: tuple[Skipped, ...]
    told: tuple[str, ...]
    late: str

    @property
    def summary(self) -> str:
        """What is said where every source was read."""
        return "; ".join(("Every source given was read", *self.told))


def skipped_by(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], dict[str, int]]:
    """(source, path) to the names a format has for what is no event, and how many records."""
    names: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for skip in ledger.read(con, ledger.Skip):
        names[skip.source, skip.path][skip.name] = skip.records
    return names


def read_left_out(con: duckdb.DuckDBPyConnection) -> LeftOut:
    """What the latest run left out. Raises LookupError when the store holds no run."""
    as_of = ledger.read_run(con).as_of
    sources = ledger.read(con, ledger.Source)
    names = skipped_by(con)
    skipped = tuple(
        Skipped(
            path=source.path or source.source,
            format=source.format,
            skipped=source.skipped,
            records=source.records,
            by=tuple(names.get((source.source, source.path), {}).items()),
        )
        for source in sources
        if source.skipped
    )
    reasons = Counter(problem.reason for problem in ledger.read(con, ledger.Problem))
    late = sum(source.last_time is not None and source.last_time.date() > as_of
               for source in sources)  # fmt: skip
    have = "has" if late == 1 else "have"
    return LeftOut(
        skipped,
        tuple(_told(sum(one.skipped for one in skipped), reasons)),
        f"{count(late, 'source')} {have} records after {as_of}, the day the ledger speaks of"
        if late
        else "",
    )


def notes_of(problems: Iterable[ledger.Problem]) -> list[ledger.Problem]:
    """Warnings and notes: what changed the signatures first, so that no list is too short for it.

    Those of later records last: they are counted in `late`.
    """
    notes = [problem for problem in problems if problem.level != "error"]
    return sorted(notes, key=lambda note: (note.reason not in _PACKS, note.reason == "later"))


def _told(skipped: int, reasons: Counter[str]) -> list[str]:
    told = []
    if skipped:
        were = "was" if skipped == 1 else "were"
        told.append(f"{count(skipped, 'record')} {were} skipped as no event")
    if hidden := reasons["hidden"]:
        told.append(f"{count(hidden, 'hidden file or folder', 'hidden files or folders')} not read")
    if sheets := reasons["skipped_sheet"]:
        told.append(f"{count(sheets, 'sheet')} of the register not read")
    if reasons["columns_not_read"]:
        told.append("some columns of the register not read")
    return told
