"""A register in any form becomes the same rows, or is refused in one line."""

import datetime as dt
import json
import zipfile

import openpyxl
import pytest

from connectors.declared.model import InventoryError
from connectors.declared.read import read_inventories, read_inventory

HEADER = "ref,name,type,owner,vendor,domains,status\n"
GOOD = HEADER + "A1,Quote bot,saas,jane,OpenAI,api.openai.com;chatgpt.com,approved\n"


def test_a_row_is_read_with_its_line_and_raw_cells(register):
    (row,) = read_inventory(register(GOOD)).rows
    assert (row.row, row.line, row.ref, row.name) == (1, 2, "A1", "Quote bot")
    assert row.domains == ("api.openai.com", "chatgpt.com")
    assert (row.kind, row.lifecycle, row.business_owner) == ("saas_app", "approved", "jane")
    assert json.loads(row.raw)["domains"] == "api.openai.com;chatgpt.com"


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "cp1252"), ("utf-16", "utf-16-le")],
)
def test_any_usual_encoding_loads(register, encoding, shown):
    text = (
        HEADER.replace("owner", "Eigentümer") + "A1,Prüfung · neu,saas,Jörg,OpenAI,a.example,ok\n"
    )
    inventory = read_inventory(register(text.encode(encoding)))
    assert inventory.rows[0].business_owner == "Jörg"
    assert inventory.rows[0].name == "Prüfung · neu"
    assert inventory.format == f"csv ({shown})"


def test_one_bad_byte_in_utf8_refuses_the_file_with_its_line(register):
    data = ("name,vendor\n" + "Größe,Älter\n" * 5).encode() + b"caf\xe9,x\n"
    with pytest.raises(InventoryError, match=r"register\.csv:7: undecodable byte 0xe9"):
        read_inventory(register(data))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_delimiter_loads(register, delimiter):
    text = delimiter.join(["Name", "Supplier", "URL"]) + "\n"
    text += delimiter.join(["Bot", "Acme", "bot.example"]) + "\n"
    (row,) = read_inventory(register(text)).rows
    assert (row.name, row.vendor, row.domains) == ("Bot", ("Acme",), ("bot.example",))


def test_line_breaks_in_cells_do_not_shift_rows_or_lines(register):
    text = 'name,vendor,notes\n"Two\nlines",Acme,"a\nb"\nNext,Acme,\n'
    rows = read_inventory(register(text)).rows
    assert [(r.row, r.line, r.name) for r in rows] == [(1, 2, "Two lines"), (2, 5, "Next")]


def test_a_title_above_the_header_is_not_a_row(register):
    text = "AI register of Northline,,\n,,\nSystem name,Vendor,Stage\nBot,Acme,pilot\n"
    (row,) = read_inventory(register(text)).rows
    assert (row.row, row.line, row.name, row.lifecycle) == (1, 4, "Bot", "approved")


def test_without_a_name_column_it_is_refused(register):
    with pytest.raises(InventoryError, match=r"register\.csv:1: no column is a name"):
        read_inventory(register("foo,bar\n1,2\n"))


def test_with_nothing_beside_name_and_owner_it_is_refused(register):
    with pytest.raises(InventoryError, match=r"register\.csv:1: no identifying column") as caught:
        read_inventory(register("name,owner\nx,y\n"))
    assert caught.value.rejected == 1


def test_domains_that_stand_for_everything_refuse_the_file_and_name_all_lines(register):
    text = HEADER + "A1,x,saas,j,x,*,approved\nA2,x,saas,j,x,*.com,approved\n"
    text += "A3,x,saas,j,x,co.uk,approved\nA4,x,saas,j,x,*.openai.com,approved\n"
    with pytest.raises(InventoryError) as caught:
        read_inventory(register(text))
    assert (caught.value.line, caught.value.more, caught.value.rejected) == (2, (3, 4), 3)
    assert "register.csv:2: domains:" in str(caught.value)


def test_a_wildcard_below_a_registrable_domain_is_that_domain(register):
    (row,) = read_inventory(register(HEADER + "A4,x,saas,j,x,*.openai.com,approved\n")).rows
    assert row.domains == ("openai.com",)
    assert [r.partition(":")[0] for r in row.remarks] == ["domain_wildcard"]


def test_an_unknown_status_without_a_policy_refuses_its_row_only(register):
    inventory = read_inventory(register(GOOD + "A2,Bot,saas,j,x,a.example,aproved\n"))
    assert [r.ref for r in inventory.rows] == ["A1"]
    assert (inventory.records, inventory.rejected) == (2, 1)
    (problem,) = inventory.problems
    assert (problem.level, problem.line, problem.field) == ("error", 3, "status")


def test_an_unknown_status_with_a_policy_counts_as_approved_with_a_remark(register):
    words = {"approved": ["In use"], "retired": ["Gone"]}
    text = HEADER + "A1,a,saas,j,x,a.example,aproved\nA2,b,saas,j,x,b.example, gone \n"
    rows = read_inventory(register(text), status_words=words).rows
    assert [r.lifecycle for r in rows] == ["approved", "retired"]
    assert rows[0].remarks == (
        'status_unknown: status "aproved" is in no list; counts as approved',
    )


def test_a_formula_is_kept_as_text(register):
    (row,) = read_inventory(register(GOOD.replace("jane", "=HYPERLINK('http://x')"))).rows
    assert row.business_owner == "=HYPERLINK('http://x')"
    assert row.remarks == ()


