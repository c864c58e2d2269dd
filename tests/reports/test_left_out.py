"""What was left out by rule stands beside "every source was read", in every report."""

from __future__ import annotations

import csv as standard
import io
from datetime import date, datetime

import pytest
from rich.console import Console

from reports import csv, html, json_document, terminal
from reports.left_out import read_left_out

HOSTILE = "peer<b>\x1b[31m"


@pytest.fixture
def skipped(store):
    store.add("v_source", read=5, skipped=4, ok=1, unmatched=1)
    store.add_all("v_skip", [{"records": 2}, {"name": HOSTILE, "records": 2}])
    return store.run().con


def shown(con):
    out = io.StringIO()
    terminal.render(con, Console(file=out, width=300))
    return out.getvalue()


def test_a_terminal_says_of_each_source_what_was_skipped(skipped):
    told = shown(skipped)
    assert "Every source given was read; 4 records were skipped as no event\n" in told
    assert "logs/proxy.log.gz: 4 of 5 records skipped: cache_peer 2, peer<b>\\x1b[31m 2\n" in told
    assert "5 records, 4 skipped" in told


def test_a_page_says_of_each_source_what_was_skipped(skipped):
    page = html.page(skipped)
    assert page.count("Every source given was read; 4 records were skipped as no event.") == 2
    assert "4 of 5 records skipped: cache_peer 2, peer&lt;b&gt;\\x1b[31m 2" in page
    assert "\x1b" not in page
    assert "&#34;Where we looked&#34; names what was left out" in page


def test_json_names_what_was_skipped(skipped):
    (source,) = json_document.document(skipped)["sources"]
    assert source["skipped_by"] == {"cache_peer": 2, HOSTILE: 2}


def test_csv_names_what_was_skipped(skipped, tmp_path):
    *_, path = csv.write(skipped, tmp_path)
    with path.open(encoding="utf-8", newline="") as file:
        (row,) = standard.DictReader(file)
    assert row["skipped_by"] == "cache_peer 2; peer<b>\\\\x1b[31m 2".replace("\\\\", "\\")


def test_beside_gaps_it_is_said_too(store):
    store.add("v_source", read=5, skipped=4, rejected=1, status="partial", reason="rejects")
    con = store.run().con
    assert "Besides, 4 records were skipped as no event\n" in shown(con)
    assert "4 of 5 records skipped\n" in shown(con)  # a store of before names were kept
    assert html.page(con).count("Besides, 4 records were skipped as no event.") == 2


def test_without_any_nothing_is_added(store):
    store.add("v_source", read=4, ok=4, unmatched=4)
    con = store.run().con
    assert "\nEvery source given was read\n" in shown(con)
    assert "<p>Every source given was read.</p>" in html.page(con)
    assert "read completely." in html.page(con)


@pytest.mark.parametrize(
    ("reasons", "told"),
    [
        (["hidden"], "1 hidden file or folder not read"),
        (["hidden", "hidden"], "2 hidden files or folders not read"),
        (["skipped_sheet"], "1 sheet of the register not read"),
        (["columns_not_read", "columns_not_read"], "some columns of the register not read"),
    ],
)
def test_what_was_not_read_beside_the_sources_is_named(store, reasons, told):
    store.add("v_source")
    for reason in reasons:
        store.add("v_problem", path="x", level="note", reason=reason, message="not read")
    assert read_left_out(store.run().con).summary == f"Every source given was read; {told}"


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ([19], ""),
        ([20], ""),
        ([21], "1 source has records after 2026-11-20, the day the ledger speaks of"),
        ([21, 22], "2 sources have records after 2026-11-20, the day the ledger speaks of"),
    ],
)
def test_records_of_later_than_the_day_are_remarked_on(store, days, told):
    for day in days:
        store.add("v_source", last_time=datetime(2026, 11, day, 0, 0, 1))
    con = store.run(as_of=date(2026, 11, 20)).con
    assert read_left_out(con).late == told
    assert told in shown(con)
    assert told in html.page(con)
    assert ("day the ledger speaks of" in shown(con) + html.page(con)) == bool(told)


def test_notes_of_later_records_push_no_other_out(store, monkeypatch):
    monkeypatch.setattr(terminal, "ROWS", 1)
    store.add("v_problem", path="a", level="warning", reason="later", message="has later ones")
    store.add("v_problem", path="b", level="note", reason="hidden", message="is hidden")
    told = shown(store.run().con)
    assert "b: is hidden" in told
    assert "and 1 more" in told


@pytest.mark.parametrize("reason", ["overlay", "override", "taken"])
def test_what_changed_the_signatures_is_told_before_other_notes(store, monkeypatch, reason):
    monkeypatch.setattr(terminal, "ROWS", 1)
    store.add("v_problem", path="a", level="warning", reason="hidden", message="is hidden")
    store.add("v_problem", path="b", level="note", reason=reason, message="replaces shipped")
    told = shown(store.run().con)
    assert "b: replaces shipped" in told
    assert "and 1 more" in told
