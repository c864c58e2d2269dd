"""Which rows cover which assets: for each rung one pair, and one that must not be."""

import pytest

from scanner.reconcile.model import Binding

ARN = "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/eta-model"
IN_HOUSE = {"vendor": "in-house", "hosting": "AWS Dublin", "environment": "prod"}
ACCOUNT = (
    "/subscriptions/7d1f0b2e-52a4-4b0a-9c55-0a1b2c3d4e5f/resourceGroups/rg-quotes"
    "/providers/Microsoft.CognitiveServices/accounts/nl-quotes-prod"
)


@pytest.fixture
def deployment(asset):
    """A deployment in an Azure account."""

    def build(name, account=ACCOUNT, **facts):
        base = {
            "kind": "cloud_ai_resource",
            "product": "Azure OpenAI",
            "vendor": "Microsoft",
            "name": name,
            "native_ids": (f"{account}/deployments/{name}",),
            "region": "westeurope",
        }
        return asset(name, **(base | facts))

    return build


def test_k0_a_confirmed_match_is_remembered(hold, endpoint, row):
    held = hold(
        [endpoint("zq-17")],
        [row(ref="AI-7", name="ETA model")],
        bindings=[Binding("zq-17", "AI-7")],
    )
    assert held.pairs["zq-17", 1].rule_ids == ("K0",)
    assert held.pairs["zq-17", 1].confidence == 1.0


def test_k1_the_same_resource_id(hold, endpoint, row):
    held = hold([endpoint("eta-model")], [row(name="Arrivals", resource_ids=ARN)])
    assert "K1" in held.pairs["eta-model", 1].rule_ids
    assert held.state("eta-model") == "managed"


def test_k1_a_spreadsheet_damaged_account_number_fits_only_what_it_can_have_been(
    hold, endpoint, row
):
    broken = row(name="Arrivals", resource_ids=ARN.replace("111122223333", "1.11122E+11"))
    assert hold([endpoint("eta-model")], [broken]).auto() == {("eta-model", 1)}
    other = endpoint("eta-model", account="999922223333")
    assert "K1" not in {r for p in hold([other], [broken]).ledger.pairs for r in p.rule_ids}


def test_k2_a_tag_carries_the_reference(hold, endpoint, row):
    tagged = endpoint("zq-17", tags={"ai-inventory-id": "ai_0042"})
    assert hold([tagged], [row(ref="AI.0042", name="Arrivals", **IN_HOUSE)]).auto() == {
        ("zq-17", 1)
    }
    other = endpoint("zq-17", tags={"cost-center": "ai_0042"})
    assert hold([other], [row(ref="AI.0042", name="Arrivals", **IN_HOUSE)]).auto() == set()


def test_k3_a_deployment_belongs_to_its_declared_account(hold, deployment, row):
    by_id = row(name="Quotes", vendor="Microsoft", resource_ids=ACCOUNT)
    by_name = row(name="Quotes", vendor="Microsoft", resource_ids="nl-quotes-prod")
    for declared in (by_id, by_name):
        assert hold([deployment("mini")], [declared]).auto() == {("mini", 1)}
    near = deployment("mini", account=ACCOUNT.replace("nl-quotes-prod", "nl-quotes-pro"))
    assert hold([near], [by_name]).auto() == set()


def test_k3_a_cloud_account_alone_covers_nothing_in_it(hold, endpoint, asset, row):
    declared = row(
        name="Letters",
        vendor="AWS",
        product="Claude via Bedrock",
        resource_ids="account 111122223333",
    )
    role = "arn:aws:iam::111122223333:role/"
    claude = asset(
        "letters",
        kind="model_api",
        product="Amazon Bedrock",
        vendor="Amazon",
        native_ids=(role + "letters",),
        model="anthropic.claude-sonnet-4-5-v1:0",
    )
    llama = asset(
        "menus",
        kind="model_api",
        product="Amazon Bedrock",
        vendor="Amazon",
        native_ids=(role + "menus",),
        model="meta.llama3-3-70b-instruct-v1:0",
    )
    held = hold([claude, llama, endpoint("eta-model")], [declared])
    assert held.auto() == {("letters", 1)}


def test_k3_the_application_tag_is_the_system(hold, deployment, row):
    tagged = deployment("mini", tags={"app": "quote-assistant"})
    assert hold([tagged], [row(name="Quote assistant", vendor="Microsoft")]).auto() == {("mini", 1)}


def test_k4_product_and_workspace(hold, asset, row):
    declared = row(product="ChatGPT", vendor="OpenAI", approved_scope="workspace nl-work only")
    held = hold([asset(tenant="nl-work")], [declared])
    assert held.pairs["a1", 1].rule_ids[0] == "K4"


