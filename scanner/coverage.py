"""What was looked at: coverage cells, and what absence may be concluded from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scanner.sources import SourceResult

EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - the store's times are naive UTC
DAYS_TO_SPEAK: Final = 7  # DESIGN: a SaaS row is covered after 7 consecutive days


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


def moment(microseconds: int | None) -> datetime | None:
    """Microseconds since 1970 as a naive UTC time."""
    return None if microseconds is None else EPOCH + timedelta(microseconds=microseconds)


def cell(result: SourceResult, organisation: str) -> Cell:
    """The coverage cell of one file."""
    return Cell(
        source=result.path,
        organisation=organisation,
        account=None,
        region=None,
        operation=f"logs.{result.format or 'unknown'}",
        state=result.status,
        reason=result.reason,
        items=result.partial.ok,
        covered_from=moment(result.partial.first),
        covered_to=moment(result.partial.last),
        days=tuple(day(number) for number in sorted(result.partial.days)),
        visibility=result.visibility,
    )


def covered(days: Iterable[date]) -> bool:
    """Whether the days hold DAYS_TO_SPEAK consecutive ones."""
    run, before = 0, None
    for one in sorted(set(days)):
        run = run + 1 if before is not None and one - before == timedelta(days=1) else 1
        if run >= DAYS_TO_SPEAK:
            return True
        before = one
    return False


def day(value: int) -> date:
    """A day number since 1970 as a date."""
    return EPOCH.date() + timedelta(days=value)
