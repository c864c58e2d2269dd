"""Parquet: read by a limited child, row for row; a file that cannot be read is refused."""

from __future__ import annotations

import io
import random
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.logs.model import Format

HEAD = {"class_uid": 4001, "metadata": {"version": "1.1.0"}}


def parquet(rows, schema=None, **options):
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), file, **options)
    return file.getvalue()


def flow(i, **more):
    return {"time": 1772438400000 + i, "dst_endpoint": {"ip": f"192.0.2.{i % 250}"}, **HEAD, **more}


FLOW = Format.model_validate({
    "id": "own",
    "about": "",
    "reader": {"kind": "parquet", "dotted": True, "fields": {"second": "$.names[1]"}},
    "map": {
        "time": ["time_any(ts)"],
        "dst_ip": ['"dst.ip"'],
        "bytes_out": ["bytes_of(sent)"],
        "app": ["second"],
        "src_user": ["login"],
    },
    "require": ["time", "dst_ip"],
})  # fmt: skip


def test_rows_of_all_groups_come_in_order(read_text):
    data = parquet([flow(i) for i in range(70_000)], row_group_size=9_000)
    found = read_text("ocsf_parquet", data)
    assert found.counts.read == 70_000
    assert found.column("line") == list(range(1, 70_001))
    assert found.column("dst_ip")[69_999] == "192.0.2.249"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (pa.timestamp("ms", "UTC"), datetime(2026, 3, 2, 8, tzinfo=UTC)),
        (pa.timestamp("ns", "Europe/Oslo"), datetime(2026, 3, 2, 8, tzinfo=UTC)),
        (pa.timestamp("us"), datetime(2026, 3, 2, 8)),
        (pa.int64(), 1772438400000),
        (pa.int32(), 1772438400),
        (pa.float64(), 1772438400000.0),
        (pa.string(), "2026-03-02T08:00:00Z"),
        (pa.large_string(), "2026-03-02T08:00:00Z"),
        (pa.binary(), b"2026-03-02T08:00:00Z"),
        (pa.dictionary(pa.int32(), pa.string()), "2026-03-02T08:00:00Z"),
    ],
    ids=str,
)
def test_times_of_any_type(read_text, kind, value):
    schema = pa.schema([("ts", kind), ("dst.ip", pa.string())])
    found = read_text(FLOW, parquet([{"ts": value, "dst.ip": "192.0.2.1"}], schema))
    assert found.column("time") == [datetime(2026, 3, 2, 8)]
    assert found.zoneless == (kind == pa.timestamp("us"))


def test_structs_lists_and_nulls(read_text):
    rows = [
        {"ts": 1772438400, "dst": {"ip": "192.0.2.1"}, "names": ["a", "b"], "sent": 5},
        {"ts": 1772438401, "dst": {"ip": "192.0.2.2"}, "names": ["a"], "sent": None},
        {"ts": 1772438402, "dst": None, "names": None, "sent": 7},
        {"ts": 1772438403, "dst": {"ip": "192.0.2.4"}, "names": [], "sent": -1},
    ]
    found = read_text(FLOW, parquet(rows))
    assert found.column("app") == ["b", None]
    assert found.column("bytes_out") == [5, None]
    assert found.column("src_user") == [None, None]
    said = [(line, field, reason) for line, field, reason, _ in found.said]
    assert said == [(3, "dst.ip", "missing"), (4, "sent", "not a byte count")]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (parquet([{"a": 1, "b": 2}]), "Parquet: no column for time: the columns are a, b"),
        (parquet([{"ts": 1, "dst.ip": {"v4": "x"}}]),
         "Parquet: a column holds objects or lists, text is wanted"),
        (b"PAR1" + b"\0" * 100, "Parquet: damaged or not readable as Parquet ("),
        (parquet([{"ts": 1, "dst.ip": "x"}])[:-40], "Parquet: damaged or not readable as Parq"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_in_one_line(read_text, data, said):
    found = read_text(FLOW, data)
    assert found.rows == []
    assert [notice.startswith(said) for notice in found.notices] == [True]
    assert [n.reason for one in found.batches for n in one.notices] == ["refused"]


def test_no_damage_kills_more_than_the_child(read_text):
    whole = parquet([flow(i, note="x" * 50) for i in range(300)], compression="none")
    rng = random.Random(4)  # noqa: S311 - a repeatable accident is wanted
    for _ in range(8):
        data = bytearray(whole)
        for _ in range(6):
            data[rng.randrange(4, len(data))] ^= 1 << rng.randrange(8)
        read_text("ocsf_parquet", bytes(data))


def test_a_child_that_dies_is_one_refused_source(read_text, monkeypatch):
    monkeypatch.setattr("connectors.logs.columnar.CHILD", "this")
    found = read_text("ocsf_parquet", parquet([flow(1)]))
    assert found.notices == ["Parquet: reading it ended in a fault"]


def test_the_child_may_not_take_more_memory_than_it_is_given(read_text, monkeypatch):
    data = parquet([{"ts": 1772438400, "dst.ip": "192.0.2.1", "login": "x" * (64 << 20)}])
    assert len(read_text(FLOW, data).rows) == 1
    monkeypatch.setattr("connectors.logs.columnar.MEMORY", 1 << 27)
    found = read_text(FLOW, data)
    assert (found.rows, [n[:9] for n in found.notices]) == ([], ["Parquet: "])


def test_a_parquet_file_is_recognised(detected):
    found = detected(parquet([flow(1)]))
    assert found.format is not None
    assert found.format.id == "ocsf_parquet"
