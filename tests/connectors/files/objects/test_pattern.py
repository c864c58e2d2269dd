"""Places in names: what they stand for, and what is asked to fill them."""

from datetime import datetime

import pytest

from connectors.files.objects.pattern import expanded, fits, is_pattern, prefixes

DAYS = (datetime(2026, 2, 27, 13, 5), datetime(2026, 3, 1, 0, 0))


def test_a_date_is_each_day_of_the_time_asked_for():
    assert expanded("A/%Y/%m/%d/", *DAYS) == ["A/2026/02/27/", "A/2026/02/28/", "A/2026/03/01/"]
    assert expanded("A/%Y-%j/", *DAYS) == ["A/2026-058/", "A/2026-059/", "A/2026-060/"]
    assert expanded("A/%Y/%m/", *DAYS) == ["A/2026/02/", "A/2026/03/"]


def test_an_hour_is_each_hour_of_the_time_asked_for():
    hours = expanded("%d/%H/", *DAYS)
    assert (hours[0], hours[-1], len(hours)) == ("27/13/", "01/00/", 36)


@pytest.mark.parametrize("known", [(), (DAYS[0], None), (None, DAYS[1])])
def test_without_both_ends_a_date_is_any_digits(known):
    (pattern,) = expanded("A/%Y/x%d/", *known)
    assert fits("A/2026/x31/1.log", pattern.split("/"))
    assert not fits("A/2026/xab/1.log", pattern.split("/"))


@pytest.mark.parametrize("text", ["a%2fb", "a{", "{1}", "100%", "%y/%M"])
def test_what_only_looks_like_a_place_is_none(text):
    assert expanded(text, *DAYS) == [text]
    assert not is_pattern(text)


@pytest.mark.parametrize(
    ("name", "pattern", "does"),
    [
        ("a.log", "*.log", True),
        ("a.log/below", "*.log", True),
        ("x/a.log", "*.log", False),
        ("x/a.log", "**/*.log", True),
        ("a.log", "**/*.log", True),
        ("x/y/z/a.log", "x/**/a.log", True),
        ("x/y", "x/*/", False),
        ("x/y/1", "x/*/", True),
        ("X", "x", False),
        ("ab", "a?", True),
        ("b", "[!a]", True),
        ("", "*", True),
    ],
)
def test_stars_stop_at_a_slash_and_what_is_below_fits(name, pattern, does):
    assert fits(name, pattern.split("/")) is does


def test_folders_are_asked_for_only_where_something_fixed_follows():
    there = {"A/": ["1", "2", "x"], "A/1/c/": ["eu", "us"], "A/2/c/": ["eu"]}
    asked = []

    def folders(prefix):
        asked.append(prefix)
        return there[prefix]

    found = list(prefixes("A/[0-9]/c/*/2026/*.gz", folders))
    assert [prefix for prefix, _ in found] == [
        "A/1/c/eu/2026/",
        "A/1/c/us/2026/",
        "A/2/c/eu/2026/",
    ]
    assert asked == ["A/", "A/1/c/", "A/2/c/"]
    assert list(prefixes("A/*/*", folders)) == [("A/", ["*", "*"])]
