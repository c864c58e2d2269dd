"""The prefix of syslog, as different products write it, in front of any reader."""

from __future__ import annotations

import pytest

from connectors.logs.model import Format
from connectors.logs.prefix import split_prefix

REST = "key=value and more"


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        ("<134>Mar  2 08:00:00 fw app[12]: ", ("Mar  2 08:00:00", "fw", "app")),
        ("Mar  2 08:00:00 fw ", ("Mar  2 08:00:00", "fw", None)),
        ("Mar  2 2026 08:00:00 10.0.0.1 ", ("Mar  2 2026 08:00:00", "10.0.0.1", None)),
        ("Mar 02 2026 08:00:00: ", ("Mar 02 2026 08:00:00", None, None)),
        ("<189>43: *Mar  2 08:00:00.123: ", ("Mar  2 08:00:00.123", None, None)),
        ("<166>Mar 02 2026 08:00:00 fw : ", ("Mar 02 2026 08:00:00", "fw", None)),
        ("Mar  2 08:00:00 UTC fw ", ("Mar  2 08:00:00 UTC", "fw", None)),
        ("Mar  2 08:00:00 EST fw ", ("Mar  2 08:00:00 EST", "fw", None)),
        ("2026-03-02T08:00:00.5+01:00 fw app: ", ("2026-03-02T08:00:00.5+01:00", "fw", "app")),
        ("2026-03-02 08:00:00 2001:db8::1 ", ("2026-03-02 08:00:00", "2001:db8::1", None)),
        ("<134>1 1772438400.123 MX_84 ", ("1772438400.123", "MX_84", None)),
        ("<134>1 2026-03-02T08:00:00Z fw app - - - ", ("2026-03-02T08:00:00Z", "fw", "app")),
        ('<1>1 2026-03-02T08:00:00Z fw app 1 m [a b="\\"]"][c] ',
         ("2026-03-02T08:00:00Z", "fw", "app")),
        ("<1>1 - - - - - - ", ("-", "-", "-")),
        ("<189>", (None, None, None)),
        ("<13>Mar  2 08:00:09 relay <134>Mar  2 08:00:00 fw app: ",
         ("Mar  2 08:00:00", "fw", "app")),
        ("", (None, None, None)),
    ],
)  # fmt: skip
def test_the_prefix_ends_where_the_message_begins(prefix, said):
    rest, found = split_prefix(prefix + REST)
    assert rest == REST
    assert tuple(found.get(name) for name in ("time", "host", "program")) == said


@pytest.mark.parametrize(
    "message",
    ["%ASA-6-302013: Built", "CEF:0|a|b", "1,2026/03/02 08:00:00,x", '{"a": 1}', "key=value"],
)
def test_a_message_is_no_host(message):
    rest, said = split_prefix(f"<14>Mar  2 08:00:00 {message}")
    assert (rest, said) == (message, {"time": "Mar  2 08:00:00"})


def table(kind, **reader):
    return Format.model_validate({
        "id": "own",
        "about": "",
        "reader": {"kind": kind, "syslog": True, **reader},
        "map": {
            "time": ["time_any(syslog_time)"],
            "dst_host": ["host"],
            "src_device": ["syslog_host"],
            "app": ["syslog_program"],
            "operation": ["syslog_msgid"],
            "resource_name": ["syslog_data"],
        },
        "require": ["time", "dst_host"],
    })  # fmt: skip


EACH_KIND = pytest.mark.parametrize(
    ("fmt", "message"),
    [
        (table("csv", header="no", default_columns=["a", "host"]), '"x, y",h.example'),
        (table("split", fields=["a", "host"]), "x   h.example"),
        (table("kv"), 'a="x y" host=h.example'),
        (table("regex", pattern="^to (?P<host>.*)$"), "to h.example"),
        (table("ndjson"), '{"host": "h.example"}'),
        (table("cef"), "CEF:0|a|b|c|d|e|f|host=h.example x=y"),
        (table("leef"), "LEEF:1.0|a|b|c|d|host=h.example\tx=y"),
    ],
    ids=lambda one: one.reader.kind if isinstance(one, Format) else "",
)


@EACH_KIND
def test_it_stands_before_any_reader(read_text, fmt, message):
    five = '<134>1 2026-03-02T08:00:01Z fw app 7 id [d a="é]"] '
    prefixes = ["<134>Mar  2 08:00:00 fw ", five, f"<13>Mar  2 08:00:09 relay {five}"]
    found = read_text(fmt, "".join(f"{prefix}{message}\n" for prefix in prefixes))
    assert found.said == []
    assert found.column("dst_host") == ["h.example"] * 3
    assert [time.second for time in found.column("time")] == [0, 1, 1]
    assert found.column("src_device") == ["fw"] * 3
    assert found.column("app") == [None, "app", "app"]
    assert found.column("operation") == [None, "id", "id"]
    assert found.column("resource_name") == [None, '[d a="é]"]', '[d a="é]"]']
    assert (found.yearless, found.zoneless) == (1, 1)


@EACH_KIND
def test_a_log_may_end_in_a_prefix_that_nothing_follows(read_text, fmt, message):
    prefix = "<134>1 2026-03-02T08:00:01Z fw app 7 - - "
    found = read_text(fmt, f"{prefix}{message}\n{prefix.rstrip()}")
    assert found.column("dst_host") == ["h.example"]
    assert [line for line, *_ in found.said] == [2]


def test_a_line_without_a_prefix_is_read_all_the_same(read_text):
    found = read_text("cef", "CEF:0|a|b|c|d|e|f|rt=1772438400000 dhost=h.example\n")
    assert found.column("dst_host") == ["h.example"]


def test_a_zone_that_could_be_several_rejects_its_record(read_text):
    found = read_text(table("kv"), "Mar  2 08:00:00 IST fw host=h.example\n")
    assert [(line, field) for line, field, _, _ in found.said] == [(1, "syslog_time")]


def test_pairs_may_have_another_sign_and_stand_in_structured_data(read_text):
    fmt = table("kv", pair=":")
    line = '<1>1 2026-03-02T08:00:01Z fw cp 7 - [act:"Accept"; host:"h.example"; x:"a \\"b\\""]'
    assert read_text(fmt, line + "\n").column("dst_host") == ["h.example"]
