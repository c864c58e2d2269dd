"""A header in the middle of a table: what follows is read by it."""

from __future__ import annotations

from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[3] / "fixtures" / "formats"
CHANGES = "another header: what follows is read by its columns"
FIRST = "ts,host,user\n2026-03-01T00:00:01Z,a.example,ann\n"


@pytest.mark.parametrize(
    "second",
    [
        "ts,user,host\n2026-03-01T00:00:02Z,bob,b.example\n",
        "TS,USER,Dst-Host\n2026-03-01T00:00:02Z,bob,b.example\n",
        '"user","ts","host"\nbob,2026-03-01T00:00:02Z,b.example\n',
        "user,url,time\nbob,https://b.example/,2026-03-01T00:00:02Z\n",
        "ts,user,host,bytes_in,extra\n2026-03-01T00:00:02Z,bob,b.example,1,x\n",
    ],
)
@pytest.mark.parametrize("block", [16, 1 << 20])
def test_what_follows_another_header_is_read_by_it(read_text, second, block):
    found = read_text("generic_csv", FIRST + second, block=block)
    assert found.column("dst_host") == ["a.example", "b.example"]
    assert found.column("src_user") == ["ann", "bob"]
    assert (found.counts.header, found.counts.rejected) == (2, 0)
    assert CHANGES in found.notices


def test_the_first_header_may_come_back(read_text):
    second = "ts,user,host\n2026-03-01T00:00:02Z,bob,b.example\n"
    found = read_text("generic_csv", (FIRST + second) * 2)
    assert found.column("src_user") == ["ann", "bob"] * 2
    assert (found.counts.header, found.notices) == (4, [CHANGES] * 3)


@pytest.mark.parametrize("again", ["ts,host,user\n", '"ts","host","user"\n', "TS,Host,User\n"])
def test_the_same_header_again_is_nothing_to_speak_of(read_text, again):
    found = read_text("generic_csv", FIRST + again + FIRST.split("\n")[1] + "\n")
    assert (len(found.rows), found.counts.header, found.notices) == (2, 2, [])


@pytest.mark.parametrize(
    "line",
    [
        "ts,user,department",  # names no host
        "tsunami,user,host",
        "host,a.example,b.example",
        "ts.example,x.example,user",
        "user,ann,time",
    ],
)
def test_a_line_that_only_looks_like_a_header_is_a_record(read_text, line):
    text = FIRST + line + "\n2026-03-01T00:00:02Z,b.example,bob\n"
    found = read_text("generic_csv", text)
    assert [one[0] for one in found.said] == [3]
    assert (found.column("dst_host"), found.notices) == (["a.example", "b.example"], [])


@pytest.mark.parametrize("block", [16, 1 << 20])
def test_a_header_inside_quotes_is_text(read_text, block):
    text = FIRST + '2026-03-01T00:00:02Z,b.example,"bob\nts,user,host\n"\n'
    text += "2026-03-01T00:00:03Z,c.example,cyd\n"
    found = read_text("generic_csv", text, block=block)
    assert found.column("dst_host") == ["a.example", "b.example", "c.example"]
    assert found.notices == []


def test_a_stray_quote_before_does_not_hide_the_header(read_text):
    text = FIRST + '2026-03-01T00:00:02Z,b.example,"bob\nts,user,host\n'
    text += "2026-03-01T00:00:03Z,cyd,c.example\n"
    found = read_text("generic_csv", text)
    assert [one[0] for one in found.said] == [3]
    assert found.column("dst_host") == ["a.example", "c.example"]


def test_a_table_may_begin_again_after_its_end(read_text):
    text = (FIXTURES / "nfdump_csv" / "sample.log").read_text() + "\n"
    once, twice = read_text("nfdump_csv", text), read_text("nfdump_csv", text * 2)
    assert len(twice.rows) == 2 * len(once.rows)
    assert twice.counts.header == 2 * once.counts.header
