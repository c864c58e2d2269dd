"""JSON: lines and documents, hostile and ordinary."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.logs.document import is_document
from connectors.logs.jsonmarks import Scanner


def record(n, **more):
    return {"ts": f"2026-03-01T00:00:{n:02}Z", "dst_host": f"h{n}.example", **more}


def text_of(*values):
    return "\n".join(json.dumps(value) for value in values) + "\n"


def test_an_escaped_nul_survives(read_text):
    line = '{"ts":"2026-03-01T00:00:00Z","dst_host":"api.openai.com\\u0000.evil.example"}\n'
    found = read_text("generic_json", line)
    assert found.column("dst_host") == ["api.openai.com\0.evil.example"]


def test_escaped_characters_are_undone(read_text):
    line = r'{"ts":"2026-03-01T00:00:00Z","dst_host":"api.\u006fpenai\u002ecom","user":"a\"b\\c"}'
    found = read_text("generic_json", line + "\n")
    assert (found.column("dst_host"), found.column("src_user")) == (["api.openai.com"], ['a"b\\c'])


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        ("[1,2]", None, "not an object"),
        ('"str"', None, "not an object"),
        ("null", None, "not an object"),
        ("42", None, "not an object"),
        ('{"ts":"2026', None, "not JSON"),
        ('{"ts":1}x', None, "not JSON"),
        ('{"ts":"\\ud800"}', None, "not JSON"),
        ('{"dst_host":' + "[" * 100_000, None, "nesting over 64"),
        ('{"a":' + "[" * 65 + "]" * 65 + "}", None, "nesting over 64"),
        ('{"a":' * 70 + '"' + '\\"' * 200_000, None, "nesting over 64"),
        ('{"ts":"2026-03-01T00:00:00Z","dst_host":{"a":1}}', "dst_host", "wrong type: object"),
        ('{"ts":"2026-03-01T00:00:00Z","dst_host":"h","bytes_out":1e400}', "bytes_out", "not a b"),
        ('{"ts":"2026-03-01T00:00:00Z","dst_host":"h","bytes_out":NaN}', "bytes_out", "not a b"),
        (
            '{"ts":"2026-03-01T00:00:00Z","dst_host":"h","bytes_out":' + "9" * 5000 + "}",
            "bytes_out",
            "not a b",
        ),
        ('{"ts":"2026-03-01T00:00:00Z","dst_host":"h","bytes_out":true}', "bytes_out", "not a b"),
        ('{"ts":null,"dst_host":"h"}', "ts", "missing"),
    ],
)
def test_a_bad_line_is_one_reject(read_text, line, field, reason):
    found = read_text("generic_json", text_of(record(1)) + line + "\n" + text_of(record(2)))
    assert found.column("dst_host") == ["h1.example", "h2.example"]
    assert [(one[0], one[1], one[2][: len(reason)]) for one in found.said] == [(2, field, reason)]


def test_depth_inside_strings_does_not_count(read_text):
    found = read_text("generic_json", text_of(record(1, user="[" * 500)))
    assert found.column("src_user") == ["[" * 500]


def test_a_text_that_looks_like_a_list_is_a_text(read_text):
    found = read_text("generic_json", text_of(record(1, src_ip="[2001:db8::1]")))
    assert found.column("src_ip") == ["[2001:db8::1]"]


def test_values_are_kept_as_they_are_spelled(read_text):
    found = read_text("generic_json", text_of(record(1, bytes_out=2**63 - 1, dst_port="443")))
    assert (found.column("bytes_out"), found.column("dst_port")) == ([2**63 - 1], [443])


def test_keys_may_be_spelled_differently_from_line_to_line(read_text):
    lines = text_of({"TS": 1772323200, "Dst-Host": "a"}, {"ts": 1772323200, "dst_host": "b"})
    assert read_text("generic_json", lines).column("dst_host") == ["a", "b"]


def test_bytes_that_are_no_utf8_leave_valid_json(read_text):
    line = text_of(record(1, user="XX")).encode().replace(b"XX", b"\xe9")
    found = read_text("generic_json", line)
    assert (found.column("src_user"), found.replaced) == (["\\xe9"], [1])


DOCUMENTS = {
    "a list": json.dumps,
    "Records": lambda rows: json.dumps({"Records": rows}),
    "after other keys": lambda rows: json.dumps({"a": {"b": [1]}, "records": rows, "c": [2]}),
    "items, indented": lambda rows: json.dumps({"items": rows}, indent=2),
    "entries, one a line": lambda rows: (
        '{"entries": [\n' + ",\n".join(map(json.dumps, rows)) + "]}"
    ),
    "value": lambda rows: json.dumps({"value": rows, "nextLink": None}),
    "indented objects": lambda rows: "\n".join(json.dumps(row, indent=1) for row in rows),
    "two documents": lambda rows: "\n".join(json.dumps({"Records": [row]}) for row in rows),
}


@pytest.mark.parametrize("shape", DOCUMENTS)
def test_every_element_of_a_document_is_a_record(read_text, shape):
    rows = [record(n, user=']}[{,"\\') for n in range(1, 6)]
    found = read_text("generic_json", DOCUMENTS[shape](rows))
    assert found.column("dst_host") == [f"h{n}.example" for n in range(1, 6)]
    assert found.column("src_user") == [']}[{,"\\'] * 5
    assert (found.counts.read, found.notices) == (5, [])


def test_elements_know_their_line_and_place(read_text):
    found = read_text("generic_json", json.dumps([record(1), record(2)], indent=1))
    assert (found.column("line"), found.column("event")) == ([2, 6], [1, 2])


def test_a_list_that_ends_early_keeps_its_whole_elements(read_text):
    text = json.dumps([record(n) for n in range(1, 11)])[:-30]
    found = read_text("generic_json", text)
    assert len(found.rows) == 9
    assert found.said == [(1, None, "element ends early", None)]
    assert found.notices == ["array ends early after element 9"]


def test_an_element_over_a_mebibyte_is_one_reject(read_text):
    rows = [record(1), record(2, user="x" * (5 << 20)), record(3)]
    found = read_text("generic_json", json.dumps(rows))
    assert found.column("event") == [1, 3]
    assert [one[2] for one in found.said] == ["element over 1048576 bytes"]


def test_garbage_between_documents_is_a_reject(read_text):
    text = json.dumps([record(1)]) + "\nnull\n" + json.dumps([record(2)])
    found = read_text("generic_json", text)
    assert found.column("dst_host") == ["h1.example", "h2.example"]
    assert found.said == [(2, None, "not an object", "null")]


@pytest.mark.parametrize(
    ("head", "answer"),
    [
        ('{"a":1}\n{"a":2}\n', False),
        ('{"a":1}\n', False),
        ('{"ts":1,"items":[1]}\n{"ts":2,"items":[2]}\n', False),
        ('{"Records":[{"a":1}]}\n{"Records":[{"a":2}]}\n', True),
        ('{"items":[{"a":1}]}', True),
        ("[\n{}]", True),
        ('{\n"a":1\n}', True),
        ('{"ts":"2026\n{"a":2}\n', False),
        ("", False),
    ],
)
def test_what_is_one_document(head, answer):
    assert is_document(head.encode()) is answer


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(values, st.integers(1, 9), st.booleans())
def test_marks_do_not_depend_on_where_the_pieces_end(value, size, plain):
    text = json.dumps(value, ensure_ascii=plain).encode()
    whole = Scanner().feed(text)
    scanner, at, depth = Scanner(), [], []
    for begin in range(0, len(text), size):
        marks = scanner.feed(text[begin : begin + size])
        at += [int(a) + begin for a in marks.at]
        depth += marks.depth.tolist()
    assert (at, depth) == (whole.at.tolist(), whole.depth.tolist())
    assert not depth or depth[-1] == 0


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.dictionaries(st.text(max_size=3), values, max_size=3), max_size=5))
def test_a_list_of_any_objects_gives_that_many_records(read_text, things):
    found = read_text("generic_json", json.dumps(things))
    assert found.counts.read == len(things)
