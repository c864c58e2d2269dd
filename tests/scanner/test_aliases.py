"""Which name stood at an address: one only, and believed only near the times it was seen there."""

import datetime as dt

import pytest

from scanner.aliases import Aliases, Shown

PLACE = ("10.0.0.9", 11434)


def day(number, hour=12):
    return dt.datetime(2026, 3, 1, hour) + dt.timedelta(days=number - 1)


def shown(host, first, last, named=True, place=PLACE):
    return Shown(host, *place, named, f"{host}.csv", day(first), day(last))


@pytest.mark.parametrize(
    ("known", "asked", "host"),
    [
        ([shown("llm", 1, 3)], 2, "llm"),
        ([shown("llm", 1, 3)], 20, "llm"),
        ([shown("llm", 1, 3)], 60, None),
        ([shown("llm", 20, 21)], 2, "llm"),
        ([shown("llm", 1, 3), shown("llm", 4, 40, named=False)], 60, "llm"),
        ([shown("llm", 1, 3), shown("wiki", 2, 5)], 2, None),  # shared: nobody's at any time
        ([shown("llm", 1, 3), shown("wiki", 2, 5)], 6, None),
        ([shown("llm", 1, 3), shown("wiki", 8, 9)], 2, "llm"),  # lent anew
        ([shown("llm", 1, 3), shown("wiki", 8, 9)], 9, "wiki"),
        ([shown("llm", 1, 3), shown("wiki", 8, 9)], 12, "wiki"),
        ([shown("llm", 1, 3), shown("wiki", 8, 9)], 5, None),
        ([shown("llm", 1, 3, place=("10.0.0.9", 80))], 2, None),
    ],
)
def test_a_name_holds_where_it_was_seen_and_not_where_two_could_be(known, asked, host):
    found = Aliases(known).at(PLACE, day(asked), day(asked, 13))
    assert (found.host if found else None) == host


def test_the_evidence_says_who_showed_name_and_address_together():
    assert Aliases([shown("llm", 1, 3)]).at(PLACE, day(2), day(2)).why == (
        "alias:10.0.0.9:11434 is llm, shown together in llm.csv on 2026-03-01"
    )
