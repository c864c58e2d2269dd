# ruff: noqa: E501 - one case a line
"""A maker that is refused is met wherever its models are hosted."""

import pytest

from connectors.declared.model import InventoryError
from connectors.declared.policy import Policy
from scanner.reconcile.makers import checked_makers, maker_id

R1 = "deepseek.r1-v1:0"
BAN = {"prohibited": [{"id": "P9", "match": {"model_maker": "DeepSeek"}}]}
SITE = {"prohibited": [{"id": "P8", "match": {"domain_suffix": "deepseek.com"}}]}


@pytest.fixture
def router(asset):
    """A gateway in front of many makers' models, in use with these."""

    def make(*models, **facts):
        where = {"product": "OpenRouter", "vendor": "OpenRouter", "kind": "ai_gateway"}
        return asset(models=models, domains=("openrouter.ai",), **where, **facts)

    return make


@pytest.fixture
def approved(row):
    where = {"product": "OpenRouter", "vendor": "OpenRouter", "domains": "openrouter.ai"}
    return lambda **facts: row(1, "OpenRouter", **where, **facts)


@pytest.fixture
def refusal(row):
    return lambda name, **facts: row(2, name, lifecycle="refused", **facts)


def test_a_rule_about_a_maker_forbids_its_models_behind_a_gateway(hold, router, approved):
    held = hold([router("anthropic.claude-v2", R1)], [approved()], policy=BAN)
    assert held.state() == "prohibited"
    assert held.assets["a1"].why == f"rule P9 forbids it; it runs {R1} (DeepSeek)"


@pytest.mark.parametrize("kind", ["model_api", "saas_chat"])
def test_and_the_makers_own_services_whatever_model_was_seen(hold, asset, kind):
    own = asset(product="DeepSeek", vendor="deepseek", vendor_name="DeepSeek", kind=kind)
    held = hold([own], [], policy=BAN)
    assert held.state() == "prohibited"
    assert held.assets["a1"].why == "rule P9 forbids it; it is the maker's own service"


@pytest.mark.parametrize(
    "facts",
    [
        {"vendor": "mistral", "vendor_name": "Mistral AI"},
        {"vendor": "", "vendor_name": ""},
        {"vendor": "deepseek", "kind": "model_hub"},
        {"vendor": "deepseek", "models": ("llama-3.1-8b-instruct",)},
    ],
)
def test_but_no_service_of_another_and_none_seen_with_models_of_others_alone(hold, asset, facts):
    held = hold([asset(**{"product": "Chat", "kind": "model_api"} | facts)], [], policy=BAN)
    assert held.state() == "unmanaged"


def test_from_a_hub_models_are_fetched(hold, asset):
    hub = asset(product="Ollama library", vendor="Ollama", kind="model_hub", models=("qwen2.5:7b",))
    held = hold([hub], [], policy={"prohibited": [{"id": "P7", "match": {"model_maker": "Qwen"}}]})
    assert held.assets["a1"].why == "rule P7 forbids it; it fetches qwen2.5:7b (Alibaba Qwen)"


@pytest.mark.parametrize("models", [("anthropic.claude-v2",), (), ("deepseeker-1",)])
def test_and_nothing_else(hold, router, approved, models):
    assert hold([router(*models)], [approved()], policy=BAN).state() == "managed"


def test_the_name_of_a_deployment_asks_a_person(hold, router, approved):
    held = hold([router(deployments=("DeepSeek-R1",))], [approved()], policy=BAN)
    assert held.state() == "prohibited"
    assert "needs_confirmation" in held.assets["a1"].flags


@pytest.mark.parametrize("name", ["DeepSeek", "All DeepSeek models", "DeepSeek R1"])
def test_a_row_that_refuses_the_maker_meets_its_models(hold, router, approved, refusal, name):
    held = hold([router(R1)], [approved(), refusal(name)])
    assert (held.state(), held.assets["a1"].fields) == ("unapproved_use", ("status",))
    assert f'runs {R1} (DeepSeek), and row 2 "{name}" refuses DeepSeek' in held.assets["a1"].why


@pytest.mark.parametrize("name", ["DeepSeek plugin for Excel", "ChatGPT", "Deep Sea", "Amazon"])
def test_a_row_about_something_else_does_not(hold, router, approved, refusal, name):
    held = hold([router(R1)], [approved(), refusal(name)])
    assert "maker_refused" not in held.assets["a1"].flags


def test_a_row_that_approves_the_model_settles_it(hold, router, approved, refusal):
    held = hold([router(R1)], [approved(model="DeepSeek R1"), refusal("DeepSeek")])
    assert held.state() == "managed"


def test_undeclared_use_of_it_is_urgent(hold, router):
    held = hold([router(R1)], [], policy=SITE)
    (finding,) = [one for one in held.ledger.findings if one.asset_id]
    assert (finding.state, finding.severity) == ("unmanaged", "high")
    assert "rule P8 forbids deepseek.com, the site of DeepSeek" in finding.evidence


def test_a_rule_about_a_site_says_nothing_of_an_approved_use(hold, router, approved):
    held = hold([router(R1)], [approved()], policy=SITE)
    assert (held.state(), "maker_refused" in held.assets["a1"].flags) == ("managed", False)


def test_the_sentence_names_model_and_maker(hold, router):
    held = hold([router("anthropic.claude-v2", deployments=("bot",))], [])
    (finding,) = [one for one in held.ledger.findings if one.asset_id]
    assert "Model: anthropic.claude-v2 (Anthropic Claude)." in finding.evidence
    assert "Deployments, by the name they were given: bot." in finding.evidence


@pytest.mark.parametrize(("name", "maker"), [("deepseek", "deepseek"), ("Z.ai", "zhipu"), ("Meta Platforms", "meta"), ("nobody", None)])  # fmt: skip
def test_makers_by_any_of_their_names(name, maker):
    assert maker_id(name) == maker


def test_a_rule_about_nobody_is_refused():
    policy = Policy.model_validate(
        {"prohibited": [{"id": "P1", "match": {"model_maker": "Depseek"}}]}
    )
    with pytest.raises(InventoryError, match='did you mean "deepseek"'):
        checked_makers(policy, "policy.yaml")


def test_a_match_has_one_shape():
    with pytest.raises(ValueError, match="model_maker alone"):
        Policy.model_validate(
            {"prohibited": [{"id": "P1", "match": {"model_maker": "xAI", "domain_suffix": "x.ai"}}]}
        )
