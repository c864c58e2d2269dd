"""Patterns of the catalogue mean the same in the language that PCRE and Python share."""

from __future__ import annotations

import re

import pytest

from signatures.export.regex import Untranslatable, common, plain_path
from signatures.load import load_catalogue
from signatures.patterns import agent_pattern, path_pattern, regexp

TEXTS = [
    "", "/", "/v1/chat/completions", "/api/tags", "/api/tags/", "Mozilla/5.0 (X11) GPTBot/1.2",
    "python-requests/2.32", "a;b\"c\\d'e|f$g", "x y\tz", "AsyncOpenAI/Python 1.2.3", "[a-z]",
]  # fmt: skip


def test_shipped_patterns_find_what_re2_finds():
    """On every path and user agent of the catalogue's own cases."""
    signatures = [entry.signature for entry in load_catalogue().entries]
    seen = [case.observe for one in signatures for case in one.cases]
    texts = {one.url_path or "" for one in seen} | {one.user_agent or "" for one in seen}
    refused = 0
    for indicator in (one for each in signatures for one in each.indicators):
        if indicator.type not in {"http_path", "user_agent"}:
            continue
        value = indicator.value
        agent = indicator.type == "user_agent"
        pattern = agent_pattern(value) if agent else path_pattern(value) or plain_path(value)
        try:
            found = common(pattern)
        except Untranslatable:
            refused += 1
            continue
        ours = re.compile(found.text, re.DOTALL | re.ASCII | (found.ignore_case and re.IGNORECASE))
        theirs = regexp(pattern)
        for text in [*sorted(texts), *TEXTS]:
            assert bool(ours.search(text)) == bool(theirs.search(text)), (pattern, text)
    assert refused < 5


@pytest.mark.parametrize(
    ("pattern", "text", "literal"),
    [
        (r"^a;b$", r"^a\x3bb$", "a;b"),
        (r"say \"x\"", r"say \x22x\x22", 'say "x"'),
        (r"[\";/\]-z]", r"[\x22\x3b\x2f\x5d-z]", ""),
        (r"^ab+c?d", r"^ab+c?d", "ab"),
        (r"(abc|d)efg", r"(?:abc|d)efg", "efg"),
        (r"(?P<n>x)\sy", r"(?:x)[\t\n\f\r\x20]y", "y"),
        (r"abc|def", r"abc|def", ""),
        (r"a{", r"a\x7b", "a{"),
        (r"[[:digit:]_]{2}", r"[0-9_]{2}", ""),
        (r"\x2fv1\.0", r"\x2fv1\.0", "/v1.0"),
    ],
)
def test_quotes_semicolons_and_slashes_are_written_as_numbers(pattern, text, literal):
    assert (common(pattern).text, common(pattern).literal) == (text, literal)
    assert not re.search(r"[\"';/\n]", common(pattern).text)


@pytest.mark.parametrize(
    "pattern",
    [r"\pL", r"a(?-i)b", r"(?s)a", r"\Qa\E", r"a\z", r"caf\u00e9", "é", r"[a[b]", r"a**", r"\C",
     "[é]", r"a*+", r"(?i)(?i)a", r"[\b]", r"[a\S]", "\\"],
)  # fmt: skip
def test_what_may_mean_something_else_is_refused(pattern):
    with pytest.raises(Untranslatable):
        common(pattern)


def test_a_flag_in_front_holds_for_all():
    assert common("(?i)gptbot").ignore_case
    assert not common("gptbot").ignore_case


@pytest.mark.parametrize(
    ("pattern", "within"),
    [
        ("^abc", "X(?:abc)"),
        ("abc", "X.*(?:abc)"),
        ("(?i)^a|b", None),
        ("a^b", None),
        ("a|b", "X.*(?:a|b)"),
    ],
)
def test_a_pattern_inside_a_longer_one_keeps_its_anchor(pattern, within):
    if within is None:
        with pytest.raises(Untranslatable):
            common(pattern).within("X")
    else:
        assert common(pattern).within("X") == within
