"""JSON documents with more than one list: what is read, and what is said of the rest."""

from __future__ import annotations

import hashlib
import json
import time

import pytest

from connectors.logs import document, walk
from connectors.logs.document import document_segments


def rows(*numbers):
    return [{"ts": f"2026-03-01T00:00:{n:02}Z", "dst_host": f"h{n}.example"} for n in numbers]


class Pieces:
    """A stream that gives these pieces."""

    path = "sample.json"

    def __init__(self, *pieces):
        self._pieces = pieces

    def chunks(self):
        yield from self._pieces


def hosts(found):
    return [row["dst_host"] for row in found.rows]


def test_every_list_under_a_known_name_is_read(read_text):
    text = json.dumps({"items": rows(1, 2), "n": 2, "records": rows(3), "value": rows(4)})
    found = read_text("generic_json", text)
    assert hosts(found) == ["h1.example", "h2.example", "h3.example", "h4.example"]
    assert (found.column("event"), found.notices) == ([1, 2, 3, 4], [])


def test_another_list_of_objects_is_named_and_counted(read_text):
    found = read_text("generic_json", json.dumps({"items": rows(1), "more": rows(2, 3)}))
    assert hosts(found) == ["h1.example"]
    assert found.notices == [
        "the document holds another list `more` of 2 elements that was not read"
    ]


def test_the_list_may_come_before_the_one_that_is_read(read_text):
    text = json.dumps({"more": rows(2, 3), "items": rows(1)}, indent=1)
    found = read_text("generic_json", text)
    assert (hosts(found), len(found.notices)) == (["h1.example"], 1)


@pytest.mark.parametrize("name", ["items", "value", "events", "data"])
def test_answers_of_apis_wrap_their_records(read_text, name):
    text = json.dumps({"object": "list", name: rows(1, 2), "has_more": False}, indent=1)
    assert hosts(read_text("generic_json", text)) == ["h1.example", "h2.example"]


def test_the_list_may_lie_in_an_object_beside(read_text):
    text = json.dumps({"items": rows(1), "data": {"rows": rows(2)}})
    assert read_text("generic_json", text).notices == [
        "the document holds another list `rows` of 1 element that was not read"
    ]


def test_one_note_covers_many_documents(read_text):
    text = "\n".join(json.dumps({"Records": rows(n), "more": rows(n, n)}) for n in range(9))
    assert read_text("generic_json", text).notices == [
        "the documents hold 9 other lists `more` of 18 elements that were not read"
    ]


def test_keys_without_end_are_counted_only(read_text):
    text = json.dumps({"items": rows(1), **{f"k{n}": rows(n % 60) for n in range(30)}})
    notices = read_text("generic_json", text).notices
    assert (len(notices), notices[-1]) == (21, "10 more lists under other keys were not read")


@pytest.mark.parametrize(
    "beside",
    [
        {"columns": ["ts", "dst_host"], "page": [1, 2]},
        {"events": ["login", "logout"]},
        {"more": [], "errors": []},
        {"meta": {"tags": ["a"]}, "text": '"items":[{"a":1},{"b":2}]'},
    ],
)
def test_lists_without_objects_hold_no_records(read_text, beside):
    found = read_text("generic_json", json.dumps({"items": rows(1), **beside}))
    assert (hosts(found), found.notices, found.said) == (["h1.example"], [], [])


def test_lists_in_a_record_are_its_fields(read_text):
    text = json.dumps({**rows(1)[0], "tags": [{"a": 1}], "b": {"c": [{"d": 1}]}}, indent=1)
    found = read_text("generic_json", text)
    assert (hosts(found), found.notices) == (["h1.example"], [])


def test_a_long_list_before_is_no_long_record():
    first = b'{"more":[' + (b'{"a":"' + b"x" * 2000 + b'"},') * 1500
    text = first + b'{"a":1}],"items":[{"b":1},{"b":2}]}'
    found = list(document_segments(Pieces(text[: 2 << 20], text[2 << 20 :])))
    assert sum(len(one) for one in found) == 2
    assert [reject.reason for one in found for reject in one.rejects] == []
    assert len(found[-1].notices) == 1


