"""Whatever bytes a register holds, it is read or refused in one line; nothing else is raised."""

import io
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.declared.cells import several
from connectors.declared.model import InventoryError
from connectors.declared.people import read_people
from connectors.declared.read import read_inventory

HEADER = b"ref,name,owner,vendor,url,cloud_resource,status,approved on,notes\n"
QUIET = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def read(tmp_path):
    """Read bytes as a register; None when refused, with a message that names the file."""

    def run(data, reader=read_inventory, **how):
        path = tmp_path / "register"
        path.write_bytes(data)
        said = None
        try:
            return reader(path, **how)
        except InventoryError as error:
            said = str(error)
        assert str(path) in said
        assert "\n" not in said
        return None

    return run


@QUIET
@given(st.binary(max_size=300))
def test_any_bytes(read, data):
    read(data)
    read(HEADER + data, lenient=True)
    read(b"display_name,mail,login,active\n" + data, read_people)


@QUIET
@given(st.lists(st.lists(st.text(max_size=30), min_size=9, max_size=9), max_size=5))
def test_any_cells_keep_the_count_of_records(read, rows):
    import csv

    out = io.StringIO()
    csv.writer(out).writerows(rows)
    found = read(HEADER + out.getvalue().encode("utf-8", "surrogatepass"), status_words={})
    if found is not None:
        assert found.records == len(found.rows) + found.rejected + found.blank


@QUIET
@given(st.binary(max_size=200), st.integers(0, 3000))
def test_damaged_workbooks(read, junk, at):
    book = openpyxl.Workbook()
    book.active.append(["name", "vendor"])
    book.active.append(["Bot", "Acme"])
    out = io.BytesIO()
    book.save(out)
    data = out.getvalue()
    read(data[:at] + junk + data[at + len(junk) :])
    again = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(again, "w") as target:
        for name in source.namelist():
            sheet = name.endswith("sheet1.xml")
            target.writestr(name, source.read(name)[:at] + junk if sheet else source.read(name))
    read(again.getvalue())


def test_a_workbook_that_unpacks_too_far_is_refused(read):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", b" " * (40 << 20))
    assert read(out.getvalue()) is None


WORDS = st.sampled_from(
    [
        "Name",
        "Vendor",
        "Status",
        "Decision",
        "Approved?",
        "Approved on",
        "Retired",
        "Owner",
        "Foo",
        "",
        "Review",
    ]
)
CELLS = st.sampled_from(
    ["", "yes", "No", "Live", "Rejected", "2025-01-02", "n/a", "pending", "✓", "Approved - revoked"]
)  # fmt: skip


@QUIET
@given(st.data())
def test_every_column_is_read_or_named_and_a_refusal_is_never_an_approval(read, data):
    import csv

    header = ["Name", "Vendor", *data.draw(st.lists(WORDS, max_size=6))]
    cells = st.lists(CELLS, min_size=len(header) - 2, max_size=len(header) - 2)
    rows = data.draw(st.lists(cells, min_size=1, max_size=6))
    out = io.StringIO()
    csv.writer(out).writerows([header, *(["A", "B", *row] for row in rows)])
    found = read(out.getvalue().encode(), status_words={"approved": ["Live"]})
    named = {name for names in found.unread.values() for name in names}
    for at, name in enumerate(found.names):
        empty = all(not row[at - 2] for row in rows) if at > 1 else False
        assert name in found.columns or name in named or (empty and not header[at])
    status = [at for at, name in enumerate(found.names) if found.columns.get(name) == "lifecycle"]
    for row, declared in zip(rows, found.rows, strict=True):
        if any(at > 1 and row[at - 2] == "Rejected" for at in status):
            assert declared.lifecycle == "refused"


@pytest.mark.parametrize("bit", ["deepseek/", "ltd, ", "a and ", "(", "a b and (c "])
def test_a_cell_costs_no_more_than_its_length(bit):
    """What parts values is looked for near by: the same cell took half a minute."""
    names = several(bit * (130_000 // len(bit)))
    assert len(names) < 3


def test_more_columns_than_a_register_has_are_one_error(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text(",".join(["Name"] * 50_000) + "\n" + ",".join("x" * 50_000) + "\n")
    with pytest.raises(InventoryError, match=r"wide.csv:1: has more than 2,000 columns; keep the"):
        read_inventory(path)


def test_as_many_as_it_may_have_are_read(read):
    notes = ",".join(["Remark"] * 1998)
    found = read(f"Name,Vendor,{notes}\nA,B{',' * 1998}\n".encode())
    assert [row.name for row in found.rows] == ["A"]
    assert (found.names[2], found.names[-1]) == ("Remark", "Remark (1998)")
