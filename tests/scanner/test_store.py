"""The store: one writer, nothing outside in reach, and refusals that say what to do."""

import subprocess
import sys

import duckdb
import pytest

from scanner.errors import StoreError, StoreLocked
from scanner.store import SCHEMA_VERSION, open_store


def test_a_store_opens_again_with_what_was_stored(tmp_path):
    path = tmp_path / "census.duckdb"
    with open_store(path) as store, store.transaction() as con:
        con.execute("insert into meta values ('colour', 'green')")
    with open_store(path) as store:
        assert store.con.execute("select value from meta where key = 'colour'").fetchall() == [
            ("green",)
        ]


def test_a_failed_transaction_leaves_nothing(tmp_path):
    path = tmp_path / "census.duckdb"
    with open_store(path) as store:
        with pytest.raises(RuntimeError), store.transaction() as con:
            con.execute("insert into meta values ('colour', 'green')")
            raise RuntimeError
        assert store.con.execute("select * from meta where key = 'colour'").fetchall() == []


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_csv('/etc/passwd')",
        "copy (select 1) to '/tmp/aicensus-test.csv'",
        "attach '/tmp/aicensus-test.duckdb'",
        "load httpfs",
        "set enable_external_access = true",
    ],
)
def test_nothing_outside_the_store_is_in_reach(statement):
    with open_store(None) as store, pytest.raises(duckdb.Error):
        store.con.execute(statement)


def test_a_second_run_is_told_who_holds_the_store(tmp_path):
    path = tmp_path / "census.duckdb"
    holder = (
        "import sys; from pathlib import Path; from scanner.store import open_store\n"
        "with open_store(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout.readline() == "held\n"
        told = pytest.raises(StoreLocked, match=rf"process {child.pid}\); try --wait")
        with told, open_store(path):
            pass
        child.stdin.close()


def test_a_newer_store_is_refused(tmp_path):
    path = tmp_path / "census.duckdb"
    with open_store(path) as store, store.transaction() as con:
        con.execute(f"update meta set value = '{SCHEMA_VERSION + 1}' where key = 'schema_version'")
    with pytest.raises(StoreError, match="made by a newer aicensus"), open_store(path):
        pass


def test_a_database_of_another_program_is_refused(tmp_path):
    path = tmp_path / "other.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create table t (a integer)")
    with pytest.raises(StoreError, match="of another program"), open_store(path):
        pass


def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("hello" * 1000)
    with pytest.raises(StoreError) as caught, open_store(path):
        pass
    assert "\n" not in str(caught.value)


def test_a_store_may_not_be_a_link(tmp_path):
    path = tmp_path / "link.duckdb"
    path.symlink_to(tmp_path / "elsewhere.duckdb")
    with pytest.raises(StoreError, match="not a regular file"), open_store(path):
        pass
