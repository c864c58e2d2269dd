"""`aicensus scan`: what it shows, where, and how it ends."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from scanner.store import open_store

FILES = (
    "report.html",
    "assets.csv",
    "findings.csv",
    "declared.csv",
    "evidence.csv",
    "coverage.csv",
)


def test_a_person_gets_a_ledger(aicensus, log, register):
    done = aicensus("scan", log, "--inventory", register)
    assert (done.code, done.err) == (0, "")
    assert "1 AI asset in use: 1 managed" in done.out
    assert "Every source given was read" in done.out


def test_without_a_register_everything_seen_is_unmanaged(aicensus, log):
    done = aicensus("scan", log)
    assert done.code == 0
    assert "1 AI asset in use: 1 unmanaged" in done.out
    assert "Undeclared" in done.out or "Unmanaged" in done.out


def test_a_program_gets_one_json_document(aicensus, log, register):
    done = aicensus("scan", log, "--inventory", register, "--json")
    assert done.err == ""
    document = done.document
    assert (done.code, document["run"]["exit_code"], document["exit_reasons"]) == (0, 0, [])
    assert [(one["product"], one["state"]) for one in document["assets"]] == [
        ("ChatGPT", "managed")
    ]
    totals = document["totals"]
    assert (totals["read"], totals["ok"], totals["matched"], totals["unmatched"]) == (2, 2, 1, 1)
    assert [(one["path"], one["format"], one["status"]) for one in document["sources"]] == [
        ("access.log", "squid", "complete")
    ]


def test_people_are_in_no_output(aicensus, log):
    done = aicensus("scan", log, "--json", "--out", "report")
    written = "".join(path.read_text() for path in Path("report").iterdir())
    for word in ("gpell", "10.40.1.40"):
        assert word not in done.out + written


def test_report_files_are_written_and_named_on_stderr(aicensus, log):
    done = aicensus("scan", log, "--out", "report")
    assert done.code == 0
    assert [said.removeprefix("wrote ") for said in done.err.splitlines()] == [
        f"report/{name}" for name in FILES
    ]
    with Path("report/assets.csv").open(encoding="utf-8-sig", newline="") as file:
        (asset,) = csv.DictReader(file)
    assert asset["state"] == "unmanaged"


def test_a_report_that_cannot_be_written_ends_with_13(aicensus, log, write):
    write("report", "a file\n")
    done = aicensus("scan", log, "--out", "report/today")
    assert done.code == 13
    assert done.err == "aicensus: report/today: cannot write the report: Not a directory\n"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["unmanaged"], 4),
        (["medium"], 4),
        (["critical"], 0),
        (["prohibited"], 0),
    ],
)
def test_findings_over_fail_on_end_with_4(aicensus, log, words, code):
    options = [option for word in words for option in ("--fail-on", word)]
    done = aicensus("scan", log, "--json", *options)
    assert (done.code, done.document["run"]["exit_code"]) == (code, code)
    assert done.document["exit_reasons"] == (["1 findings: unmanaged, medium"] if code else [])


def test_an_unknown_word_for_fail_on_is_refused(aicensus, log):
    done = aicensus("scan", log, "--fail-on", "bad")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("aicensus: --fail-on: no state or severity is called 'bad'; one of ")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 3),
        (["--fail-on", "unmanaged"], 3),
        (["--accept-incomplete"], 0),
        (["--accept-incomplete", "--fail-on", "unmanaged"], 4),
    ],
)
def test_what_is_incomplete_ends_with_3_unless_accepted(aicensus, torn, options, code):
    done = aicensus("scan", torn, "--json", *options)
    assert done.code == code
    assert "torn.log: partial (rejects)" in done.document["exit_reasons"]
    assert done.document["totals"]["rejected"] == 1


def test_a_missing_file_beside_others_is_incomplete(aicensus, log):
    done = aicensus("scan", log, "gone.log", "--json")
    assert (done.code, done.document["exit_reasons"]) == (3, ["gone.log: failed (missing)"])


def test_nothing_to_scan_ends_with_5(aicensus):
    done = aicensus("scan", "gone.log")
    assert (done.code, done.out) == (5, "")
    assert done.err == "aicensus: gone.log: does not exist; name a file, a folder or a pattern\n"


def test_no_path_is_a_usage_error(aicensus):
    done = aicensus("scan")
    said = "aicensus: PATH: nothing to scan was given; name files, folders or patterns\n"
    assert (done.code, done.err) == (2, said)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--timezone", "Mars/Base"], "'Mars/Base' is no time zone: write it as Europe/Berlin"),
        (["--as-of", "tomorrow"], "'tomorrow' is no date: write YYYY-MM-DD"),
        (["--reference-date", "16.3.2026"], "'16.3.2026' is no date: write YYYY-MM-DD"),
        (["--privacy", "none"], "'none' is not one of 'strict', 'standard', 'investigation'"),
        (["--depth", "deep"], "'deep' is not one of 'auto', 'full', 'screen'"),
        (["--wait", "-1"], "-1.0 is not in the range x>=0"),
        (["--colour"], "No such option '--colour'"),
        (["--db", ""], "'--db': is empty; give a name, or leave the option out"),
        (["--out", " "], "'--out': is empty; give a name, or leave the option out"),
        (
            ["--organisation", " "],
            "--organisation: is empty; name whose store this is, or leave the option out",
        ),
    ],
)
def test_options_that_mean_nothing_are_refused(aicensus, log, options, said):
    done = aicensus("scan", log, *options)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_format_of_no_name_is_refused(aicensus, log):
    done = aicensus("scan", log, "--format", "sqid")
    said = "--format: no log format is called 'sqid'; `aicensus formats list` names them"
    assert (done.code, done.err) == (2, f"aicensus: {said}\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id: mine\nabout: x\nreader: {kind: csw}\n", "mine.yaml:3: reader.kind: "),
        ("id: mine\nid: mine\n", "mine.yaml:2: "),
        ("[]\n", "mine.yaml:1: -: not a mapping; begin with `id:`"),
        (None, "mine.yaml: -: No such file or directory; check the path"),
    ],
)
def test_a_format_file_that_cannot_be_used_ends_with_14(aicensus, log, write, text, said):
    if text is not None:
        write("mine.yaml", text)
    done = aicensus("scan", log, "--format", "mine.yaml")
    assert (done.code, done.out) == (14, "")
    assert done.err.startswith(f"aicensus: {said}")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("option", "content", "said"),
    [
        ("--inventory", None, "file: does not exist; give the path of a file"),
        ("--inventory", "Owner,Status\nA,live\n", "file:1: no column is a name"),
        (
            "--people",
            "name,active\nA B,perhaps\n",
            'file:2: active: "perhaps" is neither yes nor no',
        ),
        ("--policy", "waivers: [\n", "file:2: not YAML: "),
        ("--policy", "prohibted: []\n", "file:1: prohibted: "),
    ],
)
def test_a_register_people_or_policy_that_cannot_be_used_ends_with_15(
    aicensus, log, write, option, content, said
):
    if content is not None:
        write("file", content)
    done = aicensus("scan", log, option, "file")
    assert (done.code, done.out) == (15, "")
    assert done.err.startswith(f"aicensus: {said}")


def test_a_row_of_the_register_that_is_left_out_ends_with_3(aicensus, log, write):
    rows = "Name,Vendor,Status\nChatGPT,OpenAI,live\nJasper,Jasper AI,asleep\n"
    done = aicensus("scan", log, "--inventory", write("register.csv", rows), "--json")
    assert done.code == 3
    assert [reason for reason in done.document["exit_reasons"] if "asleep" in reason]


def test_the_policy_decides_what_is_prohibited(aicensus, log, write):
    policy = "prohibited:\n  - {id: P1, match: {domain_suffix: chatgpt.com}, reason: no contract}\n"
    done = aicensus(
        "scan", log, "--policy", write("policy.yaml", policy), "--fail-on", "critical", "--json"
    )
    assert done.code == 4
    assert [one["state"] for one in done.document["assets"]] == ["prohibited"]


def test_a_store_remembers_and_counts_nothing_twice(aicensus, log):
    first = aicensus("scan", log, "--db", "census.duckdb", "--json").document
    again = aicensus("scan", log, "--db", "census.duckdb", "--json").document
    assert (first["run"]["seq"], again["run"]["seq"]) == (1, 2)
    assert again["sources"][0]["reason"] == "duplicate"
    assert again["totals"]["read"] == 0
    ids = [[asset["asset_id"] for asset in run["assets"]] for run in (first, again)]
    assert ids[0] == ids[1]
    assert Path("census.duckdb.key").stat().st_mode & 0o077 == 0


def test_a_file_that_is_no_store_ends_with_10(aicensus, log, write):
    write("census.duckdb", "not a store, but somebody's file" * 99)
    done = aicensus("scan", log, "--db", "census.duckdb")
    assert done.code == 10
    assert done.err.startswith("aicensus: census.duckdb: is no store; ")
    assert Path("census.duckdb").read_text().startswith("not a store")


def test_a_store_that_another_run_holds_ends_with_11(aicensus, log):
    with open_store(Path("census.duckdb")):
        done = aicensus("scan", log, "--db", "census.duckdb")
    assert done.code == 11
    assert "try --wait" in done.err


def test_a_store_in_no_folder_ends_with_13(aicensus, log):
    done = aicensus("scan", log, "--db", "none/census.duckdb")
    assert done.code == 13
    assert "No such file or directory" in done.err


DNS = "Mar  2 09:14:05 dnsmasq[411]: query[A] chatgpt.com from 10.50.2.7\n"


@pytest.mark.parametrize(
    ("options", "first"),
    [
        ([], "2026-03-02T09:14:05"),
        (["--timezone", "Europe/Oslo"], "2026-03-02T08:14:05"),
        (["--reference-date", "2025-12-31"], "2025-03-02T09:14:05"),
    ],
)
def test_zone_and_year_of_a_source_are_what_the_person_says(aicensus, write, options, first):
    done = aicensus("scan", write("dns.log", DNS), "--json", *options)
    (source,) = done.document["sources"]
    assert source["format"] == "dnsmasq"
    assert source["first_time"].startswith(first)


def test_the_ledger_speaks_of_the_day_it_is_told(aicensus, log):
    done = aicensus("scan", log, "--as-of", "2026-04-01", "--organisation", "hpf", "--json")
    run = done.document["run"]
    assert (run["as_of"], run["organisation"]) == ("2026-04-01", "hpf")
