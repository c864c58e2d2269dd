"""`aicensus explain`: why a host is, or is not, AI."""

from __future__ import annotations


def test_a_host_is_explained_by_its_rule_and_evidence_and_by_what_lost(aicensus):
    done = aicensus("explain", "api.openai.com")
    first, service, won, *rest = done.out.splitlines()
    assert (done.code, done.err) == (0, "")
    assert first == "api.openai.com: high (host_exact:api.openai.com)"
    assert service.startswith("  OpenAI API, model_api, by OpenAI: ")
    assert won == "  won: host_exact api.openai.com, high, surface api: the exact name"
    assert rest[0].startswith("    package openai ")
    assert (
        "  lost: host_suffix openai.com, high, surface web, of saas_chat/chatgpt: "
        "an exact name comes before a suffix"
    ) in rest


def test_json_is_the_line_of_classify_and_the_rules(aicensus):
    document = aicensus("explain", "api.openai.com", "--json").document
    (classified,) = aicensus("signatures", "classify", "--json", given="api.openai.com\n").rows
    assert document.items() >= classified.items()
    (won,) = document["won"]
    assert (won["service"], won["value"]) == ("model_api/openai", "api.openai.com")
    assert won["evidence"][0]["kind"] == "package"
    assert {rule["service"] for rule in document["lost"]} >= {"saas_chat/chatgpt"}
    assert (document["host"], document["near"]) == ("api.openai.com", [])


def test_a_name_in_front_of_another_domain_says_whose_it_is(aicensus):
    done = aicensus("explain", "api.cohere.com.evil.example")
    first, *rest = done.out.splitlines()
    assert first == "api.cohere.com.evil.example: none (no rule speaks of it)"
    near = (
        "  near: api.cohere.com, of model_api/cohere: in front of the domain, which is evil.example"
    )
    assert near in rest


def test_no_host_is_a_usage_error(aicensus):
    for host in ("", " "):
        done = aicensus("explain", host)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("aicensus: HOST: no host was given")


def test_a_name_with_an_accent_is_held_against_what_it_looks_like(aicensus):
    near = "  near: openai.com, of saas_chat/chatgpt: drawn alike, written with other letters"
    assert near in aicensus("explain", "opena\u00ec.com").out.splitlines()


def test_a_host_without_anything_near_is_one_line(aicensus):
    done = aicensus("explain", "www.debian.org")
    assert (done.code, done.out) == (0, "www.debian.org: none (no rule speaks of it)\n")


def test_what_looks_like_ai_says_why(aicensus):
    done = aicensus("explain", "acme-llm.example")
    assert done.out.splitlines()[:2] == [
        'acme-llm.example: hint (name:has the word "llm" (language models))',
        "  note: looks like AI, but no service of the catalogue: for the review list",
    ]


def test_shared_infrastructure_says_that_it_is_and_what_for(aicensus):
    done = aicensus("explain", "login.acme.auth0.com")
    assert done.out.splitlines() == [
        "login.acme.auth0.com: none (shared infrastructure: never a finding by itself)",
        "  note: auth0.com is shared infrastructure (sign-in for any site)",
    ]


def test_what_is_no_host_says_why_and_cannot_steer_a_terminal(aicensus):
    done = aicensus("explain", "chat\x1b[31mgpt.com")
    assert done.out.endswith(": none (not a host name: space or control character in host)\n")
    assert "\x1b" not in done.out


def test_without_a_host_it_is_refused(aicensus):
    done = aicensus("explain")
    assert done.code == 2
    assert done.err.startswith("aicensus: HOST: no host was given")


def test_an_application_is_explained_without_a_host_and_overruled_by_one(aicensus):
    first, _, won, *_ = aicensus("explain", "--app", "Claude").out.splitlines()
    assert first == "Claude: medium (oauth_name:Claude)"  # one name is one sign
    assert won.startswith("  won: oauth_name Claude, medium, surface auth: what identity providers")
    first, _, lost = aicensus("explain", "claude.ai", "--app", "ChatGPT").out.splitlines()
    assert first == "claude.ai, ChatGPT: high (host_suffix:claude.ai, other_app_id:ChatGPT)"
    assert lost.endswith("the host is of saas_chat/claude, and nearer than a name")


def test_a_client_and_a_scope_are_explained(aicensus):
    done = aicensus("explain", "--oauth-scope", "user:inference", "--oauth-scope", "openid")
    assert done.out.startswith("user:inference openid: high (oauth_scope:user:inference)\n")
    done = aicensus("explain", "a..b", "--app", "ChatGPT")
    assert (done.code, done.out) == (0, "a..b, ChatGPT: none (not a host name: empty label)\n")


def test_the_name_of_a_model_is_explained_by_its_family_and_maker(aicensus):
    name = "us.anthropic.claude-3-5-sonnet-20241022-v2:0"
    first, why, evidence = aicensus("explain", name).out.splitlines()
    assert first == f"{name}: a model of the family Claude, made by Anthropic (US)"
    assert why.startswith("  family anthropic/claude: claude-3-5-sonnet-20241022-v2:0 fits ^claude")
    assert evidence.startswith("    package ")
    model = aicensus("explain", name, "--json").document["model"]
    assert (model["family"], model["maker"]) == ("anthropic/claude", "anthropic")


def test_a_host_of_a_service_is_no_model(aicensus):
    assert "model" not in aicensus("explain", "api.openai.com", "--json").document
