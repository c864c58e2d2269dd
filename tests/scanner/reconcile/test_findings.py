"""Findings: one for each thing that needs someone, in plain words, with an id that stays."""

import pytest


@pytest.mark.parametrize(
    ("facts", "severity"),
    [
        ({}, "medium"),
        ({"tenant": "personal"}, "high"),
        ({"usages": ("chat", "upload")}, "high"),
        ({"kind": "agent"}, "high"),
        ({"kind": "mcp_server"}, "high"),
        ({"kind": "embedded_ai"}, "low"),
    ],
)
def test_severity_of_unmanaged_assets(hold, asset, facts, severity):
    (finding,) = hold([asset(**facts)], []).ledger.findings
    assert (finding.state, finding.severity) == ("unmanaged", severity)


def test_managed_and_waived_assets_have_no_finding(hold, asset, row):
    assert hold([asset()], [row(product="ChatGPT", vendor="OpenAI")]).ledger.findings == ()


def test_a_finding_says_what_where_and_what_to_do(hold, asset):
    (finding,) = hold([asset(users=12, bytes_out=2_000_000)], []).ledger.findings
    assert finding.title == "Undeclared AI: ChatGPT"
    assert finding.evidence == (
        "No row of the register covers it. Last seen 2026-03-15, 12 users, 2 MB sent."
    )
    assert finding.remediation == "Find who runs it, then register, replace or stop it."


def test_region_and_status_drift_are_high_and_owner_drift_is_medium(hold, endpoint, row):
    arn = "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/eta-model"
    moved = row(name="Arrivals", resource_ids=arn, hosting="AWS Frankfurt")
    owned = row(name="Arrivals", resource_ids=arn, business_owner="Marta Lindqvist")
    severities = [
        hold([endpoint("eta-model", owner="jweidner")], [r]).ledger.findings[0].severity
        for r in (moved, owned)
    ]
    assert severities == ["high", "medium"]


def test_a_finding_keeps_its_id_when_the_register_grows(hold, asset, row):
    one = hold([asset()], []).ledger.findings[0]
    two = hold([asset(users=99)], [row(3, "Other", product="DeepL", vendor="DeepL")])
    assert one.finding_id in {finding.finding_id for finding in two.ledger.findings}


def test_a_row_keeps_its_finding_when_rows_move(hold, row):
    facts = {"product": "DeepL", "vendor": "DeepL", "hosting": "SaaS", "ref": "AI-9"}
    one = hold([], [row(1, "Translate", **facts)]).ledger.findings[0]
    two = hold([], [row(7, "Translate", **facts)]).ledger.findings[0]
    assert one.finding_id == two.finding_id


def test_finding_ids_are_unique_even_for_equal_rows(hold, row):
    rows = [row(n, f"Unseen {n}", product=f"Product{n}", vendor="X", ref="AI-9") for n in (1, 2)]
    findings = hold([], rows).ledger.findings
    assert len({finding.finding_id for finding in findings}) == len(findings)


PROHIBITED = {"prohibited": [{"id": "P-1", "match": {"domain_suffix": "chatgpt.com"}}]}


@pytest.mark.parametrize(
    ("facts", "policy", "severity", "title"),
    [
        ({"blocked": 4, "hits": 4}, PROHIBITED, "low", "Tried and blocked: ChatGPT (prohibited)"),
        ({"blocked": 4, "hits": 4}, None, "info", "Tried and blocked: ChatGPT (unmanaged)"),
        ({"unseen_days": 31}, PROHIBITED, "info", "No longer seen: ChatGPT (prohibited)"),
        ({"blocked": 3, "hits": 4}, PROHIBITED, "critical", "Prohibited AI in use: ChatGPT"),
    ],
)
def test_what_is_not_in_use_wakes_nobody(hold, asset, facts, policy, severity, title):
    seen = asset(domains=("chatgpt.com",), **facts)
    (finding,) = hold([seen], [], policy=policy).ledger.findings
    assert (finding.severity, finding.title) == (severity, title)


def test_a_finding_keeps_its_id_when_use_becomes_an_attempt(hold, asset):
    used, tried = asset(hits=4), asset(hits=4, blocked=4)
    ids = {hold([one], []).ledger.findings[0].finding_id for one in (used, tried)}
    assert len(ids) == 1


def test_evidence_names_models_and_what_a_sum_is_of(hold, asset):
    seen = asset(hits=9, clients=2, bytes_out=3000, sized=2, models=tuple("abcdefg"))
    (finding,) = hold([seen], []).ledger.findings
    assert finding.evidence == (
        "No row of the register covers it. Last seen 2026-03-15, 2 clients (no users logged), "
        "3 kB sent (sizes in 2 of 9 records). Models: a, b, c, d, e and 2 more."
    )
