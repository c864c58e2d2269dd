"""What a scan leaves out by rule: stored, named, and never a source that was read."""

from __future__ import annotations

import zipfile
from pathlib import Path

LINE = "{}.123 200 10.40.1.40 {} 4000 CONNECT chatgpt.com:443 gpell HIER_DIRECT/1.2.3.4 -\n"


def squid(*results):
    return "".join(LINE.format(1773655200 + at, result) for at, result in enumerate(results))


def test_the_names_of_what_was_skipped_are_kept(aicensus, write):
    log = write("a.log", squid("TCP_MISS/200", "TCP_DENIED/407", "TCP_DENIED/407", "UDP_HIT/000"))
    (source,) = aicensus("scan", log, "--json").document["sources"]
    assert source["rows"]["skipped"] == 3
    assert source["skipped_by"] == {"auth_challenge": 2, "cache_peer": 1}
    assert source["problems"] == []


def test_a_hidden_path_is_of_no_source(aicensus, write):
    Path("d").mkdir()
    write("d/a.log", squid("TCP_MISS/200"))
    write("d/.b.log", squid("TCP_MISS/200"))
    document = aicensus("scan", "d", "--json").document
    assert [(p["source"], p["path"]) for p in document["problems"]] == [("d/.b.log", "d/.b.log")]
    assert "; 1 hidden file or folder not read" in aicensus("scan", "d").out


def test_a_hidden_member_is_not_counted_as_read(aicensus):
    with zipfile.ZipFile("z.zip", "w") as archive:
        archive.writestr("a.log", squid("TCP_MISS/200"))
        archive.writestr(".b.log", squid("TCP_MISS/200"))
    document = aicensus("scan", "z.zip", "--json").document
    assert [source["path"] for source in document["sources"]] == ["z.zip!a.log"]
    assert [problem["path"] for problem in document["problems"]] == ["z.zip!.b.log"]
    assert document["run"]["sources"] == 1


def test_records_after_the_day_of_the_ledger_are_a_warning(aicensus, write):
    log = write("a.log", squid("TCP_MISS/200"))
    document = aicensus("scan", log, "--as-of", "2020-01-01", "--json").document
    assert [problem["message"] for problem in document["sources"][0]["problems"]] == [
        "has records up to 2026-03-16, after 2020-01-01, the day the ledger speaks of"
    ]
    same = aicensus("scan", log, "--as-of", "2026-03-16", "--json").document
    assert same["sources"][0]["problems"] == []
