"""One cell, several values."""

import pytest

from connectors.declared.cells import identifiers, several, value
from connectors.declared.domains import read_host, registrable


@pytest.mark.parametrize(
    "cell", ["", " ", "-", "?", "n/a", "N/A", "TBD", "[blank]", "none", "k.A."]
)
def test_missing_value_words_are_nothing(cell):
    assert value(cell) is None


@pytest.mark.parametrize("cell", ["0", "N/A Ltd", "Nano", "東京"])
def test_other_words_are_kept(cell):
    assert value(cell) == cell


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Deepgram; Microsoft Azure", ("Deepgram", "Microsoft Azure")),
        ("Amazon / Anthropic", ("Amazon", "Anthropic")),
        ("OpenAI, Inc.", ("OpenAI, Inc.",)),
        ("Axon Enterprise, Inc., Google", ("Axon Enterprise, Inc.", "Google")),
        ("Microsoft (Azure, OpenAI)", ("Microsoft (Azure, OpenAI)",)),
        ("Amazon Connect (current)\n\nOneReach (previous, deprecated)",
         ("Amazon Connect (current)", "OneReach (previous, deprecated)")),
        ("Relativity and Nuix", ("Relativity", "Nuix")),
        ("Analytica & DV United", ("Analytica", "DV United")),
        ("24/7", ("24/7",)),
        ("AWS, n/a, AWS", ("AWS",)),
        ("broken (paren, kept", ("broken (paren, kept",)),
    ],
)  # fmt: skip
def test_values_split_outside_parentheses_and_before_no_legal_form(cell, expected):
    assert several(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("AT&T", ("AT&T",)),
        ("Johnson & Johnson", ("Johnson & Johnson",)),
        ("Dun and Bradstreet, Ernst & Young", ("Dun and Bradstreet", "Ernst & Young")),
        ("OpenAI; Weights & Biases / Google\nAWS",
         ("OpenAI", "Weights & Biases", "Google", "AWS")),
    ],
)  # fmt: skip
def test_names_keep_their_and(cell, expected):
    assert several(cell, names=True) == expected


def test_ids_split_on_blanks_and_keep_a_bare_star():
    assert identifiers("a.example, b.example\nc.example") == ("a.example", "b.example", "c.example")
    assert identifiers("*") == ("*",)
    assert identifiers("n/a") == ()


@pytest.mark.parametrize(
    ("cell", "host", "verdict"),
    [
        ("https://User@Chat.Example.com:8443/x?y", "chat.example.com", "host"),
        ("chat.example.com.", "chat.example.com", "host"),
        ("*.example.com", "example.com", "below"),
        ("bücher.example", "xn--bcher-kva.example", "host"),
        ("*", "*", "poison"),
        ("*.com", "*.com", "poison"),
        ("co.uk", "co.uk", "poison"),
        ("com", "com", "poison"),
        ("api.*.com", "api.*.com", "poison"),
        ("SharePoint", "SharePoint", "unusable"),
        ("a..example", "a..example", "unusable"),
        ("-bad-.example", "-bad-.example", "unusable"),
    ],
)
def test_a_host_cell(cell, host, verdict):
    read = read_host(cell)
    assert (read.text, read.verdict) == (host, verdict)


def test_registrable_domain_needs_no_network():
    assert registrable("a.b.example.co.uk") == "example.co.uk"
    assert registrable("localhost") == "localhost"
