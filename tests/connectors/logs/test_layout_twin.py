"""Records that follow a layout are read as if each were taken apart by itself."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.logs.frame import frame
from connectors.logs.model import Format
from connectors.logs.readers import layout
from connectors.logs.readers.cef import CefReader
from connectors.logs.readers.kv import KvReader
from connectors.logs.readers.layout import Layouts
from connectors.logs.rules import segment

WANTED = ("a", "b", "longer_name", "cef_name", "cs1", "Policy")
FORMAT = {
    "id": "own",
    "about": "",
    "map": {"time": ["time_any(a)"], "dst_host": ["b"], "app": ["longer_name"]},
}


def fmt_of(**rule):
    return Format.model_validate(FORMAT | {"reader": {"missing": ["-", ""], **rule}})


READERS = (
    KvReader(fmt_of(kind="kv"), WANTED),
    KvReader(fmt_of(kind="kv", delim=","), WANTED),
    KvReader(fmt_of(kind="kv", pair=":"), WANTED),
    CefReader(fmt_of(kind="cef"), WANTED),
)
LONG = "z=" + "9" * 70  # before a key are bytes enough to be compared
KEYS = st.sampled_from(("a", "b", "z", "longer_name", "B", "x" * 60, "cs1", "cs1Label", "é"))
PARTS = st.sampled_from((" ", " ", " ", "  ", ",", ", ", "\t", ""))
OWN = st.one_of(
    st.sampled_from(
        ("1", "-", "", '"x y"', '"a=b"', '"', "u?q=1", "v\\=1", "p\\|", "Policy", "x;")
    ),
    st.text('ab= ",;\\:|[', max_size=5),
)
PREFIX = st.sampled_from(("", "", "", "<9>", "w ", 'q="', "CEF:0|v|p|1|7|n=|3|", "\\"))


@st.composite
def records(draw):
    """Records of one or two orders, most of which differ in a value or two."""
    found = [LONG]
    for _ in range(draw(st.integers(1, 2))):
        keys = draw(st.lists(st.tuples(KEYS, PARTS, OWN), min_size=1, max_size=4))
        for _ in range(draw(st.integers(1, 6))):
            text = draw(PREFIX)
            for key, part, value in keys:
                own = draw(OWN) if draw(st.integers(0, 5)) == 0 else value
                text += f"{key}={own}{part}"
            found.append(text.rstrip(" \t") if draw(st.booleans()) else text)
    return found


@st.composite
def in_turn(draw):
    return draw(st.permutations(draw(records())))


def read(reader, texts, head):
    lines = frame("\n".join(head + text for text in texts).encode(), 0, 1)
    cut = segment(lines)
    source = reader(cut)
    rows = dict(zip(source.rows.tolist(), source.table.to_pylist(), strict=True))
    bad = sorted((one.row, one.field or "", one.reason, one.value) for one in source.bad)
    return rows, bad, cut.notices


def alike(texts):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "FEW", 1)
        for reader in READERS:
            kv = isinstance(reader, KvReader)
            said = [text.replace("=", ":") for text in texts] if reader is READERS[2] else texts
            for head in ("",) if kv else ("CEF:0|v|p|1|7|n|3|", "x CEF:0|v\\|v|p|1|7|n|3| "):
                quick = read(reader, said, head)
                with pytest.MonkeyPatch.context() as slow:
                    slow.setattr(Layouts, "worth_while", lambda _: False)
                    assert quick == read(reader, said, head), (reader.fmt.reader, head)


SAME = ['a=1 b="x y" longer_name=7'] * 4


@given(texts=in_turn())
@example([LONG, *SAME, 'a=1 b="x"y" longer_name=7', "a=1 b=x y longer_name=7 ", "a=1 b=2"])
@example(
    [LONG, *SAME, 'a=1 b="x=y" longer_name=7', 'a=1 z b="" longer_name="-"', "a= b=, z=1", "a=:;, "]
)
@example([LONG, "a=u?q=1 b=2", "a=u? q=1 b=2", "a=u b=1 b=2", "a=u q=1 b=2", "a=u?b=1 b=2"])
@example([LONG, *['a="u=1" b=2'] * 3, "a=u=1 b=2", 'a="u b=1" b=2', 'a="u" c="1" b=2'])
@example([LONG, *[r"a=u\=1 b=2  "] * 3, r"a=u\\=1 b=2", r"a=u \nx b=\\", r"a=u\=1         b=2"])
@example([LONG, *["cs1=x cs1Label=Policy a=1"] * 3, "cs1=x cs1Label=b a=1", "cs1=x cs1Label=b b=1"])
@settings(max_examples=25)
def test_records_are_read_as_if_each_were_taken_apart(texts):
    alike(texts)


@pytest.mark.fuzz
@given(texts=in_turn())
@settings(max_examples=1500)
def test_many_records_are_read_as_if_each_were_taken_apart(texts):
    alike(texts)


def test_records_of_one_order_follow_its_layout(monkeypatch):
    monkeypatch.delattr("connectors.logs.readers.kv._Finder.find")
    texts = [f'{LONG} a="{i}" b={i} longer_name="x y"' for i in range(20)]
    rows, bad, _ = read(READERS[0], [" " * 80 + text for text in texts], "")
    assert [row["longer_name"] for row in rows.values()] == ["x y"] * 20
    assert bad == []
