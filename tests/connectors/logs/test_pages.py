"""JSON documents that each stand on one line: pages of an API's answers."""

from __future__ import annotations

import json

import pytest

from connectors.logs import document
from connectors.logs.detect import detect
from connectors.logs.document import document_segments, is_document
from connectors.logs.pages import MOST_CUT, is_page, top_names

from .conftest import all_formats


def row(n):
    return {"ts": f"2026-03-01T00:00:{n % 60:02}Z", "dst_host": f"h{n}.example"}


def page(*numbers, name="items", **beside):
    return json.dumps({name: [row(n) for n in numbers], **beside})


def hosts(found):
    return [one["dst_host"] for one in found.rows]


def places(found):
    return [(one.line, one.reason) for one in found.rejects]


@pytest.mark.parametrize("name", ["records", "items", "entries", "value", "events", "data"])
def test_each_line_may_be_a_page(read_text, name):
    text = "\n".join([page(1, 2, name=name, more=True), page(3, name=name, next=None)])
    assert hosts(read_text("generic_json", text)) == ["h1.example", "h2.example", "h3.example"]


def test_each_line_may_be_a_list(read_text):
    text = f"{json.dumps([row(1)])}\n{json.dumps([row(2), row(3)])}\n"
    found = read_text("generic_json", text)
    assert (hosts(found), found.column("line")) == (
        ["h1.example", "h2.example", "h3.example"],
        [1, 2, 2],
    )


def test_pages_with_an_object_before_the_list_are_recognised():
    entry = {"date_create": 1772438400, "action": "a", "actor": {}, "entity": {}, "context": {}}
    line = json.dumps({"response_metadata": {"next": "x"}, "entries": [entry]}) + "\n"
    found = detect((line * 2).encode(), "a.json", all_formats())
    assert found.format is not None
    assert found.format.id == "slack_audit"
    records = json.dumps({"name": "x", "entries": [{"date_create": 1}]}) + "\n"
    assert detect((records * 2).encode(), "a.json", all_formats()).format is None


def test_an_object_before_a_list_of_records_costs_itself(read_text):
    found = read_text("generic_json", f'{{"cursor": "x"}}\n{json.dumps([row(1), row(2)])}\n')
    assert (hosts(found), [line for line, _ in places(found)]) == (
        ["h1.example", "h2.example"],
        [1],
    )


def test_a_list_in_a_record_is_its_field(read_text):
    lines = [json.dumps(row(n) | {"items": [{"name": "x"}]}) for n in (1, 2)]
    assert hosts(read_text("generic_json", "\n".join(lines))) == ["h1.example", "h2.example"]


def test_a_single_record_with_such_a_list_is_one_record(read_text):
    text = json.dumps(row(1) | {"events": [{"name": "x"}]})
    assert hosts(read_text("generic_json", text)) == ["h1.example"]


def test_a_format_that_reads_the_list_itself_keeps_it(formats):
    names = top_names(formats["google_workspace"])
    one = {"id": {"time": "x"}, "actor": {}, "events": [{"type": "t", "name": "n"}]}
    assert is_page(one, names) is False
    assert is_page({"kind": "k", "items": [one]}, names) is True


def test_an_empty_page_says_nothing_of_the_others(read_text):
    found = read_text("generic_json", "\n".join([page(1), page(), page(2)]))
    assert (hosts(found), found.rejects) == (["h1.example", "h2.example"], [])


@pytest.mark.parametrize("size", [7, 64, 10_000])
def test_a_cut_line_costs_no_other(size, monkeypatch, read_text):
    monkeypatch.setattr(document, "PIECE", size)
    lines = [page(1), page(2, 3)[:-20], page(4), page(5)[:30], page(6), page(7)[:12]]
    found = read_text("generic_json", "\n".join(lines), block=4096)
    assert hosts(found) == ["h1.example", "h2.example", "h4.example", "h6.example"]
    assert [line for line, _ in places(found)] == [2, 4, 6]
    assert found.counts.read == 4 + 3


def test_the_line_of_a_cut_element_is_that_of_the_element(read_text):
    lines = [json.dumps([row(n)]) for n in range(5)]
    text = "\n".join([*lines, '[{"ts": "2026', lines[0], '[{"ts": '])
    found = read_text("generic_json", text)
    assert places(found) == [(6, "element ends early"), (8, "element ends early")]
    assert len(found.notices) == 2


def test_a_cut_inside_a_text_ends_with_its_line(read_text):
    found = read_text("generic_json", f'{page(1)}\n{{"items": [{{"ts": "20\n{page(2)}\n')
    assert hosts(found) == ["h1.example", "h2.example"]
    assert places(found) == [(2, "element ends early")]


def test_a_document_over_many_lines_is_left_alone(read_text):
    text = json.dumps({"items": [row(1), row(2)]}, indent=1)
    found = read_text("generic_json", f"{text}\n{text}\n")
    assert (len(found.rows), found.rejects) == (4, [])


def test_one_element_a_line_is_left_alone(read_text):
    text = ",\n".join(json.dumps(row(n)) for n in (1, 2))
    found = read_text("generic_json", f"[\n{text}\n]\n")
    assert (len(found.rows), found.rejects) == (2, [])


class Once:
    """A stream of one piece."""

    path = "sample.json"

    def __init__(self, piece):
        self._piece = piece

    def chunks(self):
        yield self._piece


def test_lines_are_not_looked_after_without_end():
    text = b"[{}]\n" + b'[{"a":\n' * (MOST_CUT + 50)
    segments = list(document_segments(Once(text)))
    assert sum(len(one.rejects) for one in segments) == MOST_CUT + 1


def test_a_text_is_a_document_by_what_the_format_reads():
    text = "\n".join([page(1), page(2)]).encode()
    assert is_document(text, {"ts", "dst_host"})
    assert not is_document(text, {"items", "more"})


def test_a_key_without_a_name_is_no_field(read_text):
    text = json.dumps(row(1) | {"destination": {"": 1, "port": "443"}})
    assert read_text("generic_json", text).column("dst_port") == [443]
