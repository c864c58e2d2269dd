"""`aicensus formats`: list, detect, parse, test."""

from __future__ import annotations

import pytest

from connectors.logs.model import Format
from tests.shipped import formats as shipped

from .conftest import line

UNKNOWN = "unknown log format: neither a table with a header, nor JSON, nor field=value pairs"
ESCAPE = "time,host,\x1b[31mred\n2026-03-01T00:00:00Z,chatgpt.com,x\n"


def test_list_names_every_format_and_what_it_shows(aicensus):
    done = aicensus("formats", "list")
    shown = {line.split()[0]: line for line in done.out.splitlines()}
    assert (done.code, list(shown)) == (0, sorted(shipped()))
    assert "[user host url bytes action]" in shown["squid"]


def test_list_for_programs_has_the_limits(aicensus):
    rows = {row["id"]: row for row in aicensus("formats", "list", "--json").rows}
    assert rows["squid"]["limits"][0] == "bytes sent by the client are not logged"
    assert rows["aws_vpc_flow"]["shows"] == ["bytes", "action"]


def test_detect_names_format_and_reason(aicensus, log):
    done = aicensus("formats", "detect", log)
    assert (done.code, done.out) == (0, "access.log: squid (recognised as squid)\n")


def test_detect_of_what_it_does_not_know_ends_with_3(aicensus, log, write):
    done = aicensus("formats", "detect", log, write("x.log", "hello\n"), "gone.log", "--json")
    said = {row["path"]: (row["format"], row["why"].split(";")[0]) for row in done.rows}
    assert done.code == 3
    assert said == {
        "access.log": ("squid", "recognised as squid"),
        "x.log": (None, UNKNOWN),
        "gone.log": (None, "does not exist"),
    }


def test_detect_says_what_a_page_of_html_is(aicensus, write):
    done = aicensus("formats", "detect", write("proxy.log", "<html><body>Sign in</body></html>"))
    assert done.code == 3
    assert "looks like HTML or XML, not a log; was the download refused?" in done.out


def test_parse_gives_people_readable_rows_in_clear(aicensus, log):
    done = aicensus("formats", "parse", log)
    first = done.out.splitlines()[0].split("  ")
    assert (done.code, done.err) == (0, "")
    assert {"src_user=gpell", "src_ip=10.40.1.40", "dst_host=chatgpt.com", "line=1"} <= set(first)


def test_parse_gives_programs_one_object_a_row(aicensus, log):
    rows = aicensus("formats", "parse", log, "--json").rows
    assert [row["dst_host"] for row in rows] == ["chatgpt.com", "intranet.example"]
    assert {key: rows[0][key] for key in ("path", "format", "line", "event", "time")} == {
        "path": "access.log",
        "format": "squid",
        "line": 1,
        "event": 1,
        "time": "2026-03-02T07:54:00.123000Z",
    }


def test_parse_names_what_it_leaves_out_and_ends_with_3(aicensus, torn):
    done = aicensus("formats", "parse", torn, "gone.log", "--json")
    assert (done.code, len(done.rows)) == (3, 1)
    assert done.err.splitlines() == [
        "gone.log: does not exist; check the path",
        "torn.log:2: result: not an HTTP status",
    ]


def test_parse_of_a_host_that_is_none_names_the_line(aicensus, write):
    text = line("chatgpt.com") + line("chat\u200bgpt.com", n=41)
    done = aicensus("formats", "parse", write("x.log", text), "--json")
    assert (done.code, [row["line"] for row in done.rows]) == (3, [1, 2])
    assert done.err.startswith("x.log:2: ")


def test_parse_of_an_empty_folder_ends_with_3(aicensus, tmp_path):
    (tmp_path / "logs").mkdir()
    done = aicensus("formats", "parse", "logs")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("logs: folder holds no files")


def test_parse_takes_zone_and_year_from_the_person(aicensus, write):
    text = "Mar  2 09:14:05 dnsmasq[411]: query[A] chatgpt.com from 10.50.2.7\n"
    options = ["--timezone", "Europe/Oslo", "--reference-date", "2025-12-31", "--json"]
    (row,) = aicensus("formats", "parse", write("dns.log", text), *options).rows
    assert row["time"] == "2025-03-02T08:14:05Z"


@pytest.mark.parametrize("name", ["dnsmasq", "zeek_ssl", "aws_cloudtrail", "generic_csv"])
def test_parse_as_another_format_is_one_line_and_ends_with_3(aicensus, log, name):
    done = aicensus("formats", "parse", log, "--format", name)
    assert (done.code, done.out, done.err.count("\n")) == (3, "", 1)
    assert done.err.startswith(f"access.log:1: does not look like {name}: expected ")
    assert ", this is squid (" in done.err


def test_parse_of_a_log_with_bad_values_only_names_each(aicensus, write):
    text = "ts,host\nsoon,a.example\nlater,b.example\n"
    done = aicensus("formats", "parse", write("x.csv", text), "--format", "generic_csv")
    assert (done.code, done.err.count("ts: not a time")) == (3, 2)


def test_parse_names_some_rejects_and_counts_the_others(aicensus, write):
    text = line("chatgpt.com") + "torn\n" * 1500
    done = aicensus("formats", "parse", write("x.log", text))
    assert (done.code, len(done.err.splitlines())) == (3, 1001)
    assert done.err.endswith("x.log: and 500 more records were rejected\n")


