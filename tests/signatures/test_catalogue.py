"""The shipped catalogue: it loads, compiles, and passes its own lint and cases."""

from typing import get_args

import pytest

from scanner.match.fire import judge as judge_facts
from scanner.match.verdict import Facts
from signatures.compile import compile_catalogue
from signatures.hosts import HostError, is_ip, normalise_host
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
    """The real matcher behind the shape that lint asks for."""

    def run(observed):
        try:
            host = normalise_host(observed["dst_host"]) if "dst_host" in observed else None
        except HostError:
            return None
        facts = Facts(
            host=host,
            ip=observed.get("dst_ip") or (host if host and is_ip(host) else None),
            port=observed.get("dst_port"),
            path=observed.get("url_path"),
            method=observed.get("http_method"),
            agent=observed.get("user_agent"),
            headers=tuple((k.lower(), v) for k, v in observed.get("http_headers", {}).items()),
        )
        return judge_facts(compiled, facts)

    return run


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
