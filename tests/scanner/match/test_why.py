"""Why a host is what it is: which rule won, which lost, and to what."""

from __future__ import annotations

import pytest

from scanner.match.why import explain_host, fitting
from signatures.compile import compile_catalogue
from signatures.load import load_catalogue
from tests.shipped import compiled

HEAD = "id: {id}\nname: X\nkind: {kind}\nvendor: acme\nsummary: Made up.\nindicators:\n"
SEEN = 'evidence: [{kind: page, ref: "https://acme.example/docs", seen: "2026-11-21"}]'
FILES = {
    "model_api/acme": [
        "type: host_exact, value: api.acme.example, confidence: high",
        "type: host_exact, value: status.acme.example, surface: status, confidence: low",
        'type: host_template, value: "llm.{aws_region}.acme.example", confidence: high',
        "type: host_suffix, value: deep.acme.example, confidence: medium",
        "type: cidr, value: 192.0.2.0/24, confidence: medium",
    ],
    "saas_chat/beta": [
        "type: host_suffix, value: acme.example, confidence: medium",
        "type: host_exact, value: api.acme.example, confidence: medium",
        "type: host_exact, value: shop.example, confidence: high, needs: {path: /ai, method: POST}",
        'type: host_template, value: "{label}.us-east-1.acme.example", confidence: high',
    ],
    "saas_app/gamma": [
        "type: host_exact, value: twin.example, confidence: high",
    ],
    "saas_app/delta": [
        "type: host_exact, value: twin.example, confidence: high",
    ],
}


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("signatures")
    for name, rows in FILES.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        rules = "".join(f"  - {{{row}, {SEEN}}}\n" for row in rows)
        path.write_text(HEAD.format(id=name, kind=name.partition("/")[0]) + rules)
    return compile_catalogue(load_catalogue([folder]))


@pytest.fixture
def why(tables):
    """`why(host)`: (won, lost) as (service, value, why) each."""

    def asked(host):
        found = explain_host(tables, host, {})
        return tuple(
            [(one.rule.service, one.rule.value, one.why) for one in rows]
            for rows in (found.won, found.lost)
        )

    return asked


def test_an_exact_name_wins_and_the_surer_service_of_two(why):
    won, lost = why("api.acme.example")
    assert won == [("model_api/acme", "api.acme.example", "the exact name")]
    assert lost == [
        ("saas_chat/beta", "api.acme.example", "less sure: medium, and model_api/acme is high"),
        ("saas_chat/beta", "acme.example", "an exact name comes before a suffix"),
    ]


def test_between_equals_the_id_that_comes_first(why):
    won, lost = why("twin.example")
    assert won[0][0] == "saas_app/delta"
    assert lost[0][2] == "as sure and as long as that of saas_app/delta, whose id comes first"


def test_a_longer_suffix_comes_first(why):
    won, lost = why("x.deep.acme.example")
    assert won == [("model_api/acme", "deep.acme.example", "the longest suffix that fits")]
    assert lost == [("saas_chat/beta", "acme.example", "deep.acme.example is the longer suffix")]


def test_a_template_comes_before_a_suffix_and_a_region_before_any_label(why):
    won, lost = why("llm.us-east-1.acme.example")
    assert [row[1] for row in won] == ["{label}.us-east-1.acme.example"]
    assert {row[1]: row[2] for row in lost} == {
        "llm.{aws_region}.acme.example": (
            "{label}.us-east-1.acme.example is the more exact template"
        ),
        "acme.example": "a template comes before a suffix",
    }


def test_a_rule_with_needs_says_what_it_misses(why):
    won, lost = why("shop.example")
    assert won == []
    said = "needs path /ai and method POST, which a host name alone does not show"
    assert lost == [("saas_chat/beta", "shop.example", said)]


def test_a_quiet_name_is_for_the_review_list(tables):
    found = explain_host(tables, "status.acme.example", {})
    assert found.notes == ("low (surface status): for the review list, no asset",)


def test_a_new_region_matches_and_is_told(tables):
    found = explain_host(tables, "llm.zz-new-9.acme.example", {})
    assert found.verdict is not None
    assert found.notes == (
        "region zz-new-9 is not in the table; a new region matches all the same",
    )


def test_an_address_is_explained_by_its_range(why, tables):
    won, _ = why("192.0.2.9")
    assert won == [("model_api/acme", "192.0.2.0/24", "the address is in the vendor's own range")]
    assert explain_host(tables, "203.0.113.9", {}).near == ()


def test_a_url_says_what_it_was_read_as(tables):
    assert explain_host(tables, "HTTPS://API.acme.example/v1", {}).notes == (
        "read as api.acme.example",
    )


@pytest.mark.parametrize("text", ["", "a b", "x\u200by.example"])
def test_what_is_no_host_says_why(tables, text):
    found = explain_host(tables, text, {})
    assert found.host is None
    assert len(found.notes) == 1


def test_a_shared_parent_says_why_it_is_one(tables):
    found = explain_host(tables, "x.amazonaws.com", {"amazonaws.com": "every service"})
    assert found.notes == (
        "amazonaws.com is shared by many (every service): a rule must name more than that",
    )


def test_what_won_is_what_the_tables_say_for_the_whole_shipped_catalogue():
    """Every rule that fits is said once, and a verdict always has a rule that won."""
    shipped = compiled()
    for rule in shipped.rules[::11]:
        if rule.type not in {"host_exact", "host_suffix"}:
            continue
        found = explain_host(shipped, rule.value, {})
        said = [one.rule.rule_id for one in (*found.won, *found.lost)]
        assert sorted(said) == sorted(one.rule_id for one in fitting(shipped, rule.value))
        named = found.verdict is not None and found.verdict.service is not None
        assert bool(found.won) == named
        if named:
            assert {one.rule.service for one in found.won} == {found.verdict.service}
