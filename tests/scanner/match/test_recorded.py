"""The two matchers agree on every kind of row that the samples and the recorded logs hold."""

import datetime as dt
from pathlib import Path

import pytest

from connectors.files.discover import discover
from connectors.files.limits import Limits
from connectors.files.stream import Stream, open_streams
from connectors.logs.cut import segments
from connectors.logs.detect import detect
from connectors.logs.normalise import Normaliser
from connectors.logs.settings import ReadSettings
from scanner.match.exact import Matcher
from scanner.match.naive import naive
from scanner.match.verdict import Facts
from scanner.names import Names
from signatures.hosts import HostError, normalise_host, normalise_ip
from tests.shipped import compiled, formats

FIXTURES = Path(__file__).parents[3] / "fixtures"
SAMPLES = sorted((FIXTURES / "formats").glob("*/sample.log"))
RECORDED = sorted((FIXTURES / "organisation" / "logs").glob("*/*08.*gz"))
TABLES, FORMATS = compiled(), formats()
SETTINGS = ReadSettings(now=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
READ = (
    "dst_host", "dst_ip", "dst_port", "url_path", "http_method", "user_agent", "tls_sni", "src_ip",
    "class", "app", "model", "oauth_client", "oauth_scopes",
)  # fmt: skip
EVERY = 7  # of the distinct rows of a recorded log; the naive matcher tries every rule on each


def tables(path):
    """The observations of a log, segment by segment."""
    (found,) = discover([str(path)])
    for stream in open_streams(found, Limits()):
        assert isinstance(stream, Stream)
        with stream:
            fmt = detect(stream.head(), stream.path, FORMATS).format
            normaliser = Normaliser(fmt, SETTINGS)
            for segment in segments(fmt, stream, SETTINGS):
                yield normaliser(segment).table


def obvious(row):
    host = row.get("dst_host") or row.get("tls_sni")
    try:
        host = None if host is None else normalise_host(host)
        ip = None if row.get("dst_ip") is None else normalise_ip(row["dst_ip"])
        if row.get("src_ip") is not None:
            normalise_ip(row["src_ip"])
    except HostError:
        return "bad"
    signed_in = row.get("class") in {"auth", "api"} and not row.get("model")
    return naive(
        TABLES,
        Facts(
            host, ip, row.get("dst_port"), row.get("url_path"), row.get("http_method"),
            row.get("user_agent"),
            app=None if signed_in else row.get("app"),
            oauth_name=row.get("app") if signed_in else None,
            oauth_client=row.get("oauth_client"),
            oauth_scopes=tuple(row.get("oauth_scopes") or ()),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("path", [*SAMPLES, *RECORDED], ids=lambda path: path.parent.name)
def test_both_matchers_agree_on_recorded_rows(path):
    matcher = Matcher(TABLES, Names())
    distinct = {}
    for table in tables(path):
        found = matcher.match(table)
        fast = {bad.row: "bad" for bad in found.bad}
        for row, verdict in zip(found.rows.tolist(), found.verdicts, strict=True):
            values = frozenset(text.partition(":")[2] for text in verdict.indicators)
            fast[row] = (verdict.service, verdict.detection, values)
        names = [name for name in READ if name in table.column_names]
        for at, facts in enumerate(zip(*(table[name].to_pylist() for name in names), strict=True)):
            distinct[(*names, *map(str, facts))] = (
                dict(zip(names, facts, strict=True)),
                fast.get(at),
            )
    rows = list(distinct.values())
    rows = rows if path in SAMPLES else rows[::EVERY]
    assert [fast for _, fast in rows] == [obvious(row) for row, _ in rows]
