"""Times without a year: the year they were given is told beside the source."""

from __future__ import annotations

QUERY = "Mar  2 09:14:05 dnsmasq[411]: query[A] chatgpt.com from 10.50.2.7\n"


def notes(aicensus, *options):
    done = aicensus("scan", *options, "--json")
    return [note["message"] for one in done.document["sources"] for note in one["problems"]]


def test_times_without_a_year_are_told(aicensus, write):
    told = notes(aicensus, write("dns.log", QUERY))
    assert any("times without a year: 1, read as the latest not after tomorrow" in n for n in told)


def test_the_reference_date_is_told_with_them(aicensus, write):
    told = notes(aicensus, write("dns.log", QUERY), "--reference-date", "2026-03-31")
    assert any("read as the latest not after 2026-03-31" in note for note in told)
