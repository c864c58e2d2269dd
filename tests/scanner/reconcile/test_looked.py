"""Absence is spoken of after seven days in a row, of one source, recent, and after approval."""

import datetime as dt

import pytest

from scanner.reconcile.looked import beside, look
from scanner.reconcile.model import Coverage, Unread

TODAY = dt.date(2026, 3, 16)
SAAS = {"product": "DeepL", "vendor": "DeepL", "hosting": "SaaS"}


def before(*numbers):
    """Days so many days before today."""
    return frozenset(TODAY - dt.timedelta(days=number) for number in numbers)


def over(**days):
    return Coverage(host_days=days)


def test_seven_days_in_a_row_of_one_source_are_enough():
    found = look(over(hq=before(*range(3, 10))), None, TODAY)
    assert (found.source, found.first, found.last) == (
        "hq", TODAY - dt.timedelta(days=9), TODAY - dt.timedelta(days=3),
    )  # fmt: skip


@pytest.mark.parametrize(
    "days",
    [
        {"hq": before(*range(6))},
        {"hq": before(0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12)},
        {"hq": before(*range(4)), "pilot": before(*range(4, 8))},
        {},
    ],
    ids=["six days", "a gap", "two places", "nothing"],
)
def test_less_is_not(days):
    assert "7 days in a row" in look(Coverage(host_days=days), None, TODAY)


def test_days_within_thirty_days_of_the_as_of_day_speak():
    assert not isinstance(look(over(hq=before(*range(30, 37))), None, TODAY), str)


def test_older_ones_do_not():
    told = look(over(hq=before(*range(31, 38))), None, TODAY)
    assert told == (
        "the last 7 days in a row that were read whole ended 2026-02-13, "
        "more than 30 days before 2026-03-16"
    )


def test_days_after_the_as_of_day_do_not():
    assert isinstance(look(over(hq=before(*range(-7, 0))), None, TODAY), str)


def test_days_before_the_approval_do_not():
    told = look(over(hq=before(*range(12))), TODAY - dt.timedelta(days=5), TODAY)
    assert told == (
        "no source that shows hosts was read whole for 7 days in a row since 2026-03-11"
    )


def test_the_latest_look_is_told_and_the_others_counted():
    found = look(over(a=before(*range(5, 14)), b=before(*range(8)), c=before(1)), None, TODAY)
    assert str(found) == (
        "b was read whole from 2026-03-09 to 2026-03-16, 1 more source for 7 days or longer"
    )


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (before(3), "; not read whole was pilot (truncated): it may show there"),
        (frozenset(), "; not read whole was pilot (truncated): it may show there"),
        (before(20), ""),
    ],
    ids=["in those days", "nobody knows when", "at another time"],
)
def test_what_was_not_read_whole_beside_it_is_told(days, told):
    coverage = Coverage(
        host_days={"hq": before(*range(7))}, unread=(Unread("pilot", "truncated", days),)
    )
    assert beside(coverage, look(coverage, None, TODAY)) == told


def test_the_finding_of_an_unseen_row_says_where_we_looked_and_where_not(hold, row):
    coverage = Coverage(
        host_days={"hq": before(*range(7))}, unread=(Unread("pilot", "truncated", before(2)),)
    )
    (finding,) = hold([], [row(**SAAS)], coverage=coverage).ledger.findings
    assert finding.state == "declared_not_observed"
    assert finding.evidence == (
        "Not seen: hq was read whole from 2026-03-10 to 2026-03-16; "
        "not read whole was pilot (truncated): it may show there."
    )


def test_a_row_approved_after_the_days_we_looked_is_not_assessable(hold, row):
    late = row(**SAAS, approved_on=TODAY - dt.timedelta(days=2))
    found = hold([], [late], coverage=over(hq=before(*range(9)))).rows[1]
    assert (found.state, found.why) == (
        "not_assessable",
        "no source that shows hosts was read whole for 7 days in a row since 2026-03-14",
    )


def test_the_end_of_a_system_is_confirmed_only_by_days_after_it(hold, row):
    ended = {**SAAS, "lifecycle": "retired", "lifecycle_raw": "closed"}
    rows = [
        row(1, **ended, retired_on=TODAY - dt.timedelta(days=2)),
        row(2, "Other", **(ended | {"product": "Jasper", "vendor": "Jasper"}),
            retired_on=TODAY - dt.timedelta(days=40)),
    ]  # fmt: skip
    found = hold([], rows, coverage=over(hq=before(*range(9)))).rows
    assert [found[1].state, found[2].state] == ["not_assessable", "retired_confirmed"]
