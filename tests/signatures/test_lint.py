# ruff: noqa: E501 - one case a line
"""Each lint: a signature it complains about, and its neighbour that is fine."""

from dataclasses import dataclass

import pytest

from signatures.lint import LINTS, lint

PROOF = """\
cases:
  - {observe: {dst_host: api.acme.example}, match: true}
  - {observe: {dst_host: api.acme.example.evil.example}, match: false}
"""
SEEN = 'evidence: [{kind: page, ref: "https://acme.example/docs", seen: "2026-11-21"}]'
LIST = '{kind: list, ref: "a/b", seen: "2026-11-21"}'
FINE = f"type: host_exact, value: api.acme.example, surface: api, confidence: high, {SEEN}"


def text(*rows, id="model_api/acme", name="Acme", extra="", tail=PROOF):  # noqa: A002 - the key's name
    return (
        f"id: {id}\nname: {name}\nkind: {id.partition('/')[0]}\nvendor: acme\n{extra}"
        "summary: Made up for a test.\nindicators:\n"
        + "".join(f"  - {{{row}}}\n" for row in rows)
        + tail
    )


@pytest.fixture
def names(make_catalogue):
    """The names of the lints that speak about files, each given as (id, text)."""

    def run(*texts, judge=None):
        files = {t.partition("\n")[0].removeprefix("id: "): t for t in texts}
        return [issue.name for issue in lint(make_catalogue(files), judge)]

    return run


def test_a_good_signature_has_no_issue(names):
    assert names(text(FINE)) == []


HOST = "surface: api, confidence: high"


