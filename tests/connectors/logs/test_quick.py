"""The quick casts say what the macros say, or leave it to them."""

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.logs.engine import connect
from connectors.logs.quick import CASTS, quick_column

ODD = st.one_of(
    st.none(),
    st.from_regex(r"[0-9]{1,20}(\.[0-9]{0,9})?", fullmatch=True),
    st.from_regex(r"[0-9]{10}\.[0-9]{6}", fullmatch=True),
    st.sampled_from(
        (
            *("", "-", "0", "00", "+1", "-1", " 443", "0x1F", "1e9", "inf", "nan", ".5", "5."),
            *("4294967295.999999", "4294967296.000000", "٣٣", "443\n", "1_000", "65536"),
            *("9" * 18, "9" * 19),
        )
    ),
)
TIMES = st.lists(st.from_regex(r"1[0-9]{9}\.[0-9]{6}", fullmatch=True), min_size=1, max_size=9)
ISO = st.builds(
    lambda sep, odd, made, end: [f"{one[:10]}{sep}{one[10:]}{end}" for one in made] + odd,
    st.sampled_from(["T", " "]),
    st.lists(st.sampled_from(["2026-02-30T00:00:00", "2026-13-01T00:00:00Z", "", "-"]), max_size=1),
    st.lists(st.from_regex(r"(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9][0-2][0-9]:[0-6][0-9]:[0-6][0-9]",
                           fullmatch=True), min_size=1, max_size=4),
    st.sampled_from(["", "Z", ".5", ".123Z", ".123456", ".1234567Z", "+01:00", "."]),
)  # fmt: skip
NUMBERS = st.lists(st.one_of(st.none(), st.integers(0, 70_000).map(str)), min_size=1, max_size=9)
COLUMNS = st.one_of(st.lists(ODD, min_size=1, max_size=5), TIMES, NUMBERS)


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    return connect()


def by_macro(con: duckdb.DuckDBPyConnection, macro: str, values: list[str | None]) -> list[object]:
    con.register("source", pa.table({"x": pa.array(values, pa.string())}))
    return [row[0] for row in con.sql(f"select {macro}(x) from source").fetchall()]


@pytest.mark.parametrize("macro", sorted(CASTS))
@given(
    values=st.one_of(st.lists(ODD, min_size=1, max_size=5), TIMES, NUMBERS, ISO),
    cut=st.integers(0, 9),
)
@settings(max_examples=60)
def test_what_is_quick_is_what_the_macro_says(con, macro, values, cut):
    column = pa.chunked_array(
        [pa.array(part, pa.string()) for part in (values[:cut], values[cut:])]
    )
    quick = quick_column(macro, column)
    if quick is not None:
        assert quick.to_pylist() == by_macro(con, macro, values)


@pytest.mark.parametrize(
    ("macro", "values"),
    [
        ("time_zeek", ["1772323200.302400", "1772323201.000001"]),
        ("time_epoch", ["1772323200", "1772323201"]),
        ("time_any", ["1772323200123", None, "1772323200124"]),
        ("time_iso", ["2026-03-02T08:00:00Z", "1970-01-01 00:00:00Z", None]),
        ("time_any", ["2024-02-29T23:59:59.123456", "2026-12-31 00:00:00.000001"]),
        ("time_zeek", ["2026-03-02T08:00:00.5Z"]),
        ("port_of", ["443", None, "00080"]),
        ("flow_port_of", ["0", "443"]),
        ("any_port_of", ["0", "443"]),
        ("bytes_of", ["0", "123456789012345678"]),
    ],
)
def test_plain_values_are_quick(con, macro, values):
    quick = quick_column(macro, pa.chunked_array([pa.array(values)]))
    assert quick is not None
    assert quick.to_pylist() == by_macro(con, macro, values)


@pytest.mark.parametrize(
    ("macro", "value"),
    [
        ("port_of", "0"),
        ("port_of", "0x1F"),
        ("bytes_of", "-1"),
        ("bytes_of", ""),
        ("time_zeek", "-"),
        ("time_iso", "2026-02-29T00:00:00"),
    ],
)
def test_what_could_reject_a_row_is_left_to_the_macro(macro, value):
    assert quick_column(macro, pa.chunked_array([pa.array(["443", value])])) is None


def test_a_slice_of_a_column_is_read_at_its_own_place(con):
    values = ["1772323200.000001", "1772323200.000002", "1772323200.000003"]
    quick = quick_column("time_zeek", pa.chunked_array([pa.array(values)[1:]]))
    assert quick is not None
    assert quick.to_pylist() == by_macro(con, "time_zeek", values[1:])
