"""Every column is read or named, wherever the header stands and whatever it is called."""

import json
import re
import zipfile

import openpyxl
import pytest

from connectors.declared.model import InventoryError
from connectors.declared.read import read_inventories, read_inventory


def told(inventory, reason):
    return [str(p) for p in inventory.problems if p.reason == reason]


def test_columns_not_read_are_named_in_one_line(register):
    found = read_inventory(register("Name,Vendor,Status,Foo,Bar\nA,B,live,1,2\n"))
    (line,) = told(found, "columns_not_read")
    assert (
        line == f"{found.path}: columns not read: Foo, Bar (map them under `columns` in the policy)"
    )
    assert found.unread == {found.path: ("Foo", "Bar")}


def test_when_all_are_read_nothing_is_said(register):
    assert (
        told(read_inventory(register("Name,Vendor,Status\nA,B,live\n")), "columns_not_read") == []
    )


def test_a_hostile_header_is_one_short_harmless_line(register):
    text = f'Name,Vendor,"\x1b[2J\u202e{"x" * 500}\nz"\nA,B,1\n'
    (line,) = told(read_inventory(register(text)), "columns_not_read")
    assert "\x1b" not in line
    assert "\u202e" not in line
    assert "\n" not in line
    assert len(line.partition("register.csv")[2]) < 200


def test_very_many_columns_are_counted_in_the_line_and_all_kept(register):
    names = [f"Question number {n}" for n in range(200)]
    found = read_inventory(register("Name,Vendor," + ",".join(names) + "\nA,B" + "," * 200 + "\n"))
    (line,) = told(found, "columns_not_read")
    assert " more (map them" in line
    assert found.unread[found.path] == tuple(names)


def test_a_person_can_map_a_column_or_leave_it_out(register):
    path = register("Name,Vendor,Ampel,Foo,Bar\nA,B,prohibited,1,2\n")
    found = read_inventory(path, columns={"ampel": "lifecycle", "Foo": "ignore"})
    assert found.rows[0].lifecycle == "refused"
    assert found.unread[found.path] == ("Bar",)


def test_a_mapped_column_wins_over_one_that_is_known_by_name(register):
    path = register("Name,Vendor,Owner,Steward\nA,B,jane,joe\n")
    found = read_inventory(path, columns={"Steward": "business_owner"})
    assert found.rows[0].business_owner == "joe"
    assert found.unread[found.path] == ("Owner",)


def test_a_mapping_no_register_has_is_told(register):
    found = read_inventories([register("Name,Vendor\nA,B\n")], columns={"Fooo": "notes"})
    assert "no register has: Fooo" in told(found, "columns_unknown")[0]


def test_a_column_without_a_name_is_named_when_it_holds_something(register):
    found = read_inventory(register("Name,Vendor,,\nA,B,secret,\nC,D,,\n"))
    assert found.unread[found.path] == ("column 3",)
    assert json.loads(found.rows[0].raw)["column 3"] == "secret"


def test_trailing_empty_columns_are_nothing(register):
    found = read_inventory(register("Name,Vendor,,,\nA,B\nC,D,,\nE,F,,,,\n"))
    assert [row.name for row in found.rows] == ["A", "C", "E"]
    assert found.unread[found.path] == ()


def test_a_second_column_of_the_same_name_fills_the_gaps_of_the_first(register):
    found = read_inventory(register("Name,Vendor,Owner,Owner\nA,B,,joe\nC,D,jane,joe\n"))
    assert [row.business_owner for row in found.rows] == ["joe", "jane"]
    assert [r for r in found.rows[1].remarks if r.startswith("column_twice")] == [
        'column_twice: "Owner" stands twice: "jane" counts, "joe" does not'
    ]
    assert json.loads(found.rows[1].raw) == {
        "Name": "C", "Vendor": "D", "Owner": "jane", "Owner (2)": "joe",
    }  # fmt: skip


def test_names_stay_apart_when_a_column_is_called_like_a_second_one(register):
    found = read_inventory(register("Name,Vendor,Foo,Foo,Foo (2)\nA,B,1,2,3\n"))
    raw = json.loads(found.rows[0].raw)
    assert sorted(raw.values()) == ["1", "2", "3", "A", "B"]


def test_another_column_for_a_field_that_is_taken_is_named(register):
    found = read_inventory(register("Name,Vendor,Owner,System owner\nA,B,jane,joe\n"))
    assert found.unread[found.path] == ("System owner",)


def test_nested_keys_are_columns_of_their_own(register):
    item = {
        "metadata": {"name": "Bot"},
        "spec": {"owner": "jane", "lifecycle": "rejected"},
        "vendor": {"display_value": "Acme", "value": "0f3a"},
        "tags": ["a", {"b": 1}],
    }
    found = read_inventory(register(json.dumps([item]), "r.json"))
    (row,) = found.rows
    assert (row.name, row.business_owner, row.lifecycle) == ("Bot", "jane", "refused")
    assert row.vendor == ("Acme",)
    assert found.unread[found.path] == ("vendor.value", "tags")


def test_json_with_a_key_for_every_value_is_refused(register):
    items = [{f"key {n}-{m}": "x" for m in range(30)} for n in range(100)]
    with pytest.raises(InventoryError, match="more than 2000 different keys"):
        read_inventory(register(json.dumps(items), "r.json"))


TWO = (
    "AI register of Northline,,,,,\n"
    "System,Owner,,Vendor,Status,\n"
    ",Business,Technical,,Stage,Decision\n"
    'A,jane,joe,"Acme\nLtd",Live,Rejected\n'
)


