"""What an overlay breaks in the shipped catalogue is named where it can be mended."""

import pytest

from scanner.match.observed import judge_observed
from signatures.compile import compile_catalogue
from signatures.lint import lint
from signatures.load import load_catalogue

from .conftest import signature

RULE = "type: {type}, value: {value}, surface: {surface}, confidence: {confidence}"
HIGH = {"confidence": "high", "surface": "api"}
CASES = "cases:\n  - {{observe: {{dst_host: {host}}}, match: {match}{more}}}\n"


def rule(kind, value, **words):
    return RULE.format(type=kind, value=value, **(HIGH | words))


@pytest.fixture
def issues(tmp_path):
    """Of shipped files and an overlay's: (name, file, line, key, detail)."""

    def run(*packs):
        for folder, files in zip(("shipped", "own"), packs, strict=True):
            for name, text in files.items():
                path = tmp_path / folder / f"{name}.yaml"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        catalogue = load_catalogue([tmp_path / "shipped", tmp_path / "own"])
        tables = compile_catalogue(catalogue)
        found = lint(catalogue, lambda observed: judge_observed(tables, observed))
        return [
            (one.name, one.path.removeprefix(f"{tmp_path}/"), one.line, one.key,
             one.detail.replace(f"{tmp_path}/", ""))
            for one in found
            if one.name in {"case", "unreachable", "two-owners"}
        ]  # fmt: skip

    return run


def shipped(*rules, match="true", more="", host="api.acme.example"):
    tail = CASES.format(match=match, more=more, host=host)
    return {"model_api/acme": signature("model_api/acme", *rules, tail=tail)}


def own(*rules, name="beta", tail=""):
    return {f"model_api/{name}": signature(f"model_api/{name}", *rules, name=name, tail=tail)}


def test_a_shipped_case_that_an_overlay_breaks_is_named_at_the_rule_that_took_it(issues):
    mine = own(rule("host_exact", "x.beta.example"), rule("host_exact", "api.acme.example"))
    assert issues(shipped(rule("host_suffix", "acme.example")), mine) == [
        ("case", "own/model_api/beta.yaml", 8, "indicators[1].value",
         ("breaks a case of model_api/acme (shipped/model_api/acme.yaml:9), "
          "which is judged model_api/beta at high")),
    ]  # fmt: skip


def test_a_shipped_rule_that_an_overlay_always_wins_over_is_named_at_the_overlay(issues):
    # the same host, and what comes first by its id is the service
    found = issues(
        shipped(rule("host_exact", "api.acme.example")),
        own(rule("host_exact", "api.acme.example"), name="aaa"),
    )
    assert [one[:4] for one in found] == [
        ("case", "own/model_api/aaa.yaml", 7, "indicators[0].value"),
        ("two-owners", "own/model_api/aaa.yaml", 7, "indicators[0].value"),
        ("unreachable", "own/model_api/aaa.yaml", 7, "indicators[0].value"),
    ]
    assert "takes a rule of model_api/acme (shipped/model_api/acme.yaml:7): " in found[2][4]


def test_an_override_that_speaks_no_more_is_named_where_it_says_so(issues):
    files = shipped(
        rule("host_exact", "x.acme.example"), more=", service: model_api/beta",
        host="api.beta.example",
    )  # fmt: skip
    files |= own(rule("host_exact", "api.beta.example"))
    mine = own(rule("host_exact", "other.beta.example"), tail="override: true\n")
    assert [one[:4] for one in issues(files, mine)] == [
        ("case", "own/model_api/beta.yaml", 8, "override")
    ]


def test_a_case_that_is_wrong_by_itself_stays_where_it_stands(issues):
    files = shipped(rule("host_suffix", "acme.example"), host="api.other.example")
    mine = own(rule("host_exact", "x.beta.example"))
    assert [one[:4] for one in issues(files, mine)] == [
        ("case", "shipped/model_api/acme.yaml", 9, "cases[0]")
    ]


def test_an_overlays_own_case_stays_where_it_stands(issues):
    mine = own(
        rule("host_exact", "x.beta.example"),
        tail=CASES.format(match="true", more="", host="api.acme.example"),
    )
    assert [one[:4] for one in issues(shipped(rule("host_suffix", "acme.example")), mine)] == [
        ("case", "own/model_api/beta.yaml", 9, "cases[0]")
    ]
