"""Lint with the real matcher: rules that never have a say, and those that speak of strangers."""

import pytest

from scanner.match.observed import judge_observed
from signatures.compile import compile_catalogue
from signatures.lint import corpus, lint
from signatures.lint.observe import observations
from signatures.lint.reach import fakes
from signatures.lint.sample import sample
from signatures.load import load_catalogue
from signatures.patterns import regexp
from signatures.tables import shipped_tables

SEEN = 'evidence: [{kind: page, ref: "https://acme.example/docs", seen: "2026-11-21"}]'
HOST = "surface: api, confidence: high"


def text(name, *rows, cases="", kind="model_api"):
    """A file of these indicators; what its cases say is not looked at here."""
    return (
        f"id: {kind}/{name}\nname: {name}\nkind: {kind}\nvendor: {name}\nsummary: Made up.\n"
        "indicators:\n" + "".join(f"  - {{{row}, {SEEN}}}\n" for row in rows) + cases
    )


@pytest.fixture
def issues(make_catalogue):
    """(name, key, detail) of what lint says of files, given as (name, rows), with the matcher."""

    def run(**files):
        rows = {f"model_api/{name}": text(name, *rows) for name, rows in files.items()}
        catalogue = make_catalogue(rows)
        tables = compile_catalogue(catalogue)
        found = lint(catalogue, lambda observed: judge_observed(tables, observed))
        return [
            (one.name, one.key, one.detail)
            for one in found
            if one.name not in {"missing-positive", "missing-negative"}
        ]

    return run


def test_a_rule_that_another_service_always_wins_over_is_named(issues):
    rule = f"type: host_exact, value: api.acme.example, {HOST}"
    medium = "type: user_agent, value: '^Acme/[0-9]', confidence: medium"
    assert issues(acme=[rule], zeta=[rule.replace("api.", "zeta.")]) == []
    longer = medium.replace("^Acme", "^A(c)me")
    assert [one[:2] for one in issues(acme=[medium], zeta=[longer])] == [
        ("unreachable", "indicators[0].value")
    ]
    assert issues(acme=[medium, rule], zeta=[longer]) == []  # it speaks on its own host


def test_a_suffix_whose_names_a_template_takes_is_alive_by_what_lies_deeper(issues):
    suffix = "type: host_suffix, value: acme.example, surface: web, confidence: low"
    template = f"type: host_template, value: '{{label}}.acme.example', {HOST}"
    assert issues(acme=[suffix, template]) == []


def test_a_rule_that_can_never_fire_is_named(issues):
    """No path holds both."""
    row = "type: http_path, value: /acme, surface: api, confidence: medium, needs: {path: /zeta}"
    found = issues(acme=[row])
    assert found == [
        ("unreachable", "indicators[0].value", "host.example, url_path /acme is judged nothing")
    ]


def test_a_rule_on_a_benign_name_is_named_with_the_line(issues):
    found = issues(acme=[f"type: host_exact, value: www.example.com, {HOST}"])
    line = next(
        n for n, name in corpus.names(shipped_tables().regions) if name == "www.example.com"
    )
    assert found == [
        (
            "benign-name",
            "indicators[0].value",
            f"www.example.com (names.txt:{line}) is judged high",
        )
    ]


@pytest.mark.parametrize(("confidence", "wanted"), [("low", []), ("medium", ["benign-name"])])
def test_ai_inside_a_product_may_be_low_on_a_benign_name(make_catalogue, confidence, wanted):
    row = f"type: host_exact, value: www.dropbox.com, surface: web, confidence: {confidence}"
    catalogue = make_catalogue({"embedded_ai/acme": text("acme", row, kind="embedded_ai")})
    tables = compile_catalogue(catalogue)
    found = corpus.false_alarms(catalogue, lambda seen: judge_observed(tables, seen))
    assert [one.name for one in found] == wanted


def test_too_many_hints_among_benign_names_are_named(make_catalogue, monkeypatch):
    monkeypatch.setattr(corpus, "HINTS_IN_1000", 0)
    catalogue = make_catalogue(
        {"model_api/acme": text("acme", "type: port, value: 9, confidence: hint")}
    )
    tables = compile_catalogue(catalogue)
    (found,) = corpus.false_alarms(catalogue, lambda seen: judge_observed(tables, seen))
    assert (found.name, found.path) == ("many-hints", str(corpus.NAMES))


def test_a_matcher_without_boundaries_is_found_out(make_catalogue):
    catalogue = make_catalogue(
        {"model_api/acme": text("acme", f"type: host_exact, value: api.acme.example, {HOST}")}
    )

    class Said:
        service, detection = "model_api/acme", "high"
        indicators = ("host_exact:api.acme.example",)

    found = lint(catalogue, lambda seen: Said if "api.acme.example" in seen["dst_host"] else None)
    assert [one.name for one in found].count("look-alike") == 4


def test_look_alikes_of_a_template_are_made_of_its_fixed_end():
    assert fakes("x1.", "openai.azure.com")[:2] == (
        "x1.xopenai.azure.com",
        "x1.my-openai.azure.com",
    )


def test_there_are_enough_benign_names_and_each_once():
    names = [name for _, name in corpus.names(shipped_tables().regions)]
    assert len(names) == len(set(names)) >= 5000


@pytest.mark.parametrize(
    "pattern",
    [
        r"^/v1/(chat|text)/completions(/|$)",
        r"(?i)^acme[-/]\d+\.[^ ]{2,}x?",
        r"^/a/[0-9a-f-]{36}\b",
        r"^[^/]+/\s\w\W.\S$",
        r"^/v[[:digit:]]+/[^[:space:][:upper:]]$",
        r"^/[[a]$",  # a bracket and an a; Python warns that it may mean more one day
    ],
)
def test_a_sample_is_matched_by_its_pattern(pattern):
    assert regexp(pattern).search(sample(pattern)) is not None


def test_what_nobody_can_read_has_no_sample():
    with pytest.raises(ValueError, match="unterminated"):
        sample("(")
    with pytest.raises(ValueError, match="Python cannot say"):
        sample(r"^/\Qa.b\E")


def test_a_rule_with_classes_of_posix_is_tried_as_re2_reads_it(issues):
    rule = "type: user_agent, value: '^Acme/[[:digit:]]+[.][[:alnum:]]', confidence: medium"
    assert issues(acme=[rule]) == []


def test_every_shipped_rule_can_be_tried():
    catalogue = load_catalogue()
    for entry in catalogue.entries:
        own = entry.signature.indicators
        assert all(observations(one, own, catalogue.tables.regions) for one in own)