def test_k5_the_same_name_elsewhere_is_a_pair_and_drift(hold, endpoint, row):
    declared = row(name="Arrivals", resource_ids=ARN, environment="dev")
    moved = endpoint("eta-model", "copy", account="444455556666")
    held = hold([moved], [declared])
    assert held.auto() == {("copy", 1)}
    assert held.assets["copy"].fields == ("account", "environment")


def test_k5_a_name_with_packaging_is_the_name_and_a_twin_is_not(hold, endpoint, row):
    declared = row(name="Arrivals", resource_ids="eta-model", **IN_HOUSE)
    assert hold([endpoint("eta-model-prod-v3")], [declared]).auto() == {("eta-model-prod-v3", 1)}
    for twin in ("eta-model-poc", "eta-model-canary", "eta-model-es"):
        assert hold([endpoint(twin)], [declared]).auto() == set(), twin


def test_k5_a_system_name_needs_something_else_that_agrees(hold, endpoint, row):
    lonely = row(name="Berth planner", vendor="in-house")
    assert hold([endpoint("berth-planner")], [lonely]).auto() == set()
    placed = row(name="Berth planner", **IN_HOUSE)
    assert hold([endpoint("berth-planner")], [placed]).auto() == {("berth-planner", 1)}


def test_k6_domain_and_product(hold, asset, row):
    app = asset(product="Quillbot", vendor="Quillbot", domains=("app.quillbot.example",))
    agrees = row(
        name="Texts", product="Quillbot Premium", vendor="Quillbot", domains="quillbot.example"
    )
    assert hold([app], [agrees]).pairs["a1", 1].rule_ids[0] == "K6"


def test_k6_a_shared_domain_says_nothing_about_another_product(hold, asset, row):
    jules = asset(product="Jules", vendor="Google", domains=("jules.google.com",))
    gemini = row(name="Gemini", product="Gemini", vendor="Google", domains="gemini.google.com")
    assert hold([jules], [gemini]).pairs == {}


def test_k6_another_resource_of_the_same_platform_is_not_covered(hold, asset, row):
    other = asset(
        product="Azure OpenAI",
        vendor="Microsoft",
        kind="cloud_ai_resource",
        domains=("nl-sandbox.openai.azure.com",),
    )
    declared = row(
        name="Quotes",
        product="Azure OpenAI",
        vendor="Microsoft",
        domains="nl-quotes.openai.azure.com",
    )
    assert hold([other], [declared]).pairs == {}


def test_k7_a_former_name_is_the_product_of_today(hold, asset, row):
    declared = row(name="Assistant", product="ChatGPT Team", vendor="OpenAI LLC")
    held = hold([asset(product="ChatGPT Business")], [declared])
    assert held.auto() == {("a1", 1)}
    assert "former name (until 2025-08-29) of ChatGPT Business" in held.pairs["a1", 1].sentence


def test_k7_the_vendor_alone_never_matches(hold, asset, row):
    declared = row(name="Assistant", product="ChatGPT", vendor="OpenAI")
    for product in ("Codex", "Sora", "OpenAI API"):
        assert hold([asset(product=product)], [declared]).pairs == {}, product


def test_k7_a_namesake_vendor_does_not_match(hold, asset, row):
    notes = asset(product="Fathom", vendor="Fathom Video", domains=("fathom.video",))
    coding = row(
        name="Coding", product="Fathom", vendor="Fathom Health", domains="fathomhealth.com"
    )
    assert hold([notes], [coding]).auto() == set()


@pytest.mark.parametrize(
    ("said", "meets"),
    [
        ("Tabulon Project Inc", True),  # the vendor itself, with its legal form
        ("Quillane", True),  # the owner that stands in parentheses
        ("Brimsett Project Inc", False),
        ("Quill", False),
    ],
)
def test_k7_a_vendor_with_its_owner_in_parentheses(hold, asset, row, said, meets):
    notes = asset(
        product="Tabulon", vendor="tabulon", vendor_name="Tabulon (Quillane, formerly Stilo)"
    )
    held = hold([notes], [row(name="Tables", product="Tabulon", vendor=said)])
    assert (held.auto() == {("a1", 1)}) is meets


def test_k7_a_reseller_is_a_question(hold, asset, row):
    held = hold([asset()], [row(product="ChatGPT Enterprise", vendor="Carahsoft")])
    assert held.pairs["a1", 1].band == "review"
    assert held.state() == "needs_review"


def test_k7_a_name_of_several_products_makes_no_row_cover_anything(hold, asset, row):
    m365 = asset(product="Microsoft 365 Copilot", vendor="Microsoft")
    assert hold([m365], [row(name="Copilot", vendor="Microsoft")]).auto() == set()


def test_k7_an_in_house_row_never_covers_a_product(hold, asset, row):
    engine = row(name="Consensus engine", vendor="in-house", product="rules + BERT")
    app = asset(product="Consensus", vendor="Consensus")
    assert hold([app], [engine]).pairs == {}


