"""Reading the views: their real columns, secrets, order."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from reports import ledger

SQL = Path(__file__).parents[2] / "scanner" / "sql"
KINDS = ledger.Row.__subclasses__()


@pytest.fixture(scope="module")
def empty():
    """A store as scanner makes it, without a run."""
    con = duckdb.connect()
    for file in [*sorted((SQL / "migrations").glob("*.sql")), SQL / "views.sql"]:
        con.execute(file.read_text(encoding="utf-8"))
    return con


@pytest.mark.parametrize("kind", KINDS, ids=[kind.VIEW for kind in KINDS])
def test_the_store_has_every_column_that_reports_read(empty, kind):
    assert ledger.read(empty, kind) == []


def test_a_missing_column_is_an_error_and_not_an_empty_cell():
    con = duckdb.connect()
    con.execute("create table v_department (department varchar)")
    with pytest.raises(duckdb.Error, match="assets"):
        ledger.read(con, ledger.Department)


def test_secrets_are_masked_in_texts_and_in_lists(store):
    key = "sk-proj-" + "Z9" * 20
    store.add("v_asset", asset_id="a", name=f"uses {key}", native_ids=["plain", key])
    (asset,) = ledger.read(store.con, ledger.Asset)
    assert (asset.name, asset.native_ids) == ("uses sk-p***", ["plain", "sk-p***"])


def test_findings_come_by_severity_and_then_by_state(store):
    for name, severity, state in (
        ("a", "low", "needs_review"),
        ("b", "high", "unmanaged"),
        ("c", "high", "retired_alive"),
        ("d", "critical", "prohibited"),
    ):
        store.add("v_finding", finding_id=name, severity=severity, state=state)
    assert [finding.finding_id for finding in ledger.read_findings(store.con)] == list("dcba")
