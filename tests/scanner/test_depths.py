"""The same sightings at every depth; a source whose rows were not all read says so."""

import datetime as dt

import pytest

from connectors.logs import sift as stage
from reports.json_document import document
from scanner import sources
from scanner.commands.progress import Quiet
from scanner.match import screen
from scanner.model import ScanRequest
from scanner.pipeline import scan

needs_screen = pytest.mark.skipif(not screen.is_available(), reason="no hyperscan here")
NOW = dt.datetime(2026, 11, 1)
HEADER = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tssl\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tserver_name\n"
)
HOSTS = ["claude.ai", "API.OpenAI.com.", "gpt-proxy.corp.example", "www.claude.ai"]


def row(n, host):
    return f"{1772438400 + n * 60}.5\tCaB\t10.20.4.{n % 200}\t51000\t192.0.2.10\t443\t{host}\n"


def log(rows=3000):
    """One record in twenty is for AI, or looks like it."""
    return HEADER + "".join(
        row(n, HOSTS[n // 20 % 4] if n % 20 == 0 else f"www{n % 300}.example") for n in range(rows)
    )


def without_account(found):
    return {name: found[name] for name in ("assets", "findings", "declared")}


@pytest.fixture
def look(loaded_once):
    """`look(path, ...) -> document`: a scan by itself, into no store."""

    def once(*paths, **options):
        shown = []
        request = ScanRequest(tuple(map(str, paths)), NOW, **options)
        scan(request, Quiet(), lambda con, _: shown.append(document(con)))
        return shown[0]

    return once


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "ssl.log"
    path.write_text(log())
    return path


@needs_screen
def test_screened_and_read_in_full_give_the_same_assets(look, path):
    full, fast = look(path, depth="full"), look(path, depth="screen")
    assert without_account(full) == without_account(fast)
    assert len(full["assets"]) == 2
    assert [full["totals"]["matched"], fast["totals"]["matched"]] == [113, 113]


@needs_screen
def test_what_was_left_out_is_counted_and_the_source_says_so(look, path):
    found = look(path, depth="screen")
    totals = found["totals"]
    assert (totals["read"], totals["screened_out"]) == (3006, 2849)
    assert totals["ok"] + totals["screened_out"] == 3000
    assert (found["sources"][0]["status"], found["run"]["exit_code"]) == ("screened", 0)


@needs_screen
def test_the_times_of_a_screened_source_are_those_of_its_first_and_last_record(look, path):
    full, fast = look(path, depth="full"), look(path, depth="screen")
    times = [[one["sources"][0][k] for k in ("first_time", "last_time")] for one in (full, fast)]
    assert times[0] == times[1]


@needs_screen
def test_only_large_sources_are_screened_of_themselves(look, path, monkeypatch):
    assert look(path)["sources"][0]["status"] == "complete"
    monkeypatch.setattr(sources, "LARGE", 1000)
    assert look(path)["sources"][0]["status"] == "screened"


@needs_screen
def test_where_much_is_found_every_row_is_read(look, path, monkeypatch):
    monkeypatch.setattr(stage, "MUCH", 0.01)
    found = look(path, depth="screen")
    assert (found["sources"][0]["status"], found["totals"]["screened_out"]) == ("complete", 0)


def test_without_the_wheel_every_row_is_read(look, path, monkeypatch):
    monkeypatch.setattr(screen, "hyperscan", None)
    found = look(path, depth="screen")
    assert (found["sources"][0]["status"], found["totals"]["matched"]) == ("complete", 113)


@needs_screen
def test_a_record_that_is_read_and_wrong_is_rejected_all_the_same(look, tmp_path):
    path = tmp_path / "ssl.log"
    wrong = "yesterday\tC\t10.0.0.1\t5\t192.0.2.1\t443\tclaude.ai\n"
    path.write_text(log() + wrong + row(1, "a.b"))
    found = look(path, depth="screen")
    assert (found["sources"][0]["status"], found["sources"][0]["reason"]) == ("partial", "rejects")
    assert found["totals"]["rejected"] == 1


@needs_screen
def test_screening_does_not_depend_on_threads(look, path):
    one, three = (look(path, depth="screen", threads=n) for n in (1, 3))
    assert without_account(one) == without_account(three)
    assert one["totals"] == three["totals"]
