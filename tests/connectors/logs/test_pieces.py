"""Readers that formats build on: several patterns, ragged tables, JSON inside fields."""

from __future__ import annotations

import json

import pytest

from connectors.logs.engine import connect
from connectors.logs.model import Format

from .own import own

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


def test_a_blank_may_stand_before_a_quote_where_the_format_says_so(read_text):
    reader = {"kind": "csv", "header": "no", "default_columns": ["ts", "host"], "ragged": True}
    text = '1772438400, "a.example", "x, ""y"""\n"1772438401", b.example,z\n'
    found = read_text(own({**reader, "skip_blanks": True}, {"app": ["c3"]}), text)
    assert found.column("dst_host") == ["a.example", " b.example"]
    assert found.column("app") == ['x, "y"', "z"]
    strict = read_text(own(reader), '"1772438400", "a.example"\n')
    assert strict.said == [(1, None, "quotes inside a field that is not quoted", None)]


ELFF = own({"kind": "header_tsv", "delim": " "}, {"src_user": ['"cs(User)"']})


def test_the_header_of_the_extended_log_format_may_change_in_mid_file(read_text):
    text = (
        '#Software: x\n#Fields: ts host cs(User)\n1772438400 a.example "Ann B"\n'
        "#Date: 2026\n#Fields:  cs(User) ts host\n- 1772438401 b.example\n1772438402\n"
    )
    for block in (1, 60, 1 << 20):
        found = read_text(ELFF, text, block=block)
        assert found.column("dst_host") == ["a.example", "b.example"]
        assert found.column("src_user") == ["Ann B", None]
        assert (len(found.rejects), found.counts.header, found.notices) == (1, 4, [])


def test_a_short_row_with_a_quote_inside_a_field_is_read_as_it_stands(read_text):
    found = read_text(RAGGED, '1772438400,a.example\n1772438401,b"c"\n')
    assert found.column("dst_host") == ["a.example", 'b"c"']


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


FLOWS = Format.model_validate({
    "id": "own",
    "about": "",
    "reader": {
        "kind": "json_doc",
        "each": ["flowRecords.flows", "groups", "tuples"],
        "split": {"delim": ",", "into": ["ts", "src", "dst", "bytes"]},
        "fields": {"mac": "1$.mac", "rule": "2$.rule", "id": "$.resource.id"},
    },
    "map": {
        "time": ["time_epoch(ts)"],
        "dst_ip": ["dst"],
        "bytes_out": ["bytes_of(bytes)"],
        "src_device": ["mac"],
        "app": ["rule"],
        "resource_uid": ["id"],
    },
    "require": ["time", "dst_ip"],
})  # fmt: skip
TUPLES = ["1772438400000,10.0.0.1,192.0.2.1,5", "1772438401000,10.0.0.1,192.0.2.2"]


def flows(*groups, mac="m"):
    made = [{"rule": f"r{i}", "tuples": list(tuples)} for i, tuples in enumerate(groups)]
    record = {"flows": [{"mac": mac, "groups": made}]}
    return {"resource": {"id": "res"}, "flowRecords": record}


def test_each_innermost_element_is_a_row_with_what_is_around_it(read_text):
    text = json.dumps({"records": [flows(TUPLES, TUPLES[:1]), flows(TUPLES[1:], mac="n")]})
    found = read_text(FLOWS, text)
    assert found.said == []
    assert found.column("dst_ip") == ["192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.2"]
    assert found.column("bytes_out") == [5, None, 5, None]
    assert found.column("src_device") == ["m", "m", "m", "n"]
    assert found.column("app") == ["r0", "r0", "r1", "r0"]
    assert found.column("resource_uid") == ["res"] * 4
    assert found.column("event") == [1, 1, 1, 2]
    assert found.counts.read == 4


@pytest.mark.parametrize(
    ("record", "skips", "said"),
    [
        (flows([]), {"empty_list": 1}, []),
        (flows(), {"empty_list": 1}, []),
        ({"a": 1}, {}, [("flowRecords.flows", "missing")]),
        (
            {"flowRecords": {"flows": 7}},
            {},
            [("flowRecords.flows", "wrong type: a list is wanted")],
        ),
        ({"flowRecords": {"flows": [7]}}, {}, [(None, "not an object")]),
        (flows([7]), {}, [("tuples", "wrong type: text is wanted")]),
        (flows(["1,2,3,4,5"]), {}, [("tuples", "5 parts, format has 4")]),
        (flows(["x,10.0.0.1,192.0.2.1,5"]), {},
         [("ts", "not a time, or not from 1970 to 2261")]),
        (flows(["1772438400,10.0.0.1,192.0.2.1,5.5"]), {}, [("bytes", "not a byte count")]),
    ],
)  # fmt: skip
def test_nothing_in_the_lists_is_lost(read_text, record, skips, said):
    found = read_text(FLOWS, f"{json.dumps(flows(TUPLES))}\n{json.dumps(record)}\n")
    assert (found.skips, [(field, reason) for _, field, reason, _ in found.said]) == (skips, said)
    assert len(found.rows) == 2


