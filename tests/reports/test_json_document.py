"""The JSON document: its keys, its times, its arithmetic, its texts."""

from __future__ import annotations

import json

import pytest

from reports import json_document, ledger


def test_it_has_the_promised_keys(filled):
    document = json_document.document(filled.con)
    assert list(document) == [
        "schema_version",
        "run",
        "exit_reasons",
        "totals",
        "sources",
        "problems",
        "coverage",
        "assets",
        "declared",
        "findings",
        "for_review",
    ]
    assert tuple(document["totals"]) == ledger.COUNTS
    assert tuple(document["sources"][0]["rows"]) == ledger.COUNTS


def test_totals_are_the_sums_of_the_sources(filled):
    document = json_document.document(filled.con)
    for name, total in document["totals"].items():
        assert total == sum(source["rows"][name] for source in document["sources"])
    assert document["totals"]["rejected"] == 12


def test_times_carry_z_and_dates_stay_dates(filled):
    run = json_document.document(filled.con)["run"]
    assert run["started_at"] == "2026-11-20T02:00:04Z"
    assert run["ended_at"] == "2026-11-20T02:00:41.250000Z"
    assert run["as_of"] == "2026-11-20"


def test_an_asset_carries_its_evidence(filled):
    asset = json_document.document(filled.con)["assets"][2]
    assert asset["name"] == "ChatGPT"
    assert [item["usage"] for item in asset["evidence"]] == ["chat", "api", "upload"]


def test_a_problem_of_no_source_is_still_told(filled):
    problems = json_document.document(filled.con)["problems"]
    assert [problem["path"] for problem in problems] == ["logs/vpn.log"]


def test_rejects_beyond_the_list_are_counted(store, monkeypatch):
    monkeypatch.setattr(json_document, "REJECTS_LISTED", 2)
    store.add("v_source", read=9, rejected=9)
    for line in range(9):
        store.add("v_reject", line=line)
    (source,) = json_document.document(store.run().con)["sources"]
    assert [reject["line"] for reject in source["rejects"]] == [0, 1]
    assert source["rejects_left_out"] == 7


def test_findings_come_most_severe_first(filled):
    found = [finding["severity"] for finding in json_document.document(filled.con)["findings"]]
    order = ["critical", "high", "medium", "low", "info"]
    assert found == sorted(found, key=order.index)


def test_hostile_text_is_read_back_as_it_came_in(store, hostile):
    store.add("v_asset", asset_id="a", name=hostile, product=hostile, owner=hostile)
    text = json.dumps(json_document.document(store.run().con))
    (asset,) = json.loads(text)["assets"]
    assert (asset["name"], asset["product"], asset["owner"]) == (hostile,) * 3


def test_secrets_are_masked(store):
    store.add("v_asset", asset_id="a", name="x?api_key=3f9c2d1e", domains=["AKIA" + "Q7" * 8])
    (asset,) = json_document.document(store.run().con)["assets"]
    assert (asset["name"], asset["domains"]) == ("x?api_key=***", ["AKIA***"])


def test_the_same_store_gives_the_same_bytes(filled):
    first = json.dumps(json_document.document(filled.con))
    assert json.dumps(json_document.document(filled.con)) == first


def test_a_store_without_a_run_is_said(store):
    with pytest.raises(LookupError, match="holds no run"):
        json_document.document(store.con)
