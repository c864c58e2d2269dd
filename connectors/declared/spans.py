"""Days in running text, as words: which days "31 12 2024", "march 2025" or "q3 2025" can mean."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connectors.declared.words import MONTHS, STOP

if TYPE_CHECKING:
    from collections.abc import Sequence

_NUMBER = re.compile(r"(\d{1,4})(?:st|nd|rd|th|er|t\d{2})?")
_PART = re.compile(r"[qh]([1-4])")
_SKIPPED: Final = STOP | {"end", "ende", "fin", "fine", "early", "late", "mid", "anfang", "mitte"}
_YEARS: Final = range(1990, 2100)
_MOST: Final = 3  # numbers and months of a date


@dataclass(frozen=True, slots=True)
class Span:
    """The first and last day meant; of two readings the earlier days."""

    first: dt.date
    last: dt.date


def is_part(word: str) -> bool:
    """Whether a word can be part of a date."""
    return word in MONTHS or bool(_NUMBER.fullmatch(word) or _PART.fullmatch(word))


def span_at(words: Sequence[str], window: int) -> tuple[Span | None, bool]:
    """The first date among the first `window` words, and whether there was anything like one.

    window 0: only words that say nothing may stand before it.
    """
    at = next((i for i, word in enumerate(words[: window or None]) if is_part(word)), None)
    if at is None or (not window and not _SKIPPED.issuperset(words[:at])):
        return None, False
    parts: list[str] = []
    for word in words[at:]:
        if is_part(word) and len(parts) < _MOST:
            parts.append(word)
        elif word not in _SKIPPED:
            break
    return next((s for n in range(len(parts), 0, -1) if (s := _span(parts[:n]))), None), True


def _span(parts: Sequence[str]) -> Span | None:
    months = [MONTHS[word] for word in parts if word in MONTHS]
    pieces = [hit for word in parts if (hit := _PART.fullmatch(word))]
    numbers = [hit[1] for word in parts if word not in MONTHS and (hit := _NUMBER.fullmatch(word))]
    years = [int(n) for n in numbers if len(n) == 4 and int(n) in _YEARS]
    small = [int(n) for n in numbers if len(n) <= 2]
    if not years and small and len(parts) == _MOST:  # 31.12.24
        years = [2000 + small.pop()]
    if len(years) != 1 or len(months) + len(pieces) > 1:
        return None
    (year,) = years
    if pieces:
        return _piece(year, pieces[0][0][0], int(pieces[0][1])) if not small else None
    if months:
        return _days(year, months[0], small[0] if small else None) if len(small) < 2 else None
    if not small:
        return Span(dt.date(year, 1, 1), dt.date(year, 12, 31))
    if len(small) == 1:
        return _days(year, small[0], None)
    readings = (_days(year, small[1], small[0]), _days(year, small[0], small[1]))
    if len(numbers[0]) == 4:  # year first: month, then day
        readings = readings[1:]  # type: ignore[assignment]
    found = [span for span in readings if span is not None]
    return min(found, key=lambda span: span.first) if found else None


def _piece(year: int, kind: str, number: int) -> Span | None:
    size = 3 if kind == "q" else 6
    if number * size > 12:
        return None
    last = _days(year, number * size, None)
    return Span(dt.date(year, (number - 1) * size + 1, 1), last.last) if last else None


def _days(year: int, month: int, day: int | None) -> Span | None:
    if not 1 <= month <= 12:
        return None
    most = calendar.monthrange(year, month)[1]
    if day is None:
        return Span(dt.date(year, month, 1), dt.date(year, month, most))
    return Span(one := dt.date(year, month, day), one) if 1 <= day <= most else None
