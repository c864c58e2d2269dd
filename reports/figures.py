"""Numbers, sizes and times as people read them."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNITS: Final = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


def sentence(text: str) -> str:
    """`text` with a capital first letter and a full stop, if it begins and ends with a word."""
    text = text.strip()
    if not text:
        return ""
    ended = text[-1] in ".!?:…" or (text[-1] in "\"')" and text[-2:-1] in tuple(".!?"))
    return text[0].upper() + text[1:] + ("" if ended else ".")


def sent(number: int | None) -> str:
    """`1.20 MB sent`, or that no log says how much."""
    return "sent not logged" if number is None else f"{size(number)} sent"


def sized(number: int | None, hits: int, total: int | None) -> str:
    """`sizes in 12 of 67 records`: what a sum of bytes is the sum of; nothing when of all."""
    if total is None or number is None or number >= hits:
        return ""
    return f"sizes in {number:,} of {count(hits, 'record')}"


def models(names: Sequence[str], beside: int = 0) -> str:
    """`m-1`, `m-1, m-2`, `m-1, m-2 and 3 more models`; nothing when none was seen.

    beside: how many were seen that are not among the names.
    """
    return some(names, "model", beside)


def some(names: Sequence[str], word: str, beside: int = 0) -> str:
    """As `models`, of things that are called `word`."""
    rest = len(names[2:]) + beside
    more = f" and {count(rest, f'more {word}')}" if rest else ""
    return ", ".join(names[:2]) + more


def who(users: int | None, clients: int) -> str:
    """`3 users`; where no record names one `5 clients` (addresses and devices); else a dash."""
    if users:
        return count(users, "user")
    return count(clients, "client") if clients else "-"


def blocked(number: int, hits: int) -> str:
    """`all blocked`, `21 of 85 blocked`, or nothing."""
    if not number:
        return ""
    return "all blocked" if number >= hits else f"{number:,} of {hits:,} blocked"


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 user`, `2 users`, `1,204 users`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(number: int | None) -> str:
    """Bytes with three digits, in powers of 1000: `950 B`, `1.20 MB`; unknown is a dash."""
    if number is None:
        return "-"
    value = float(number)
    for unit in _UNITS:
        if value < 999.5 or unit == _UNITS[-1]:
            break
        value /= 1000
    if unit == "B":
        return f"{number} B"
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    half_up = math.floor(value * 10**digits + 0.5) / 10**digits
    return f"{half_up:.{digits}f} {unit}"


def day(value: date | datetime | None) -> str:
    """`2026-11-20`; unknown is a dash."""
    return "-" if value is None else f"{value:%Y-%m-%d}"


def moment(value: datetime | None) -> str:
    """`2026-11-20 02:00 UTC`; unknown is a dash. A time without a zone is UTC."""
    if value is None:
        return "-"
    if value.tzinfo is not None:
        value = value.astimezone(UTC)
    return f"{value:%Y-%m-%d %H:%M} UTC"


def window(first: datetime | None, last: datetime | None) -> str:
    """`2026-10-20 to 2026-11-19`, or that no record had a time."""
    if first is None or last is None:
        return "no record with a time"
    return day(first) if first.date() == last.date() else f"{day(first)} to {day(last)}"
