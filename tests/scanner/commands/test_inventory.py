"""`aicensus inventory check`: what a register is worth, and what it is refused for."""

from __future__ import annotations

import pytest

POLICY = "status_words:\n  approved: [live]\n  not_yet: [someday]\n"


def test_a_good_register_is_counted_by_what_can_be_matched(aicensus, register):
    done = aicensus("inventory", "check", register)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0] == "register.csv: 1 rows, 0 not usable"
    assert "owner" in done.out
    assert "1 of 1  100%" in done.out


def test_programs_get_columns_counts_and_remarks(aicensus, write):
    rows = "Name;Vendor;Owner;Status;Approved on\nChatGPT;OpenAI;;live;2025\n"
    document = aicensus("inventory", "check", write("r.csv", rows), "--json").document
    assert document["columns"]["Owner"] == "business_owner"
    assert (document["rows"], document["rejected"]) == (1, 0)
    assert document["filled"]["owner"] == 0
    assert document["remarks"] == {"date_year_only": 1, "owner_missing": 1}


def test_columns_of_several_registers_are_all_told(aicensus, register, write):
    other = write("more.csv", "Bezeichnung;Anbieter\nDeepL;DeepL SE\n")
    document = aicensus("inventory", "check", register, other, "--json").document
    assert document["rows"] == 2
    assert document["columns"].items() >= {"Bezeichnung": "name", "Name": "name"}.items()


def test_remarks_name_their_row(aicensus, write):
    rows = "Name,Vendor\nChatGPT,OpenAI\n"
    done = aicensus("inventory", "check", write("r.csv", rows))
    assert "  row 1 (ChatGPT): owner_missing: no owner" in done.out.splitlines()


def test_a_remark_on_many_rows_names_all_of_them(aicensus, write):
    rows = "Name,Vendor\n" + "".join(f"Tool {n},Vendor {n}\n" for n in range(1, 10))
    lines = aicensus("inventory", "check", write("r.csv", rows)).out.splitlines()
    assert "  row 5 (Tool 5): owner_missing: no owner" in lines
    assert "  owner_missing: rows 6-9, too" in lines


def test_columns_not_read_are_named_in_text_and_json(aicensus, write):
    path = write("r.csv", "Name,Vendor,Status,Foo,Bar\nA,B,live,1,2\n")
    lines = aicensus("inventory", "check", path).out.splitlines()
    assert "r.csv: columns not read: Foo, Bar (map them under `columns` in the policy)" in lines
    assert "  columns read: Name (name), Vendor (vendor), Status (lifecycle)" in lines
    document = aicensus("inventory", "check", path, "--json").document
    assert document["columns_not_read"] == {"r.csv": ["Foo", "Bar"]}
    assert [note["reason"] for note in document["notes"]] == ["columns_not_read"]


def test_columns_are_mapped_and_left_out_by_the_policy(aicensus, write):
    path = write("r.csv", "Name,Vendor,Ampel,Foo\nA,B,prohibited,1\n")
    policy = write("policy.yaml", "columns: {Ampel: lifecycle, Foo: ignore}\n")
    document = aicensus("inventory", "check", path, "--policy", policy, "--json").document
    assert document["columns_not_read"] == {"r.csv": []}
    assert document["lifecycles"] == {"refused": 1}


def test_how_rows_without_a_status_count_is_told(aicensus, write):
    done = aicensus("inventory", "check", write("r.csv", "Name,Vendor\nA,B\nC,D\n"))
    assert "r.csv: no status column; all 2 rows count as approved" in done.out.splitlines()
    assert "  counted as: 2 approved" in done.out.splitlines()


def test_rows_that_contradict_or_repeat_each_other_are_told(aicensus, write):
    rows = "Name,Vendor,Product,Status\n" + "ChatGPT,OpenAI,ChatGPT,Approved\n" * 2
    rows += "ChatGPT,OpenAI,ChatGPT,Prohibited\n"
    done = aicensus("inventory", "check", write("r.csv", rows))
    assert "r.csv:3: row 2 repeats row 1" in done.out.splitlines()
    assert (
        'r.csv:4: row 3 "ChatGPT" ("Prohibited") contradicts row 1 "ChatGPT" ("Approved"): '
        "one system, the refusal counts"
    ) in done.out.splitlines()


