"""Dates as people type them, and what was odd about them.

Nothing is guessed: a day that could be a month is read by the evidence of its own column, and
without such evidence it is not a date but a remark.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from connectors.declared.text import fold
from connectors.declared.words import CLOSING_WORDS, MONTHS

if TYPE_CHECKING:
    from collections.abc import Iterable

Order = Literal["day_first", "month_first"]

_EXCEL_ZERO: Final = dt.date(1899, 12, 30)
_SERIALS: Final = range(20_000, 80_000)  # 1954 .. 2119
_YEARS: Final = range(1990, 2100)

_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:Z|[ap]m|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}", re.IGNORECASE)
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{2}|\d{4})")
_SLASHED = re.compile(rf"(\d{{1,2}})[/-](\d{{1,2}})[/-](\d{{2}}|\d{{4}}){_TIME}", re.IGNORECASE)
_MONTH_YEAR = re.compile(r"(\d{1,2})[/.-](\d{4})|(\d{4})-(\d{1,2})")
_YEAR = re.compile(r"(\d{4})(?:\.0+)?")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_WORDS = re.compile(r"[a-z]+|\d+")
_IN_TEXT = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.\d{1,2}\.\d{2,4}|\d{1,2}/\d{1,2}/\d{2,4}")


@dataclass(frozen=True, slots=True)
class Read:
    """What a cell says: a date, or None with a remark code and sentence; both for odd shapes."""

    date: dt.date | None
    code: str | None = None
    text: str | None = None


def order_of(cells: Iterable[str]) -> Order | None:
    """Which order the slashed dates of one column use, by those that allow only one; else None."""
    votes: set[Order] = set()
    for cell in cells:
        hit = _SLASHED.fullmatch(cell.strip())
        if hit is None:
            continue
        first, second = int(hit[1]), int(hit[2])
        if first > 12 >= second:
            votes.add("day_first")
        elif second > 12 >= first:
            votes.add("month_first")
    return votes.pop() if len(votes) == 1 else None


def read_date(cell: str, order: Order | None = None) -> Read:
    """The date of a non-missing cell; see Read. order: of ambiguous dates, from `order_of`."""
    text = cell.strip()
    for shape in (_iso, _dotted, _serial, _month_year, _year):
        read = shape(text)
        if read is not None:
            return read
    if hit := _SLASHED.fullmatch(text):
        return _slashed(hit, text, order)
    return _worded(text) or Read(None, "date_unreadable", f'"{_short(text)}" is no date')


def closing_date(notes: str) -> dt.date | None:
    """The date that stands next to a closing word in free text ("closed 30.04.2026")."""
    for hit in _IN_TEXT.finditer(notes):
        before = fold(notes[: hit.start()])
        if any(before.endswith(word) or f"{word} " in before[-24:] for word in CLOSING_WORDS):
            return read_date(hit[0], "day_first").date
    return None


def _iso(text: str) -> Read | None:
    hit = _ISO.fullmatch(text)
    return _checked(hit[1], hit[2], hit[3], text) if hit else None


def _dotted(text: str) -> Read | None:
    hit = _DOTTED.fullmatch(text)
    return _checked(hit[3], hit[2], hit[1], text) if hit else None


def _serial(text: str) -> Read | None:
    hit = _SERIAL.fullmatch(text)
    if not hit or int(hit[1]) not in _SERIALS:
        return None
    date = _EXCEL_ZERO + dt.timedelta(days=int(hit[1]))
    return Read(date, "date_serial", f"{text} is a spreadsheet serial number: {date}")


def _month_year(text: str) -> Read | None:
    hit = _MONTH_YEAR.fullmatch(text)
    if not hit:
        return None
    year, month = (hit[2], hit[1]) if hit[2] else (hit[3], hit[4])
    return _month(int(year), int(month), text)


def _month(year: int, month: int, text: str) -> Read:
    if not 1 <= month <= 12 or year not in _YEARS:
        return Read(None, "date_unreadable", f'"{_short(text)}" is no date')
    return Read(dt.date(year, month, 1), "date_month_only", f'"{_short(text)}" names no day')


def _year(text: str) -> Read | None:
    hit = _YEAR.fullmatch(text)
    if not hit:
        return None
    return Read(None, "date_year_only", f'"{text}" is only a year')


def _slashed(hit: re.Match[str], text: str, order: Order | None) -> Read:
    first, second, year = int(hit[1]), int(hit[2]), hit[3]
    if first > 12 or order == "day_first":
        return _checked(year, hit[2], hit[1], text)
    if second > 12 or order == "month_first" or first == second:
        return _checked(year, hit[1], hit[2], text)
    if len(year) == 4 and 1904 <= int(year) <= 1906:  # a year typed into a date cell
        return _checked(year, hit[1], hit[2], text)
    return Read(None, "date_ambiguous", f"{text} can be read day first or month first; not used")


def _worded(text: str) -> Read | None:
    """`12 March 2025`, `March 12, 2025`, `Jun 2025`, `Jul-25` (month and year, not a day)."""
    words = _WORDS.findall(fold(text))
    months = [MONTHS[w] for w in words if w in MONTHS]
    numbers = [w for w in words if w.isdigit()]
    if len(months) != 1 or len(words) - len(numbers) > 4:
        return None
    if len(numbers) == 1:
        return _month(_full_year(numbers[0]), months[0], text)
    if len(numbers) >= 2:
        day, year = (numbers[1], numbers[0]) if len(numbers[0]) == 4 else (numbers[0], numbers[1])
        return _checked(year, str(months[0]), day, text)
    return None


def _full_year(text: str) -> int:
    return 2000 + int(text) if len(text) == 2 else int(text)


def _checked(year: str, month: str, day: str, text: str) -> Read:
    try:
        date = dt.date(_full_year(year), int(month), int(day))
    except ValueError:
        return Read(None, "date_unreadable", f'"{_short(text)}" is no date')
    if date.year in (1904, 1905, 1906):
        meant = (date - _EXCEL_ZERO).days
        if meant in _YEARS:
            return Read(
                None, "date_is_a_year", f"{text} is the year {meant} typed into a date cell"
            )
    if date.year not in _YEARS:
        return Read(None, "date_implausible", f'"{_short(text)}" is not plausible; not used')
    return Read(date)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
