"""What comes near a host that no rule speaks of, and why it does not hold."""

from __future__ import annotations

import pytest

from signatures.compile import compile_catalogue
from signatures.nearest import MOST, Near, nearest

from .conftest import signature

RULES = (
    "type: host_exact, value: api.acmebrain.com, confidence: high",
    "type: host_suffix, value: acmebrain.com, confidence: medium",
    "type: host_exact, value: only.other.com, confidence: high",
    'type: host_template, value: "llm.{aws_region}.amazonaws.com", confidence: high',
    'type: host_template, value: "{label}.brain.azure.com", confidence: high',
)


@pytest.fixture
def near(make_catalogue):
    tables = compile_catalogue(
        make_catalogue({"model_api/acme": signature("model_api/acme", *RULES)})
    )
    return lambda host: {one.value: one.why for one in nearest(tables, host)}


@pytest.mark.parametrize(
    ("host", "value", "why"),
    [
        ("acmebrain.com.evil.example", "acmebrain.com",
         "in front of the domain, which is evil.example"),
        ("notacmebrain.com", "acmebrain.com", "ends so, but not at a dot: it is notacmebrain.com"),
        ("www.acmebrian.com", "acmebrain.com", "looks alike, but acmebrian.com is another domain"),
        ("acmebra1n.com", "acmebrain.com", "looks alike, but acmebra1n.com is another domain"),
        ("xn--cmebrain-1nf.com", "acmebrain.com", "drawn alike, written with other letters"),
        ("x.only.other.com", "only.other.com", "that name alone, not what lies below it"),
        ("other.com", "only.other.com", "lies below the host"),
        ("www.other.com", "only.other.com", "another name of other.com"),
        ("llm.x.amazonaws.com", "llm.{aws_region}.amazonaws.com", '"x" is no {aws_region}'),
        ("a.b.brain.azure.com", "{label}.brain.azure.com", "has 4 labels, the host 5"),
    ],
)  # fmt: skip
def test_what_comes_near_says_why_it_does_not_hold(near, host, value, why):
    if host.startswith("xn--"):
        host = "xn--" + "\u0430cmebrain".encode("punycode").decode() + ".com"
    assert near(host)[value] == why


@pytest.mark.parametrize(
    "drawn", ["acmebra\u00ecn", "acm\u0117brain", "acmebra\u0268n", "\u00e5cmebrain"]
)
def test_letters_with_marks_are_held_against_those_without(near, drawn):
    host = f"xn--{drawn.encode('punycode').decode()}.com"
    assert near(host)["acmebrain.com"] == "drawn alike, written with other letters"


@pytest.mark.parametrize(
    "host", ["www.debian.org", "s3.amazonaws.com", "portal.azure.com", "com", "acme.com"]
)
def test_what_is_far_has_nothing_near(near, host):
    assert near(host) == {}


def test_there_are_never_many(make_catalogue):
    rows = [f"type: host_exact, value: h{n}.acmebrain.com, confidence: high" for n in range(40)]
    files = {"model_api/acme": signature("model_api/acme", *rows)}
    tables = compile_catalogue(make_catalogue(files))
    assert len(nearest(tables, "x.h1.acmebrain.com.h2.acmebrain.com.example")) <= MOST


def test_the_service_is_named(make_catalogue):
    files = {"model_api/acme": signature("model_api/acme", RULES[1])}
    tables = compile_catalogue(make_catalogue(files))
    assert nearest(tables, "notacmebrain.com") == (
        Near(
            "acmebrain.com", "model_api/acme", "ends so, but not at a dot: it is notacmebrain.com"
        ),
    )
