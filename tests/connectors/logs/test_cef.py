"""CEF and LEEF: headers, escapes, labels, separators; what is none is rejected."""

from __future__ import annotations

import pytest

from connectors.logs.model import Format

HEAD = "CEF:0|Acme|Gate|1|7|Flow|3|"
TIME = "rt=1772438400000 "
MAP = {"time": ["time_any(rt)"], "dst_host": ["dhost"], "src_user": ["policy"], "app": ["cs1"]}
LABELS = Format.model_validate(
    {"id": "own", "about": "", "reader": {"kind": "cef"}, "map": MAP, "require": ["time"]}
)


def cef(read_text, extension, fmt="cef"):
    found = read_text(fmt, f"{HEAD}{TIME}{extension}\n")
    assert len(found.rows) == 1, found.said
    return found.rows[0]


@pytest.mark.parametrize(
    ("extension", "user"),
    [
        ("dhost=h.example suser=anna", "anna"),
        ("suser=anna berg dhost=h.example", "anna berg"),
        ("suser=anna   dhost=h.example", "anna"),
        ("dhost=h.example suser=anna  ", "anna"),
        (r"dhost=h.example suser=a\=b\\c\|d", r"a=b\c|d"),
        (r"dhost=h.example suser=CORP\jdoe", r"CORP\jdoe"),
        (r"dhost=h.example suser=CORP\\nick", r"CORP\nick"),
        (r"dhost=h.example suser=two\nlines\\", "two\nlines\\"),
        ("dhost=h.example suser=a=b", "a=b"),
        ("dhost=h.example suser=a | b", "a | b"),
        ("dhost=h.example suser=", None),
        ("dhost=h.example sourceUserName=anna", "anna"),
        ("dhost=h.example suser=a = b", "a = b"),
    ],
)
def test_a_value_goes_on_to_the_next_key(read_text, extension, user):
    row = cef(read_text, extension)
    assert (row["src_user"], row["dst_host"]) == (user, "h.example")


@pytest.mark.parametrize(
    "pairs",
    [
        "cs1=red cs1Label=Policy",
        "cs1Label=Policy cs1=red",
        "cs1=blue cs1Label=Colour cs3=red cs3Label=policy",
        "deviceCustomString2=red deviceCustomString2Label=POLICY",
        "policy=red cs1=red cs1Label=Policy",
        "flexString1=red flexString1Label=Policy",
    ],
)
def test_a_custom_field_goes_by_its_label(read_text, pairs):
    assert cef(read_text, f"dhost=h.example {pairs}", LABELS)["src_user"] == "red"


def test_labels_are_those_of_the_same_record(read_text):
    text = "".join(
        f"{HEAD}{TIME}dhost=h.example cs1=v{i} cs1Label={name}\n"
        for i, name in enumerate(["Policy", "Other", "policy"])
    )
    found = read_text(LABELS, text + f"{HEAD}{TIME}cs1=v3\n")
    assert found.column("src_user") == ["v0", None, "v2", None]
    assert found.column("app") == ["v0", "v1", "v2", "v3"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("CEF:0|Acme|Gate", "CEF header ends early: 2 of 7 bars"),
        (r"CEF:0|Acme\|Gate|1|7|Flow|3|src=1", "CEF header ends early: 6 of 7 bars"),
        ("src=1 dhost=h", "no CEF header"),
    ],
)
def test_what_has_no_header_is_rejected(read_text, line, reason):
    good = f"{HEAD}{TIME}dhost=h.example"
    found = read_text("cef", f"{good}\n{line}\n{good}\n")
    assert found.said == [(2, None, reason, None)]
    assert len(found.rows) == 2


def test_bars_are_escaped_in_the_header(read_text):
    line = rf"x CEF:0|A|G|1|7|Fl\|ow \\|3|{TIME}dhost=h.example"
    assert read_text("cef", line + "\n").column("operation") == ["Fl|ow \\"]


def test_many_pieces_read_as_one(read_text):
    lines = [f"{HEAD}{TIME}dhost=h{i}.example suser={'x' * (i % 90)}" for i in range(6000)]
    found = read_text("cef", "\n".join(lines))
    assert found.column("dst_host") == [f"h{i}.example" for i in range(6000)]
    assert found.column("src_user") == ["x" * (i % 90) or None for i in range(6000)]


@pytest.mark.parametrize(
    ("named", "part"),
    [("", "\t"), ("^|", "^"), ("x5E|", "^"), ("0x7C|", "|"), ("\\x3b|", ";"), ("|", "\t")],
)
def test_leef_says_what_parts_its_pairs(read_text, named, part):
    pairs = part.join(["devTime=1772438400000", "url=https://h.example/?a=b c", "usrName=anna b"])
    found = read_text("leef", f"LEEF:2.0|A|G|1|ev|{named}{pairs}\n")
    assert [(r["dst_host"], r["src_user"]) for r in found.rows] == [("h.example", "anna b")]


def test_lines_of_leef_may_differ_in_what_parts_them(read_text):
    text = "".join(
        f"LEEF:2.0|A|G|1|ev|{part}|devTime=1772438400000{part}dst=192.0.2.{i}\n"
        for i, part in enumerate("^;^")
    )
    assert read_text("leef", text).column("dst_ip") == [f"192.0.2.{i}" for i in range(3)]


def test_leef_without_a_whole_header_is_rejected(read_text):
    found = read_text("leef", "LEEF:1.0|A|G\nLEEF:1.0|A|G|1|e|devTime=1772438400000\tdst=1.2.3.4\n")
    assert found.said == [(1, None, "LEEF header ends early: 2 of 5 bars", None)]
    assert found.column("dst_ip") == ["1.2.3.4"]


def test_a_format_for_one_product_goes_before_the_one_for_all(detected, formats, monkeypatch):
    own = LABELS.model_copy(
        update={"detect": LABELS.detect.model_copy(update={"first_line": r"CEF:0\|Acme\|Gate\|"})}
    )
    monkeypatch.setitem(formats, "own", own)
    found = detected(f"{HEAD}{TIME}dhost=h.example\n")
    assert found.format is own
    assert found.why == "recognised as own (rather than cef, which is for any product)"