@pytest.mark.parametrize(
    ("lint_name", "bad", "good"),
    [
        ("shared-parent-suffix", f"type: host_suffix, value: microsoft.com, {HOST}, {SEEN}", f"type: host_suffix, value: ai.microsoft.com, {HOST}, {SEEN}"),
        ("shared-parent-suffix", f"type: host_suffix, value: microsoft.com, {HOST}, {SEEN}", f"type: host_suffix, value: microsoft.com, {HOST}, needs: {{path: /ai}}, {SEEN}"),
        ("shared-parent-apex", f"type: host_exact, value: www.bing.com, {HOST}, {SEEN}", f"type: host_exact, value: www.bing.com, {HOST}, needs: {{path: /chat}}, {SEEN}"),
        ("shared-parent-template", f"type: host_template, value: '{{label}}.{{label}}.amazonaws.com', {HOST}, {SEEN}", f"type: host_template, value: '{{label}}.acme.amazonaws.com', {HOST}, {SEEN}"),
        ("shared-delivery-host", f"type: host_exact, value: acme.cloudfront.net, {HOST}, {SEEN}", f"type: host_exact, value: acme.cloudfront.net, surface: cdn, confidence: medium, {SEEN}"),
        ("public-suffix", f"type: host_suffix, value: co.uk, {HOST}, {SEEN}", f"type: host_suffix, value: acme.co.uk, {HOST}, {SEEN}"),
        ("private-suffix", f"type: host_suffix, value: hf.space, {HOST}, {SEEN}", f"type: host_suffix, value: hf.space, surface: web, confidence: medium, {SEEN}"),
        ("benign-agent", f"type: user_agent, value: python, confidence: medium, {SEEN}", f"type: user_agent, value: acme-python, confidence: medium, {SEEN}"),
        ("benign-path", f"type: http_path, value: /health, surface: api, confidence: low, {SEEN}", f"type: http_path, value: /health, surface: api, confidence: low, needs: {{port: 9}}, {SEEN}"),
        ("benign-path", f"type: http_path, value: '^/v2/models/', surface: api, confidence: medium, {SEEN}", f"type: http_path, value: '^/v2/models/[^/]+/infer$', surface: api, confidence: medium, {SEEN}"),
        ("no-evidence", f"type: host_exact, value: a.acme.example, {HOST}", FINE.replace("api.", "a.")),
        ("thin-evidence", f"type: host_exact, value: a.acme.example, {HOST}, evidence: [{LIST}]", f"type: host_exact, value: a.acme.example, {HOST}, evidence: [{LIST}, {LIST.replace('a/b', 'c/d')}]"),
        ("thin-evidence", f"type: host_exact, value: a.acme.example, {HOST}, evidence: [{LIST}, {LIST}]", f"type: host_exact, value: a.acme.example, surface: api, confidence: medium, evidence: [{LIST}]"),
        ("evidence-place", f"type: host_exact, value: a.acme.example, {HOST}, {SEEN.replace('https://', '')}", FINE.replace("api.", "a.")),
        ("evidence-place", f"type: host_exact, value: a.acme.example, {HOST}, {SEEN.replace('11-21', '02-30')}", FINE.replace("api.", "a.")),
        ("evidence-place", f"type: host_exact, value: a.acme.example, {HOST}, {SEEN.replace('page', 'package').replace('https://acme.example/docs', 'acme')}", f"type: host_exact, value: a.acme.example, {HOST}, {SEEN.replace('page', 'package').replace('https://acme.example/docs', 'acme 1.2')}"),
        ("quiet-surface", f"type: host_exact, value: docs.acme.example, surface: docs, confidence: medium, {SEEN}", f"type: host_exact, value: docs.acme.example, surface: docs, confidence: low, {SEEN}"),
        ("no-surface", f"type: host_exact, value: a.acme.example, confidence: high, {SEEN}", FINE.replace("api.", "a.")),
        ("confirmed-by-log", f"type: host_exact, value: a.acme.example, surface: api, confidence: confirmed, {SEEN}", f"type: arm_type, value: Acme.Ai/accounts, confidence: confirmed, {SEEN}"),
        ("path-alone", f"type: http_path, value: /acme/v1, surface: api, confidence: high, {SEEN}", f"type: http_path, value: /acme/v1, surface: api, confidence: high, needs: {{header: x-acme}}, {SEEN}"),
        ("agent-alone", f"type: user_agent, value: acme-py, confidence: high, {SEEN}", f"type: user_agent, value: acme-py, confidence: high, needs: {{path: /acme}}, {SEEN}"),
        ("generic-name", f"type: oauth_name, value: AI Assistant 2, confidence: low, {SEEN}", f"type: oauth_name, value: Acme Assistant, confidence: low, {SEEN}"),
        ("generic-name", f"type: app_id, value: ssl, confidence: low, {SEEN}", f"type: app_id, value: acme-ssl, confidence: low, {SEEN}"),
        ("name-alone", f"type: oauth_name, value: Acme, confidence: high, {SEEN}", f"type: oauth_name, value: Acme, confidence: medium, {SEEN}"),
        ("scope-alone", f"type: oauth_scope, value: acme.read, confidence: high, {SEEN}", f"type: oauth_scope, value: acme.read, confidence: high, distinctive: true, {SEEN}"),
        ("duplicate-indicator", f"type: oauth_name, value: Acme, confidence: low, {SEEN}}}\n  - {{type: oauth_name, value: ACME, confidence: low, {SEEN}", f"type: oauth_name, value: Acme, confidence: low, {SEEN}}}\n  - {{type: app_id, value: ACME, confidence: low, {SEEN}"),
        ("range-too-sure", f"type: cidr, value: 192.0.2.0/24, confidence: high, {SEEN}", f"type: cidr, value: 192.0.2.0/24, confidence: medium, {SEEN}"),
        ("range-too-sure", f"type: cidr, value: 192.0.2.0/24, confidence: medium, evidence: [{LIST}]", f"type: cidr, value: 192.0.2.0/24, confidence: hint, evidence: [{LIST}]"),
        ("hint-only", f"type: asn, value: 64496, confidence: low, {SEEN}", f"type: asn, value: 64496, confidence: hint, {SEEN}"),
        ("common-header", f"type: http_header, value: X-Api-Key, confidence: high, {SEEN}", f"type: http_header, value: 'X-Api-Key: ^acme-', confidence: high, {SEEN}"),
        ("crawler-kind", f"type: user_agent, value: AcmeBot, confidence: medium, {SEEN}", f"type: user_agent, value: AcmeBotany, confidence: medium, {SEEN}"),
        ("redundant-path", f"type: http_path, value: /acme/v1, surface: api, confidence: low, {SEEN}}}\n  - {{type: http_path, value: /acme, surface: api, confidence: low, {SEEN}", f"type: http_path, value: /acme2, surface: api, confidence: low, {SEEN}}}\n  - {{type: http_path, value: /acme, surface: api, confidence: low, {SEEN}"),
        ("redundant-path", f"type: http_path, value: /acme/v1, surface: api, confidence: low, {SEEN}}}\n  - {{type: http_path, value: /acme, surface: api, confidence: low, {SEEN}", f"type: http_path, value: /acme/v1, surface: api, confidence: medium, {SEEN}}}\n  - {{type: http_path, value: /acme, surface: api, confidence: low, {SEEN}"),
        ("redundant-range", f"type: cidr, value: 192.0.2.0/28, confidence: hint, {SEEN}}}\n  - {{type: cidr, value: 192.0.2.0/24, confidence: hint, {SEEN}", f"type: cidr, value: 192.0.3.0/28, confidence: hint, {SEEN}}}\n  - {{type: cidr, value: 192.0.2.0/24, confidence: hint, {SEEN}"),
        ("redundant-agent", f"type: user_agent, value: acme-py, confidence: medium, {SEEN}}}\n  - {{type: user_agent, value: ACME, confidence: medium, {SEEN}", f"type: user_agent, value: acmepy, confidence: medium, {SEEN}}}\n  - {{type: user_agent, value: ACME, confidence: medium, {SEEN}"),
        ("duplicate-indicator", FINE, f"type: host_exact, value: api.acme.example, {HOST}, needs: {{path: /x}}, {SEEN}"),
    ],
)  # fmt: skip
def test_a_lint_complains_about_the_bad_and_not_about_its_neighbour(names, lint_name, bad, good):
    assert lint_name in names(text(FINE, bad))
    assert lint_name not in names(text(FINE, good))


