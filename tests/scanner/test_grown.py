"""A log that grows is read on from where it was; nothing counts twice, nothing is missed."""

import datetime as dt

import pytest

from reports.json_document import document
from scanner.model import ScanRequest
from scanner.pipeline import scan

HEADER = "ts,src_ip,user,dst_host,dst_port\n"
NOW = dt.datetime(2026, 11, 1)


def lines(first, last):
    return "".join(
        f"2026-03-01T00:00:{n:02}Z,10.0.0.1,ada,api.openai.com,443\n" for n in range(first, last)
    )


class Nobody:
    """Watches without a word."""

    def begin(self, total):
        pass

    advance = source = begin

    def end(self):
        pass


@pytest.fixture
def run(tmp_path):
    """Scan a file into one store and give the JSON document."""

    def once(path):
        shown = []
        request = ScanRequest((str(path),), NOW, db=tmp_path / "s.duckdb", key_file=tmp_path / "k")
        scan(request, Nobody(), lambda con, _: shown.append(document(con)))
        return shown[0]

    return once


def hits(found):
    return [asset["hits"] for asset in found["assets"]]


def test_only_the_added_lines_are_new(run, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(HEADER + lines(0, 5))
    run(path)
    path.write_text(HEADER + lines(0, 12))
    again = run(path)
    assert (again["totals"]["ok"], hits(again)) == (7, [12])


def test_a_file_with_another_beginning_is_read_whole(run, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(HEADER + lines(0, 5))
    run(path)
    path.write_text(HEADER + lines(20, 32))
    again = run(path)
    assert (again["totals"]["ok"], hits(again)) == (12, [17])


def test_a_line_that_was_cut_before_is_read_when_it_is_whole(run, tmp_path):
    path = tmp_path / "p.csv"
    whole = HEADER + lines(0, 6)
    path.write_text(whole[:-20])
    first = run(path)
    path.write_text(whole)
    again = run(path)
    assert (first["totals"]["rejected"], again["totals"]["ok"], hits(again)) == (1, 1, [6])


def test_the_same_content_adds_nothing(run, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(HEADER + lines(0, 5))
    first, again = run(path), run(path)
    assert again["totals"]["ok"] == 0
    assert hits(again) == hits(first)
    assert [asset["asset_id"] for asset in again["assets"]] == [
        asset["asset_id"] for asset in first["assets"]
    ]
