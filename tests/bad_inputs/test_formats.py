"""JSON, Zeek, VPC flow and key=value logs with something wrong inside."""

from __future__ import annotations

import json

import pytest

ZEEK = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tssl\n"
    "#open\t2026-09-01-08-00-00\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tserver_name\n"
    "#types\ttime\tstring\taddr\tport\taddr\tport\tstring\n"
)
FLOW = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes "
    "start end action log-status\n"
)


def zeek(*names: str) -> str:
    """One TLS record for each name."""
    return "".join(
        f"{1788249600 + n}.25\tCq{n}\t10.40.1.{n + 1}\t{40000 + n}\t198.51.100.9\t443\t{name}\n"
        for n, name in enumerate(names)
    )


def flow(n: int, status: str = "OK") -> str:
    """One version 2 flow record; without data unless OK."""
    middle = f"10.40.1.{n} 198.51.100.{n} {40000 + n} 443 6 9 {700 + n}"
    what = f"{middle} 1788249600 1788249660 ACCEPT"
    if status != "OK":
        what = "- - - - - - - 1788249600 1788249660 -"
    return f"2 210987654321 eni-0f1e2d {what} {status}\n"


@pytest.fixture
def refused(scan_bytes, log):
    """The reject of a last JSON line; the 12 before it must be read."""

    def one(line: str) -> dict[str, object]:
        result = scan_bytes("events.ndjson", log.objects(extra=[line]), page=True)
        assert (result.exit, result.counts, result.ai) == (3, (12, 1), log.ai)
        assert result.state() == ("partial", "rejects")
        (reject,) = result.source()["rejects"]
        assert reject["line"] == 13
        assert "events.ndjson:13" in result.page
        return reject

    return one


BEGIN = '{"ts": "2026-09-01T08:00:00Z", "client_ip": "10.40.1.9", '


def test_a_json_line_cut_short_is_one_reject(refused):
    assert refused('{"ts": "2026-09-01T08:0')["reason"]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (BEGIN + '"dst_host": "claude.ai\\u0000.evil.example"}', "dst_host"),
        (BEGIN + '"dst_host": "api.mistral.ai", "bytes_out": 1e400}', "bytes_out"),
        (BEGIN + '"dst_host": "api.mistral.ai", "bytes_out": NaN}', "bytes_out"),
        (BEGIN + '"dst_host": "api.mistral.ai", "bytes_out": 12.5}', "bytes_out"),
        (BEGIN + '"dst_host": "api.mistral.ai", "bytes_out": ' + "8" * 5000 + "}", "bytes_out"),
        (BEGIN + '"dst_host": "api.mistral.ai", "dst_port": 70000}', "dst_port"),
        (BEGIN + '"dst_host": ["api.mistral.ai"]}', "dst_host"),
        (BEGIN + '"dst_host": {"name": "api.mistral.ai"}}', "dst_host"),
    ],
    ids=["nul", "1e400", "nan", "float", "5000 digits", "port", "list", "object"],
)
def test_a_json_value_of_the_wrong_kind_rejects_its_row_by_field(refused, line, field):
    assert refused(line)["field"] == field


@pytest.mark.parametrize("line", ["[1, 2]", '"text"', "null", "7", "true"])
def test_a_json_line_that_is_no_object_is_rejected(refused, line):
    assert "object" in str(refused(line)["reason"])


