"""A log that grows is read on from where it was; nothing counts twice, nothing is missed."""

import datetime as dt
import gzip
import io
import json
import tarfile
import zipfile

import duckdb
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


def packed(kind, path, *members):
    """An archive of (name, text)."""
    if kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in members:
                archive.writestr(name, text)
        return path
    with tarfile.open(path, "w:gz" if kind == "tgz" else "w") as archive:
        for name, text in members:
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return path


@pytest.mark.parametrize("kind", ["zip", "tar", "tgz"])
def test_of_an_archive_that_grew_only_what_is_new_counts(run, tmp_path, kind):
    path = tmp_path / f"logs.{kind}"
    first, second = HEADER + lines(0, 5), HEADER + lines(10, 13)
    run(packed(kind, path, ("a.csv", first), ("b.csv", second)))
    again = run(packed(kind, path, ("new.csv", HEADER + lines(30, 32)), ("a.csv", first),
                       ("b.csv", second + lines(13, 17))))  # fmt: skip
    assert (again["totals"]["ok"], hits(again)) == (2 + 4, [5 + 3 + 2 + 4])


def test_a_log_that_grew_and_went_into_an_archive_counts_once(run, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(HEADER + lines(0, 5))
    run(path)
    assert hits(run(packed("tgz", tmp_path / "x.tgz", ("p.csv", HEADER + lines(0, 9))))) == [9]


def test_a_compressed_member_is_known_by_its_text(run, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(HEADER + lines(0, 5))
    run(path)
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("p.csv.gz", gzip.compress(path.read_bytes()))
    assert hits(run(tmp_path / "x.zip")) == [5]


def test_a_gzip_that_was_appended_a_member_is_read_on(run, tmp_path):
    path = tmp_path / "p.csv.gz"
    path.write_bytes(gzip.compress((HEADER + lines(0, 5)).encode()))
    run(path)
    path.write_bytes(path.read_bytes() + gzip.compress(lines(5, 8).encode()))
    again = run(path)
    assert (again["totals"]["ok"], hits(again)) == (3, [8])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_log_with_a_mark_before_it_is_read_on(run, tmp_path, encoding):
    path = tmp_path / "p.csv"
    path.write_text(HEADER + lines(0, 5), encoding=encoding)
    run(path)
    path.write_text(HEADER + lines(0, 8), encoding=encoding)
    again = run(path)
    assert (again["totals"]["ok"], hits(again)) == (3, [8])


def objects(first, last):
    return [
        {"ts": f"2026-03-01T00:00:{n:02}Z", "src_ip": "10.0.0.1", "dst_host": "api.openai.com"}
        for n in range(first, last)
    ]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("wrap", [lambda rows: rows, lambda rows: {"Records": rows, "n": [1]}])
def test_of_a_document_that_grew_only_what_is_new_counts(run, tmp_path, indent, wrap):
    path = tmp_path / "d.json"
    path.write_text(json.dumps(wrap(objects(0, 5)), indent=indent))
    run(path)
    path.write_text(json.dumps(wrap(objects(0, 8)), indent=indent))
    again = run(path)
    assert (again["totals"]["ok"], hits(again)) == (3, [8])


@pytest.mark.parametrize("left", [0, 1, 2, 3, 4])
def test_a_document_counts_once_wherever_the_last_piece_begins(run, tmp_path, monkeypatch, left):
    path = tmp_path / "d.json"
    text = json.dumps(objects(0, 5), indent=0)
    monkeypatch.setattr("connectors.logs.document.PIECE", 1)
    monkeypatch.setattr("connectors.files.reading.PIECE", len(text) - left)
    path.write_text(text)
    run(path)
    path.write_text(json.dumps(objects(0, 8), indent=0))
    again = run(path)
    assert (again["totals"]["ok"], hits(again)) == (3, [8])


def test_a_document_that_was_cut_and_is_whole_now_counts_once(run, tmp_path):
    path = tmp_path / "d.json"
    whole = json.dumps(objects(0, 8))
    path.write_text(whole[:-150])
    first = run(path)
    path.write_text(whole)
    again = run(path)
    assert first["totals"]["rejected"] == 1
    assert hits(again) == [8]
    assert again["sources"][0]["status"] == "complete"


def test_a_document_with_another_beginning_is_read_whole(run, tmp_path):
    path = tmp_path / "d.json"
    path.write_text(json.dumps(objects(0, 5)))
    run(path)
    path.write_text(json.dumps(objects(20, 28)))
    assert hits(run(path)) == [13]


BAD = "no time,10.0.0.1,ada,api.openai.com,443\n"


def test_what_was_wrong_before_a_log_grew_is_still_wrong(run, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(HEADER + lines(0, 5) + BAD)
    run(path)
    for count in (8, 9, 10):  # and is not forgotten by the runs between
        path.write_text(HEADER + lines(0, 5) + BAD + lines(5, count))
        again = run(path)
        (source,) = again["sources"]
        assert (source["status"], source["reason"], again["run"]["exit_code"]) == (
            "partial", "rejects", 3,
        )  # fmt: skip
        assert hits(again) == [count]


def test_days_after_a_flaw_are_whole_and_those_with_it_are_not(run, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(HEADER + lines(0, 5) + BAD)
    run(path)
    later = lines(6, 8) + lines(8, 9).replace("03-01", "03-02")
    path.write_text(HEADER + lines(0, 5) + BAD + later)
    run(path)
    with duckdb.connect(str(tmp_path / "s.duckdb"), read_only=True) as con:
        cells = con.execute(
            "select state, days from coverage join run using (run_id) where seq = 2 order by state"
        ).fetchall()
    assert cells == [
        ("complete", [dt.date(2026, 3, 2)]),
        ("partial", [dt.date(2026, 3, 1)]),
    ]


def test_a_line_that_was_cut_before_and_is_whole_now_is_no_flaw(run, tmp_path):
    path = tmp_path / "p.csv"
    whole = HEADER + lines(0, 6)
    path.write_text(whole[:-20])
    assert run(path)["sources"][0]["status"] == "partial"
    path.write_text(whole)
    assert run(path)["sources"][0]["status"] == "complete"


def test_a_cut_line_that_counted_does_not_count_again(run, tmp_path):
    path = tmp_path / "p.csv"
    whole = HEADER + lines(0, 6)
    path.write_text(whole[:-2])  # port 44 instead of 443
    assert hits(run(path)) == [6]
    path.write_text(whole + lines(6, 7))
    assert hits(run(path)) == [7]