def test_a_crawler_has_no_hosts(names):
    crawler = f"type: user_agent, value: AcmeBot, confidence: medium, {SEEN}"
    assert names(text(crawler, FINE, id="ai_crawler_inbound/acme")) == ["crawler-indicator"]
    assert names(text(crawler, id="ai_crawler_inbound/acme")) == []


def test_ai_inside_a_product_may_be_low_on_a_shared_parent(names):
    row = f"type: host_suffix, value: canva.com, surface: web, confidence: low, {SEEN}"
    assert names(text(row, id="embedded_ai/acme")) == []


def test_a_product_of_its_own_may_not(names):
    row = f"type: host_suffix, value: canva.com, surface: web, confidence: low, {SEEN}"
    assert names(text(row, id="saas_app/acme")) == ["shared-parent-suffix"]


def test_a_covered_name_is_redundant_unless_it_says_something_else(names):
    suffix = f"type: host_suffix, value: acme.example, {HOST}, {SEEN}"
    assert names(text(FINE, suffix)) == ["redundant-host"]
    assert names(text(FINE.replace("surface: api", "surface: web"), suffix)) == []


@pytest.mark.parametrize(
    ("tail", "wanted"),
    [
        ("", ["missing-negative", "missing-positive"]),
        ("cases:\n  - {observe: {dst_host: x.example}, match: true}\n", ["missing-negative"]),
        ("cases:\n  - {observe: {dst_host: x.example}, match: false}\n", ["missing-positive"]),
        (PROOF + "  - {observe: {}, match: false}\n", ["empty-case"]),
    ],
)
def test_a_signature_proves_itself(names, tail, wanted):
    assert names(text(FINE, tail=tail)) == wanted


def test_a_signature_that_matches_nothing_in_logs_needs_no_cases(names):
    assert names(text(f"type: package, value: acme, confidence: high, {SEEN}", tail="")) == []


def test_a_host_has_one_owner(names):
    other = text(FINE, id="model_api/zeta", name="Zeta")
    assert names(text(FINE), other) == ["two-owners"]
    conditional = text(f"{FINE}, needs: {{path: /zeta}}", id="model_api/zeta", name="Zeta")
    assert names(text(FINE), conditional) == []


