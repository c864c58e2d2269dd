"""A log that grows is read on from where it was; nothing counts twice, nothing is missed."""

import gzip

import pytest

from scanner.errors import StoreError

HEADER = "ts,src_ip,user,dst_host,dst_port\n"


def lines(first, last):
    return "".join(
        f"2026-03-01T00:00:{n:02}Z,10.0.0.1,ada,api.openai.com,443\n" for n in range(first, last)
    )


@pytest.fixture
def run(census):
    """Scan a file into one store and give the JSON document."""
    return census


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


def test_a_log_that_was_rotated_and_compressed_counts_once(run, tmp_path):
    """logrotate: the old file grew, was renamed and packed; a new one began."""
    path = tmp_path / "access.csv"
    path.write_text(HEADER + lines(0, 5))
    run(path)
    (tmp_path / "access.csv.1.gz").write_bytes(gzip.compress((HEADER + lines(0, 9)).encode()))
    assert hits(run(tmp_path / "access.csv.1.gz")) == [9]


def test_a_log_under_another_name_counts_once(run, tmp_path):
    path = tmp_path / "access.csv"
    path.write_text(HEADER + lines(0, 5))
    run(path)
    assert hits(run(path.rename(tmp_path / "access.csv.1"))) == [5]


def test_a_line_end_that_came_late_adds_nothing(run, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text((HEADER + lines(0, 5)).rstrip())
    run(path)
    path.write_text(HEADER + lines(0, 5))
    assert hits(run(path)) == [5]


def test_a_damaged_log_read_twice_is_still_damaged(run, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(HEADER + lines(0, 5) + "no time,10.0.0.1,ada,api.openai.com,443\n")
    first, again = run(path), run(path)
    assert [source["status"] for source in (*first["sources"], *again["sources"])] == [
        "partial"
    ] * 2
    assert (again["run"]["exit_code"], hits(again)) == (3, [5])


def test_a_store_is_of_one_organisation(run, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(HEADER + lines(0, 5))
    run(path)
    with pytest.raises(StoreError, match="is the store of 'default', not of 'other'"):
        run(path, organisation="other")


def test_a_store_whose_key_is_gone_is_refused(run, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(HEADER + lines(0, 5))
    run(path)
    (tmp_path / "k").unlink()
    with pytest.raises(StoreError, match="people would count twice"):
        run(path)
