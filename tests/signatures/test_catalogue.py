"""The shipped catalogue: it loads, compiles, and passes its own lint and cases."""

from typing import get_args

import pytest

from scanner.match.observed import judge_observed
from signatures.compile import compile_catalogue
from signatures.lint import lint
from signatures.load import load_catalogue
from signatures.model import Kind


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue()


@pytest.fixture(scope="module")
def compiled(catalogue):
    return compile_catalogue(catalogue)


@pytest.fixture(scope="module")
def judge(compiled):
    """The real matcher, as lint is given it."""
    return lambda observed: judge_observed(compiled, observed)


def test_the_shipped_catalogue_has_no_lint_error(catalogue, judge):
    """Every case of every file is run on the way."""
    assert [str(issue) for issue in lint(catalogue, judge) if issue.level == "error"] == []


def test_all_kinds_have_a_service(catalogue):
    assert len(catalogue.entries) >= 120
    assert {entry.signature.kind for entry in catalogue.entries} == set(get_args(Kind))


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("bedrock-runtime.eu-central-1.amazonaws.com", "eu-central-1"),
        ("europe-west4-aiplatform.googleapis.com", "europe-west4"),
        ("contoso.openai.azure.com", None),
    ],
)
def test_regional_endpoints_match_by_template(compiled, host, region):
    found = compiled.host_rules(host)
    assert {compiled.rules[rule_id].type for rule_id in found.rule_ids} == {"host_template"}
    assert found.region == region