def test_a_header_of_two_lines_is_read_as_one(register):
    found = read_inventory(register(TWO))
    (row,) = found.rows
    assert (row.business_owner, row.technical_owner) == ("jane", "joe")
    assert (row.lifecycle, row.line, row.vendor) == ("refused", 4, ("Acme", "Ltd"))
    assert found.unread[found.path] == ()


def test_a_first_row_of_values_is_no_second_header(register):
    found = read_inventory(register("Name,Vendor,,Status\nAgent,Service,Model,Approved\n"))
    assert [row.name for row in found.rows] == ["Agent"]


def test_a_header_again_further_down_is_no_row_and_is_told(register):
    found = read_inventory(register("Name,Vendor\nA,B\nName,Vendor\nC,D\n"))
    assert [(row.row, row.name) for row in found.rows] == [(1, "A"), (2, "C")]
    assert told(found, "header_repeated")[0].endswith(
        "the header stands again 1 time; not read as rows"
    )


def test_rows_above_the_header_are_told_but_a_title_is_not(register):
    found = read_inventory(register("Register,\nOld tool,Acme\nName,Vendor\nA,B\n"))
    assert told(found, "above_header")[0].endswith(":2: 1 line above the header not read as rows")
    assert told(read_inventory(register("Register,\nName,Vendor\nA,B\n")), "above_header") == []


@pytest.fixture
def workbook(tmp_path):
    """Write sheets (title -> rows) as a workbook; `hide` names one that is hidden."""

    def write(hide=None, **sheets):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
            sheet.sheet_state = "hidden" if title == hide else "visible"
        path = tmp_path / "register.xlsx"
        book.save(path)
        return path

    return write


GOOD = [["Name", "Vendor", "Status"], ["A", "B", "live"]]


def test_a_hidden_sheet_is_named(workbook):
    found = read_inventory(workbook(hide="Old", Systems=GOOD, Old=GOOD))
    assert len(found.rows) == 1
    assert told(found, "skipped_sheet")[0].endswith("sheet 'Old' is hidden; not read")


def test_a_sheet_of_people_beside_the_register_is_named_not_fatal(workbook):
    people = [["Name", "Owner"], ["x", "y"]]
    found = read_inventory(workbook(Systems=GOOD, People=people))
    assert [row.name for row in found.rows] == ["A"]
    assert "sheet 'People' has nothing beside name and owner" in told(found, "skipped_sheet")[0]


def test_a_merged_cell_holds_for_every_row_it_spans(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["AI register"])
    for row in [
        ["System", "Owner", None, "Vendor", "Decision"],
        [None, "Business", "IT", None, None],
        ["A", "jane", "joe", "Acme", "Rejected"],
        ["B", "jane", "joe", "Acme", None],
        ["C", "jane", "joe", "Acme", "Approved"],
    ]:
        sheet.append(row)
    for merged in ("A1:E1", "A2:A3", "B2:C2", "D2:D3", "E2:E3", "E4:E5"):
        sheet.merge_cells(merged)
    book.save(tmp_path / "r.xlsx")
    found = read_inventory(tmp_path / "r.xlsx")
    assert [row.lifecycle for row in found.rows] == ["refused", "refused", "approved"]
    assert [row.technical_owner for row in found.rows] == ["joe"] * 3
    assert "4 cells filled from merged cells above" in told(found, "merged_cells")[0]


def rewritten(path, pattern, new):
    """The workbook with something else in its first sheet's XML."""
    parts = zipfile.ZipFile(path)
    texts = {name: parts.read(name) for name in parts.namelist()}
    parts.close()
    with zipfile.ZipFile(path, "w") as out:
        for name, data in texts.items():
            sheet = name.endswith("sheet1.xml")
            out.writestr(name, re.sub(pattern, new, data) if sheet else data)
    return path


def test_a_sheet_that_is_larger_than_it_says_is_read_whole(workbook):
    path = rewritten(workbook(Systems=GOOD), rb'<dimension ref="[^"]*"', b'<dimension ref="A1"')
    (row,) = read_inventory(path).rows
    assert (row.name, row.lifecycle) == ("A", "approved")


def test_a_row_far_out_is_refused_and_not_waited_for(workbook):
    path = rewritten(workbook(Systems=GOOD), rb'<row r="2"', b'<row r="2000000000"')
    with pytest.raises(InventoryError, match="too many cells"):
        read_inventory(path)


def test_cells_right_of_a_sheets_header_are_named(workbook):
    found = read_inventory(workbook(Systems=[*GOOD, ["C", "D", "live", "", "secret"]]))
    assert "Systems: columns not read: column 5" in told(found, "columns_not_read")[0]
    assert json.loads(found.rows[1].raw)["column 5"] == "secret"


def test_one_json_object_a_line_is_told_as_such(register):
    text = '{"name": "A", "vendor": "B"}\n{"name": "C", "vendor": "D"}\n'
    with pytest.raises(InventoryError, match="is one JSON object a line"):
        read_inventory(register(text, "r.json"))


def test_json_that_is_cut_or_doubled_is_still_called_broken(register):
    with pytest.raises(InventoryError, match="broken JSON: Extra data"):
        read_inventory(register('[{"name": "A"}] [', "r.json"))


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Who is responsible?", "business_owner"),
        ("Verantwortliche Person", "business_owner"),
        ("Genehmigt am", "approved_on"),
    ],
)
def test_headers_of_persons_and_dates(register, header, field):
    found = read_inventory(register(f"Name,Vendor,{header}\nA,B,2025-01-02\n"))
    assert found.columns[header] == field
