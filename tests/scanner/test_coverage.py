"""The days a source was read whole, part by part, and how long a thing was not seen in it."""

from datetime import date, timedelta

from scanner.coverage import Seen, by_series, unseen_days

FIRST = date(2026, 3, 1)
LAST = date(2026, 3, 31)


def days(*numbers):
    return tuple(FIRST + timedelta(days=number) for number in numbers)


def part(name, *numbers, whole=True, shows_hosts=True):
    reason = None if whole else "truncated"
    return Seen(f"hq/{name}", "logs.squid", whole, reason, days(*numbers), shows_hosts)


def only(cells):
    (one,) = by_series(cells).values()
    return one


def test_parts_of_one_log_add_up():
    assert only([part("a.log.1", 0, 1), part("a.log", 1, 2)]).whole == set(days(0, 1, 2))


def test_logs_of_two_folders_do_not():
    other = Seen("pilot/a.log", "logs.squid", True, None, days(1), True)
    assert len(by_series([part("a.log", 0), other])) == 2


def test_a_day_that_a_broken_part_shares_does_not_count():
    found = only([part("a.log.1", 0, 1), part("a.log", 1, 2, whole=False)])
    assert found.whole == set(days(0))
    assert [one.source for one in found.broken] == ["hq/a.log"]


def test_a_part_that_was_read_whole_later_is_no_longer_broken():
    found = only([part("a.log", 0, whole=False), part("a.log", 0, 1)])
    assert (found.whole, found.broken) == (set(days(0, 1)), ())


def test_reading_what_was_added_does_not_mend_what_was_broken_before():
    found = only([part("a.log", 0, 1, whole=False), part("a.log", 1, 2)])
    assert found.whole == set(days(2))


def test_days_unseen_are_those_after_the_last_sighting_that_were_read_whole():
    known = by_series([part("a.log", *range(10))])
    assert unseen_days([("hq/a.log", "logs.squid")], FIRST, LAST, known) == 9


def test_days_after_the_day_the_ledger_speaks_of_do_not_count():
    known = by_series([part("a.log", *range(10))])
    assert unseen_days([("hq/a.log", "logs.squid")], FIRST, FIRST, known) == 0


def test_of_several_sources_that_showed_it_the_least_watched_decides():
    other = Seen("pilot/a.log", "logs.squid", True, None, days(0, 1), True)
    known = by_series([part("a.log", *range(10)), other])
    both = [("hq/a.log", "logs.squid"), ("pilot/a.log", "logs.squid")]
    assert unseen_days(both, FIRST, LAST, known) == 1


def test_a_source_nobody_reads_any_more_shows_nothing():
    assert unseen_days([("gone/a.log", "logs.squid")], FIRST, LAST, {}) == 0