def test_a_vendor_is_spelled_one_way_and_the_rare_spelling_is_reported(make_catalogue):
    files = {
        f"model_api/s{n}": text(
            FINE.replace("api.", f"s{n}."), id=f"model_api/s{n}", name=f"S{n}", extra=f"{extra}\n"
        )
        for n, extra in enumerate(
            ["vendor_name: ACME", "vendor_name: Acme", "vendor_name: Acme", "country: DE"]
        )
    }
    issues = lint(make_catalogue(files))
    assert [(i.name, i.line, i.detail) for i in issues] == [
        ("vendor-spelling", 5, "acme is 'Acme' in most files")
    ]


def test_a_name_of_two_services_is_reported(names):
    other = text(FINE.replace("api.", "zeta."), id="model_api/zeta", name="ACME")
    assert names(text(FINE), other) == ["same-name"]


@pytest.mark.parametrize(
    "row",
    [
        f"type: package, value: 'pkg:pypi/acme', confidence: high, {SEEN}",
        f"type: http_path, value: /acme/v1, surface: api, confidence: medium, {SEEN}",
        f"type: http_header, value: 'x-acme: ^1', confidence: high, {SEEN}",
        f"type: user_agent, value: Acme, confidence: medium, {SEEN}",
    ],
)
def test_whatever_its_type_an_indicator_has_one_owner(names, row):
    host = FINE.replace("value: api.", "value: zeta.")
    zeta = text(row.replace("Acme", "aCME"), host, id="model_api/zeta", name="Zeta")
    assert names(text(FINE, row), zeta) == ["two-owners"]


@dataclass
class Said:
    service: str
    detection: str
    indicators: tuple[str, ...] = ("host_exact:api.acme.example",)


def judged(service, detection):
    """A matcher that knows the one name, and the odd ones of cases."""

    def judge(observed):
        host = observed["dst_host"]
        return Said(service, detection) if host == "api.acme.example" else None

    return judge


def test_the_cases_are_run_through_the_matcher_that_is_handed_in(names):
    assert names(text(FINE), judge=judged("model_api/acme", "high")) == []
    assert names(text(FINE), judge=lambda _: None) == ["unreachable", "case"]
    assert names(text(FINE), judge=judged("model_api/zeta", "high")) == ["unreachable", "case"]


@pytest.mark.parametrize(
    ("case", "verdict", "fine"),
    [
        ("match: true, confidence: high", ("model_api/acme", "high"), True),
        ("match: true, confidence: medium", ("model_api/acme", "high"), False),
        ("match: true, service: model_api/zeta", ("model_api/zeta", "high"), True),
        ("match: false, service: model_api/zeta", ("model_api/zeta", "high"), True),
        ("match: false, service: model_api/zeta", ("model_api/acme", "high"), False),
        ("match: false", ("model_api/zeta", "high"), True),
        ("match: false", ("model_api/acme", "hint"), False),
        ("match: false, confidence: low", ("model_api/acme", "low"), True),
        ("match: false, confidence: low", ("model_api/acme", "medium"), False),
    ],
)
def test_what_a_case_asks_for(names, case, verdict, fine):
    tail = PROOF + f"  - {{observe: {{dst_host: odd.example}}, {case}}}\n"

    def judge(observed):
        known = {"odd.example": Said(*verdict), "api.acme.example": Said("model_api/acme", "high")}
        return known.get(observed["dst_host"])

    assert names(text(FINE, tail=tail), judge=judge) == ([] if fine else ["case"])


def test_an_issue_says_where_what_and_what_to_do(make_catalogue):
    row = f"type: host_exact, value: docs.acme.example, surface: docs, confidence: high, {SEEN}"
    issues = lint(make_catalogue({"model_api/acme": text(FINE, row)}))
    assert [str(issue).partition("model_api/acme.yaml")[2] for issue in issues] == [
        ":8: indicators[1].confidence: error quiet-surface: high on a docs surface; make it low or hint"
    ]


def test_every_lint_has_a_name_of_its_own_and_says_what_to_do():
    assert len({check.name for check in LINTS}) == len(LINTS)
    assert all(check.recommendation and type(check).__doc__ for check in LINTS)
