"""What was not read or not looked at, each with its reason and the next step."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reports import ledger
from reports.words import COVERAGE, NEXT_STEPS, rank

if TYPE_CHECKING:
    import duckdb

_EXAMPLES: Final = 3
_SEEN: Final = frozenset({"complete", "screened"})


@dataclass(frozen=True, slots=True)
class Gap:
    """One place where this run did not, or not wholly, look."""

    where: str
    state: str
    reason: str | None
    message: str
    next_step: str
    examples: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """`Not read: corrupt`."""
        word = COVERAGE[self.state][0] if self.state in COVERAGE else self.state
        told = self.reason and self.reason != self.state
        return f"{word}: {self.reason}".replace("_", " ") if told else word


def _next_step(reason: str | None, state: str) -> str:
    return NEXT_STEPS.get(reason or state, NEXT_STEPS.get(state, "look at the message"))


def _counted(source: ledger.Source) -> str:
    lost = [
        f"{number:,} {word}"
        for number, word in (
            (source.skipped, "skipped as no event"),
            (source.rejected, "rejected"),
            (source.cut, "cut off"),
            (source.pending, "pending"),
        )
        if number
    ]
    if source.records == 0:
        return "no record was read"
    return f"{source.ok:,} of {source.records:,} records used" + "".join(
        f", {part}" for part in lost
    )


def _example(reject: ledger.Reject) -> str:
    """`logs/ssl.log:400: server_name: contains NUL: 'a.example'`."""
    value = None if reject.value is None else repr(reject.value)
    parts = (f"{reject.path}:{reject.line}", reject.field, reject.reason, value)
    return ": ".join(part for part in parts if part)


def _place(source: str, path: str) -> str:
    return path or source


def _located(place: str, line: int | None) -> str:
    return place if line is None else f"{place}:{line}"


def read_gaps(con: duckdb.DuckDBPyConnection) -> list[Gap]:
    """Every source and coverage cell that is not complete or screened, worst first.

    A source's own errors become its message; errors of inputs that became no source (a path that
    does not exist) and cells of sources that are no file are gaps of their own.
    """
    errors = defaultdict(list)
    for problem in ledger.read(con, ledger.Problem):
        if problem.level == "error":
            errors[problem.source, problem.path].append(problem)
    rejects = defaultdict(list)
    for reject in ledger.read_rejects(con, _EXAMPLES):
        rejects[reject.source, reject.path].append(_example(reject))
    gaps = []
    sources = ledger.read(con, ledger.Source)
    for source in sources:
        told = errors.pop((source.source, source.path), [])
        if source.status in _SEEN:
            continue
        message = "; ".join([problem.message for problem in told[:3]] + [_counted(source)])
        gaps.append(
            Gap(
                where=_place(source.source, source.path),
                state=source.status,
                reason=source.reason,
                message=message,
                next_step=_next_step(source.reason, source.status),
                examples=tuple(rejects.get((source.source, source.path), ())),
            )
        )
    for (name, path), told in errors.items():
        gaps += [
            Gap(_located(_place(name, path), problem.line), "failed", problem.reason,
                problem.message, _next_step(problem.reason, "failed"))
            for problem in told
        ]  # fmt: skip
    gaps += _cells(con, {gap.where for gap in gaps}, {source.source for source in sources})
    return sorted(gaps, key=lambda gap: (rank(tuple(COVERAGE), gap.state), gap.where))


def _cells(con: duckdb.DuckDBPyConnection, told: set[str], files: set[str]) -> list[Gap]:
    """Gaps of scopes and operations; a cell that only repeats a file's status is left out."""
    gaps = []
    for cell in ledger.read(con, ledger.Coverage):
        repeats = cell.source in files or cell.source in told or cell.operation in told
        if cell.state in _SEEN or repeats:
            continue
        scope = [part for part in (cell.account, cell.region, cell.operation) if part]
        gaps.append(
            Gap(
                where=" ".join([cell.source, *scope]),
                state=cell.state,
                reason=cell.reason,
                message=f"{cell.items:,} items",
                next_step=_next_step(cell.reason, cell.state),
            )
        )
    return gaps
