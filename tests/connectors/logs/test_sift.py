"""Searching blocks before they are cut changes nothing but that plain records are left out."""

import random
import re

import numpy as np
import pytest

from connectors.files.discover import discover
from connectors.files.limits import Limits
from connectors.files.stream import open_streams
from connectors.logs import sift as stage
from connectors.logs.cut import segments
from connectors.logs.settings import ReadSettings
from connectors.logs.sift import searched
from connectors.logs.values import Counts
from tests.shipped import formats

WANTED = re.compile(rb"AI|[\x80-\xff]")
FORMATS = formats()
HEADS = {
    "zeek_ssl": ["#separator \\x09", "#path\tssl", "#fields\tts\tid.orig_h\tserver_name"],
    "iis_w3c": ["#Software: x", "#Fields: date time c-ip cs-uri-stem"],
    "generic_csv": ["time,user,host,note"],
    "squid": [],
    "windows_firewall": ["#Version: 1.5", "#Fields: date time action protocol src-ip dst-ip"],
    "suricata_eve": [],
}
ODD = ["", " ", "\t", "#", "# remark", " #x", '"', '""', "#close", "a" * 90, "\xe4", "\udcff",
       "time,user,host,note", "host,time,user,note", "#fields\tts\tserver_name", "AI", "x\x00y",
       '"1","open', 'AI",shut', '2026-03-01T10:00:00Z,a,b,"two', 'lines"', "{", '{"a":"\\u0041I"}',
       "#Fields: date time s-ip"]  # fmt: skip


def places(data):
    return np.array([found.start() for found in WANTED.finditer(data)], np.int64)


def sifted(blocks):
    return (searched(block, places) for block in blocks)


def text(name, seed):
    draw = random.Random(seed)  # noqa: S311 - repeatable on purpose
    lines = list(HEADS[name])
    for n in range(draw.randrange(60)):
        host = draw.choice(["AI.example", "www.example", "b.example"])
        plain = f"2026-03-01T10:00:{n:02},u{n},{host},x"
        lines.append(draw.choice(ODD) if draw.random() < 0.3 else plain)
    ends = draw.choice([["\n"], ["\r\n"], ["\n", "\r\n"]])
    out = "".join(line + draw.choice(ends) for line in lines)
    return out.encode("utf-8", "surrogateescape")[: None if draw.random() < 0.8 else -1]


def cut(name, path, block, sift=None):
    """Account, records, rejects, lines with wrong bytes, notices."""
    (stream,) = open_streams(next(iter(discover([str(path)]))), Limits(block=block, line=64))
    counts, records, rejects, replaced, notices = Counts(), {}, [], [], []
    with stream:
        stream.head()
        for one in segments(FORMATS[name], stream, ReadSettings(), sift):
            for i, (start, end) in enumerate(zip(one.starts, one.ends, strict=True)):
                record = one.data[start:end]
                records[int(one.line_no[i])] = (int(one.offset[i]), record, one.columns, one.delim)
            counts += one.counts
            rejects += one.rejects
            replaced += one.replaced
            notices += one.notices
    return counts, records, rejects, replaced, notices


@pytest.mark.parametrize("name", HEADS)
def test_what_is_left_out_is_counted_and_the_rest_is_as_it_was(name, tmp_path, monkeypatch):
    monkeypatch.setattr(stage, "MUCH", 2.0)
    monkeypatch.setattr(stage, "SAMPLED", 7)
    path = tmp_path / "x.log"
    left = 0
    for seed in range(30):
        path.write_bytes(text(name, seed))
        block = random.Random(seed).choice([1, 70, 300, 1000, 1 << 16])  # noqa: S311 - as above
        full, full_records, *full_rest = cut(name, path, block)
        thin, records, *rest = cut(name, path, block, sifted)
        assert rest == full_rest
        assert records.items() <= full_records.items()
        wanted = {line for line, record in full_records.items() if WANTED.search(record[1])}
        assert wanted <= records.keys()
        out = len(full_records) - len(records)
        assert thin == full + Counts(read=out, screened_out=out)
        left += out
    assert left > 20


def test_a_block_in_which_much_is_found_is_read_whole(tmp_path):
    path = tmp_path / "x.log"
    path.write_text("".join(f"AI {n}\n" for n in range(50)))
    counts, records, *_ = cut("squid", path, 200, sifted)
    assert (counts.screened_out, len(records)) == (0, 50)
