"""Registers, people lists and policies that are broken, poisonous or merely odd, in whole scans."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import openpyxl
import pytest

from scanner.errors import Exit, RegisterError

HEAD = "Ref,System,Type,Business owner,Vendor,Domains,Status\n"
GOOD = "HP-1,Claude Team,saas,Marit Solbakken,Anthropic,claude.ai,approved\n"


@pytest.fixture
def held(scan, write, log):
    """Scan the good log against a register (and more files); or the message it is refused with."""

    def against(name: str, data: bytes | str, **options: object):
        data = data.encode() if isinstance(data, str) else data
        given = {"inventories": (write(name, data),), **options}
        return scan(write("proxy.csv", log.csv()), **given)

    return against


@pytest.fixture
def refusal(held):
    def of(name: str, data: bytes | str, **options: object) -> str:
        with pytest.raises(RegisterError) as caught:
            held(name, data, **options)
        assert caught.value.exit_code == Exit.INVENTORY == 15
        message = str(caught.value)
        assert "\n" not in message
        assert name in message
        return message

    return of


def test_a_good_register_is_loaded_without_a_word(held):
    result = held("ai.csv", HEAD + GOOD)
    assert (result.exit, result.counts) == (0, (12, 0))
    assert [row["ref"] for row in result.doc["declared"]] == ["HP-1"]
    assert result.said("ai.csv") == ""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("System,Business owner\nClaude Team,Marit\n", ("ai.csv:1", "identifying")),
        ("Ref,Colour\nHP-1,red\n", ("ai.csv:1", "name")),
        (HEAD + GOOD.replace("claude.ai", "*"), ("ai.csv:2", "Domains", "wildcard")),
        (HEAD + GOOD + GOOD.replace("claude.ai", "*.com"), ("ai.csv:3", "Domains")),
        (HEAD + GOOD.replace("claude.ai", "co.uk"), ("ai.csv:2", "public suffix")),
        (HEAD + GOOD * 60 + "HP-2,half a row\n" + GOOD * 40, ("ai.csv:62",)),
        (HEAD + GOOD + 'HP-2,"never closed,saas,,,,\n' + GOOD * 3, ("ai.csv:3", "quote")),
        (HEAD.encode() + GOOD.encode().replace(b"Marit", b"M\x00rit"), ("ai.csv",)),
        (b"\xff\xfe" + (HEAD + GOOD).encode("utf-16-le")[:-1], ("ai.csv",)),
        (b"", ("empty",)),
        (b" \n\n", ("empty",)),
        (b"\x7fELF\x02\x01\x01" + bytes(300), ("ai.csv",)),
    ],
    ids=["nothing to compare", "no name", "star", "star com", "public suffix", "ragged", "quote",
         "nul", "odd utf-16", "empty", "blank", "binary"],
)  # fmt: skip
def test_a_damaged_or_poisonous_register_is_refused_whole(refusal, data, words):
    message = refusal("ai.csv", data)
    for word in words:
        assert word in message


def test_both_lines_of_wildcards_are_named(refusal):
    rows = GOOD.replace("claude.ai", "*") + GOOD.replace("claude.ai", "*.com")
    assert "also line 3" in refusal("ai.csv", HEAD + rows)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('{"assets": {"ref": "HP-1"}}', "list"),
        ('{"assets": 7}', "list"),
        ("7", "ai.json"),
        ('{"assets": [{"ref": "HP-1", ', "ai.json:1:"),
        ('{"assets": ["HP-1"]}', "object"),
        ('[{"name": "x", "vendor": ' + "[" * 100_000 + "]" * 100_000 + "}]", "ai.json"),
        ('[{"name": "x", "vendor": "y", "cost": ' + "9" * 5000 + "}]", "ai.json"),
    ],
    ids=["object", "number", "bare", "cut", "words", "deep", "5000 digits"],
)
def test_a_json_register_of_the_wrong_shape_is_refused(refusal, text, word):
    assert word in refusal("ai.json", text)


def workbook(**parts: str) -> bytes:
    """A small workbook; parts replace members by the end of their names."""
    out, made = io.BytesIO(), io.BytesIO()
    book = openpyxl.Workbook()
    for line in (HEAD + GOOD).splitlines():
        book.active.append(line.split(","))
    book.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name).decode()
            new.writestr(name, parts.get(name.rpartition("/")[2].partition(".")[0], data))
    return out.getvalue()


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">&b;</worksheet>'
)


def test_a_workbook_is_read(held):
    assert [row["ref"] for row in held("ai.xlsx", workbook()).doc["declared"]] == ["HP-1"]


def test_a_workbook_with_entities_is_refused(refusal):
    assert "DTD in sheet1.xml" in refusal("ai.xlsx", workbook(sheet1=BOMB))


def test_a_workbook_with_broken_xml_is_refused(refusal):
    assert "sheet1.xml" in refusal("ai.xlsx", workbook(sheet1="<worksheet><row>"))


def test_a_zip_of_nothing_is_no_workbook(refusal):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("note.txt", "x")
    assert "not a workbook" in refusal("ai.xlsx", out.getvalue())
    assert "not a workbook" in refusal("ai2.xlsx", b"PK\x03\x04 cut")


def test_a_status_no_list_holds_costs_its_row_and_is_named(held):
    result = held(
        "ai.csv", HEAD + GOOD + GOOD.replace("HP-1", "HP-2").replace("approved", "aprvd"), page=True
    )
    assert result.exit == 3
    assert [row["ref"] for row in result.doc["declared"]] == ["HP-1"]
    assert "ai.csv:3: Status" in result.said("ai.csv")
    assert '"aprvd"' in result.said("ai.csv")
    assert "ai.csv:3" in result.page
    assert "aprvd" in result.page


def test_a_register_of_which_no_row_is_left_is_not_called_missing(held):
    result = held("ai.csv", HEAD + GOOD.replace("approved", "aprvd"), page=True)
    assert result.exit == 3
    assert "without --inventory" not in result.page


def test_a_status_no_list_holds_is_approved_with_a_remark_under_a_policy(held, write):
    policy = write("policy.yaml", b"status_words:\n  approved: [approved]\n  retired: [gone]\n")
    result = held("ai.csv", HEAD + GOOD.replace("approved", "aprvd"), policy=policy)
    assert result.exit == 0
    (row,) = result.doc["declared"]
    assert row["lifecycle"] == "approved"
    assert "aprvd" in json.dumps(row["remarks"])


def test_a_formula_is_text(held):
    owner = "=HYPERLINK('http://evil.example')"
    result = held("ai.csv", HEAD + GOOD.replace("Marit Solbakken", owner))
    assert result.exit == 0
    (row,) = result.doc["declared"]
    assert row["business_owner"] == owner
    assert result.said("ai.csv") == ""


def test_a_row_without_an_owner_loads_and_is_named(held):
    result = held("ai.csv", HEAD + GOOD.replace("Marit Solbakken", ""))
    assert result.exit == 0
    (row,) = result.doc["declared"]
    assert "owner_missing" in row["flags"]
    assert "ai.csv:2: owner" in result.said("ai.csv")


def test_a_ragged_row_is_left_out_when_asked_and_told(held):
    data = HEAD + GOOD * 60 + "HP-2,half a row\n" + GOOD * 40
    result = held("ai.csv", data, lenient=True, page=True)
    assert result.exit == 3
    assert len(result.doc["declared"]) == 100
    assert "ai.csv:62" in result.said("ai.csv")
    assert "ai.csv:62" in result.page


def test_rows_that_all_share_a_reference_and_a_state_are_all_reported(held):
    rows = "".join(f"HP-1,Tool {n},saas,Marit,Vendor {n},,approved\n" for n in range(3)) * 2
    result = held("ai.csv", HEAD + rows)
    assert len(result.doc["declared"]) == 6
    ids = [finding["finding_id"] for finding in result.doc["findings"]]
    assert len(set(ids)) == len(ids)


def test_the_register_of_another_organisation_is_refused(refusal):
    data = json.dumps({"organisation": "Other GmbH", "assets": [{"name": "x", "vendor": "y"}]})
    message = refusal("ai.json", data, organisation="halvorsen-pike")
    assert "Other GmbH" in message
    assert "halvorsen-pike" in message


def test_a_register_that_is_not_there_or_a_folder_is_one_line(scan, write, log, tmp_path):
    for path, word in ((tmp_path / "nope.csv", "does not exist"), (tmp_path, "is a directory")):
        with pytest.raises(RegisterError, match=word):
            scan(write("proxy.csv", log.csv()), inventories=(path,))


def test_nothing_is_stored_when_the_register_is_refused(refusal, tmp_path):
    refusal("ai.csv", b"", db=tmp_path / "store.duckdb")
    assert not (tmp_path / "store.duckdb").exists()


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"status_words: [\n", "policy.yaml:"),
        (b"status_wrods: {approved: [ok]}\n", "status_wrods"),
        (b"prohibited: [{id: D1, match: {domain_suffix: com}}]\n", "policy.yaml"),
        (b"prohibited: [{id: D1, match: {name_regex: '(', account_or_group_regex: x}}]\n",
         "policy.yaml"),
        (b"a: &x [1]\nb: *x\n", "policy.yaml:"),
        (b"\xff\xfe\x00", "policy.yaml"),
        (b"", "policy.yaml"),
    ],
    ids=["syntax", "unknown key", "everything", "regex", "alias", "bytes", "empty"],
)  # fmt: skip
def test_a_policy_that_cannot_be_used_is_one_line(held, write, data, word):
    with pytest.raises(RegisterError) as caught:
        held("ai.csv", HEAD + GOOD, policy=write("policy.yaml", data))
    assert caught.value.exit_code == 15
    assert "\n" not in str(caught.value)
    assert word in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [b"", b"colour\nred\n", b"\x00\x01\x02", b'display_name,mail\n"open,a@b.example\n'],
    ids=["empty", "no names", "binary", "quote"],
)
def test_a_people_list_that_cannot_be_used_is_one_line(held, write, data):
    with pytest.raises(RegisterError) as caught:
        held("ai.csv", HEAD + GOOD, people=write("people.csv", data))
    assert "\n" not in str(caught.value)
    assert "people.csv" in str(caught.value)


def test_a_row_with_every_cell_filled_by_hand_keeps_its_text(held):
    cells = ["HP-1", "  Claude\u00a0Team ", "SaaS", "O'Leary, \"Pat\"", "Anthropic",
             "https://Claude.AI/login; www.claude.ai", "Approved"]  # fmt: skip
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    result = held("ai.csv", HEAD + out.getvalue())
    assert result.exit == 0
    (row,) = result.doc["declared"]
    assert row["business_owner"] == 'O\'Leary, "Pat"'
    assert row["state"] == "managed"
