"""One odd value in one row: the row is kept, or it alone is rejected, with line, field and value.

Each value is a file of its own; all files are scanned in one run, and each is judged apart.
"""

from __future__ import annotations

import pytest

AT = 6  # rows before the odd one, whose line is then 8
LABEL = "k" * 64
LONG = ".".join(["region-" + "k" * 43] * 5)  # 254 characters
ONE_DAY = "2026-11-22T12:00:00Z"  # exactly one day after the clock of these scans

REJECTED = [
    ("bytes_in", "2e4", "2e4"),
    ("bytes_in", "12.7", "12.7"),
    ("bytes_in", '"7,340"', "7,340"),
    ("bytes_in", "NaN", "NaN"),
    ("bytes_in", "-12", "-12"),
    ("bytes_in", "0x10", "0x10"),
    ("bytes_in", "9223372036854775808", "9223372036854775808"),
    ("bytes_in", "\u0661\u0662", "\u0661\u0662"),
    ("bytes_out", "1_000", "1_000"),
    ("dst_port", "0", "0"),
    ("dst_port", "65536", "65536"),
    ("dst_port", "-443", "-443"),
    ("dst_port", "443.0", "443.0"),
    ("dst_port", "https", "https"),
    ("dst_host", "claude.ai..", "claude.ai.."),
    ("dst_host", ".claude.ai", ".claude.ai"),
    ("dst_host", "api..cohere.com", "api..cohere.com"),
    ("dst_host", f"{LABEL}.cohere.com", LABEL[:40]),
    ("dst_host", f"{LONG}.cohere.com", LONG[:40]),
    ("dst_host", "claude.ai claude.ai", "cla"),
    ("dst_host", "claude.ai%2eevil.example", "claude.ai%2e"),
    ("dst_host", "claude.ai\\@evil.example", "@evil.example"),
    ("dst_host", "=cmd|'/c calc'!A0", "=cm"),
    ("dst_host", "+claude.ai", "+claude.ai"),
    ("dst_host", "cla\u200bude.ai", "cla\\u200bude.ai"),
    ("dst_host", "cla\u00adude.ai", "cla\\xadude.ai"),
    ("dst_host", "3325256709", "3325256709"),
    ("dst_host", "0xc6.51", "0xc6.51"),
    ("dst_host", "[2001:db8::44", "[2001:db8::44"),
    ("client_ip", "010.040.001.016", "010"),
    ("client_ip", "170393872", "170"),
    ("client_ip", "10.40.1.256", "10."),
    ("client_ip", "10.40.1", "10."),
    ("client_ip", "2001:db8::1::2", "200"),
    ("dst_ip", "198.51.100.999", "198.51.100.999"),
    ("ts", "1969-07-20T20:17:40Z", "1969-07-20T20:17:40Z"),
    ("ts", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ("ts", "2262-01-01T00:00:00Z", "2262-01-01T00:00:00Z"),
    ("ts", "2036-09-01T08:00:00Z", "2036-09-01T08:00:00Z"),
    ("ts", "2026-11-22T12:00:01Z", "2026-11-22T12:00:01Z"),
    ("ts", "2026-09-01T08:00:00-99:99", "-99:99"),
    ("ts", "2026-02-30T08:00:00Z", "2026-02-30"),
    ("ts", "2026-13-01T08:00:00Z", "2026-13-01"),
    ("ts", "2026-09-01T24:00:01Z", "24:00:01"),
    ("ts", "2026-09-01T08:61:00Z", "08:61:00"),
    ("ts", "1" + "0" * 30, "1" + "0" * 30),
    ("ts", "-86400", "-86400"),
    ("ts", "yesterday", "yes"),
    ("ts", "", None),
    ("method", '"CONN"ECT', None),
]
KEPT = [
    ("bytes_in", ""),
    ("bytes_in", "-"),
    ("bytes_in", "0"),
    ("bytes_in", "9223372036854775807"),
    ("dst_port", " 443 "),
    ("dst_port", "1"),
    ("dst_port", "65535"),
    ("dst_port", ""),
    ("dst_host", "CLAUDE.AI."),
    ("dst_host", "https://claude.ai/chat?q=1"),
    ("dst_host", "http://claude.ai@evil.example/"),
    ("dst_host", "cl\u0430ude.ai"),  # a Cyrillic a
    ("dst_host", "claude\u3002ai"),
    ("dst_host", "claude.ai.evil.example"),
    ("dst_host", "notclaude.ai"),
    ("dst_host", "_acme-challenge.claude.ai"),
    ("dst_host", "198.51.100.77"),
    ("dst_host", "[2001:db8::44]"),
    ("dst_host", "[2001:db8::44]:8443"),
    ("dst_host", "printer"),
    ("dst_host", ""),
    ("client_ip", "fe80::a28%en0"),
    ("client_ip", "::ffff:10.40.1.16"),
    ("client_ip", ""),
    ("ts", "1970-01-01T00:00:00Z"),
    ("ts", "2016-12-31T23:59:60Z"),
    ("ts", "2026-09-01T24:00:00Z"),
    ("ts", "2026-09-01T08:00:00.123456789Z"),
    ("ts", "2026-09-01 08:00:00+02:00"),
    ("ts", ONE_DAY),
    ("ts", "1788249600"),
    ("ts", "1788249600.25"),
    ("ts", "1788249600123"),
    ("user", ""),
    ("user", "halvorsen\\gpell"),
    ("user", "O'Leary; DROP TABLE run"),
    ("user", "\u202egpell"),
    ("user", "a\x08\x1b[2J\x07b"),
    ("user_agent", "\x1b]0;owned\x07curl/8"),
]


@pytest.fixture(scope="module")
def scanned(tmp_path_factory, scan, log):
    """The result of one scan over a file for each value."""
    folder = tmp_path_factory.mktemp("values")
    for group, cases in (("bad", REJECTED), ("odd", KEPT)):
        for i, (field, value, *_) in enumerate(cases):
            row = log.row(40, **{field: value})
            (folder / f"{group}{i:03}.csv").write_bytes(log.csv(at=AT, extra=row))
    return scan(folder)


def test_a_rejected_row_makes_the_run_incomplete(scanned):
    assert scanned.exit == 3
    assert scanned.totals["rejected"] == len(REJECTED)
    assert scanned.totals["ok"] == 12 * len(REJECTED) + 13 * len(KEPT)


@pytest.mark.parametrize("case", range(len(REJECTED)), ids=[f"{f}={v}" for f, v, _ in REJECTED])
def test_the_row_alone_is_rejected_with_line_field_and_value(scanned, case):
    field, _, value = REJECTED[case]
    one = scanned.source(f"bad{case:03}.csv")
    rows = one["rows"]
    assert (rows["ok"], rows["rejected"], rows["header"]) == (12, 1, 1)
    assert (one["status"], one["reason"]) == ("partial", "rejects")
    (reject,) = one["rejects"]
    assert reject["line"] == AT + 2
    assert reject["reason"]
    if value is not None:
        assert reject["field"] == field
        assert value in repr(reject["value"])


@pytest.mark.parametrize("case", range(len(KEPT)), ids=[f"{f}={v!a}" for f, v in KEPT])
def test_the_row_is_kept(scanned, case):
    one = scanned.source(f"odd{case:03}.csv")
    assert (one["rows"]["ok"], one["rows"]["rejected"]) == (13, 0)
    assert (one["status"], one["rejects"], one["rejects_left_out"]) == ("complete", [], 0)


def test_the_offset_of_a_rejected_row_is_where_it_stands_in_the_file(scanned, log):
    (reject,) = scanned.source("bad000.csv")["rejects"]
    assert reject["byte_offset"] == len(log.head() + log.rows(0, AT))


def test_no_reject_is_without_an_address_on_the_page(scan_bytes, log):
    result = scan_bytes("proxy.csv", log.csv(extra=log.row(40, dst_port="https")), page=True)
    assert "proxy.csv:8: dst_port" in result.page
    assert "'https'" in result.page


def test_a_person_in_a_rejected_value_is_not_shown_in_full(scan_bytes, log):
    row = log.row(40, client_ip="10.40.1.999")
    assert "10.40.1.999" not in scan_bytes("proxy.csv", log.csv(extra=row)).said()


def test_a_person_in_a_rejected_value_is_shown_in_an_investigation(scan_bytes, log):
    row = log.row(40, client_ip="10.40.1.999")
    result = scan_bytes("proxy.csv", log.csv(extra=row), privacy="investigation")
    assert "client_ip" in result.said()
    assert "'10.40.1.999'" in result.said()


def test_times_without_a_zone_are_utc_and_that_is_said(scan_bytes, log):
    result = scan_bytes("proxy.csv", log.csv(extra=log.row(40, ts="2026-10-25T02:30:00")))
    assert (result.exit, result.counts) == (0, (13, 0))
    assert result.source()["last_time"] == "2026-10-25T02:30:00Z"
    assert "read as UTC" in result.said()


def test_a_time_that_came_twice_in_its_zone_is_the_first(scan_bytes, log):
    row = log.row(40, ts="2026-10-25T02:30:00")
    result = scan_bytes("proxy.csv", log.csv(extra=row), timezone="Europe/Oslo")
    assert (result.exit, result.counts) == (0, (13, 0))
    assert result.source()["last_time"] == "2026-10-25T00:30:00Z"
    assert "read as Europe/Oslo" in result.said()


def test_a_host_that_is_only_alike_is_no_ai(scan_bytes, log):
    alike = ("cl\u0430ude.ai", "claude.ai.evil.example", "notclaude.ai", "claude-ai.example",
             "http://claude.ai@evil.example/", "claude.ai\x00.evil.example")  # fmt: skip
    rows = b"".join(log.row(n, dst_host=host) for n, host in enumerate(alike))
    result = scan_bytes("proxy.csv", log.head() + rows)
    assert result.counts == (5, 1)
    assert result.doc["assets"] == []
