"""The same store over several runs: nothing counts twice, and what grew is read on."""

from __future__ import annotations

import duckdb
import pytest

from scanner.errors import Exit, StoreError


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store.duckdb"


def hits(result) -> dict[str, int]:
    return {asset["service"]: asset["hits"] for asset in result.doc["assets"]}


def test_a_log_scanned_again_adds_nothing(scan, write, log, store):
    path = write("a.csv", log.csv())
    first, second = scan(path, db=store), scan(path, db=store)
    assert (first.exit, second.exit) == (0, 0)
    assert (first.counts, second.counts) == ((12, 0), (0, 0))
    assert second.state() == ("complete", "duplicate")
    assert first.doc["run"]["run_id"] in second.said()
    assert hits(second) == hits(first)
    assert second.doc["run"]["seq"] == 2


def test_a_log_scanned_again_under_another_name_adds_nothing(scan, write, log, store):
    first = scan(write("a.csv", log.csv()), db=store)
    second = scan(write("b.csv", log.csv()), db=store)
    assert (second.exit, second.counts, hits(second)) == (0, (0, 0), hits(first))


def test_only_what_a_log_grew_by_is_read(scan, write, log, store):
    path = write("a.csv", log.csv())
    first = scan(path, db=store)
    path.write_bytes(log.csv() + b"".join(log.row(n, dst_host="claude.ai") for n in range(40, 45)))
    second = scan(path, db=store)
    assert (second.exit, second.totals["ok"], second.totals["rejected"]) == (0, 5, 0)
    assert first.doc["run"]["run_id"] in second.said()
    assert sum(hits(second).values()) == sum(hits(first).values()) + 5


def test_a_log_that_grew_in_the_middle_of_a_line_loses_and_doubles_nothing(scan, write, log, store):
    whole = log.csv()
    cut = whole.index(b"\n", len(whole) // 2) + 20
    path = write("a.csv", whole[:cut])
    first = scan(path, db=store)
    path.write_bytes(whole)
    second = scan(path, db=store)
    assert (first.exit, first.totals["rejected"]) == (3, 1)
    assert second.exit in {0, 3}
    assert first.totals["ok"] + second.totals["ok"] == 12


def test_a_log_whose_beginning_changed_is_another_log(scan, write, log, store):
    path = write("a.csv", log.csv())
    scan(path, db=store)
    path.write_bytes(log.head() + log.row(50) + log.csv().split(b"\n", 1)[1])
    assert scan(path, db=store).totals["ok"] == 13


def test_a_log_that_was_damaged_and_is_mended_is_read(scan, write, log, store):
    path = write("a.csv", b"<html>expired</html>")
    assert scan(path, db=store).exit == 3
    path.write_bytes(log.csv())
    assert scan(path, db=store).counts == (12, 0)


def test_a_file_that_is_no_store_is_one_line(scan, write, log, store):
    store.write_bytes(b"SQLite format 3\x00" + bytes(4000))
    with pytest.raises(StoreError) as caught:
        scan(write("a.csv", log.csv()), db=store)
    assert caught.value.exit_code == Exit.STORE == 10
    assert "\n" not in str(caught.value)
    assert str(store) in str(caught.value)


def test_the_database_of_another_program_is_left_alone(scan, write, log, store):
    with duckdb.connect(str(store)) as con:
        con.execute("create table payroll (a int)")
    before = store.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        scan(write("a.csv", log.csv()), db=store)
    assert store.read_bytes() == before


def test_a_folder_in_place_of_the_store_is_one_line(scan, write, log, tmp_path):
    with pytest.raises(StoreError, match="not a regular file"):
        scan(write("a.csv", log.csv()), db=tmp_path)