@pytest.mark.parametrize(
    "deep", ["[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000]
)
def test_a_hundred_thousand_levels_are_one_reject(refused, deep):
    assert "64" in str(refused(f'{{"dst_host": {deep}}}')["reason"])


def test_a_line_of_invalid_utf_8_in_json_is_flagged_or_rejected(scan_bytes, log):
    line = BEGIN.encode() + b'"dst_host": "api.mistral.ai", "user": "Bj\xf6rn"}\n'
    result = scan_bytes("events.ndjson", log.objects() + line)
    assert (result.exit, result.counts) == (3, (13, 0))
    assert result.totals["replaced"] == 1


def test_the_last_of_two_equal_keys_does_not_win_unseen(scan_bytes, log):
    line = BEGIN + '"dst_host": "www.debian.org", "dst_host": "api.mistral.ai"}'
    result = scan_bytes("events.ndjson", log.objects(extra=[line]))
    assert "api.mistral.ai" not in result.ai or result.exit == 3


def test_an_array_that_ends_early_keeps_its_whole_elements(scan_bytes, log):
    items = log.objects().decode().splitlines()
    data = "[" + ", ".join(items[:9]) + ", " + items[9][:25]
    result = scan_bytes("events.json", data.encode())
    assert (result.exit, result.totals["ok"]) == (3, 9)
    assert result.totals["rejected"] + result.totals["cut"] == 1
    assert result.state()[0] == "partial"
    assert "after element 9" in result.said()


def test_an_array_is_read_element_by_element(scan_bytes, log):
    items = log.objects().decode().splitlines()
    result = scan_bytes("events.json", ("[\n" + ",\n".join(items) + "\n]\n").encode())
    assert (result.exit, result.counts, result.ai) == (0, (12, 0), log.ai)


def test_an_array_that_holds_no_objects_is_not_called_clean(scan_bytes):
    result = scan_bytes("events.json", b"[1, 2, 3]\n")
    assert result.exit == 3
    assert result.totals["ok"] == 0


def test_cloudtrail_without_its_list_is_not_called_clean(scan_bytes):
    for text in ("{}", '{"Records": 7}', '{"Records": []}', '{"Records": null}'):
        assert scan_bytes("trail.json", text.encode()).exit == 3


def test_a_zeek_log_that_was_not_closed_is_read_and_told(scan_bytes, log):
    data = ZEEK + zeek(*log.ai, "www.debian.org")
    result = scan_bytes("ssl.log", data.encode())
    assert (result.exit, result.counts, result.ai) == (0, (5, 0), log.ai)
    assert "#close" in result.said()


def test_a_zeek_log_that_was_closed_is_read_without_a_word(scan_bytes, log):
    data = ZEEK + zeek(*log.ai) + "#close\t2026-09-01-09-00-00\n"
    result = scan_bytes("ssl.log", data.encode())
    assert (result.exit, result.counts, result.ai, result.said()) == (0, (4, 0), log.ai, "")


def test_escapes_in_a_zeek_name_reject_the_row(scan_bytes, log):
    data = ZEEK + zeek(*log.ai, "claude.ai\\x09evil\\x0a") + "#close\t2026-09-01-09-00-00\n"
    result = scan_bytes("ssl.log", data.encode())
    assert (result.exit, result.counts, result.ai) == (3, (4, 1), log.ai)
    assert "ssl.log:13: server_name" in result.said()


def test_zeek_fields_may_change_in_the_middle(scan_bytes):
    turned = "#fields\tts\tuid\tserver_name\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\n"
    line = "1788249700.5\tCz\tapi.cohere.com\t10.40.1.9\t40009\t198.51.100.9\t443\n"
    result = scan_bytes("ssl.log", (ZEEK + zeek("claude.ai") + turned + line).encode())
    assert (result.exit, result.counts) == (0, (2, 0))
    assert result.ai == {"claude.ai", "api.cohere.com"}


def test_a_zeek_row_with_a_column_too_few_is_rejected(scan_bytes, log):
    data = ZEEK + zeek(*log.ai) + "1788249700.5\tCz\t10.40.1.9\n"
    result = scan_bytes("ssl.log", data.encode())
    assert (result.exit, result.counts, result.ai) == (3, (4, 1), log.ai)
    assert "ssl.log:13" in result.said()


def test_a_zeek_log_without_its_fields_is_not_called_clean(scan_bytes, log):
    result = scan_bytes("ssl.log", (ZEEK.partition("#fields")[0] + zeek(*log.ai)).encode())
    assert (result.exit, result.totals["ok"]) == (3, 0)


def test_skipped_flow_records_are_a_gap_and_idle_ones_are_none(scan_bytes):
    data = FLOW + "".join(flow(n) for n in range(1, 9)) + flow(0, "NODATA") + flow(0, "SKIPDATA")
    result = scan_bytes("flow.log", data.encode())
    assert (result.exit, result.counts, result.totals["skipped"]) == (3, (8, 0), 2)
    assert result.state() == ("partial", "incomplete")
    assert "1 skipdata" in result.said()


def test_idle_flow_records_alone_are_complete(scan_bytes):
    result = scan_bytes("flow.log", (FLOW + flow(1) + flow(0, "NODATA")).encode())
    assert (result.exit, result.counts, result.totals["skipped"]) == (0, (1, 0), 1)


def test_a_record_smuggled_into_a_quoted_value_is_part_of_it(scan_bytes, log):
    lines = [
        f"Sep  {n + 1} 08:00:00 gate7 web: src=10.40.1.{n} dst={host} user=gpell{n}"
        for n, host in enumerate([*log.ai, "www.debian.org"])
    ]
    fake = 'Sep  9 08:00:00 gate7 web: src=10.40.1.9 dst=www.debian.org user="x dst=api.mistral.ai"'
    result = scan_bytes("gate.log", "\n".join([*lines, fake, ""]).encode())
    assert (result.exit, result.counts, result.ai) == (0, (6, 0), log.ai)


def test_a_time_without_a_year_is_the_latest_that_is_not_ahead(scan_bytes):
    lines = "".join(
        f"{day} 08:00:00 gate7 web: src=10.40.1.9 dst=claude.ai user=gpell\n"
        for day in ("Nov 20", "Nov 21", "Dec 24")
    )
    result = scan_bytes("gate.log", lines.encode())
    assert (result.exit, result.counts) == (0, (3, 0))
    assert result.source()["first_time"] == "2025-12-24T08:00:00Z"
    assert result.source()["last_time"] == "2026-11-21T08:00:00Z"


def test_a_cut_record_of_cloudtrail_is_counted(scan_bytes):
    event = {
        "eventVersion": "1.11", "eventTime": "2026-09-01T08:00:00Z", "awsRegion": "eu-north-1",
        "eventSource": "bedrock.amazonaws.com", "eventName": "InvokeModel",
        "sourceIPAddress": "192.0.2.44", "userAgent": "Boto3/1.40",
        "recipientAccountId": "210987654321",
        "requestParameters": {"modelId": "anthropic.claude-3-haiku-20240307-v1:0"},
        "userIdentity": {"type": "AWSService", "invokedBy": "tms.halvorsen-pike.example"},
    }  # fmt: skip
    text = json.dumps({"Records": [event, {**event, "eventTime": "2026-09-01T08:00:01Z"}]})
    whole = scan_bytes("trail.json", text.encode())
    assert (whole.exit, whole.counts) == (0, (2, 0))
    cut = scan_bytes("cut.json", text[:-80].encode())
    assert (cut.exit, cut.totals["ok"]) == (3, 1)
    assert cut.totals["rejected"] + cut.totals["cut"] == 1
