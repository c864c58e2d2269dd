"""Dates are read or remarked on, never guessed."""

import datetime as dt

import pytest

from connectors.declared.dates import closing_date, order_of, read_date


@pytest.mark.parametrize(
    ("cell", "date"),
    [
        ("2026-03-01", dt.date(2026, 3, 1)),
        ("2021-05-16 00:00:00", dt.date(2021, 5, 16)),
        ("2026-03-01T10:00:00Z", dt.date(2026, 3, 1)),
        ("2026/02/11", dt.date(2026, 2, 11)),
        ("14.12.2023", dt.date(2023, 12, 14)),
        ("1.8.24", dt.date(2024, 8, 1)),
        ("12/13/2024 00:00:00", dt.date(2024, 12, 13)),
        ("31/08/2026", dt.date(2026, 8, 31)),
        ("12 March 2025", dt.date(2025, 3, 12)),
        ("March 12, 2025", dt.date(2025, 3, 12)),
        ("5. März 2025", dt.date(2025, 3, 5)),
    ],
)
def test_plain_dates(cell, date):
    read = read_date(cell)
    assert (read.date, read.code) == (date, None)


@pytest.mark.parametrize(
    ("cell", "date", "code"),
    [
        ("45820", dt.date(2025, 6, 12), "date_serial"),
        ("Jun 2025", dt.date(2025, 6, 1), "date_month_only"),
        ("Jul-25", dt.date(2025, 7, 1), "date_month_only"),
        ("01/2023", dt.date(2023, 1, 1), "date_month_only"),
        ("2025.0", None, "date_year_only"),
        ("7/12/1905", None, "date_is_a_year"),
        ("3/4/2026", None, "date_ambiguous"),
        ("soon", None, "date_unreadable"),
        ("31.02.2026", None, "date_unreadable"),
        ("0021-01-01", None, "date_implausible"),
    ],
)
def test_odd_dates_carry_a_remark(cell, date, code):
    read = read_date(cell)
    assert (read.date, read.code) == (date, code)


def test_a_column_decides_the_order_of_its_ambiguous_dates():
    assert order_of(["3/4/2026", "11-30-25"]) == "month_first"
    assert order_of(["3/4/2026", "30/11/2025"]) == "day_first"
    assert order_of(["13/1/2026", "1/13/2026"]) is None
    assert read_date("3/4/2026", "month_first").date == dt.date(2026, 3, 4)
    assert read_date("3/4/2026", "day_first").date == dt.date(2026, 4, 3)


def test_a_year_typed_into_a_date_cell_is_told():
    assert read_date("7/12/1905").text == "7/12/1905 is the year 2020 typed into a date cell"


@pytest.mark.parametrize(
    ("notes", "date"),
    [
        ("closed 30.04.2026\n(seen by the office)", dt.date(2026, 4, 30)),
        ("off since 31.01.2026", dt.date(2026, 1, 31)),
        ("contract of 31.01.2026", None),
    ],
)
def test_a_closing_date_needs_a_closing_word(notes, date):
    assert closing_date(notes) == date
