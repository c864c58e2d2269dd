"""Sums of sightings: the same for every split and order, and what a plain loop would add up."""

import datetime as dt
from collections import defaultdict

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import partial
from scanner.partial import Partial
from scanner.spill import Spill
from scanner.sums import KEYS, PARTIAL, packed, summed

WORDS = st.sampled_from([None, "", "a", "b", "é", "\x00"])
TIMES = st.datetimes(dt.datetime(2026, 3, 1), dt.datetime(2026, 3, 3))
COUNTS = st.one_of(st.none(), st.integers(0, 2**62))


@st.composite
def rows(draw: st.DrawFn) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(PARTIAL.names)
    row |= {name: draw(WORDS) for name in ("service", "dst_host", "actor")}
    row |= {"by_host": draw(st.booleans()), "dst_port": draw(st.sampled_from([None, 0, 443]))}
    row |= {"hits": 1, "bytes_out": draw(COUNTS), "sized_out": 1, "sized_in": 0}
    row |= {"first_seen": draw(TIMES), "last_seen": draw(TIMES), "sample_line": draw(COUNTS)}
    row["day"] = row["first_seen"].date()
    return row


ROWS = st.lists(rows(), max_size=12)


def table(some: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(some, schema=PARTIAL)


def by_hand(some: list[dict[str, object]]) -> list[dict[str, object]]:
    groups: dict[tuple[object, ...], list[dict[str, object]]] = defaultdict(list)
    for row in some:
        groups[tuple(row[name] for name in KEYS.names)].append(row)
    out = []
    for key, members in groups.items():
        sent = [row["bytes_out"] for row in members if row["bytes_out"] is not None]
        lines = [row["sample_line"] for row in members if row["sample_line"] is not None]
        out.append(
            dict(zip(KEYS.names, key, strict=True))
            | {
                "hits": len(members),
                "bytes_out": min(sum(sent), 2**63 - 1) if sent else None,
                "bytes_in": None,
                "sized_out": len(members),
                "sized_in": 0,
                "first_seen": min((row["first_seen"] for row in members), key=str),
                "last_seen": max((row["last_seen"] for row in members), key=str),
                "sample_line": min(lines, default=None),
            }
        )
    return out


def rank(row: dict[str, object]) -> list[tuple[bool, object]]:
    values = (row[name] for name in KEYS.names)
    return [
        (value is None, value.encode() if isinstance(value, str) else value or 0)
        if not isinstance(value, dt.date)
        else (False, value.toordinal())
        for value in values
    ]


@given(some=ROWS)
def test_a_sum_is_what_a_loop_adds_up_in_the_order_of_the_keys(some):
    assert summed([table(some)]).to_pylist() == sorted(by_hand(some), key=rank)


@settings(max_examples=50)
@given(some=ROWS, cut=st.integers(0, 12))
def test_the_split_does_not_matter(some, cut):
    whole = summed([table(some)])
    assert summed([table(some[:cut]), table(some[cut:])]).equals(whole)
    assert summed([packed([table(some[cut:])]), table(some[:cut])]).equals(whole)


def test_texts_that_are_missing_in_many_rows_stay_missing():
    # pyarrow 26 leaves the numbers under nulls unset when it groups by dictionaries
    some = [
        dict.fromkeys(PARTIAL.names)
        | {"service": f"s{i % 3}" if i % 5 else None, "actor": f"u{i % 700}" if i % 7 else None}
        | {"hits": 1, "sized_out": 0, "sized_in": 0, "sample_line": i}
        for i in range(20_000)
    ]
    pieces = [packed([table(some[at : at + 5000])]) for at in range(0, len(some), 5000)]
    found = summed([packed(pieces[:2]), packed(pieces[2:])])
    assert found.equals(summed([table(some)]))
    assert found["hits"].to_pylist() == [row["hits"] for row in sorted(by_hand(some), key=rank)]


@settings(max_examples=40)
@given(some=ROWS)
def test_pieces_that_are_summed_on_the_way_change_nothing(some):
    total = Partial()
    for row in some:
        total.add(Partial(sightings=table([row])))
        total.pieces = [packed(total.pieces)]
    assert total.finish().everything().equals(summed([table(some)]))


def small(patch):
    patch.setattr(partial, "HELD", 2)
    patch.setattr(partial, "ROOMY", 2)
    patch.setattr(partial, "PARTS", 3)
    patch.setattr(partial, "FEW", 0)


def total(pieces, spill=None):
    out = Partial(spill=spill)
    for some in pieces:
        out.add(Partial(sightings=table(some)))
    return out.finish()


@settings(max_examples=30)  # one takes a tenth of a second: thirty sums, and files of them
@given(st.lists(ROWS, max_size=6))
def test_sums_that_waited_on_disk_are_the_sums_that_did_not(pieces):
    with pytest.MonkeyPatch.context() as patch, Spill(room=0) as spill:
        small(patch)
        assert total(pieces, spill).everything().equals(total(pieces).everything())


@settings(max_examples=30)  # one takes a tenth of a second: thirty sums, and files of them
@given(st.lists(ROWS, max_size=6))
def test_no_key_is_in_two_of_the_parked_tables(pieces):
    with pytest.MonkeyPatch.context() as patch, Spill() as spill:
        small(patch)
        tables = list(total(pieces, spill).tables())
    keys = [tuple(row.values()) for one in tables for row in one.select(KEYS.names).to_pylist()]
    assert len(keys) == len(set(keys))
