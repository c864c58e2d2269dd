"""The states of both sides."""

import datetime as dt

import pytest

from scanner.reconcile.model import Coverage

DENY = {"prohibited": [{"id": "P1", "match": {"domain_suffix": "chatgpt.com"}, "reason": "no"}]}


def waiver(expires, **more):
    return {
        "id": "W1",
        "match": {"domain_suffix": "chatgpt.com"},
        "expires": expires,
        "approved_by": "CIO",
        **more,
    }


@pytest.fixture
def chat(asset):
    return lambda **facts: asset(domains=("chatgpt.com",), **facts)


@pytest.fixture
def declared(row):
    return lambda **facts: row(product="ChatGPT", vendor="OpenAI", **facts)


def test_prohibited_comes_before_everything(hold, chat, declared):
    held = hold([chat()], [declared()], policy=DENY)
    assert (held.state(), held.assets["a1"].rule_ids) == ("prohibited", ("P1",))
    assert held.rows[1].state == "prohibited"


def test_a_deny_rule_matches_whole_labels_only(hold, asset, declared):
    look_alike = asset(domains=("notchatgpt.com",))
    assert hold([look_alike], [], policy=DENY).state() == "unmanaged"


def test_a_waiver_lifts_a_deny_rule_only_by_naming_it(hold, chat):
    plain = DENY | {"waivers": [waiver("2027-01-01")]}
    naming = DENY | {"waivers": [waiver("2027-01-01", rule="P1")]}
    ended = DENY | {"waivers": [waiver("2026-01-01", rule="P1")]}
    states = [hold([chat()], [], policy=p).state() for p in (plain, naming, ended)]
    assert states == ["prohibited", "waived", "prohibited"]


def test_a_rule_on_name_and_account_asks_a_person(hold, endpoint):
    rule = {
        "id": "P2",
        "confirm": "human",
        "match": {"name_regex": "applicant|resume", "account_or_group_regex": "1111"},
    }
    held = hold([endpoint("Resume-Ranker")], [], policy={"prohibited": [rule]})
    assert held.state("Resume-Ranker") == "prohibited"
    assert "needs_confirmation" in held.assets["Resume-Ranker"].flags


@pytest.mark.parametrize(
    ("closed", "state"),
    [
        (dt.date(2026, 1, 31), "retired_alive"),
        (dt.date(2026, 3, 7), "retired_alive"),
        (dt.date(2026, 3, 8), "managed"),
        (None, "retired_alive"),
    ],
)
def test_retired_and_seen_more_than_seven_days_later(hold, chat, declared, closed, state):
    held = hold([chat()], [declared(lifecycle="retired", retired_on=closed)])
    assert held.state() == state


def test_an_expired_waiver_is_a_flag_and_an_exception_without_one_is_unapproved(
    hold, chat, declared
):
    policy = {"waivers": [waiver("2026-03-15")]}
    held = hold([chat()], [declared(lifecycle="exception")], policy=policy)
    assert (held.state(), held.assets["a1"].fields) == ("unapproved_use", ("waiver_expired",))
    assert "waiver_expired" in held.assets["a1"].flags
    in_date = {"waivers": [waiver("2026-03-16")]}
    assert hold([chat()], [declared(lifecycle="exception")], policy=in_date).state() == "waived"


@pytest.mark.parametrize(
    ("tenant", "fields"),
    [
        ("personal", ("tenant",)),
        ("ws-other", ("tenant",)),
        ("WS-1", ()),
        ("unknown", ()),
        (None, ()),
    ],
)
def test_tenants_hold_against_the_policy(hold, chat, declared, tenant, fields):
    policy = {"sanctioned_tenants": {"openai": ["ws-1"]}}
    assert hold([chat(tenant=tenant)], [declared()], policy=policy).assets["a1"].fields == fields


def test_a_vendor_without_a_list_has_no_rule(hold, chat, declared):
    policy = {"sanctioned_tenants": {"Other": ["ws-1"]}}
    assert hold([chat(tenant="ws-9")], [declared()], policy=policy).state() == "managed"


def test_a_refused_row_in_use_is_unapproved(hold, chat, declared):
    held = hold([chat()], [declared(lifecycle="refused")])
    assert (held.state(), held.assets["a1"].fields) == ("unapproved_use", ("status",))


@pytest.mark.parametrize(
    ("scopes", "fields"),
    [
        (("https://graph.microsoft.com/Files.Read.All",), ("scope",)),
        (("openid", "User.Read"), ()),
        (("https://www.googleapis.com/auth/calendar",), ()),
    ],
)
def test_permissions_beyond_the_approved_scope(hold, chat, declared, scopes, fields):
    approved = declared(approved_scope="summaries of calendar entries")
    assert hold([chat(oauth_scopes=scopes)], [approved]).assets["a1"].fields == fields


def test_users_of_other_departments_are_beyond_a_scope_that_says_only(hold, chat, declared):
    approved = declared(department="Sales", approved_scope="Sales only")
    assert hold([chat(departments=("Sales", "Legal"))], [approved]).assets["a1"].fields == (
        "scope",
    )
    assert hold([chat(departments=("Sales",))], [approved]).state() == "managed"


