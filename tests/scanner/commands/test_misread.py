"""`scan` of logs that are not what was said, or that hold more than was read."""

from __future__ import annotations

import json

import pytest


def source(done):
    (only,) = done.document["sources"]
    return only


@pytest.mark.parametrize("name", ["zeek_ssl", "aws_cloudtrail", "generic_csv", "dnsmasq"])
def test_a_log_of_another_format_is_refused_with_what_was_expected(aicensus, log, name):
    done = aicensus("scan", log, "--format", name, "--json")
    found = source(done)
    assert (done.code, found["status"], found["reason"]) == (3, "failed", "refused")
    assert set(found["rows"].values()) == {0}
    (problem,) = found["problems"]
    assert problem["message"].startswith(f"does not look like {name}: expected ")
    assert ", this is squid" in problem["message"]


def test_a_log_of_the_format_with_bad_values_keeps_its_rejects(aicensus, write):
    log = write("x.csv", "ts,host\nsoon,a.example\n")
    found = source(aicensus("scan", log, "--format", "generic_csv", "--json"))
    assert (found["status"], found["reason"]) == ("partial", "rejects")
    assert found["rows"]["rejected"] == 1


def test_an_unread_list_makes_its_source_partial(aicensus, write):
    record = {"ts": "2026-03-01T00:00:00Z", "host": "chatgpt.com"}
    log = write("x.json", json.dumps({"items": [record], "more": [record] * 3}))
    done = aicensus("scan", log, "--json")
    found = source(done)
    assert (done.code, found["status"], found["reason"]) == (3, "partial", "incomplete")
    assert "another list `more` of 3 elements" in found["problems"][0]["message"]


def test_a_key_that_comes_twice_is_said_once_with_its_sum(aicensus, write):
    row = '{"ts":"2026-03-01T00:00:00Z","host":"a.example","app":"a","app":"b"}\n'
    found = source(aicensus("scan", write("x.json", row * 3), "--json"))
    (problem,) = found["problems"]
    assert (problem["level"], problem["line"], problem["field"]) == ("warning", 1, "app")
    assert problem["message"].endswith("one value is read (3 times)")


def test_an_unknown_log_gets_the_advice_that_detect_gives(aicensus, write):
    log = write("x.log", "hello\n")
    (problem,) = source(aicensus("scan", log, "--json"))["problems"]
    assert f"({problem['message']})" in aicensus("formats", "detect", log).out