OWN = """
id: own
about: a table
reader: {kind: csv}
map: {time: ['time_iso(ts)'], dst_host: [host], app: ["cast(host as date)"]}
require: [time, dst_host]
"""


def test_parse_names_the_file_and_key_whose_sql_fails_on_a_value(aicensus, write):
    log = write("x.csv", "ts,host\n2026-03-01T00:00:00Z,a.example\n")
    done = aicensus("formats", "parse", log, "--format", write("own.yaml", OWN))
    assert (done.code, done.err.count("\n")) == (14, 1)
    assert "own.yaml: map.app: " in done.err


def test_show_prints_a_file_to_begin_with(aicensus, write, log):
    text = aicensus("formats", "show", "squid").out
    own = write("own.yaml", text.replace("id: squid", "id: own"))
    done = aicensus("formats", "parse", log, "--format", own, "--json")
    assert [row["format"] for row in done.rows] == ["own", "own"]


def test_show_of_no_such_format_is_refused(aicensus):
    assert aicensus("formats", "show", "sqid").code == 2


def test_parse_with_a_format_of_no_name_is_refused(aicensus, log):
    done = aicensus("formats", "parse", log, "--format", "sqid")
    said = "--format: no log format is called 'sqid'; `aicensus formats list` names them"
    assert (done.code, done.err) == (2, f"aicensus: {said}\n")


@pytest.mark.parametrize("command", ["detect", "parse"])
def test_nothing_in_a_log_steers_a_terminal(aicensus, write, command):
    done = aicensus("formats", command, write("x.csv", ESCAPE), write("y.csv", ESCAPE[4:]))
    assert "red" in done.err + done.out
    assert "\x1b" not in done.err + done.out


def test_test_compiles_every_format_there_is(aicensus, monkeypatch):
    some = {name: shipped()[name] for name in ("squid", "zeek_dns", "bind")}
    monkeypatch.setattr("scanner.load.formats", lambda: some)  # all of them: make lint
    done = aicensus("formats", "test")
    assert (done.code, done.err) == (0, "3 formats\n")


def test_test_names_the_format_whose_sql_is_wrong(aicensus, monkeypatch):
    squid = shipped()["squid"].model_dump() | {"map": {"time": ["time_epoch(ts, 1)"]}}
    monkeypatch.setattr("scanner.load.formats", lambda: {"squid": Format.model_validate(squid)})
    done = aicensus("formats", "test")
    assert (done.code, done.out) == (14, "")
    assert "squid" in done.err
    assert "time_epoch" in done.err


TABLE = """
id: own
about: a table
reader: {kind: csv}
map:
  time: ['time_iso(ts)']
  dst_host: [host]
  bytes_out: ['bytes_of(sent)']
  src_user: [who]
drop: {ping: "host = 'ping'"}
require: [time, dst_host]
"""
SAMPLE = """ts,host,sent
2026-03-01T00:00:00,a.example,-
2026-03-01T00:00:01Z,b.example,7
2026-03-01T00:00:02Z,ping,7
2026-03-01T00:00:03Z,c.example,1e3
"""


def test_test_shows_field_by_field_what_a_format_reads(aicensus, write):
    done = aicensus("formats", "test", write("own.yaml", TABLE), write("x.csv", SAMPLE))
    assert done.code == 3
    assert [line.rstrip() for line in done.out.splitlines()] == [
        "x.csv: read as own: 5 = 2 ok, 1 rejected, 1 skipped, 1 header",
        "",
        "field  read  first value",
        "ts     4/4   2026-03-01T00:00:00",
        "host   4/4   a.example",
        "sent   3/4   7",
        "who    0/4",
        "",
        "column     filled  first value           from",
        "time       2/2     2026-03-01T00:00:00Z  ts",
        "dst_host   2/2     a.example             host",
        "bytes_out  1/2     7                     sent",
        "src_user   0/2",
        "",
        "skipped as ping: 1",
        "times without a zone: 1, without a year: 0",
        "x.csv:5: sent: not a byte count ('1e3')",
    ]


def test_test_for_programs_is_one_object_a_log(aicensus, write):
    own, log = write("own.yaml", TABLE), write("x.csv", SAMPLE)
    (row,) = aicensus("formats", "test", own, log, "--json").rows
    assert row["counts"]["read"] == 5
    assert row["fields"]["sent"] == {"filled": 3, "records": 4, "first": "7"}
    assert row["columns"]["src_user"] == {"filled": 0, "records": 2, "first": None, "from": None}
    assert [bad["line"] for bad in row["rejects"]] == [5]


def test_test_of_one_format_compiles_that_one(aicensus, write):
    done = aicensus("formats", "test", write("own.yaml", TABLE))
    assert (done.code, done.out, done.err) == (0, "", "1 format\n")


def test_test_of_a_log_with_nothing_wrong_ends_with_0(aicensus, log):
    assert aicensus("formats", "test", "squid", log).code == 0


def test_test_of_a_log_that_is_not_there_ends_with_3(aicensus):
    assert aicensus("formats", "test", "squid", "gone.log").code == 3
