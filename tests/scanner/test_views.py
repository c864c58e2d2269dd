"""Every public view answers on a store that a scan made, with the columns that reports read."""

from dataclasses import fields

import pytest

from reports import ledger
from reports.ledger.row import Row
from scanner.commands.demo import organisation, request
from scanner.commands.progress import Quiet
from scanner.pipeline import scan
from scanner.store import open_store

READ = {kind.VIEW: kind for kind in Row.__subclasses__()}


@pytest.fixture(scope="module")
def rows():
    """view -> (column names, number of rows), all of them fetched."""
    found = {}

    def look(con, _):
        for (view,) in con.execute(
            "select view_name from duckdb_views() where not internal order by 1"
        ).fetchall():
            answer = con.execute(f'select * from "{view}"')
            found[view] = ([column[0] for column in answer.description], len(answer.fetchall()))
            if view in READ:
                assert len(ledger.read(con, READ[view])) == found[view][1]

    scan(request(organisation()), Quiet(), look)
    return found


def test_every_view_is_public_by_its_name(rows):
    assert rows
    assert all(view.startswith("v_") for view in rows)


def test_every_view_that_reports_read_is_there(rows):
    assert set(READ) <= set(rows)


@pytest.mark.parametrize("view", sorted(READ))
def test_a_view_has_the_columns_that_reports_read(rows, view):
    columns = [field.name for field in fields(READ[view])]
    assert set(columns) <= set(rows[view][0])


@pytest.mark.parametrize("view", sorted(set(READ) - {"v_reject"}))
def test_a_view_has_rows(rows, view):
    assert rows[view][1] > 0


def test_views_of_an_empty_store_answer_too():
    with open_store(None) as store:
        for view in READ:
            assert store.con.execute(f'select * from "{view}"').fetchall() == []