ARN = "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/eta-model"


@pytest.mark.parametrize(
    ("says", "seen", "fields"),
    [
        ({"hosting": "AWS Frankfurt"}, {}, ("region",)),
        ({"hosting": "AWS Ireland"}, {}, ()),
        ({"hosting": "AWS"}, {}, ()),
        ({"environment": "dev"}, {}, ("environment",)),
        ({"environment": "prod"}, {}, ()),
        ({"product": "gpt-4.1"}, {"model": "gpt-5-mini"}, ("model",)),
        ({"product": "gpt-4.1"}, {"model": "gpt-4.1"}, ()),
        ({"product": "GBM, ver 2"}, {"model_version": "v3"}, ("version",)),
        ({"product": "GBM, ver 3"}, {"model_version": "3"}, ()),
        ({"business_owner": "Marta Lindqvist"}, {"owner": "jweidner"}, ("owner",)),
        ({"business_owner": "J. Weidner"}, {"owner": "jonas.weidner@northline.example"}, ()),
        ({"business_owner": "Marta Lindqvist"}, {"owner": "team@northline.example"}, ()),
        ({"business_owner": "tbd"}, {"owner": "jweidner"}, ()),
        ({"lifecycle": "not_yet"}, {}, ("status",)),
    ],
)
def test_drift_field_by_field(hold, endpoint, row, says, seen, fields):
    declared = row(name="Arrivals", resource_ids=ARN, **says)
    assert hold([endpoint("eta-model", **seen)], [declared]).assets["eta-model"].fields == fields


def test_with_several_rows_a_field_differs_when_all_that_speak_disagree(hold, endpoint, row):
    rows = [
        row(1, "Arrivals", resource_ids=ARN, hosting="AWS Frankfurt"),
        row(2, "Berths", resource_ids=ARN, hosting="AWS Ireland"),
    ]
    assert hold([endpoint("eta-model")], rows).state("eta-model") == "managed"


def test_a_weak_detection_without_a_row_is_for_review(hold, asset):
    held = hold([asset(confidence=0.3)], [])
    assert (held.state(), held.assets["a1"].flags) == (
        "needs_review",
        ("owner_missing", "low_confidence_detection"),
    )


def test_flags_of_owner_review_and_approval(hold, chat, declared):
    old = declared(business_owner="Piet de Boer", review_due=dt.date(2026, 1, 1), approved_on=None)
    held = hold([chat()], [old])
    assert held.assets["a1"].flags == ("owner_inactive", "review_overdue", "approval_missing")
    assert held.rows[1].flags == ("owner_inactive", "review_overdue", "approval_missing")


def test_an_asset_used_the_wrong_way_does_not_make_its_row_wrong(hold, asset, declared):
    assets = [asset("a1"), asset("a2", tenant="personal")]
    held = hold(assets, [declared()])
    assert (held.state("a2"), held.rows[1].state) == ("unapproved_use", "managed")


BLIND = Coverage()
WORDTUNE = {"product": "Wordtune", "vendor": "AI21", "hosting": "SaaS"}
BARD = {"product": "Bard", "vendor": "Google"}
GENES = {"hosting": "GCP", "resource_ids": "projects/p-9/locations/europe-west4"}
CYBERGRAPH = {"product": "CyberGraph", "vendor": "Mimecast", "hosting": "SaaS"}


@pytest.mark.parametrize(
    ("facts", "coverage", "state"),
    [
        (WORDTUNE, None, "declared_not_observed"),
        (WORDTUNE, BLIND, "not_assessable"),
        ({"product": "12SL", "vendor": "GE", "hosting": "medical device"}, None, "not_assessable"),
        ({"vendor": "in-house", "hosting": "on-prem server"}, None, "not_assessable"),
        ({"resource_ids": ARN, "hosting": "AWS"}, None, "declared_not_observed"),
        ({"resource_ids": ARN, "hosting": "AWS"}, BLIND, "not_assessable"),
        ({"vendor": "in-house", "hosting": "AWS Milan"}, None, "not_assessable"),
        ({"vendor": "in-house", "hosting": "AWS Dublin"}, None, "declared_not_observed"),
        (GENES, None, "not_assessable"),
        (BARD | {"lifecycle": "retired"}, None, "retired_confirmed"),
        (BARD | {"lifecycle": "refused"}, None, "retired_confirmed"),
        (CYBERGRAPH, None, "not_assessable"),
    ],
)
def test_not_seen_is_said_only_where_we_looked(hold, row, facts, coverage, state):
    more = {} if coverage is None else {"coverage": coverage}
    assert hold([], [row(name="Lane planner", **facts)], **more).rows[1].state == state


