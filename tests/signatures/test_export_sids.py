"""Numbers of Suricata rules: unique, in the local range, and the same from pack to pack."""

from __future__ import annotations

import pytest

from signatures.export import sids
from signatures.export.sids import (
    AFTER,
    FIRST,
    OVERLAYS,
    PLACES,
    SETTLED,
    missing,
    numbers,
    read_settled,
    unsettled,
)

KEYS = [f"model_api/acme|host_exact|h{n}.acme.example|" for n in range(3000)]


def test_numbers_are_unique_and_in_the_local_range():
    found = numbers(KEYS, [f"own-{key}" for key in KEYS])
    taken = [number + place for number in found.values() for place in range(PLACES)]
    assert len({*taken}) == len(KEYS) * 2 * PLACES
    assert {number < OVERLAYS for key, number in found.items() if key in KEYS} == {True}
    assert min(taken) >= FIRST
    assert max(taken) < AFTER


def test_an_indicator_keeps_its_number_when_others_come_and_go():
    """Those of one hash aside, which settled.yaml is for."""
    alone = {key: numbers([key], [])[key] for key in KEYS[:300]}
    together = numbers(KEYS, [])
    moved = [key for key in alone if together[key] != alone[key]]
    assert {*moved} <= {*unsettled(KEYS)}
    assert len(moved) < 10


def test_overlays_do_not_move_what_is_shipped():
    assert numbers(KEYS, ["x", "y"]).items() >= numbers(KEYS, []).items()


def test_a_settled_indicator_has_its_number_and_nobody_else_gets_it(monkeypatch):
    taken = numbers(KEYS[:1], [])[KEYS[0]]
    monkeypatch.setattr(sids, "read_settled", lambda: {"newer": taken + 400})
    found = numbers(["newer", *KEYS], [])
    assert found["newer"] == taken + 400
    assert len({*found.values()}) == len(found)


def test_settled_numbers_are_unique_places_of_shipped_rules():
    settled = read_settled()
    assert len({*settled.values()}) == len(settled)
    assert all(FIRST <= n < OVERLAYS and (n - FIRST) % PLACES == 0 for n in settled.values())


def test_every_shipped_indicator_has_a_place_of_its_own_or_a_settled_one():
    lines = missing()
    if lines:
        pytest.fail(f"add with: python -m signatures.export >> {SETTLED.name}\n{lines}")
