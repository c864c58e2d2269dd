"""Every text that a pattern matches has one of its factors."""

import re

import pytest
import re2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.match.factors import factors
from signatures.patterns import agent_pattern
from tests.shipped import compiled

TABLES = compiled()
PATTERNS = sorted(
    {rule.value for rule in TABLES.rules if rule.type == "http_path" and rule.value[0] == "^"}
    | {agent_pattern(rule.value) for rule in TABLES.rules if rule.type == "user_agent"}
)


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("^/v1/(chat|messages)$", {"/v1/chat", "/v1/messages"}),
        (r"^(Async)?OpenAI/Python \d", {"openai/python ", "asyncopenai/python "}),
        (r"^/agents/[^/]+/runs(/|$)", {"/agents/"}),
        (r"(?i)\bClaude-User\b", {"claude-user"}),
        ("^/(pets|dogs)(/[^/]+)?/cats", {"/cats", "/pets", "/dogs"}),
        ("^/x{3,}yyyyy+", {"yyyy"}),
        ("zz[[:digit:]]uvwx/[0-9]", {"uvwx/"}),
    ],
)
def test_a_factor_is_text_that_must_occur(pattern, texts):
    assert factors(pattern) <= texts


@pytest.mark.parametrize(
    "pattern",
    ["^/([^/]+/)*mcp$", "^/(abcd)?$", "^/(long-enough|x)$", "[a-z]+", "a|bcde", "(", "^$"],
)
def test_a_pattern_that_needs_no_text_has_none(pattern):
    assert factors(pattern) is None


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PATTERNS).flatmap(lambda p: st.tuples(st.just(p), st.from_regex(p))))
def test_what_a_pattern_of_the_catalogue_matches_has_a_factor(drawn):
    pattern, text = drawn
    found = factors(pattern)
    if found is not None and re2.search(pattern, text) and text.isascii():
        assert any(factor in text.lower() for factor in found)


def test_nearly_every_pattern_of_the_catalogue_has_factors():
    without = [pattern for pattern in PATTERNS if factors(pattern) is None]
    assert len(without) < len(PATTERNS) // 50
    assert all(re.compile(pattern) for pattern in without)