def test_not_seen_needs_a_signature_that_knows_the_host(hold, row):
    declared = row(name="Routes", product="Transpool", vendor="Transpool", domains="t.example")
    blind = Coverage(hosts_covered=True, knows_host=lambda host: host.endswith("openai.com"))
    held = hold([], [declared], coverage=blind)
    assert (held.rows[1].state, held.rows[1].why) == (
        "not_assessable",
        "no signature recognises its host",
    )


@pytest.mark.parametrize(
    ("vendor", "state"), [("Transpool", "declared_not_observed"), ("Acme", "not_assessable")]
)
def test_a_vendors_site_will_do_where_the_row_names_that_vendor(hold, row, vendor, state):
    declared = row(name="Routes", product="Planner", vendor=vendor, domains="t.example")
    site = Coverage(
        hosts_covered=True,
        knows_host=lambda _: False,
        site_of=lambda host: frozenset({"Transpool"} if host == "t.example" else ()),
    )
    assert hold([], [declared], coverage=site).rows[1].state == state


def test_what_the_scope_leaves_out_is_not_assessable(hold, row):
    declared = row(
        name="Genes", vendor="Google", product="Vertex AI", hosting="GCP project gen-lab"
    )
    outside = Coverage(hosts_covered=True, not_covered=("gcp project gen-lab",))
    assert (
        hold([], [declared], coverage=outside).rows[1].why
        == "outside the scan: gcp project gen-lab"
    )


def test_a_repeated_row_is_a_duplicate_of_the_better_documented(hold, asset, declared, row):
    rows = [
        row(1, "Open AI chat", vendor="OpenAI LLC", product="GPT 5"),
        row(2, "ChatGPT Team", vendor="OpenAI", product="ChatGPT Team", domains="chatgpt.com"),
    ]
    held = hold([asset(domains=("chatgpt.com",))], rows)
    assert (held.rows[1].state, held.rows[1].duplicate_of_row) == ("duplicate", 2)
    assert held.auto() == {("a1", 2)}


def test_two_approvals_with_scopes_of_their_own_are_no_duplicates(hold, asset, row):
    rows = [
        row(1, "ChatGPT for Sales", vendor="OpenAI", product="ChatGPT", approved_scope="Sales"),
        row(2, "ChatGPT for Legal", vendor="OpenAI", product="ChatGPT", approved_scope="Legal"),
    ]
    held = hold([asset()], rows)
    assert {state.state for state in held.rows.values()} == {"managed"}


@pytest.mark.parametrize(
    ("seen", "state", "why"),
    [
        (("gpt-4o",), "managed", None),
        (("gpt-4o", "gpt-4o-2024-08-06"), "managed", None),
        (("gpt-4o", "claude-3-haiku"), "drifted", "declared GPT-4o, runs claude-3-haiku"),
        (("claude-3-haiku", "gpt-4o"), "drifted", "declared GPT-4o, runs claude-3-haiku"),
        (("claude-3-haiku", "mistral-large"), "drifted",
         "declared GPT-4o, runs claude-3-haiku, mistral-large"),
        ((), "managed", None),
    ],
)  # fmt: skip
def test_every_model_seen_is_held_against_the_declared_ones(hold, asset, row, seen, state, why):
    api = {"kind": "model_api", "product": "OpenAI API", "vendor": "OpenAI"}
    declared = row(product="OpenAI API", vendor="OpenAI", model="GPT-4o")
    found = hold([asset(models=seen, **api)], [declared]).assets["a1"]
    assert found.state == state
    assert why is None or found.why == why


@pytest.mark.parametrize(
    ("facts", "flag"),
    [
        ({"hits": 3, "blocked": 3}, "blocked_only"),
        ({"hits": 3, "blocked": 1, "failed": 2}, "blocked_only"),
        ({"hits": 3, "failed": 3}, None),
        ({"hits": 3, "blocked": 2}, None),
        ({"hits": 0, "blocked": 0}, None),
        ({"unseen_days": 30}, "gone"),
        ({"unseen_days": 29}, None),
        ({"unseen_days": 99, "native_ids": ("arn:aws:bedrock:eu-west-1:1:agent/x",)}, None),
    ],
)
def test_what_is_not_in_use_is_flagged(hold, asset, facts, flag):
    flags = set(hold([asset(**facts)], []).assets["a1"].flags)
    assert flags & {"blocked_only", "gone"} == ({flag} if flag else set())


def test_a_row_says_what_was_seen_of_it_and_that_nothing_is_in_use(hold, asset, row):
    declared = row(product="ChatGPT", vendor="OpenAI")
    used = hold([asset()], [declared]).rows[1]
    idle = hold([asset(unseen_days=40)], [declared]).rows[1]
    assert (used.state, used.why) == ("managed", "seen: ChatGPT")
    assert idle.state == "managed"
    assert "nothing of it is in use" in idle.why


def test_a_row_in_trouble_says_why_in_the_words_of_its_asset(hold, asset, row):
    declared = row(product="ChatGPT", vendor="OpenAI", lifecycle="refused", lifecycle_raw="no")
    found = hold([asset()], [declared]).rows[1]
    assert found.why == 'ChatGPT: the register refuses it: "no"'
