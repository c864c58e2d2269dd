"""A run names its packs; older runs did not, and old signatures are told."""

from datetime import date

import duckdb
import pytest

from reports import ledger
from scanner.packs import stale, write_remarks
from scanner.store import open_store, sql
from signatures.compile import compile_catalogue
from signatures.load import Catalogue
from signatures.overlay import Remark
from signatures.pack import About
from signatures.tables import shipped_tables

BEFORE = ("0001_store", "0002_who_and_how_much", "0003_joined")


@pytest.fixture
def older(tmp_path):
    """A store of the schema before packs were named, with one run."""
    path = tmp_path / "ai.duckdb"
    with duckdb.connect(str(path)) as con:
        for name in BEFORE:
            con.execute(sql(f"migrations/{name}.sql"))
        con.execute("insert into meta values ('schema_version', '3')")
        con.execute(
            "insert into run values ('r1', 1, 'default', now()::timestamp, now()::timestamp,"
            " today(), '0.1.0', 'abc', null, 'standard', 'auto', 0, [])"
        )
    return path


def test_a_run_of_an_older_store_names_no_packs(older):
    with open_store(older) as store:
        run = ledger.read_run(store.con)
    assert (run.run_id, run.signatures_digest) == ("r1", "abc")
    assert (run.signatures_version, run.signatures_packs) == (None, [])


def of(*packs):
    return compile_catalogue(Catalogue((), (), shipped_tables(), "", packs))


def about(version, signed_by=None):
    return About("acme", version, "0" * 64, "acme", signed_by)


OLD = "signatures of acme are of 2026-01-01, 366 days old; update them"


@pytest.mark.parametrize(
    ("packs", "said"),
    [
        ((), []),
        ((about("2026.01.02"),), []),
        ((about("2026.01.01"),), [OLD]),
        ((about("2026.01.01.2"),), [OLD]),
        ((about("2027.06.01"),), []),
        ((about("2026.19.39"),), []),
        ((about(None),), []),
        ((about("2027.01.01"), about("2026.01.01", "key")), [OLD]),
        ((about("2027.01.01"), about("2026.01.01")), []),
        ((about("2027.01.01"), about(None, "key")), []),
    ],
)
def test_signatures_of_more_than_a_year_are_old(packs, said):
    assert stale(of(*packs), date(2027, 1, 2)) == said


def test_remarks_are_problems_of_the_run():
    with open_store(None) as store:
        told = (
            Remark("ours", None, "overlay", "ours is used too"),
            Remark("ours/a.yaml", 7, "override", "replaces shipped a/b"),
        )
        write_remarks(store.con, "r1", told)
        rows = store.con.execute("select path, line, level, reason from problem order by path")
        assert rows.fetchall() == [
            ("ours", None, "note", "overlay"),
            ("ours/a.yaml", 7, "warning", "override"),
        ]
