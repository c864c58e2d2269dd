"""What was looked at: coverage cells, and the days of each source that they add up to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from scanner.series import series

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scanner.sources import SourceResult

EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - the store's times are naive UTC


@dataclass(frozen=True, slots=True)
class Cell:
    """One row of table `coverage` (without run_id)."""

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
    days: tuple[date, ...]
    visibility: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What reconciliation needs of one cell. days: on which the source has records."""

    source: str
    operation: str
    whole: bool
    reason: str | None
    days: tuple[date, ...]
    shows_hosts: bool


@dataclass(slots=True)
class SeriesDays:
    """One source over time. whole: days read whole. broken: parts not read whole, by path."""

    name: str
    whole: frozenset[date]
    broken: tuple[Seen, ...]
    shows_hosts: bool


def moment(microseconds: int | None) -> datetime | None:
    """Microseconds since 1970 as a naive UTC time."""
    return None if microseconds is None else EPOCH + timedelta(microseconds=microseconds)


def operation(log_format: str | None) -> str:
    """What was done with a file: read as its format."""
    return f"logs.{log_format or 'unknown'}"


def cells(result: SourceResult, organisation: str) -> list[Cell]:
    """The coverage cells of one file.

    Two if only the part of it that earlier runs read was not whole: one for the days of that part.
    """
    days = result.partial.days | result.days_before
    bad = result.flaw.days if result.flaw is not None else frozenset()
    if result.flaw is None or not result.whole_but_for_flaw:
        return [_cell(result, organisation, result.status, result.reason, days | bad)]
    return [
        _cell(result, organisation, "complete", None, days - bad),
        _cell(result, organisation, result.status, result.reason, bad),
    ]


def _cell(
    result: SourceResult, organisation: str, state: str, reason: str | None, days: Iterable[int]
) -> Cell:
    return Cell(
        source=result.path,
        organisation=organisation,
        account=None,
        region=None,
        operation=operation(result.format),
        state=state,
        reason=reason,
        items=result.partial.ok,
        covered_from=moment(result.partial.first),
        covered_to=moment(result.partial.last),
        days=tuple(day(number) for number in sorted(days)),
        visibility=result.visibility,
    )


def by_series(cells: Iterable[Seen]) -> dict[tuple[str, str], SeriesDays]:
    """The days of each series of files; cells in the order of their runs.

    A day counts when a part that holds it was read whole and no part that holds it is broken. A
    part is broken until a later run reads all of its days whole; reading what was added to it
    does not mend what lies before.
    """
    whole: dict[tuple[str, str], set[date]] = defaultdict(set)
    shows: dict[tuple[str, str], bool] = defaultdict(bool)
    broken: dict[str, tuple[tuple[str, str], Seen]] = {}
    for one in cells:
        key = series(one.source, one.operation)
        shows[key] |= one.shows_hosts
        before = broken.get(one.source)
        if not one.whole:
            days = {*one.days, *(before[1].days if before is not None else ())}
            broken[one.source] = (key, replace(one, days=tuple(sorted(days))))
            continue
        whole[key] |= set(one.days)
        if before is not None and set(before[1].days) <= set(one.days):
            del broken[one.source]
    parts: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for key, bad in broken.values():
        parts[key].append(bad)
    return {
        key: SeriesDays(
            name=key[0],
            whole=frozenset(whole[key]) - {day for bad in parts[key] for day in bad.days},
            broken=tuple(parts[key]),
            shows_hosts=shown,
        )
        for key, shown in shows.items()
    }


def unseen_days(
    sources: Iterable[tuple[str, str]],
    last: date,
    as_of: date,
    known: Mapping[tuple[str, str], SeriesDays],
) -> int:
    """Days after `last` and up to `as_of` on which every one of the sources was read whole.

    sources: (path, operation) of all that showed a thing; the least watched of them decides.
    """
    counts = []
    for path, operation in sources:
        found = known.get(series(path, operation))
        days = found.whole if found is not None else ()
        counts.append(sum(last < day <= as_of for day in days))
    return min(counts, default=0)


def day(value: int) -> date:
    """A day number since 1970 as a date."""
    return EPOCH.date() + timedelta(days=value)


def numbers(days: Iterable[date] | None) -> frozenset[int]:
    """Dates as day numbers since 1970."""
    return frozenset((one - EPOCH.date()).days for one in days or ())
