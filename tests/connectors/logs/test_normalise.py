"""From segments to observations: types, requirements, names, learning."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from connectors.logs.normalise import Normaliser
from connectors.logs.values import Segment
from connectors.observation import SCHEMA

ROWS = b"1772323200,10.0.0.1,h.example,443\n1772323201,10.0.0.2,i.example,0\n"
HEADER = ("ts", "src_ip", "dst_host", "dst_port")


def segment(data=ROWS, columns=HEADER):
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 10).astype(np.int64)
    starts = np.concatenate([[0], ends + 1])[: len(ends)].astype(np.int64)
    number = np.arange(2, 2 + len(ends), dtype=np.int64)
    return Segment(data, starts, ends, number, starts, columns=columns)


def test_columns_have_the_types_of_the_observation(formats, settings):
    table = Normaliser(formats["generic_csv"], settings)(segment()).table
    for name in table.column_names:
        assert table.schema.field(name).type == SCHEMA.field(name).type


def test_only_the_wanted_and_the_required_columns_are_made(formats, settings):
    batch = Normaliser(formats["generic_csv"], settings, {"dst_port"})(segment())
    assert batch.table.column_names == ["time", "dst_host", "dst_port", "line"]


def test_a_column_nobody_asked_for_rejects_nothing(formats, settings):
    batch = Normaliser(formats["generic_csv"], settings, {"src_ip"})(segment())
    assert (batch.table.num_rows, batch.rejects) == (2, [])


def test_raw_names_are_those_of_the_header(formats, settings):
    normaliser = Normaliser(formats["generic_csv"], settings)
    normaliser(segment(columns=("TS", "Src IP", "Dst-Host", "dst_port")))
    assert normaliser.raw_name("src_ip") == "Src IP"
    assert normaliser.raw_name("dst_host") == "Dst-Host"


def test_an_empty_segment_passes_its_counts_on(formats, settings):
    empty = segment(b"")
    empty.counts.header = empty.counts.read = 1
    batch = Normaliser(formats["generic_csv"], settings)(empty)
    assert (batch.table.num_rows, batch.counts.header) == (0, 1)


def test_a_header_may_change_from_segment_to_segment(formats, settings):
    normaliser = Normaliser(formats["generic_csv"], settings)
    first = normaliser(segment())
    second = normaliser(segment(columns=("ts", "dst_ip", "user", "x")))
    assert first.table["dst_host"].to_pylist() == ["h.example"]
    assert second.table["src_user"].to_pylist() == ["h.example", "i.example"]


def test_first_and_last_time_are_those_of_good_rows(formats, settings):
    batch = Normaliser(formats["generic_csv"], settings)(segment())
    assert batch.first_time == batch.last_time
    assert batch.first_time.isoformat() == "2026-03-01T00:00:00+00:00"


def test_text_columns_are_valid_arrow(formats, settings):
    batch = Normaliser(formats["generic_csv"], settings)(segment())
    batch.table.validate(full=True)
    assert isinstance(segment().lines, pa.StringArray)


def test_an_alias_is_learnt_for_the_name_that_was_asked(read_text):
    lines = [
        "1 10.0.0.1/40000 query[A] chat.example from 10.0.0.1",
        "2 10.0.0.1/40001 query[A] www.example from 10.0.0.1",
        "1 10.0.0.1/40000 reply chat.example is <CNAME>",
        "2 10.0.0.1/40001 reply www.example is 192.0.2.2",
        "1 10.0.0.1/40000 reply edge.cdn.example is 192.0.2.1",
        "1 10.0.0.1/40000 reply edge.cdn.example is 2001:db8::1",
    ]
    text = "".join(f"Mar  1 00:00:0{n} dnsmasq[7]: {line}\n" for n, line in enumerate(lines))
    assert read_text("dnsmasq", text).learned == [
        ("192.0.2.2", "www.example"),
        ("192.0.2.1", "chat.example"),
        ("2001:db8::1", "chat.example"),
    ]
