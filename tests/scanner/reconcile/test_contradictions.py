"""Two rows that say the opposite of one system: neither swallows the other, and both are told."""

import pytest

CHATGPT = {"vendor": "OpenAI", "product": "ChatGPT"}


def refused(row, number, **facts):
    return row(
        number, **(CHATGPT | {"lifecycle": "refused", "lifecycle_raw": "Prohibited"} | facts)
    )


def approved(row, number, **facts):
    return row(number, **(CHATGPT | {"lifecycle_raw": "Approved"} | facts))


URL = {"domains": "chatgpt.com"}


@pytest.mark.parametrize(
    ("strong", "weak"), [(URL, {}), ({}, URL), (URL, URL), ({}, {})]
)  # fmt: skip
def test_a_refusal_decides_whichever_row_is_better_documented(hold, asset, row, strong, weak):
    held = hold(
        [asset(domains=("chatgpt.com",))], [approved(row, 1, **strong), refused(row, 2, **weak)]
    )
    assert held.state() == "unapproved_use"
    assert {row.state for row in held.rows.values()} == {"unapproved_use"}
    assert held.rows[1].duplicate_of_row is held.rows[2].duplicate_of_row is None


def test_both_rows_are_told_with_what_they_say(hold, asset, row):
    held = hold([asset()], [approved(row, 1), refused(row, 2)])
    assert 'row 1 contradicts it ("Approved"); the refusal counts' in held.assets["a1"].why
    assert 'row 2 contradicts it ("Prohibited"); the refusal counts' in held.rows[1].why
    (problem,) = held.ledger.problems
    assert str(problem) == (
        'register.csv:3: row 2 "ChatGPT" ("Prohibited") contradicts row 1 "ChatGPT" ("Approved"): '
        "one system, the refusal counts"
    )
    (finding,) = held.ledger.findings
    assert finding.declared_row == 2
    assert "row 1 contradicts it" in finding.evidence


def test_rows_nobody_saw_are_told_too(hold, row):
    held = hold([], [approved(row, 1), refused(row, 2)])
    assert "row 2 contradicts it" in held.rows[1].why
    assert [p.reason for p in held.ledger.problems] == ["rows_contradict"]


@pytest.mark.parametrize(
    "other",
    [
        {"name": "ChatGPT Free", "product": "ChatGPT Free"},
        {"tenant_ids": "private"},
        {"approved_scope": "anything with customer data"},
        {"department": "HR"},
        {"environment": "dev"},
    ],
)
def test_a_refusal_of_another_use_contradicts_nothing(hold, row, other):
    mine = {
        "tenant_ids": "hpf",
        "approved_scope": "texts",
        "department": "IT",
        "environment": "prod",
    }
    held = hold([], [approved(row, 1, **mine), refused(row, 2, **other)])
    assert held.ledger.problems == ()
    assert held.rows[2].state != "duplicate"


def test_a_retired_row_is_told_and_no_duplicate_but_does_not_decide(hold, asset, row):
    old = row(2, **CHATGPT, lifecycle="retired", lifecycle_raw="Closed")
    held = hold([asset()], [approved(row, 1, **URL), old])
    assert held.state() == "managed"
    assert held.rows[2].state != "duplicate"
    assert [p.reason for p in held.ledger.problems] == ["rows_contradict"]


def test_rows_that_agree_are_duplicates_as_before(hold, asset, row):
    held = hold([asset()], [refused(row, 1, **URL), refused(row, 2)])
    assert held.rows[2].state == "duplicate"
    assert held.ledger.problems == ()


def test_one_deployment_of_two_systems_is_no_contradiction(hold, endpoint, row):
    arn = "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/shared"
    rows = [
        row(1, "Claims triage", resource_ids=arn, vendor="in-house", product="xgboost"),
        row(2, "Fraud score", resource_ids=arn, vendor="in-house", product="xgboost",
            lifecycle="refused", lifecycle_raw="Declined"),
    ]  # fmt: skip
    held = hold([endpoint("shared")], rows)
    assert held.ledger.problems == ()
    assert held.state("shared") == "managed"
