"""Absence may be spoken of after seven days in a row, not after seven days."""

from datetime import date, timedelta

from scanner.coverage import covered

FIRST = date(2026, 3, 1)


def days(*numbers):
    return [FIRST + timedelta(days=number) for number in numbers]


def test_seven_days_in_a_row_are_enough():
    assert covered(days(*range(3, 10)))


def test_six_are_not():
    assert not covered(days(*range(6)))


def test_a_gap_starts_the_count_again():
    assert not covered(days(0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12))


def test_the_same_day_counts_once():
    assert not covered(days(0, 0, 0, 0, 0, 0, 0))
