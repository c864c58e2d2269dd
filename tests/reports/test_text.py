"""Text made harmless: what is written out, what stays, what comes back."""

from __future__ import annotations

import csv
import io
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.text import csv_cell, csv_value, mask, safe_text, script_json

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x1b]0;t\x07", r"\x1b]0;t\x07"),
        ("\x9b2J", r"\x9b2J"),
        ("good\rbad\nline\ttab\x7f", r"good\x0dbad\x0aline\x09tab\x7f"),
        ("a\x00b", r"a\x00b"),
        ("invoice\u202egnp.exe", r"invoice\u202egnp.exe"),
        ("\u2066x\u2069", r"\u2066x\u2069"),
        ("open\u200bai\u00ad.com\ufeff", r"open\u200bai\xad.com\ufeff"),
        ("a\u2028b", r"a\u2028b"),
        ("a\U000e0041", r"a\U000e0041"),
        ("\u3164", r"\u3164"),
        ("\ue000", r"\ue000"),
        ("open\u200dai", r"open\u200dai"),
    ],
)
def test_what_cannot_be_seen_is_written_out(raw, shown):
    assert safe_text(raw) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain ASCII ~",
        "Müller Straße",
        "\u043epenai.com",
        "東京 AI 部",
        "שלום",
        "z" + "\u0301" * 300,
        "\U0001f468\u200d\U0001f469",
        "\u2764\ufe0f\u200d\U0001f525",
        "{{7*7}}${7*7}",
        "C:\\x1b",
    ],
)
def test_what_can_be_seen_stays(text):
    assert safe_text(text) == text


@given(TEXTS)
def test_nothing_that_steers_is_left(text):
    left = {unicodedata.category(char) for char in safe_text(text).replace("\u200d", "")}
    assert not left & {"Cc", "Cf", "Zl", "Zp", "Cs"}


def test_line_breaks_can_be_kept():
    assert safe_text("a\nb\x00", keep="\n") == "a\nb\\x00"


@pytest.mark.parametrize(
    ("raw", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1+1", "'+1+1"),
        ("-1+1", "'-1+1"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("\n=1", "'\n'=1"),
        ("\x00=1", "'\x00=1"),
        ("\uff1d1", "'\uff1d1"),
        ("\uff0b1", "'\uff0b1"),
        ("\uff0d1", "'\uff0d1"),
        ("\uff20x", "'\uff20x"),
        ("|cmd", "'|cmd"),
        ("\uff5cx", "'\uff5cx"),
        ("a\n=1+1", "a\n'=1+1"),
        (";=1+1", ";'=1+1"),
        ('x; "=1', "x; \"'=1"),
        ("'=1", "''=1"),
    ],
)
def test_a_formula_becomes_text(raw, cell):
    assert csv_cell(raw) == cell
    assert csv_value(cell) == raw


@pytest.mark.parametrize("text", ["", "-5", "-0.25", "a=b", "a-b@c.example", "'quoted'", "1,-2"])
def test_harmless_text_and_negative_numbers_stay(text):
    assert csv_cell(text) == text


@given(st.text(alphabet="=+-@|';\t\r\n\x00\uff1d a\"1.", max_size=12))
def test_a_cell_gives_its_text_back(text):
    assert csv_value(csv_cell(text)) == text


@given(st.text(alphabet="=+-@|'\t\r\n\x00\uff1da\"1.", min_size=1, max_size=12))
def test_no_cell_starts_like_a_formula(text):
    cell = csv_cell(text)
    number = cell.startswith("-") and cell[1:].replace(".", "", 1).isdigit()
    assert number or cell[0] not in "=+-@|\t\r\n\x00\uff1d\uff0b\uff0d\uff20\uff5c"


@given(TEXTS)
def test_csv_and_back(text):
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow([csv_cell(text)])
    ((cell,),) = csv.reader(io.StringIO(buffer.getvalue(), newline=""))
    assert csv_value(cell) == text


@given(TEXTS)
def test_script_json_ends_no_script_and_reads_back(text):
    written = script_json({"x": text})
    assert not set(written) & set("<>&\u2028\u2029")
    assert json.loads(written) == {"x": text}


@pytest.mark.parametrize(
    ("raw", "masked"),
    [
        ("AKIA" + "Q2" * 8, "AKIA***"),
        ("key sk-ant-" + "b4" * 20 + " end", "key sk-a*** end"),
        ("ghp_" + "c5" * 18, "ghp_***"),
        ("hf_" + "d6" * 15, "hf_d***"),
        ("xoxb-" + "1" * 20, "xoxb***"),
        ("AIza" + "e7" * 18, "AIza***"),
        ("eyJ" + "a" * 12 + "." + "b" * 20 + "." + "c" * 12, "eyJa***"),
        ("https://h/?access_token=f8f8f8&x=1", "https://h/?access_token=***&x=1"),
        ("Authorization: Bearer abc123def456", "Authorization: Bearer ***"),
        ("https://me:pass@h.example/", "https://***@h.example/"),
    ],
)
def test_a_secret_is_masked(raw, masked):
    assert mask(raw) == masked


@pytest.mark.parametrize(
    "text",
    [
        "country_code=de",
        "monkey=3",
        "basic authentication",
        "the bearer of this",
        "sk-learn",
        "risk-assessment-of-everything",
        "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/x",
        "jane.doe@example.com",
        "https://h.example:8443/a@b",
        "5b1e" + "a" * 60,
    ],
)
def test_what_is_no_secret_stays(text):
    assert mask(text) == text
