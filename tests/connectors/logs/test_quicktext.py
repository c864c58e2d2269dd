"""The quick macros of text say what the macros say, or leave it to them."""

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.logs.engine import connect
from connectors.logs.model import Format
from connectors.logs.quick import TEXTS, quick_column

PIECE = st.sampled_from(
    ("http://", "https://", "//", "ftp://", "HTTP://", "://", "x:", "a.example", ":443", "/",
     "/b c", "?q=/x", "#", "%41", "%", "+", "é", "\n", "-", "NA", "[::1]", "https:/", "http:", "9")
)  # fmt: skip
URL = st.one_of(st.none(), st.lists(PIECE, max_size=5).map("".join))
PLAIN = st.builds(
    "{}a{}.example{}{}".format,
    st.sampled_from(["http://", "https://", ""]),
    st.integers(0, 9),
    st.sampled_from(["", "/", "/x/y"]),
    st.sampled_from(["", "?a=/b//c", "#d"]),
)


@pytest.fixture(scope="module")
def con():
    return connect()


def by_macro(con, macro, values):
    call = "x"
    for name in reversed(macro.split()):
        call = f"{name}({call})"
    con.register("source", pa.table({"x": pa.array(values, pa.string())}))
    return [row[0] for row in con.sql(f"select {call} from source").fetchall()]


@pytest.mark.parametrize("macro", sorted(TEXTS))
@given(values=st.one_of(st.lists(URL, min_size=1, max_size=4), st.lists(PLAIN, min_size=1)))
@example(values=["", None, "a"])
@example(values=["http:/", "h", "://", "https:", "httpx://a/"])
@example(values=["a/http://b/c", "a?b://c/d", "a.example:443", "a:b//c"])
@settings(max_examples=150, deadline=None)
def test_what_is_quick_is_what_the_macro_says(con, macro, values):
    whole = pa.array(["x", *values], pa.string())[1:]  # a slice, as of a larger column
    quick = quick_column(macro, pa.chunked_array([whole]))
    if quick is not None:
        assert quick.to_pylist() == by_macro(con, macro, values)


@pytest.mark.parametrize(
    ("macro", "values", "made"),
    [
        ("host_of", ["https://a.example:8443/x?y", "b.example/c", None, "-"],
         ["a.example:8443", "b.example", None, None]),
        ("path_of", ["http://a.example", "b.example/c//d?e/f", "/g#h"], [None, "/c//d", "/g"]),
        ("path_of url_decode", ["a.example/c"], ["/c"]),
        ("upper", ["get", None], ["GET", None]),
        ("url_decode", ["a+b", None], ["a+b", None]),
    ],
)  # fmt: skip
def test_plain_texts_are_quick(macro, values, made):
    assert quick_column(macro, pa.chunked_array([pa.array(values)])).to_pylist() == made


@pytest.mark.parametrize(
    ("macro", "value"),
    [("url_decode", "a%20b"), ("upper", "stra\u00dfe"), ("host_of", "//a/b"), ("path_of", "ftp://a/b")],
)  # fmt: skip
def test_odd_texts_are_left_to_the_macro(macro, value):
    assert quick_column(macro, pa.chunked_array([pa.array(["a", value])])) is None


OWN = Format.model_validate({
    "id": "own", "about": "", "reader": {"kind": "ndjson", "missing": ["", "none"]},
    "map": {
        "time": ["time_any(ts)"],
        "dst_host": ["host_of(url)", "host_of(link)", "alias"],
        "app": ["case when kind is null then 'other' else kind end"],
        "src_user": ["who", "login"],
        "bytes_out": ["bytes_of(sent)"],
    },
    "require": ["time", "dst_host"],
})  # fmt: skip


def test_a_field_that_is_empty_everywhere_changes_nothing(read_text):
    text = (
        '{"ts":"1772438400","link":"https://a.example/x","login":"ann","who":"none","sent":"x"}\n'
    )
    found = read_text(OWN, text.replace(',"sent":"x"', ""))
    assert found.said == []
    assert found.column("dst_host") == ["a.example"]
    assert (found.column("app"), found.column("src_user")) == (["other"], ["ann"])
    assert [field for _, field, *_ in read_text(OWN, text).said] == ["sent"]


def test_where_no_candidate_has_a_value_the_record_is_rejected_by_the_first(read_text):
    found = read_text(OWN, '{"ts":"1772438400","url":"none"}\n')
    assert [(field, reason) for _, field, reason, _ in found.said] == [("url", "missing")]
