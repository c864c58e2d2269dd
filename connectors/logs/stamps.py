"""Stamps, as the time macros give them, into UTC microseconds.

A stamp is microseconds since 1970 * 4, + 1 when the text named no zone, + 2 when it named no year
(1972 stands for it); negative when it was no time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from connectors.logs.settings import ReadSettings

MISSING: Final = -2
ZONELESS, YEARLESS = 1, 2
DAY: Final = 86_400_000_000
END: Final = int(datetime(2262, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

NOT_A_TIME: Final = "not a time, or not from 1970 to 2261"
FUTURE: Final = "more than one day after the scan"


@dataclass(slots=True)
class Times:
    """us: UTC microseconds (0 where bad); not_a_time, future: bad rows; the rest as counted."""

    us: NDArray[np.int64]
    not_a_time: NDArray[np.bool_]
    future: NDArray[np.bool_]
    zoneless: NDArray[np.bool_]
    yearless: NDArray[np.bool_]
    ambiguous: NDArray[np.bool_]


def decode(stamps: NDArray[np.int64], settings: ReadSettings) -> Times:
    """Stamps into times; which are out of range is said, not dropped."""
    bad = stamps < 0
    us = np.where(bad, 0, stamps >> 2)
    zoneless = ~bad & (stamps & ZONELESS > 0)
    yearless = ~bad & (stamps & YEARLESS > 0)
    ambiguous = np.zeros(len(us), bool)
    if yearless.any():
        us[yearless] = _latest_year(us[yearless], settings)
        bad |= us < 0
    if zoneless.any() and settings.timezone is not None:
        us[zoneless], ambiguous[zoneless] = _from_zone(us[zoneless], settings.timezone)
    now = _us(settings.now)
    bad |= (us < 0) | (us >= END)
    future = ~bad & (us > now + DAY)
    return Times(us, bad, future, zoneless, yearless, ambiguous)


def _us(when: datetime) -> int:
    return (when - EPOCH) // timedelta(microseconds=1)


def _latest_year(us: NDArray[np.int64], settings: ReadSettings) -> NDArray[np.int64]:
    """Times in 1972 moved to the latest year that puts them not after the reference; -1 if none.

    Without a reference date one day of grace: local times without a zone may be hours ahead.
    """
    limit = settings.now + timedelta(days=1)
    if settings.reference_date is not None:
        end_of_day = datetime.combine(settings.reference_date, time.max, UTC)
        limit = end_of_day
    last = _us(limit)
    days = us.astype("M8[us]").astype("M8[D]")
    months = days.astype("M8[M]")
    within_day = us.astype("M8[us]") - days
    day_of_month = days - months.astype("M8[D]")
    month = months.astype(np.int64) % 12
    found = np.full(len(us), -1, np.int64)
    for year in range(limit.year, limit.year - 9, -1):  # nine years hold a 29 February
        base = ((year - 1970) * 12 + month).astype("M8[M]")
        moved_day = base.astype("M8[D]") + day_of_month
        real = moved_day.astype("M8[M]") == base
        moved = (moved_day + within_day).astype("M8[us]").astype(np.int64)
        fits = (found < 0) & real & (moved <= last)
        found[fits] = moved[fits]
    return found


def _from_zone(us: NDArray[np.int64], zone: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Local times of a zone into UTC, and which came twice: the first is taken.

    A time that the clock skipped becomes the moment after the gap.
    """
    local = pa.array(us, pa.timestamp("us"))
    first, last = (
        np.asarray(
            pc.assume_timezone(local, zone, ambiguous=choice, nonexistent="latest")
            .cast(pa.int64())
            .to_numpy()
        )
        for choice in ("earliest", "latest")
    )
    return first, first != last
