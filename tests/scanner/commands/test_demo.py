"""`aicensus demo`: what it would scan, and what it says where that is missing."""

from __future__ import annotations

from pathlib import Path

from scanner.commands import demo
from scanner.commands.demo import organisation, request


def test_the_demo_scans_the_bundled_organisation():
    asked = request(organisation())
    (logs,) = asked.paths
    assert len(list(Path(logs).rglob("*.gz"))) == 10
    assert asked.people.is_file()
    assert asked.policy.is_file()
    assert [path.is_file() for path in asked.inventories] == [True]


def test_the_demo_speaks_of_the_day_after_its_logs():
    asked = request(organisation())
    assert asked.as_of == asked.reference_date == asked.now.date()


def test_without_the_organisation_it_says_what_to_do(aicensus, monkeypatch, tmp_path):
    monkeypatch.setattr(demo, "files", lambda _: tmp_path / "scanner")
    done = aicensus("demo")
    said = "aicensus: demo: the bundled organisation is not installed; install aicensus again\n"
    assert (done.code, done.err) == (2, said)
