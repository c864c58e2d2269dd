"""When the name that clients sent to an address is believed."""

import datetime as dt
from dataclasses import replace

import pytest

from scanner.aliases import Alias
from scanner.usual import Sent, doubt

PLACE = ("10.0.0.9", 11434)
DAY = dt.datetime(2026, 3, 1)
ALIAS = Alias("llm", PLACE, DAY, DAY, DAY, DAY, "a.csv")
ALONE = Sent(None, None, PLACE, "ada", 1, DAY, DAY)
ADA = Sent("run 1", "llm", PLACE, "ada", 1, DAY, DAY)
BOB = replace(ADA, actor="bob")


def asked(*sent, known=()):
    return doubt(ALIAS, sent, [one for one in sent if one.host == ALIAS.host], known)


def test_the_usual_name_is_believed_for_clients_that_sent_it():
    assert asked(ADA, BOB, ALONE) is None


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ((ADA, ALONE), "fewer than 2 known clients"),
        ((ADA, replace(ADA, actor=None), ALONE), "fewer than 2 known clients"),
        ((ADA, BOB, replace(ALONE, actor="eve")), "other clients"),
        ((ADA, BOB, replace(ALONE, actor=None)), "other clients"),
        ((ADA, BOB, ALONE, replace(ADA, host=None, hits=3)), "only 2 of 5 records"),
        ((ADA, BOB, ALONE, replace(ADA, host="wiki")), "another name"),
        ((ADA, BOB, ALONE, replace(ADA, place=("10.9.9.9", 80))), "stands at 10.9.9.9 too"),
    ],
)
def test_a_name_is_in_doubt(sent, why):
    assert why in asked(*sent)


def test_a_place_with_an_asset_of_its_own_keeps_it():
    assert asked(ADA, BOB, ALONE, known={"10.0.0.9:11434"}) == (
        "10.0.0.9:11434 was known by itself before"
    )


@pytest.mark.parametrize(("days", "joined"), [(30, False), (31, True)])
def test_another_address_counts_only_near_in_time(days, joined):
    then = DAY + dt.timedelta(days=days)
    away = replace(ADA, place=("10.9.9.9", 11434), first=then, last=then)
    here = (ADA, BOB, ALONE)
    assert (doubt(ALIAS, here, [ADA, BOB, away], ()) is None) is joined


def test_another_name_in_a_run_that_did_not_show_this_one_is_no_matter():
    assert asked(ADA, BOB, ALONE, replace(ADA, run="run 2", host="wiki")) is None
