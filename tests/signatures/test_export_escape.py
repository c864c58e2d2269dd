"""No text of an overlay ends the line, field, rule or comment it is written into."""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from sigma.types import SigmaString

from signatures.export import escape

NASTY = [
    '"; sid:1;)', "a\nb", "tab\there", "\\", '\\"', ";", "#", "-", "(empty)", "", "\x00", "\u202e",
    "é", "😀", "|41|", "$HOME_NET", "* IN CNAME .", "\u2028", "'''", "a: b", "*?",
]  # fmt: skip
texts = st.text(max_size=40) | st.sampled_from(NASTY)


@given(texts)
def test_a_comment_is_one_printable_line(text):
    assert re.fullmatch(r"[ -~]*", escape.comment(text))


@given(texts)
def test_a_tsv_field_is_one_field_and_reads_back(text):
    field = escape.tsv(text)
    assert re.fullmatch(r"[ -~]+", field)
    assert field[0] != "#"
    assert field != "-"
    if text:
        raw = re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), field.encode())
        assert raw == text.encode("utf-8", "backslashreplace")


@given(texts)
def test_the_text_of_a_rule_has_nothing_that_a_rule_parser_reads(text):
    assert re.fullmatch(r"[A-Za-z0-9 ._/()+&',@!=*~^<>?-]*", escape.rule_text(text))


def test_the_text_of_a_rule_stays_readable():
    assert escape.rule_text('Café "AI"; v2: über') == "Cafe 'AI', v2, uber"


@given(texts)
def test_a_content_says_the_same_bytes(text):
    content = escape.content(text)
    assert re.fullmatch(r"[A-Za-z0-9 ._/|-]*", content)
    parts = content.split("|")
    raw = b"".join(
        bytes.fromhex(part) if number % 2 else part.encode() for number, part in enumerate(parts)
    )
    assert raw == text.encode("utf-8")


@given(texts)
def test_a_yaml_text_reads_back(text):
    assert yaml.safe_load(f"k: {escape.yaml_text(text)}") == {"k": text}


@pytest.mark.parametrize(
    "link", [None, "", "javascript:x", "https://a b", "https://a;b", 'https://a"']
)
def test_what_is_no_plain_link_is_no_reference(link):
    assert escape.link(link) is None


def test_a_plain_link_loses_its_scheme():
    assert escape.link("https://docs.example/a/b-c") == "docs.example/a/b-c"


@given(texts)
def test_a_sigma_text_stands_for_itself(text):
    assert "".join(SigmaString(escape.sigma_text(text)).s) == text
