"""What a person says about a source that its lines do not say themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """How to read times.

    timezone: IANA name of the zone of times that name none; None reads them as UTC.
    reference_date: times without a year are the latest such dates not after it; None takes `now`.
    now: UTC; rows more than one day later are rejected.
    """

    timezone: str | None = None
    reference_date: date | None = None
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
