"""What stands behind a syslog prefix, and pairs that a sign parts."""

from __future__ import annotations

import json

import pytest

from .own import own

RECORD = {"ts": "1772438400", "host": "a.example"}


LOOSE = own({"kind": "ndjson", "syslog": True}, {"app": ["syslog_program"]})


@pytest.mark.parametrize("words", ["", "@cee: ", "INFO  gateway-7 ", "cef_agent"])
def test_a_word_or_two_may_stand_before_an_object(read_text, words):
    line = f"<13>Mar  2 08:00:00 gw {words} {json.dumps(RECORD)}\n".replace("   ", "  ")
    found = read_text(LOOSE, line)
    assert (found.said, found.column("dst_host")) == ([], ["a.example"])


@pytest.mark.parametrize("words", ["one two three ", '"a" ', "[x] "])
def test_more_than_two_words_are_no_prefix_of_an_object(read_text, words):
    found = read_text(LOOSE, f"<13>Mar  2 08:00:00 gw {words}{json.dumps(RECORD)}\n")
    assert [reason for _, _, reason, _ in found.said] == ["not JSON"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("<13>Mar  2 08:00:00 gw fw: udp 10.1.1.1 53 ts=1772438400 host=a", "udp 10.1.1.1 53 ts="),
        ('<13>1 2026-03-02T08:00:00Z gw fw - - [a ts="1772438400" host="a"] FW: udp', "FW: udp"),
        ("ts=1772438400 host=a", "ts=1772438400"),
    ],
)
def test_the_text_behind_the_prefix_is_a_field(read_text, line, text):
    fmt = own({"kind": "kv", "syslog": True}, {"app": ["syslog_text"]})
    found = read_text(fmt, line + "\n")
    assert found.said == []
    assert found.column("app")[0].startswith(text)


PARTED = own({"kind": "kv", "delim": ",", "syslog": True}, {"app": ["name"]})


@pytest.mark.parametrize(
    "line",
    [
        'ts=1772438400,host=a.example,name="x, y=z",n=1',
        'n=1,name="x, y=z",host="a.example",ts=1772438400',
        '<189>ts=1772438400,host="a.example" name="x, y=z"',
        'ts=1772438400, host=a.example, name="x, y=z"',
    ],
)
def test_pairs_may_be_parted_by_a_sign(read_text, line):
    found = read_text(PARTED, line + "\n")
    assert found.said == []
    assert (found.column("dst_host"), found.column("app")) == (["a.example"], ["x, y=z"])


def test_without_being_asked_a_comma_is_content(read_text):
    found = read_text(own({"kind": "kv"}, {"app": ["name"]}), "ts=1772438400 host=a name=x,y=1\n")
    assert found.column("app") == ["x,y=1"]


@pytest.mark.parametrize("delim", ["=", "auto", "x"])
def test_the_sign_between_pairs_is_another_than_in_them(delim):
    with pytest.raises(ValueError, match="delim of kv"):
        own({"kind": "kv", "delim": delim})