def test_k7_a_row_for_named_callers_covers_no_others(hold, asset, row):
    declared = row(
        product="Claude API", vendor="Anthropic", approved_scope="service account svc-bill"
    )
    mine = asset(
        "mine", kind="model_api", product="Anthropic API", vendor="Anthropic", account="svc-bill"
    )
    wards = asset(
        "other", kind="model_api", product="Anthropic API", vendor="Anthropic", account="svc-x"
    )
    assert hold([mine, wards], [declared]).auto() == {("mine", 1)}


def test_k8_an_abbreviated_name_with_owner_and_place(hold, endpoint, row):
    declared = row(
        name="Trailer demand forecast",
        product="gradient boosted trees",
        business_owner="Marta Lindqvist",
        **IN_HOUSE,
    )
    mine = endpoint("trlr-demand-fcst-gbm-v2", "mine", owner="mlindqvist")
    other = endpoint("crane-fault-cnn-v1", "other", owner="mlindqvist")
    assert hold([mine, other], [declared]).auto() == {("mine", 1)}


def test_k8_twelve_near_identical_names_are_told_apart_by_country(hold, endpoint, row):
    regions = {"es": "eu-south-2", "it": "eu-south-1", "de": "eu-central-1"}
    names = {"es": "Spain", "it": "Italy", "de": "Germany"}
    assets = [
        endpoint(f"{what}-gbm-{c}-v3", region=r, tags={"country": c})
        for what in ("delay-risk", "lane-demand", "driver-noshow")
        for c, r in regions.items()
    ]
    titles = ("Delay risk", "Lane demand", "Driver no-show")
    rows = [
        row(
            i * 3 + k + 1,
            f"{title} ({names[c]})",
            vendor="in-house",
            environment="prod",
            product="gradient boosting",
            hosting=f"AWS {names[c]}",
        )
        for i, title in enumerate(titles)
        for k, c in enumerate(regions)
    ]
    expected = {(a.asset_id, n + 1) for n, a in enumerate(assets)}
    assert hold(assets, rows).auto() == expected


def test_k8_two_equally_like_assets_are_a_question(hold, endpoint, row):
    declared = row(name="Delay risk", product="XGBoost", **IN_HOUSE)
    held = hold([endpoint("delay-risk-xgb-a"), endpoint("delay-risk-xgb-b")], [declared])
    assert held.auto() == set()


@pytest.mark.parametrize("name", ["delay-risk-xgb-poc", "delay-risk-xgb-shadow"])
def test_k8_twins_are_never_taken(hold, endpoint, row, name):
    declared = row(name="Delay risk", product="XGBoost", **IN_HOUSE)
    held = hold([endpoint(name)], [declared])
    assert held.state(name) == "unmanaged"
    assert "twin" in held.assets[name].rejected


def test_k8_a_sandbox_is_not_the_production_system(hold, endpoint, row):
    declared = row(name="Delay risk", product="XGBoost", **IN_HOUSE)
    assert hold([endpoint("delay-risk-xgb", environment="dev")], [declared]).auto() == set()


def test_vague_and_collective_rows_cover_nothing(hold, asset, row):
    rows = [
        row(1, "Chatbots"),
        row(2, "AI tools", vendor="various", product=("ChatGPT", "Claude", "others")),
        row(3, "Machine learning", vendor="OpenAI"),
    ]
    held = hold([asset()], rows)
    assert held.pairs == {}
    assert {state.state for state in held.rows.values()} == {"not_assessable"}


def test_one_deployment_serves_two_systems(hold, deployment, row):
    rows = [
        row(1, "Quote letters", vendor="Microsoft", resource_ids=ACCOUNT),
        row(2, "Sorting of claims", vendor="Microsoft", resource_ids="nl-quotes-prod"),
    ]
    held = hold([deployment("mini")], rows)
    assert held.auto() == {("mini", 1), ("mini", 2)}
    assert [state.state for state in held.rows.values()] == ["managed", "managed"]


def test_a_two_vendor_cell_pairs_with_a_product_of_each(hold, asset, row):
    declared = row(name="Dictation", vendor=("Deepgram", "Otter"), product=("Nova-2", "Otter"))
    held = hold(
        [
            asset("d", product="Deepgram", vendor="Deepgram"),
            asset("o", product="Otter", vendor="Otter"),
        ],
        [declared],
    )
    assert held.auto() == {("d", 1), ("o", 1)}


def test_every_pair_says_why_with_both_values(hold, endpoint, row):
    held = hold([endpoint("eta-model")], [row(4, "Arrivals", resource_ids=ARN)])
    assert held.pairs["eta-model", 4].sentence == (
        'Row 4 (AI-4) "Arrivals": both name the resource eta-model.'
    )