@pytest.mark.parametrize(
    "pieces", [lambda text: [text], lambda text: [text + b" " * (3 << 20), b'{"b":2}']]
)
def test_an_object_too_long_for_a_record_is_one_reject(pieces):
    text = b'{"a":"' + b"x" * (2 << 20) + b'"}\n{"a":1}'
    found = list(document_segments(Pieces(*pieces(text))))
    assert [reject.reason for one in found for reject in one.rejects] == [
        "element over 1048576 bytes"
    ]
    assert {len(one) for one in found} <= {0, 1}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_nothing_depends_on_where_the_pieces_end(size):
    text = json.dumps({"more": rows(1, 2), "items": rows(3), "x": {"y": rows(4)}, "value": rows(5)})
    text += json.dumps(rows(6)[0]) + json.dumps(rows(7))

    def read(size):
        data = text.encode()
        seen = walk.Walk("sample.json")
        found = [seen.feed(data[at : at + size]) for at in range(0, len(data), size)]
        found.append(seen.end())
        return (
            [one.data[a:b] for one in found for a, b in zip(one.starts, one.ends, strict=True)],
            [n for one in found for n in one.event_no.tolist()],
            found[-1].notices,
        )

    assert read(size) == read(len(text))


@pytest.mark.parametrize(
    "unit",
    [
        json.dumps({"Records": rows(1)}),
        json.dumps(rows(1)[0] | {"tags": [{"a": 1}], "b": {"c": [1]}}, indent=1),
        json.dumps({"a": [], "b": {"c": [], "d": [[[[{}]]]]}}),
    ],
)
def test_the_time_grows_with_the_size_and_no_faster(unit):
    def spent(times):
        text = ((unit + "\n") * times).encode()
        began = time.process_time()
        list(document_segments(Pieces(text)))
        return time.process_time() - began

    spent(10)
    assert spent(4000) < 40 * max(spent(400), 0.002)


def test_detection_looks_into_the_list_wherever_it_stands(detected):
    found = detected(json.dumps({"page": [{"a": 1}], "items": rows(1)}))
    assert found.format is not None
    assert found.format.id == "generic_json"


@pytest.mark.parametrize(
    "text",
    [
        b'[{"a":1},{"b":22}  \n\n ]\n',
        b'{"items":[{"a":1},{"b":"\xff"}\t],"n":[]}',
        b'{"a":1}\n {"b":2}\n',
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_head_ends_with_the_last_element_wherever_the_pieces_end(text, size, monkeypatch):
    monkeypatch.setattr(document, "PIECE", 1)
    end = text.rindex(b"}", 0, text.index(b"]") if b"]" in text else None) + 1
    for border in range(len(text) + 1):
        last = [text[at : at + size] for at in range(border, len(text), size)]
        heads = [one.head for one in document_segments(Pieces(text[:border], *last)) if len(one)]
        assert heads[-1] == (end, hashlib.sha256(text[:end]).hexdigest())


@pytest.mark.parametrize("filler", [b"x", b"\n"])
def test_text_between_documents_is_not_held(filler):
    seen = walk.Walk("sample.json")
    rejects = seen.feed(b'[{"a":1}]\n, ').rejects
    for _ in range(8):
        rejects = rejects + seen.feed(filler * 50_000).rejects
        assert len(seen.buffer) <= 256
    rejects = rejects + seen.feed(b'{"a":2}').rejects + seen.end().rejects
    said = [(one.line, one.offset, one.reason, one.value) for one in rejects]
    assert said == ([(2, 12, "not an object", "x" * 256)] if filler == b"x" else [])


@pytest.mark.parametrize("size", [1, 3, 10, 600])
def test_text_between_documents_is_one_reject_wherever_the_pieces_end(size):
    text = b'[{"a":1}]\n,\n  a stray ' + b"line " * 60 + b' ,\n{"b":2} and \n more \n'
    found = list(document_segments(Pieces(text)))
    seen = walk.Walk("sample.json")
    pieces = [seen.feed(text[at : at + size]) for at in range(0, len(text), size)]
    rejects = [reject for one in [*pieces, seen.end()] for reject in one.rejects]
    assert rejects == [reject for one in found for reject in one.rejects]
    assert [(one.line, (one.value or "")[:8]) for one in rejects] == [
        (3, "a stray "),
        (4, "and \n mo"),
    ]
