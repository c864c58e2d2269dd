"""Numbers as people read them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from reports import figures


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (None, "-"),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (86_200_000, "86.2 MB"),
        (940_500_000, "941 MB"),
        (999_600, "1.00 MB"),
        (9_999, "10.0 kB"),
        (10**30, "1000000000000 EB"),
    ],
)
def test_a_size_has_three_digits(number, text):
    assert figures.size(number) == text


def test_a_count_knows_one_and_many():
    assert figures.count(1, "row") == "1 row"
    assert figures.count(1204, "row") == "1,204 rows"
    assert figures.count(2, "entry", "entries") == "2 entries"


def test_times_are_said_in_utc():
    there = timezone(timedelta(hours=2))
    assert figures.moment(datetime(2026, 11, 20, 1, 30, tzinfo=there)) == "2026-11-19 23:30 UTC"
    assert figures.moment(None) == "-"


def test_a_window_without_times_is_said():
    assert figures.window(None, None) == "no record with a time"


@pytest.mark.parametrize(
    ("users", "clients", "text"),
    [
        (3, 0, "3 users"),
        (1, 9, "1 user"),
        (None, 2, "2 clients"),
        (0, 1, "1 client"),
        (None, 0, "-"),
    ],
)
def test_users_are_counted_where_they_are_named_and_clients_elsewhere(users, clients, text):
    assert figures.who(users, clients) == text


@pytest.mark.parametrize(
    ("number", "hits", "total", "text"),
    [
        (40, 67, 9, "sizes in 40 of 67 records"),
        (67, 67, 9, ""),
        (0, 67, None, ""),
        (None, 67, 9, ""),
    ],
)
def test_a_sum_says_of_how_many_records_when_not_of_all(number, hits, total, text):
    assert figures.sized(number, hits, total) == text


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a, b"),
        (["a", "b", "c"], "a, b and 1 more model"),
    ],
)
def test_few_models_are_named_and_the_rest_counted(names, text):
    assert figures.models(names) == text


def test_models_beside_the_named_are_counted():
    assert figures.models(["m-1"], 300) == "m-1 and 300 more models"
