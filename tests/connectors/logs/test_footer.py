"""Parquet files are known by the names of their columns, which stand at the end."""

from __future__ import annotations

import gzip
import io
import json
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.files.discover import discover
from connectors.files.limits import Limits
from connectors.files.stream import open_streams
from connectors.logs.columnar import ending_of
from connectors.logs.detect import detect
from connectors.logs.footer import columns_of, footer_size
from connectors.logs.model import Format

ROWS = 40_000


def parquet(table, **options):
    file = io.BytesIO()
    pq.write_table(table, file, **options)
    return file.getvalue()


def large(**columns):
    """A file of more than is looked at, so that its footer is not in its head."""
    numbers = pa.array([i * 2654435761 % 2**40 for i in range(ROWS)])
    given = {name: pa.array([value] * ROWS) for name, value in columns.items()}
    data = parquet(pa.table({"n": numbers, **given}), compression="none")
    assert len(data) > 2 * Limits().head
    return data


def own(name, *columns, **more):
    return Format.model_validate({
        "id": name, "about": "", "detect": {"json_has": list(columns), **more},
        "reader": {"kind": "parquet"}, "map": {"time": ["time_any(ts)"]},
    })  # fmt: skip


OCSF = large(class_uid=4001, metadata={"version": "1.1.0"}, time=1772438400000)
FLOW = large(srcaddr="10.0.0.1", dstaddr="192.0.2.1", log_status="OK")


@pytest.fixture
def recognised(tmp_path, formats):
    def recognise(data, known=formats):
        path = tmp_path / "sample.parquet"
        path.write_bytes(data)
        with next(open_streams(next(iter(discover([str(path)]))), Limits())) as stream:
            head = stream.head()
            return detect(head, "", known, ending_of(head, stream))

    return recognise


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (OCSF, "ocsf_parquet"),
        (FLOW, "aws_vpc_flow_parquet"),
        (gzip.compress(FLOW), "aws_vpc_flow_parquet"),
    ],
    ids=["ocsf", "flow", "packed"],
)
def test_a_large_file_is_known_by_its_columns(recognised, data, name):
    found = recognised(data)
    assert found.format is not None
    assert found.format.id == name


def test_formats_of_ones_own_are_told_apart(recognised):
    known = {"a": own("a", "who"), "b": own("b", "about.whom"), "c": own("c", "n", weak=True)}
    for column, name in (({"who": "x"}, "a"), ({"about": {"whom": "x"}}, "b"), ({"x": "y"}, "c")):
        assert recognised(large(**column), known).format.id == name


def test_unknown_columns_are_named(recognised):
    found = recognised(large(colour="red", time=1))
    assert found.format is None
    assert found.why.startswith("a Parquet file we do not know: the columns are n, colour, time")


def test_a_packed_file_too_large_to_hold_is_not_guessed_at(recognised, monkeypatch):
    monkeypatch.setattr("connectors.files.reading.AHEAD", 1 << 16)
    assert "columns cannot be seen" in recognised(gzip.compress(OCSF)).why


def test_no_format_of_json_claims_it(recognised, formats):
    known = {name: one for name, one in formats.items() if one.reader.kind != "parquet"}
    assert recognised(OCSF, known).format is None


def test_columns_inside_structs_are_found():
    table = pa.table({"a": [{"b": {"c": 1}, "d": [2]}], "e": ["x"]})
    assert columns_of(parquet(table)) == {
        "a": {"b": {"c": {}}, "d": {"list": {"element": {}}}},
        "e": {},
    }


BROKEN = [
    b"",
    b"PAR1",
    b"\xff\xff\xff\xffPAR1",
    b"\x00\x00\x00\x00PAR1",
    b"\x19\xf3\xff\xff\xff\xff\xff\x7f\x08\x00\x00\x00PAR1",  # a list without end
]


@pytest.mark.parametrize("end", BROKEN)
def test_what_is_no_footer_names_no_columns(end):
    assert columns_of(end) == {}


def test_damage_to_a_footer_costs_names_at_most():
    whole = parquet(pa.table({"a": [{"b": 1}], "c": ["x"]}))[-2000:]
    size = footer_size(whole)
    rng = random.Random(7)  # noqa: S311 - a repeatable accident is wanted
    for _ in range(500):
        data = bytearray(whole)
        for _ in range(3):
            data[-rng.randrange(9, size)] = rng.randrange(256)
        json.dumps(columns_of(bytes(data)))
