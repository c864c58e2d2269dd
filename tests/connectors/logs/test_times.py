"""Times: what each spelling means, and what is no time."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from connectors.logs.engine import connect
from connectors.logs.settings import ReadSettings
from connectors.logs.stamps import FUTURE, decode

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def stamp():
    con = connect()
    return lambda text, macro="time_any": con.execute(f"select {macro}($1)", [text]).fetchall()[0][
        0
    ]


def read(stamp, text, **settings):
    """The UTC time of a text, or None when it is rejected."""
    times = decode(np.array([stamp(text)], np.int64), ReadSettings(**{"now": NOW, **settings}))
    if times.not_a_time[0] or times.future[0]:
        return None
    return datetime.fromtimestamp(int(times.us[0]) / 1e6, UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T00:00:00Z",
        "2026-03-01T00:00:00.000Z",
        "2026-03-01 00:00:00",
        "2026-03-01T01:00:00+01:00",
        "2026-03-01T01:00:00+0100",
        "2026-02-28T19:00:00-05",
        "2026-02-28T24:00:00Z",
        "2026/03/01 00:00:00",
        "2026-03-01 00:00",
        "2026-03-01T00:00:00 UTC",
        "1772323200",
        "1772323200.000000",
        "1772323200000",
        "1772323200000000",
        "1772323200000000000",
        "01/Mar/2026:00:00:00 +0000",
        "[01/Mar/2026:01:00:00 +0100]",
        "Mar  1 00:00:00",
        "Mar  1 2026 00:00:00",
        "Sun Mar  1 00:00:00 2026",
        "Sun Mar  1 00:00:00 UTC 2026",
    ],
)
def test_spellings_of_one_moment(stamp, text):
    assert read(stamp, text) == MARCH


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T00:00:00-99:99",
        "2026-03-01T00:00:00+15:00",
        "2026-03-01T00:00:00+01:60",
        "2026-02-30T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-03-01T25:00:00Z",
        "2026-03-01T24:00:01Z",
        "2026-03-01T00:60:00Z",
        "2026-03-01T00:00:61Z",
        "2026-03-01T00:00:00CET",
        "2026-03-01",
        "1969-12-31T23:59:59Z",
        "1969-12-31 23:59:59",
        "9999-12-31T23:59:59Z",
        "2262-01-01T00:00:00Z",
        "-1",
        "1e9",
        "1772323200.1.2",
        "0x69A38080",
        "1" + "0" * 30,
        "99999999999999999999",
        "Mar 32 00:00:00",
        "Foo  1 00:00:00",
        "31/Feb/2026:00:00:00 +0000",
        "yesterday",
        " ",
        "NaN",
    ],
)
def test_no_time(stamp, text):
    assert read(stamp, text) is None


def test_missing_is_not_wrong(stamp):
    assert [stamp(text) for text in ("", "-", None)] == [None, None, None]


@pytest.mark.parametrize("text", ["2016-12-31T23:59:60Z", "2016-12-31T23:59:60.0Z"])
def test_a_leap_second_is_the_next_second(stamp, text):
    assert read(stamp, text) == datetime(2017, 1, 1, tzinfo=UTC)


def test_the_epoch_itself_is_a_time(stamp):
    assert read(stamp, "1970-01-01T00:00:00Z") == datetime(1970, 1, 1, tzinfo=UTC)


def test_fractions_are_kept_to_the_microsecond(stamp):
    for text in ("2026-03-01T00:00:00.213650Z", "1772323200.213650", "2026-03-01 00:00:00,213650"):
        assert read(stamp, text).microsecond == 213650


def test_a_day_of_clock_skew_is_allowed_but_no_more(stamp):
    assert read(stamp, "2026-11-22T12:00:00Z") is not None
    later = decode(np.array([stamp("2026-11-22T12:00:01Z")]), ReadSettings(now=NOW))
    assert later.future.all()
    assert FUTURE == "more than one day after the scan"


def test_a_zoneless_time_is_local_in_the_given_zone(stamp):
    local = read(stamp, "2026-07-01 12:00:00", timezone="Europe/Berlin")
    assert local == datetime(2026, 7, 1, 10, tzinfo=UTC)


def test_of_a_repeated_hour_the_first_is_taken_and_flagged(stamp):
    value = np.array([stamp("2026-10-25T02:30:00")], np.int64)
    times = decode(value, ReadSettings(timezone="Europe/Berlin", now=NOW))
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert (int(times.us[0]) / 1e6, times.ambiguous[0]) == (first.timestamp(), True)


def test_a_skipped_hour_becomes_the_moment_after_the_gap(stamp):
    gap = read(stamp, "2026-03-29 02:30:00", timezone="Europe/Berlin")
    assert gap == datetime(2026, 3, 29, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "reference", "year"),
    [
        ("Mar  1 00:00:00", date(2026, 3, 1), 2026),
        ("Mar  2 00:00:00", date(2026, 3, 1), 2025),
        ("Dec 31 23:59:59", date(2026, 1, 5), 2025),
        ("Feb 29 00:00:00", date(2026, 3, 1), 2024),
        ("Nov 22 00:00:00", None, 2026),  # within the day of grace
        ("Nov 23 00:00:00", None, 2025),
    ],
)
def test_a_year_that_is_not_said_is_the_latest_possible(stamp, text, reference, year):
    assert read(stamp, text, reference_date=reference).year == year