def test_a_missing_owner_loads_and_is_named(register):
    inventory = read_inventory(register(GOOD.replace("jane", "tbd")))
    (problem,) = inventory.problems
    assert str(problem).endswith("register.csv:2: owner: no owner")
    assert (problem.level, inventory.rejected) == ("note", 0)


def test_a_ragged_row_refuses_the_file_unless_lenient(register):
    path = register(GOOD + "A2,Bot,saas\n")
    with pytest.raises(InventoryError, match=r"register\.csv:3: row has 3 fields"):
        read_inventory(path)
    inventory = read_inventory(path, lenient=True)
    assert [r.row for r in inventory.rows] == [1]
    assert inventory.rejected == 1
    assert inventory.problems[0].line == 3


def test_every_record_is_a_row_a_reject_or_blank(register):
    inventory = read_inventory(register(GOOD + ",,,,,,\nA2,Bot,saas\n"), lenient=True)
    assert inventory.records == len(inventory.rows) + inventory.rejected + inventory.blank == 3


def test_an_unclosed_quote_names_the_line_of_its_row(register):
    with pytest.raises(InventoryError, match=r"register\.csv:3: broken CSV"):
        read_inventory(register(GOOD + 'A2,"never closed,saas\nx\n'))


def test_json_list_and_assets_object_are_the_same(register):
    items = [{"name": "Bot", "vendor": "Acme", "domains": ["a.example", "b.example"]}]
    one = read_inventory(register(json.dumps(items), "a.json"))
    two = read_inventory(register(json.dumps({"assets": items}), "b.json"))
    assert one.rows[0].domains == two.rows[0].domains == ("a.example", "b.example")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"assets": 5}', "assets: wants a list of objects"),
        ('[{"asset_id":"A1"', r"r\.json:1:18: broken JSON"),
        ('{"bomFormat": "CycloneDX", "components": []}', "is a bill of materials"),
        ("[1]", r"assets\[0\]: is not an object"),
        ('[{"name":"a","name":"b"}]', "name: key occurs twice"),
        ("[" * 100_000, "nested too deeply"),
        ('[{"name": NaN}]', "NaN"),
    ],
)
def test_broken_json_is_one_line(register, text, message):
    with pytest.raises(InventoryError, match=message):
        read_inventory(register(text, "r.json"))


def test_a_register_of_another_organisation_is_refused(register):
    path = register('{"organisation": "Other", "assets": []}', "r.json")
    with pytest.raises(InventoryError, match='register of "Other", the store is of "Northline"'):
        read_inventory(path, organisation="Northline")


@pytest.fixture
def workbook(tmp_path):
    path = tmp_path / "register.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Systems"
    sheet.append(["AI register"])
    sheet.append(["Name", "Vendor", "Owner", "Approved on"])
    sheet.append(["Bot", "Acme", "=A1", dt.datetime(2026, 3, 1)])
    book.create_sheet("Legend").append(["colours"])
    book.save(path)
    return path


def test_a_workbook_is_read_sheet_by_sheet(workbook):
    inventory = read_inventory(workbook)
    (row,) = inventory.rows
    assert (row.source, row.line) == (f"{workbook}!Systems", 3)
    assert (row.business_owner, row.approved_on) == ("=A1", dt.date(2026, 3, 1))
    assert [p.reason for p in inventory.problems] == ["skipped_sheet", "status_column_missing"]


def test_a_workbook_with_a_dtd_is_refused(workbook, tmp_path):
    bad = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(workbook) as source, zipfile.ZipFile(bad, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("sheet1.xml"):
                data = b'<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>'
            target.writestr(name, data)
    with pytest.raises(InventoryError, match=r"bomb\.xlsx: DTD in sheet1\.xml"):
        read_inventory(bad)


def test_a_zip_of_nothing_is_not_a_workbook(tmp_path):
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(InventoryError, match="is not a workbook"):
        read_inventory(path)


@pytest.mark.parametrize("content", [b"", b" \n "])
def test_an_empty_file_is_refused(register, content):
    with pytest.raises(InventoryError, match="is empty"):
        read_inventory(register(content))


def test_missing_file_and_directory_are_one_line(tmp_path):
    with pytest.raises(InventoryError, match="does not exist"):
        read_inventory(tmp_path / "no.csv")
    with pytest.raises(InventoryError, match="is a directory"):
        read_inventory(tmp_path)


def test_several_registers_are_numbered_through(register):
    inventory = read_inventories([register(GOOD, "a.csv"), register(GOOD, "b.csv")])
    assert [(r.row, r.source.rpartition("/")[2]) for r in inventory.rows] == [
        (1, "a.csv"),
        (2, "b.csv"),
    ]


def test_the_closing_date_of_a_retired_row_is_found_in_its_notes(register):
    text = (
        "name,vendor,status,notes\nOld,Acme,retired,closed 30.04.2026\nNew,Acme,live,off 1.1.2026\n"
    )
    rows = read_inventory(register(text)).rows
    assert [r.retired_on for r in rows] == [dt.date(2026, 4, 30), None]


def test_an_error_that_quotes_a_cell_stays_one_harmless_line(register):
    with pytest.raises(InventoryError) as caught:
        read_inventory(register('"a\nb\x1b[2J",\u202ec\n1,2\n'))
    assert "\n" not in str(caught.value)
    assert "\\x1b[2J" in str(caught.value)
    assert "\\u202e" in str(caught.value)
