"""Pieces of a log add up to the same sightings however the log was cut."""

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.files.discover import discover
from connectors.files.limits import Limits
from connectors.files.stream import open_streams
from connectors.logs.cut import segments
from connectors.logs.settings import ReadSettings
from scanner.engines.local import LocalEngine
from scanner.names import Names
from scanner.partial import detections
from scanner.privacy import People
from scanner.sums import PARTIAL, summed
from scanner.who import Scan, client_of
from tests.shipped import compiled, formats

FORMATS, TABLES = formats(), compiled()
SETTINGS = ReadSettings(now=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
HOSTS = [
    "api.openai.com",
    "www.example.com",
    "CLAUDE.AI.",
    "api.openai.com.evil.example",
    "",
    "a..b",
]
HEADER = "ts,user,src_ip,dst_host,dst_port,bytes_out,bytes_in\n"


def log(size):
    """A proxy log whose lines differ in length, host, user and day."""
    rows = [
        f"2026-03-{1 + n % 9:02}T08:00:{n % 60:02}Z,user{n % 5},10.0.0.{n % 7},"
        f"{HOSTS[n % 6]},443,{n},{n * 3}\n"
        for n in range(size)
    ]
    return HEADER + "".join(rows)


def scanned(path, block=8 << 20, threads=2, fmt="generic_csv"):
    """The partial of a whole file, read in blocks of a size by so many threads."""
    found = next(iter(discover([str(path)])))
    fmt = FORMATS[fmt]
    with (
        LocalEngine(TABLES, Scan(People(), b"k" * 32), Names(), threads) as engine,
        next(iter(open_streams(found, Limits(block=block)))) as stream,
    ):
        partial = engine.run(fmt, SETTINGS, segments(fmt, stream, SETTINGS))
        stream.outcome()
    return partial


@pytest.fixture(scope="module")
def proxy_log(tmp_path_factory):
    path = tmp_path_factory.mktemp("logs") / "proxy.csv"
    path.write_text(log(12_000))  # several times the piece a file is read in
    return path, scanned(path)


@settings(max_examples=12, deadline=None)
@given(block=st.integers(4096, 300_000), threads=st.integers(1, 3))
def test_the_result_does_not_depend_on_blocks_or_threads(proxy_log, block, threads):
    path, whole = proxy_log
    part = scanned(path, block, threads)
    assert part.everything().equals(whole.everything())
    assert (part.counts, part.ok, part.matched, part.days) == (
        whole.counts, whole.ok, whole.matched, whole.days,
    )  # fmt: skip
    assert part.rejects == whole.rejects


def test_what_is_summed_a_slice_at_a_time_is_the_same(proxy_log, monkeypatch):
    path, whole = proxy_log
    monkeypatch.setattr("scanner.scan_range.MANY", 100)
    assert scanned(path).everything().equals(whole.everything())


def test_every_record_is_accounted_for(proxy_log):
    _, whole = proxy_log
    counts = whole.counts
    assert counts.read == 12_001
    assert counts.read == (
        counts.header + counts.blank + counts.comment + counts.skipped + counts.rejected + whole.ok
    )


def test_sums_are_those_of_the_rows(proxy_log):
    """Hosts 0 and 2 of every six are AI: their hits and bytes, counted by hand."""
    _, whole = proxy_log
    wanted = [n for n in range(12_000) if n % 6 in {0, 2}]
    sure, _ = detections(whole.everything())
    assert sum(sure["hits"].to_pylist()) == len(wanted) == whole.matched
    assert sum(sure["bytes_out"].to_pylist()) == sum(wanted)


def test_a_weak_sign_is_one_row_for_each_host_and_names_nobody(proxy_log):
    _, whole = proxy_log
    _, weak = detections(whole.everything())
    (row,) = weak.select(["dst_host", "service", "detection", "actor", "hits"]).to_pylist()
    assert row == {
        "dst_host": "api.openai.com.evil.example", "service": None, "detection": "hint",
        "actor": None, "hits": 2000,
    }  # fmt: skip


def test_a_host_that_is_none_rejects_its_row_and_says_where(proxy_log):
    _, whole = proxy_log
    first = next(reject for reject in whole.rejects if reject.value == "a..b")
    assert (first.line, first.field) == (7, "dst_host")


def test_no_pieces_sum_to_no_rows():
    assert summed([]).equals(PARTIAL.empty_table())


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        ("OpenAI/Python 2.54.0", "OpenAI/Python"),
        ("curl/8.5.0", "curl"),
        ("ollama-python/0.6.3 (x86_64 linux) Python/3.11.7", "ollama-python"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "browser"),
        ("   ", None),
        ("", None),
        (None, None),
    ],
)
def test_clients_are_told_by_family(agent, family):
    assert client_of(agent) == family


def test_a_dns_answer_is_the_use_of_who_asked(tmp_path):
    """Suricata tells of the answer as of a record from the server to the client."""
    event = {"timestamp": "2026-03-02T08:00:03.1+0000", "event_type": "dns", "proto": "UDP",
             "src_ip": "10.0.0.53", "src_port": 53, "dest_ip": "10.0.4.7", "dest_port": 40000,
             "dns": {"type": "answer", "rrname": "claude.ai", "rdata": "192.0.2.1"}}  # fmt: skip
    asked = event | {"src_ip": "10.0.4.7", "src_port": 40000, "dest_ip": "10.0.0.53",
                     "dest_port": 53, "dns": {"type": "query", "rrname": "claude.ai"}}  # fmt: skip
    path = tmp_path / "eve.json"
    path.write_text("".join(json.dumps(one) + "\n" for one in (asked, event)))
    partial = scanned(path, fmt="suricata_eve")
    assert partial.matched == 2
    assert len(set(partial.everything()["actor"].to_pylist())) == 1
