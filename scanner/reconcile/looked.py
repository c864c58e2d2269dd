"""Where "not seen" may be said: enough days in a row, recent ones, of one source."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scanner.reconcile.model import Coverage

DAYS_TO_SPEAK: Final = 7  # DESIGN table 4: a working week and its weekend
# The ledger speaks of its as-of day: what was looked at longer ago than DESIGN takes to call an
# asset gone says nothing of it.
RECENT: Final = dt.timedelta(days=30)
DAYS_TO_BE_GONE: Final = 30  # DESIGN table 4
_DAY: Final = dt.timedelta(days=1)
_TOLD: Final = 3  # sources named in a sentence; the rest is counted


@dataclass(frozen=True, slots=True)
class Look:
    """Days in a row, first to last, on which one source was read whole.

    others: more sources with such days of their own.
    """

    source: str
    first: dt.date
    last: dt.date
    others: int = 0

    def __str__(self) -> str:
        told = f"{self.source} was read whole from {self.first} to {self.last}"
        if not self.others:
            return told
        noun = "source" if self.others == 1 else "sources"
        return f"{told}, {self.others} more {noun} for {DAYS_TO_SPEAK} days or longer"


def look(coverage: Coverage, since: dt.date | None, as_of: dt.date) -> Look | str:
    """The best look at hosts not before `since`; or why there is none."""
    spells = [
        Look(source, first, last)
        for source, days in sorted(coverage.host_days.items())
        for first, last in _spells(days, since, as_of)
    ]
    best = max(spells, key=lambda one: (one.last, one.last - one.first), default=None)
    if best is None:
        later = f" since {since}" if since and _ever(coverage, as_of) else ""
        return f"no source that shows hosts was read whole for {DAYS_TO_SPEAK} days in a row{later}"
    if as_of - best.last > RECENT:
        return (
            f"the last {DAYS_TO_SPEAK} days in a row that were read whole ended {best.last}, "
            f"more than {RECENT.days} days before {as_of}"
        )
    recent = {one.source for one in spells if as_of - one.last <= RECENT}
    return replace(best, others=len(recent) - 1)


def beside(coverage: Coverage, one: Look) -> str:
    """A remark on what was not read whole in the days of a look; "" when there is nothing."""
    days = {one.first + n * _DAY for n in range((one.last - one.first).days + 1)}
    missed = sorted(
        {f"{bad.source} ({bad.why})" for bad in coverage.unread if not bad.days or bad.days & days}
    )
    if not missed:
        return ""
    more = f" and {len(missed) - _TOLD} more" if len(missed) > _TOLD else ""
    verb = "was" if len(missed) == 1 else "were"
    return f"; not read whole {verb} {', '.join(missed[:_TOLD])}{more}: it may show there"


def _ever(coverage: Coverage, as_of: dt.date) -> bool:
    return any(_spells(days, None, as_of) for days in coverage.host_days.values())


def _spells(
    days: Iterable[dt.date], since: dt.date | None, as_of: dt.date
) -> list[tuple[dt.date, dt.date]]:
    """First and last day of each run of at least DAYS_TO_SPEAK days between `since` and `as_of`."""
    found: list[tuple[dt.date, dt.date]] = []
    first = before = None
    for day in sorted(one for one in days if one <= as_of and (since is None or one >= since)):
        if before is None or first is None or day - before != _DAY:
            first = day
        elif day - first >= (DAYS_TO_SPEAK - 1) * _DAY:
            if found and found[-1][0] == first:
                found.pop()
            found.append((first, day))
        before = day
    return found
