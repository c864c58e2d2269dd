"""Readers that formats build on: several patterns, ragged tables, JSON inside fields."""

from __future__ import annotations

import pytest

from connectors.logs.engine import connect
from connectors.logs.model import Format


def own(reader, columns=None, drop=None):
    return Format.model_validate({
        "id": "own",
        "about": "",
        "reader": reader,
        "map": {"time": ["time_any(ts)"], "dst_host": ["host"], **(columns or {})},
        "drop": drop or {},
        "require": ["time", "dst_host"],
    })  # fmt: skip


PATTERNS = own(
    {
        "kind": "regex",
        "patterns": [
            r"^(?P<ts>\d+) built to (?P<host>\S+)$",
            r"^(?P<ts>\d+) url (?P<host>[^/ ]+)/(?P<path>\S+)$",
            r"^(?P<ts>\d+) %(?P<id>\d+)",
        ],
    },
    {"url_path": ["path"]},
    {"other_message": "id is not null"},
)


def test_the_first_pattern_that_fits_counts(read_text):
    text = (
        "1772438400 url a.example/x\n1772438401 built to b.example\n\n1772438402 url c.example/y\n"
    )
    found = read_text(PATTERNS, text)
    assert found.column("dst_host") == ["a.example", "b.example", "c.example"]
    assert found.column("url_path") == ["x", None, "y"]
    assert found.column("line") == [1, 2, 4]


def test_what_a_last_pattern_knows_can_be_dropped_and_the_rest_is_rejected(read_text):
    found = read_text(PATTERNS, "1772438400 %106 x\n1772438401 built to b.example\nnoise\n")
    assert found.skips == {"other_message": 1}
    assert found.said == [(3, None, "line does not have the layout of the format", None)]
    assert found.column("dst_host") == ["b.example"]


@pytest.mark.parametrize(
    "reader",
    [{"kind": "regex"}, {"kind": "regex", "pattern": "(?P<a>b)", "patterns": ["(?P<a>c)"]}],
)
def test_a_regex_reader_has_one_pattern_or_several(reader):
    with pytest.raises(ValueError, match="a regex reader needs a pattern, or patterns"):
        own(reader)


RAGGED = own(
    {"kind": "csv", "header": "no", "default_columns": ["ts", "host"], "ragged": True},
    {"src_user": ["c3"], "app": ["c5"]},
)


def test_rows_of_a_ragged_table_may_be_shorter_and_longer(read_text):
    text = (
        '1772438400,a.example\n1772438401,b.example,ann,x,"y, z"\n1772438402,"c",ben\n1772438403\n'
    )
    found = read_text(RAGGED, text)
    assert found.column("dst_host") == ["a.example", "b.example", "c"]
    assert found.column("src_user") == [None, "ann", "ben"]
    assert found.column("app") == [None, "y, z", None]
    assert [(line, reason) for line, _, reason, _ in found.said] == [(4, "missing")]


def test_a_table_that_is_not_ragged_rejects_them(read_text):
    strict = own({"kind": "csv", "header": "no", "default_columns": ["ts", "host"]})
    found = read_text(strict, "1772438400,a.example\n1772438401,b.example,ann\n")
    assert found.said == [(2, None, "3 fields, header has 2", None)]


@pytest.fixture(scope="module")
def con():
    return connect()


NAMES = '[{"name":"a","value":"1"},{"name":"s","multiValue":["x","y"]},{"name":"i","intValue":"5"}]'
ITEMS = '[{"type":"User","id":1},{"type":"App","id":"7"},{"type":"App","id":"8"}]'


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("pair_of(x, 'a')", "1"),
        ("pair_of(x, 'i')", "5"),
        ("pair_of(x, 's')", '["x","y"]'),
        ("pair_of(x, 'none')", None),
        ('pair_of(\'[{"Name":"ua","Value":"b"}]\', \'ua\')', "b"),
        ("pair_of('not json', 'a')", None),
        ("pair_of('{\"name\":\"a\"}', 'a')", None),
        ("pair_of('[1, null, [2]]', 'a')", None),
        ("json_of(item_of(y, 'type', 'App'), '$.id')", "7"),
        ("item_of(y, 'type', 'Group')", None),
        ("item_of('not json', 'type', 'App')", None),
        ("json_of('not json', '$.a')", None),
        ('json_of(\'{"a":{"b":"c"}}\', \'$.a.b\')', "c"),
    ],
)
def test_pairs_in_json_lists(con, call, value):
    sql = f"select {call} from (select '{NAMES}' as x, '{ITEMS}' as y)"
    assert con.sql(sql).fetchall() == [(value,)]


@pytest.mark.parametrize(
    ("call", "second"),
    [
        ("time_dmy('02/03/2026 08:00:07')", 7),
        ("time_mdy('03/02/2026 08:00:07')", 7),
        ("time_digits('20260302080007.000')", 7),
        ("time_digits('20260302T080007')", 7),
    ],
)
def test_times_in_other_orders(con, call, second):
    ((stamp,),) = con.sql(f"select {call}").fetchall()
    assert (stamp >> 2, stamp & 3) == ((1_772_438_400 + second) * 1_000_000, 1)


@pytest.mark.parametrize("call", ["time_dmy('32/13/2026 08:00:07')", "time_digits('2026')"])
def test_what_is_no_time_in_that_order_is_said(con, call):
    assert con.sql(f"select {call}").fetchall() == [(-1,)]