def test_elements_may_be_objects(read_text):
    fmt = own({"kind": "ndjson", "each": ["answers"], "fields": {"ts": "$.ts"}})
    line = {"ts": "1772438400", "answers": [{"host": "a.example"}, {"host": "b.example"}]}
    found = read_text(fmt, json.dumps(line) + "\n")
    assert found.column("dst_host") == ["a.example", "b.example"]


def test_one_object_in_place_of_a_list_counts_as_a_list_of_one(read_text):
    fmt = own({"kind": "ndjson", "each": ["answers"], "fields": {"ts": "$.ts"}})
    line = {"ts": "1772438400", "answers": {"host": "a.example"}}
    found = read_text(fmt, json.dumps(line) + "\n")
    assert (found.column("dst_host"), found.said) == (["a.example"], [])


def test_what_an_element_holds_may_be_taken_as_json(read_text):
    fmt = own(
        {"kind": "ndjson", "each": ["answers"], "fields": {"ts": "$.ts", "tags": "json:1$.tags"}},
        {"app": ["json_of(tags, '$[1]')"]},
    )
    line = {"ts": "1772438400", "answers": [{"host": "a.example", "tags": ["x", "y"]}]}
    assert read_text(fmt, json.dumps(line) + "\n").column("app") == ["y"]


WRAPPED = own({"kind": "ndjson", "unwrap": ["result._raw", "message"]}, {"app": ["kind"]})
RECORD = {"ts": "1772438400", "host": "a.example"}


@pytest.mark.parametrize(
    "line",
    [
        RECORD,
        {"result": {"_raw": json.dumps(RECORD), "host": "collector"}, "host": "collector"},
        {"result": {"_raw": RECORD}},
        {"message": json.dumps(RECORD, indent=1), "ts": "never"},
        {"message": json.dumps({"message": "plain text", **RECORD})},
        {"message": "plain text", **RECORD},
    ],
)
def test_a_record_may_stand_inside_another_as_text_or_object(read_text, line):
    found = read_text(WRAPPED, f"{json.dumps(RECORD)}\n{json.dumps(line)}\n")
    assert found.said == []
    assert found.column("dst_host") == ["a.example"] * 2


def test_text_that_is_no_json_inside_is_rejected_as_such(read_text):
    found = read_text(WRAPPED, json.dumps({"message": '{"ts": "1772438400", "ho'}) + "\n")
    assert [reason for _, _, reason, _ in found.said] == ["not JSON"]


def test_inner_records_may_not_be_deep_either(read_text):
    deep = '{"a":' + "[" * 70 + "]" * 70 + "}"
    found = read_text(WRAPPED, json.dumps({"message": deep}) + "\n")
    assert [reason for _, _, reason, _ in found.said] == ["nesting over 64"]


AUDIT = own({"kind": "csv", "unwrap": "AuditData"}, {"src_user": ["UserId"], "app": ["kind"]})


def test_a_column_of_a_table_may_hold_the_record(read_text):
    cell = json.dumps(json.dumps({"host": "a.example", "ts": "1772438400", "kind": "x"}))
    cell = cell.replace('\\"', '""')
    text = f"Id,UserId,AuditData\n1,ann,{cell}\n2,ben,\n3,cem,{{}}\n4,dan,nope\n"
    found = read_text(AUDIT, text)
    assert found.column("dst_host") == ["a.example"]
    assert (found.column("src_user"), found.column("app")) == (["ann"], ["x"])
    reasons = [(line, reason) for line, _, reason, _ in found.said]
    assert reasons == [(3, "missing"), (4, "missing"), (5, "not JSON")]


def test_a_table_without_that_column_is_refused(read_text):
    found = read_text(AUDIT, "ts,host\n1772438400,a.example\n")
    assert (found.rows, found.notices) == ([], ["no header, or none with AuditData"])


@pytest.mark.parametrize(
    "line",
    [
        {"message": json.dumps({"host": "a.example"}), "ts": "1772438400"},
        {"ts": "1772438400", "message": json.dumps({"host": "a.example"}), "host": "collector"},
        {"result": {"_raw": json.dumps({"message": json.dumps(RECORD), "ts": "no"})}, "ts": "no"},
        {"result": {"_raw": json.dumps(RECORD)}, "message": json.dumps({"host": "b.example"})},
    ],
)
def test_what_is_not_in_the_text_is_looked_for_outside(read_text, line):
    found = read_text(WRAPPED, json.dumps(line) + "\n")
    assert (found.said, found.column("dst_host")) == ([], ["a.example"])


def test_a_text_that_is_no_json_takes_nothing_from_outside(read_text):
    line = {"message": '{"host": "a.example"}, "ts": "1772438400", "x": {', **RECORD}
    found = read_text(WRAPPED, json.dumps(line) + "\n")
    assert [reason for _, _, reason, _ in found.said] == ["not JSON"]


def test_two_values_inside_a_text_reject_the_record(read_text):
    text = '{"host": "a.example", "ts": "1772438400", "host": "b.example"}'
    found = read_text(WRAPPED, json.dumps({"message": text}) + "\n")
    assert [reason for _, _, reason, _ in found.said] == [
        "comes more than once, with different values"
    ]
