"""CSV: stable columns, quoted cells, nothing lost, nothing a spreadsheet runs."""

from __future__ import annotations

import csv as standard
import stat

from reports import csv, ledger
from reports.text import csv_value, safe_text


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(standard.DictReader(file))


def test_five_files_with_a_line_for_every_row(filled, tmp_path):
    written = csv.write(filled.con, tmp_path)
    assert [path.name for path in written] == [
        "assets.csv",
        "findings.csv",
        "declared.csv",
        "evidence.csv",
        "coverage.csv",
    ]
    for path, kind in zip(
        written, (ledger.Asset, ledger.Finding, ledger.Declared, ledger.Evidence), strict=False
    ):
        assert len(rows(path)) == len(ledger.read(filled.con, kind))


def test_columns_do_not_move(filled, tmp_path):
    """Others read these files by name and by place: a change here breaks them."""
    csv.write(filled.con, tmp_path)
    head = {path.stem: path.read_text(encoding="utf-8").partition("\n")[0] for path in
            tmp_path.iterdir()}  # fmt: skip
    assert head == {
        "assets": '"asset_id","kind","subtype","service","vendor","vendor_name","product","name",'
        '"native_ids","domains","model","account","region","tenant","detection","confidence",'
        '"hits","blocked","bytes_out","bytes_in","users","first_seen","last_seen","new","state",'
        '"fields","flags","rule_ids","why","rejected","rows","refs","owner","department",'
        '"severity","models","failed","in_use","sized_out","sized_in","clients",'
        '"models_more","model_families","model_makers","deployments","accounts","regions","tenants"',
        "findings": '"finding_id","state","severity","title","asset_id","declared_row","ref",'
        '"evidence","remediation"',
        "declared": '"row","source","ref","name","business_owner","technical_owner","department",'
        '"vendor","product","lifecycle","approved_on","review_due","state","flags",'
        '"duplicate_of_row","why","assets","remarks"',
        "evidence": '"asset_id","source","indicators","surface","usage","detection","dst_host",'
        '"dst_ip","dst_port","client","action","hits","bytes_out","bytes_in","users",'
        '"first_seen","last_seen","sample_path","sample_line","clients","sized_out","sized_in",'
        '"model","deployment"',
        "coverage": '"record","source","path","line","field","format","organisation","account",'
        '"region","operation","state","reason","message","items","from","to","visibility",'
        '"sha256","read","header","blank","comment","skipped","ok","rejected","cut",'
        '"screened_out","pending","matched","unmatched","replaced",'
        '"skipped_by"',
    }


def test_coverage_names_sources_cells_problems_rejects_and_weak_signs(filled, tmp_path):
    *_, coverage = csv.write(filled.con, tmp_path)
    kinds = [row["record"] for row in rows(coverage)]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "source": 6,
        "cell": 2,
        "note": 1,
        "error": 3,
        "reject": 12,
        "weak sign": 2,
    }


def test_a_hostile_name_is_text_and_comes_back(store, tmp_path, hostile):
    store.add("v_asset", asset_id="a", name=hostile)
    (row,) = rows(csv.write(store.con, tmp_path)[0])
    assert csv_value(row["name"]) == safe_text(hostile, keep="\n\t")
    assert not row["name"].startswith(tuple("=+-@\t\r\n\x00\uff1d"))


def test_lists_times_and_nothing_have_one_spelling(store, tmp_path):
    store.add("v_asset", asset_id="a", domains=["a.example", "b;c", "=x"], new=True, rows=[3, 4])
    (row,) = rows(csv.write(store.con, tmp_path)[0])
    assert row["domains"] == "a.example; b\\;c; '=x"
    assert row["first_seen"] == "2026-10-20T06:30:00Z"
    assert (row["new"], row["rows"], row["tenant"]) == ("true", "3; 4", "")


def test_files_are_for_their_owner_only(filled, tmp_path):
    modes = {stat.S_IMODE(path.stat().st_mode) for path in csv.write(filled.con, tmp_path / "new")}
    assert modes == {0o600}
