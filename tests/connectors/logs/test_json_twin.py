"""JSON whose parsing tells what is wrong with it is read as if every record were checked first."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.logs.engine import connect
from connectors.logs.frame import IN_JSON, frame, repair
from connectors.logs.model import Format
from connectors.logs.readers import unwrapped
from connectors.logs.readers.jsonkeys import KeyEnds
from connectors.logs.readers.jsontext import JsonReader
from connectors.logs.readers.unwrapped import UnwrapReader
from connectors.logs.rules import segment

FORMAT = {
    "about": "",
    "reader": {
        "kind": "ndjson",
        "dotted": True,
        "unwrap": "event",
        "fields": {"first": "$.l[0].a", "text": "json:$.o", "slash": '$."a/b"', "é": '$."é"'},
    },
    "map": {"time": ["time_any(a)"], "dst_host": ["host_of(b)"], "app": ["first"]},
}
FIELDS = ("a", "b", "o.a", "first", "text", "slash", "é", "longer_name")
OWN = Format.model_validate(FORMAT | {"id": "own"})
GENERIC = Format.model_validate(FORMAT | {"id": "generic_json", "reader": {"kind": "ndjson"}})

KEYS = st.sampled_from((*"ablo", "event", "o.a", "a/b", "é", "longer_name", "x_longer_name", "A"))
SCALARS = st.one_of(
    st.sampled_from((None, True, 0, -1, 10**30, 1.5, 1e300, "", "-", "[x", "{", 'a":1', "\0", "é")),
    st.text('a"\\/:{[ ', max_size=4),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=4,
)
OBJECTS = st.lists(st.tuples(KEYS, VALUES), max_size=5)
SPELLED = {"a": "\\u0061", "/": "\\/", "é": "\\u00e9"}
NUMBERS = (
    "1e3",
    "NaN",
    "-0",
    "1E+999",
    "01",
    "0.10",
    "\\ud800",
    '"\\ud83d\\ude00"',
    "[1,]",
    "\x01",
)


@st.composite
def records(draw):
    """An object in some spelling, mostly whole."""
    parts = []
    for key, value in draw(OBJECTS):
        name, text = json.dumps(key, ensure_ascii=draw(st.booleans())), json.dumps(value)
        if draw(st.integers(0, 7)) == 0:
            letter = draw(st.sampled_from(sorted(SPELLED)))
            name = name.replace(letter, SPELLED[letter])
        if draw(st.integers(0, 7)) == 0:
            text = draw(st.sampled_from(NUMBERS))
        colon = draw(st.sampled_from((":", ":", ":", " :", "\t : ")))
        parts.append(name + colon + text)
    text = "{" + ",".join(parts) + "}"
    match draw(st.integers(0, 15)):
        case 0:
            text = text[: draw(st.integers(0, len(text)))]
        case 1:
            text = draw(st.sampled_from((" ", "\ufeff", "x", "["))) + text
        case 2:
            text += draw(st.sampled_from((" ", "]", "\0", "{}")))
        case 3:
            text = draw(st.sampled_from(("[1]", "7", '"a"', '{"a":' * 70, "nan", "{}")))
    return text or "{}"


RECORDS = st.lists(records(), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def con():
    return connect()


def read(con, fmt, texts):
    lines, _ = repair(frame(texts, 0, 1), IN_JSON)
    cut = segment(lines)
    reader = JsonReader(fmt, FIELDS, con, by_key=fmt is GENERIC)
    source = UnwrapReader(reader, fmt.reader.wrappers, con)(cut)
    rows = dict(zip(source.rows.tolist(), source.table.to_pylist(), strict=True))
    bad = [(one.row, one.field, one.reason, one.value) for one in source.bad]
    return rows, bad, source.names, cut.notices


def alike(con, texts):
    quick = [read(con, fmt, texts) for fmt in (OWN, GENERIC)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KeyEnds, "may_lead", lambda *_: True)
        patch.setattr(JsonReader, "_quickly", lambda *_: None)
        patch.setattr(unwrapped, "holds_braces_inside", lambda _: True)
        assert quick == [read(con, fmt, texts) for fmt in (OWN, GENERIC)]


EXAMPLES = (
    ['{"a":"x","b":{"c":1}}', '{"\\u0061":1}', '{"a" :1,"a":2}', '{"a":[1]}', "7"],
    ['{"event":{"a":1},"a":2}', '{"event" \t:{"\\u0061":1}}', '{"ev\\u0065nt":{"b":1}}'],
    ['{"a\\/b":1}', '{"a/b":2}', '{"\\u00e9":3}', '{"é":4}', '{"o.a":5,"o":{"a":6}}'],
    ['{"l":[{"a":1e3}],"o":{"b":[1, 2.50]}}', '{"l":[]}', '{"a":1} ', ' {"a":1}'],
    ['{"event":"{\\"a\\":1}"}', '{"event":"{"}', '{"event":"{}"}', "7"],
    ['{"a":NaN,"b":1e999,"longer_name":123456789012345678901234567890}', '{"a":1}x'],
)


@given(texts=RECORDS)
@settings(max_examples=8)
@example(EXAMPLES[0])
@example(EXAMPLES[1])
@example(EXAMPLES[2])
@example(EXAMPLES[3])
@example(EXAMPLES[4])
@example(EXAMPLES[5])
def test_records_are_read_as_if_each_were_checked_first(con, texts):
    alike(con, "\n".join(texts).encode("utf-8", "surrogatepass"))


@pytest.mark.fuzz
@given(texts=RECORDS, places=st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=3))
@settings(max_examples=600)
def test_damaged_records_are_read_as_if_each_were_checked_first(con, texts, places):
    data = bytearray("\n".join(texts).encode("utf-8", "surrogatepass"))
    for at, byte in places:
        data[at % len(data)] = byte
    alike(con, bytes(data))
