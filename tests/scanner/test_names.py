"""Addresses borrow a name only while one, and only one, is certain."""

import pytest

from scanner.names import AFTER, Names

TOO_MANY = "too many {} were named: connections borrow no names from them"
T = 1_772_323_200_000_000


def learnt(*answers):
    names = Names()
    for address, host, time, matched in answers:
        names.learn_answer(address, host, time, time, matched=matched)
    return names


def test_a_fresh_answer_names_its_address():
    assert (
        learnt(("192.0.2.1", "api.openai.com", T, True)).at("192.0.2.1", T + 5) == "api.openai.com"
    )


def test_a_stale_answer_names_nothing():
    names = learnt(("192.0.2.1", "api.openai.com", T, True))
    assert names.at("192.0.2.1", T + AFTER + 1) is None


def test_an_answer_from_the_future_names_nothing():
    assert learnt(("192.0.2.1", "api.openai.com", T, True)).at("192.0.2.1", T - AFTER) is None


def test_an_address_shared_with_another_name_names_nothing():
    names = learnt(
        ("192.0.2.1", "api.openai.com", T, True), ("192.0.2.1", "shop.example", T, False)
    )
    assert names.at("192.0.2.1", T) is None


def test_an_address_of_two_matched_names_names_neither():
    names = learnt(("192.0.2.1", "api.openai.com", T, True), ("192.0.2.1", "claude.ai", T, True))
    assert names.at("192.0.2.1", T) is None


def test_too_many_other_addresses_name_nothing(monkeypatch):
    """Which address is shared can no longer be told, so none is named."""
    monkeypatch.setattr("scanner.names.MOST_OTHERS", 2)
    others = [(f"192.0.2.{n}", "shop.example", T, False) for n in range(10, 13)]
    names = learnt(("192.0.2.1", "claude.ai", T, True), *others)
    assert (names.at("192.0.2.1", T), names.others) == (None, set())


def test_merging_does_not_depend_on_the_order():
    one = learnt(("192.0.2.1", "claude.ai", T, True))
    two = learnt(("192.0.2.1", "claude.ai", T + 7, True), ("192.0.2.2", "x.example", T, False))
    left, right = Names(), Names()
    left.merge(one), left.merge(two)
    right.merge(two), right.merge(one)
    assert left == right


def test_too_many_connections_name_nobody_and_it_is_said(monkeypatch):
    monkeypatch.setattr("scanner.names.MOST_UIDS", 2)
    names = Names()
    for uid in "abc":
        names.learn_uid(uid, "claude.ai")
    assert (names.by_uid, names.remarks()) == ({}, [("warning", TOO_MANY.format("connections"))])


def test_too_many_addresses_name_nobody_and_it_is_said(monkeypatch):
    monkeypatch.setattr("scanner.names.MOST_ADDRESSES", 2)
    names = Names()
    for n in range(3):
        names.learn_answer(f"198.51.100.{n}", "claude.ai", 0, 1, matched=True)
    assert (names.at("198.51.100.1", 1), names.remarks()) == (
        None, [("warning", TOO_MANY.format("addresses"))],
    )  # fmt: skip


def crowd(numbers):
    return learnt(*(("192.0.2.1", f"h{n}.openai.azure.com", n * 3 * AFTER, True) for n in numbers))


def test_an_address_of_three_hosts_names_the_one_that_is_fresh():
    names = crowd(range(3))
    assert (names.at("192.0.2.1", 3 * AFTER), names.remarks()) == ("h1.openai.azure.com", [])


def test_an_address_of_very_many_hosts_names_none_and_is_counted():
    names = crowd(range(5000))
    assert names.at("192.0.2.1", 3 * AFTER) is None
    assert (names.by_address, names.shared) == ({}, {"192.0.2.1"})
    assert names.remarks() == [
        ("note", "1 address has more than 3 known hosts: connections borrow none of them")
    ]


@pytest.mark.parametrize(("one", "two"), [([0, 1], [2, 3]), ([0], range(5)), (range(5), [7])])
def test_hosts_of_an_address_are_counted_over_all_parts(one, two):
    left, right = Names(), Names()
    left.merge(crowd(one)), left.merge(crowd(two))
    right.merge(crowd(two)), right.merge(crowd(one))
    assert left == right
    assert left.shared == {"192.0.2.1"}
