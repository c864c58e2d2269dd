"""The store: one writer, nothing outside in reach, and refusals that say what to do."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from scanner.errors import NoSpace, StoreError, StoreLocked
from scanner.store import SCHEMA_VERSION, open_store, sql

HOLDER = (
    "import sys; from pathlib import Path; from scanner.store import open_store\n"
    "with open_store(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
)


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the store at a path until its stdin is closed."""
    children = []

    def hold(path):
        child = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        children.append(child)
        assert child.stdout.readline() == "held\n"
        return child

    yield hold
    for child in children:
        with child:
            child.kill()


def test_a_store_opens_again_with_what_was_stored(tmp_path):
    path = tmp_path / "census.duckdb"
    with open_store(path) as store, store.transaction() as con:
        con.execute("insert into meta values ('colour', 'green')")
    with open_store(path) as store:
        assert store.con.execute("select value from meta where key = 'colour'").fetchall() == [
            ("green",)
        ]


def test_a_store_without_a_name_is_private_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with open_store(None) as store:
        with store.transaction() as con:
            con.execute("insert into meta values ('note', 'kept')")
        (folder,) = tmp_path.iterdir()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert list(folder.iterdir()) == []
    assert list(tmp_path.iterdir()) == []


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


def test_a_second_run_is_told_who_holds_the_store(tmp_path, holder):
    path = tmp_path / "census.duckdb"
    child = holder(path)
    told = pytest.raises(StoreLocked, match=rf"process {child.pid}\); try --wait")
    with told, open_store(path):
        pass


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


@pytest.mark.parametrize("name", ["notes.txt", "register.csv", "assets.json", "a.parquet"])
def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path, name):
    path = tmp_path / name
    path.write_text("host,user\n" * 1000)
    with pytest.raises(StoreError) as caught, open_store(path):
        pass
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", [":memory:", "md:census", "census.csv"])
def test_a_store_is_the_file_of_its_name(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with open_store(Path(name)):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_store_may_not_be_a_link(tmp_path):
    path = tmp_path / "link.duckdb"
    path.symlink_to(tmp_path / "elsewhere.duckdb")
    with pytest.raises(StoreError, match="not a regular file"), open_store(path):
        pass


def test_a_lock_is_gone_after_the_run(tmp_path):
    with open_store(tmp_path / "census.duckdb"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["census.duckdb"]


def test_a_file_that_is_no_store_gets_no_lock_beside_it(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("hello" * 1000)
    with pytest.raises(StoreError), open_store(path):
        pass
    assert list(tmp_path.iterdir()) == [path]


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path, holder):
    path = tmp_path / "census.duckdb"
    child = holder(path)
    child.kill()
    child.wait()
    assert (tmp_path / "census.duckdb.lock").exists()
    with open_store(path):
        pass


def test_a_run_that_waits_gets_the_store_when_it_is_free(tmp_path, holder):
    path = tmp_path / "census.duckdb"
    child = holder(path)
    child.stdin.close()
    with open_store(path, wait=30):
        pass


def test_a_file_of_another_program_is_not_taken_for_a_lock(tmp_path):
    lock = tmp_path / "census.duckdb.lock"
    lock.write_text("my notes")
    refused = pytest.raises(StoreError, match="is not a lock of this program")
    with refused, open_store(tmp_path / "census.duckdb"):
        pass
    assert lock.read_text() == "my notes"


def test_a_link_is_not_taken_for_a_lock(tmp_path):
    (tmp_path / "census.duckdb.lock").symlink_to(tmp_path / "elsewhere")
    refused = pytest.raises(NoSpace, match="cannot write the lock file")
    with refused, open_store(tmp_path / "census.duckdb"):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_of_many_runs_at_once_one_holds_the_store_at_a_time(tmp_path):
    """Each adds one to a number in the store: none is lost."""
    path = tmp_path / "census.duckdb"
    with open_store(path) as store, store.transaction() as con:
        con.execute("insert into meta values ('n', '0')")
    code = (
        "import sys; from pathlib import Path; from scanner.store import open_store\n"
        "for _ in range(5):\n"
        "    with open_store(Path(sys.argv[1]), wait=60) as s, s.transaction() as con:\n"
        "        con.execute(\"update meta set value = value::int + 1 where key = 'n'\")"
    )
    racers = [subprocess.Popen([sys.executable, "-c", code, str(path)]) for _ in range(4)]
    assert [racer.wait() for racer in racers] == [0] * 4
    with open_store(path) as store:
        assert store.con.execute("select value from meta where key = 'n'").fetchall() == [("20",)]


ASKS = (
    "from connectors.logs.engine import connect; from scanner.store import open_store\n"
    "ask = \"select current_setting('enable_progress_bar')\"\n"
    "with open_store(None) as store:\n"
    "    print(store.con.execute(ask).fetchall(), connect().execute(ask).fetchall())"
)


def test_on_a_terminal_the_engine_draws_nothing_into_our_output():
    ours, theirs = os.openpty()
    with subprocess.Popen([sys.executable, "-c", ASKS], stdout=theirs):
        os.close(theirs)
        said = b""
        while b"\n" not in said:
            said += os.read(ours, 1000)
    os.close(ours)
    assert said == b"[(False,)] [(False,)]\r\n"


def test_a_store_of_the_first_version_is_brought_up_to_date(tmp_path):
    path = tmp_path / "old.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(sql("migrations/0001_store.sql"))
        con.execute("insert into meta values ('schema_version', '1')")
    with open_store(path) as store:
        found = store.con.execute("select value from meta where key = 'schema_version'").fetchall()
        assert found == [(str(SCHEMA_VERSION),)]
        assert store.con.execute("select sized_out, sized_in from sighting").fetchall() == []
        assert store.con.execute("select models, clients, in_use from v_asset").fetchall() == []
