"""docs/register.md: what it says of columns, words, rungs and states is so."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from connectors.declared.model import LIFECYCLES, Declaration
from connectors.declared.people import read_people
from connectors.declared.read import read_inventory
from connectors.declared.words import DATES, HEADERS, LISTS, STATUS_WORDS
from scanner.reconcile import findings
from scanner.reconcile.model import ASSET_STATES, DECLARED_STATES, Binding, Observed
from scanner.reconcile.reconcile import reconcile
from scanner.reconcile.rules import LADDER

from .pages import REGISTER, blocks, rows


def test_every_field_of_a_register_is_in_its_table():
    table = rows(REGISTER, "field")
    fields = [(re.findall(r"`(\w+)`", cells[0]), cells[2]) for cells in table]
    assert sorted(name for names, _ in fields for name in names) == sorted(HEADERS)
    assert {n for names, word in fields if word.startswith("list") for n in names} == LISTS
    assert {name for names, word in fields if word == "dates" for name in names} == DATES


def test_headers_named_in_the_docs_are_recognised():
    known = {synonym: field for field, many in HEADERS.items() for synonym in many}
    for cells in rows(REGISTER, "field"):
        fields = re.findall(r"`(\w+)`", cells[0])
        for header in re.split(r"[,;] ", cells[1]):
            assert known.get(header) in fields, header


def test_status_words_named_in_the_docs_are_known():
    table = rows(REGISTER, "life-cycle")
    assert [cells[0].strip("`") for cells in table] == list(LIFECYCLES)
    for cells in table:
        words = re.split(r"[,;:] ", cells[1])
        told = [w for w in words if w in STATUS_WORDS[cells[0].strip("`")]]
        assert len(told) >= 3


def test_registers_and_people_in_the_docs_are_read(tmp_path):
    register, people = blocks(REGISTER, "csv")
    (tmp_path / "register.csv").write_text(register)
    (tmp_path / "people.csv").write_text(people)
    found = read_inventory(tmp_path / "register.csv")
    assert (len(found.rows), found.rejected, found.problems) == (2, 0, ())
    assert None not in found.columns.values()
    assert [row.approved_on for row in found.rows] == [dt.date(2025, 5, 12), dt.date(2024, 11, 2)]
    assert [person.active for person in read_people(tmp_path / "people.csv")] == [True, False]


def test_every_state_is_explained_with_its_severity():
    assets = rows(REGISTER, "state")
    assert [cells[0].strip("`") for cells in assets] == list(ASSET_STATES)
    declared = rows(REGISTER.split("And the row's")[1], "state")
    own = [cells[0].strip("`") for cells in declared if cells[0].startswith("`")]
    assert set(own) == set(DECLARED_STATES) - (set(ASSET_STATES) - {"needs_review"})
    for cells in declared:
        severity = findings._ROW_SEVERITY.get(cells[0].strip("`"))
        assert severity is None or severity == cells[2]


ARN = "arn:aws:sagemaker:eu-north-1:111122223333:endpoint/"
DAMAGED = "arn:aws:sagemaker:eu-north-1:1.11122E+11:endpoint/eta-forecast"
AZURE = (
    "/subscriptions/0a0a0a0a-0000-4000-8000-000000000001/resourceGroups/rg-claims/providers/"
    "Microsoft.CognitiveServices/accounts/hpf-openai/deployments/gpt-4o"
)


def endpoint(name, **more):
    facts = {"kind": "cloud_ai_resource", "product": "Amazon SageMaker AI", "vendor": "Amazon"}
    known = {"name": name, "native_ids": (ARN + name,), "region": "eu-north-1"}
    return facts | known | {"account": "111122223333"} | more


def used(product, vendor, host, **more):
    facts = {"kind": "saas_chat", "product": product, "vendor": vendor, "name": product}
    return facts | {"domains": (host,)} | more


# rung: what the row says, what is seen, and the texts of both in the table
RUNGS = {
    "K0": ({}, endpoint("zz-9"), "`AI-007`", "bound to `AI-007`"),
    "K1": ({"resource_ids": (DAMAGED,)}, endpoint("eta-forecast"), DAMAGED, "`111122223333`"),
    "K2": (
        {},
        endpoint("zz-9", tags={"inventory-ref": "ai 007"}),
        "`AI-007`", "`inventory-ref: ai 007`",
    ),
    "K3": (
        {"resource_ids": ("hpf-openai",)},
        {"kind": "cloud_ai_resource", "product": "Azure OpenAI", "vendor": "Microsoft",
         "name": "gpt-4o", "native_ids": (AZURE,)},
        "`hpf-openai`", "the account `hpf-openai`",
    ),
    "K4": (
        {"product": ("ChatGPT",), "tenant_ids": ("hpf-workspace",)},
        used("ChatGPT", "OpenAI", "chatgpt.com", tenant="hpf-workspace"),
        "ChatGPT, `hpf-workspace`", "ChatGPT in `hpf-workspace`",
    ),
    "K5": (
        {"resource_ids": ("eta-forecast",)},
        endpoint("eta-forecast"),
        "`eta-forecast`", "endpoint `eta-forecast`",
    ),
    "K6": (
        {"vendor": ("OpenAI",), "domains": ("chatgpt.com",)},
        used("ChatGPT", "OpenAI", "chatgpt.com"),
        "OpenAI, `chatgpt.com`", "ChatGPT at `chatgpt.com`",
    ),
    "K7": (
        {"vendor": ("Microsoft",), "product": ("Bing Chat Enterprise",)},
        used("Microsoft 365 Copilot Chat", "Microsoft", "copilot.microsoft.com"),
        "Microsoft, `Bing Chat Enterprise`", "Microsoft 365 Copilot Chat",
    ),
    "K8": (
        {"name": "Berth forecast (Norway)", "hosting": "AWS eu-north-1", "vendor": ("in-house",),
         "product": ("gradient boosted trees",)},
        endpoint("berth-fc-gbm-no"),
        "`Berth forecast (Norway)`", "`berth-fc-gbm-no`",
    ),
}  # fmt: skip


def matched(declared, asset, *, ref="AI-007", bindings=()):
    """The pairs of one row and one asset: (band, rung that speaks loudest)."""
    facts = {"name": "Arrival times", "lifecycle": "approved"} | declared
    row = Declaration(row=1, source="r.csv", line=2, ref=ref, **facts)
    ledger = reconcile(
        [Observed(asset_id="a", **asset)], [row], as_of=dt.date(2026, 3, 16), bindings=bindings
    )
    return [(pair.band, pair.rule_ids[0]) for pair in ledger.pairs]


@pytest.mark.parametrize("rung", RUNGS)
def test_the_example_of_a_rung_is_a_match_by_it(rung):
    declared, asset, says, seen = RUNGS[rung]
    (cells,) = [cells for cells in rows(REGISTER, "rung") if cells[0] == rung]
    assert says in cells[2]
    assert seen in cells[3]
    bound = [Binding(asset["native_ids"][0], "AI-007")] if rung == "K0" else []
    assert matched(declared, asset, bindings=bound) == [("auto", rung)]


def test_every_rung_of_the_ladder_has_an_example():
    names = [rule.__module__.rpartition(".")[2][:2].upper() for rule in LADDER]
    assert [cells[0] for cells in rows(REGISTER, "rung")] == names == list(RUNGS)


def test_what_the_docs_say_is_no_match_is_none():
    """A twin by its name, another product of the vendor, and a name that fits several products."""
    nothing = [
        matched({"resource_ids": ("eta-forecast",)}, endpoint("eta-forecast-poc")),
        matched(
            {"vendor": ("OpenAI",), "product": ("ChatGPT",)}, used("Sora", "OpenAI", "sora.com")
        ),
        matched(
            {"name": "Copilot", "vendor": ("Microsoft",), "product": ("Copilot",)},
            used("Microsoft 365 Copilot Chat", "Microsoft", "copilot.microsoft.com"),
        ),
    ]
    assert nothing == [[], [], []]
