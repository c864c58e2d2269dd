"""Patterns as authors write them."""

import time

import pytest

from signatures.patterns import (
    PatternError,
    agent_pattern,
    escapes_its_anchor,
    header_parts,
    path_lies_below,
    regexp,
)


@pytest.mark.parametrize(
    ("path", "plain", "below"),
    [
        ("/v1/chat", "/v1/chat", True),
        ("/v1/chat/x", "/v1/chat", True),
        ("/v1/chatx", "/v1/chat", False),
        ("/docs/v1/chat", "/v1/chat", False),
        ("/v1/", "/v1/", True),
        ("/v1/x", "/v1/", True),
        ("/v1", "/v1/", False),
    ],
)
def test_a_plain_path_is_itself_and_what_lies_below(path, plain, below):
    assert path_lies_below(path, plain) is below


@pytest.mark.parametrize("pattern", ["", "^", ".*", "x|", "(", "a{2000}", r"\1", "(?!x)"])
def test_a_useless_or_broken_pattern_is_refused_without_printing(pattern, capfd):
    with pytest.raises(PatternError):
        regexp(pattern)
    assert capfd.readouterr() == ("", "")


def test_a_slow_pattern_is_linear():
    """100 kB against nested repetition; a backtracking engine would not come back."""
    started = time.process_time()
    assert regexp(r"^(([a-z0-9]+)+[.-]?)+\.acme\.example$").search("a" * 100_000) is None
    assert time.process_time() - started < 5


def test_a_plain_agent_with_dots_and_slashes_is_text():
    assert agent_pattern("Acme/1.0") == r"(?i)\bAcme\/1\.0\b"
    assert agent_pattern("^Acme/1.0") == "^Acme/1.0"


def test_a_header_value_has_a_name_and_perhaps_a_pattern():
    assert header_parts("X-Acme") == ("x-acme", None)
    assert header_parts("X-Acme: ^a:b") == ("x-acme", "^a:b")
    for broken in ("x acme", "", "X-Acme:"):
        with pytest.raises(PatternError):
            header_parts(broken)


@pytest.mark.parametrize(
    ("pattern", "escapes"),
    [
        ("^/a|/b", True),
        ("^/(a|b)|c", True),
        ("^/(a|b)$", False),
        (r"^/a\|b", False),
        ("^/[|]b", False),
        ("^/[]|]b", False),
        (r"^/\(a|b", True),
    ],
)
def test_an_alternative_outside_a_group_escapes_the_anchor(pattern, escapes):
    assert escapes_its_anchor(pattern) is escapes