def test_a_status_nobody_knows_costs_its_row(aicensus, write):
    rows = "Name,Vendor,Status\nChatGPT,OpenAI,live\nJasper,Jasper AI,asleep\n"
    done = aicensus("inventory", "check", write("r.csv", rows))
    assert done.code == 3
    assert done.out.startswith("r.csv: 1 rows, 1 not usable")
    said = 'r.csv:3: Status: status "asleep" is in no list; row left out; name it in the policy'
    assert done.err == said + "\n"


def test_the_policy_says_what_its_status_words_mean(aicensus, write):
    rows = "Name,Vendor,Status\nChatGPT,OpenAI,live\nJasper,Jasper AI,someday\n"
    options = ["--policy", write("policy.yaml", POLICY), "--json"]
    done = aicensus("inventory", "check", write("r.csv", rows), *options)
    assert (done.code, done.document["rows"], done.document["rejected"]) == (0, 2, 0)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (None, "r.csv: does not exist; give the path of a file"),
        (" \n", "r.csv: is empty; export the register again"),
        ("Owner,Status\nA,live\n", "r.csv:1: no column is a name (found: Owner, Status)"),
        ("Name,Owner\nA,B\n", "r.csv:1: no identifying column"),
        ("Name,Vendor\nA,B\nC\n", "r.csv:3: row has 1 fields, the header has 2; repair the row"),
        ("Name,URL\nA,*\n", 'r.csv:2: URL: "*" is a wildcard or public suffix'),
        ('[{"name": "A", ', "r.csv:1:"),
    ],
)
def test_a_register_that_cannot_be_used_ends_with_15(aicensus, write, rows, said):
    if rows is not None:
        write("r.csv", rows)
    done = aicensus("inventory", "check", "r.csv")
    assert (done.code, done.out) == (15, "")
    assert done.err.startswith(f"aicensus: {said}")
    assert done.err.count("\n") == 1


def test_lenient_leaves_out_ragged_rows_and_names_them(aicensus, write):
    done = aicensus("inventory", "check", write("r.csv", "Name,Vendor\nA,B\nC\n"), "--lenient")
    assert done.code == 3
    assert done.out.startswith("r.csv: 1 rows, 1 not usable")
    assert done.err == "r.csv:3: row has 1 fields, the header has 2; left out\n"


def test_a_policy_that_cannot_be_read_ends_with_15(aicensus, register, write):
    done = aicensus("inventory", "check", register, "--policy", write("p.yaml", "waivers: [\n"))
    assert done.code == 15
    assert done.err.startswith("aicensus: p.yaml:2: not YAML: ")


def test_nothing_in_a_register_steers_a_terminal(aicensus, write):
    done = aicensus("inventory", "check", write("r.csv", "Name,Vendor\n\x1b[31mA,B\n"))
    assert "\x1b" not in done.out + done.err


def test_a_scan_names_columns_not_read_and_rows_that_contradict(aicensus, log, write, tmp_path):
    rows = "Name,Vendor,Product,Decision,Foo\nChatGPT,OpenAI,ChatGPT,Approved,1\n"
    rows += "ChatGPT,OpenAI,ChatGPT,Prohibited,2\n"
    path = write("r.csv", rows)
    document = aicensus("scan", log, "--inventory", path, "--json").document
    assert {"columns_not_read", "rows_contradict"} <= {p["reason"] for p in document["problems"]}
    assert [one["state"] for one in document["assets"]] == ["unapproved_use"]
    out = aicensus("scan", log, "--inventory", path, "--out", tmp_path / "out").out
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    for text in (out, page.lower()):
        assert "columns not read: foo" in text.lower()
