"""`aicensus explain`: why a host is, or is not, AI."""

from __future__ import annotations


def test_a_host_is_explained_by_its_rule_and_evidence(aicensus):
    done = aicensus("explain", "api.openai.com")
    first, service, *evidence = done.out.splitlines()
    assert (done.code, done.err) == (0, "")
    assert first == "api.openai.com: high (host_exact:api.openai.com)"
    assert service.startswith("  OpenAI API, model_api, by OpenAI: ")
    assert evidence
    assert all(one.startswith("  host_exact api.openai.com: ") for one in evidence)


def test_a_look_alike_has_nothing_that_speaks_of_it(aicensus):
    done = aicensus("explain", "api.0penai.com.evil.example")
    said = "api.0penai.com.evil.example: none (no rule speaks of it)\n"
    assert (done.code, done.out) == (0, said)


def test_what_looks_like_ai_says_why(aicensus):
    done = aicensus("explain", "acme-llm.example")
    said = 'acme-llm.example: hint (name:has the word "llm" (language models))\n'
    assert (done.code, done.out) == (0, said)


def test_shared_infrastructure_says_that_it_is(aicensus):
    done = aicensus("explain", "auth0.com")
    assert done.out == "auth0.com: none (shared infrastructure: never a finding by itself)\n"


def test_what_is_no_host_says_why_and_cannot_steer_a_terminal(aicensus):
    done = aicensus("explain", "chat\x1b[31mgpt.com")
    assert done.out.endswith(": none (not a host name: space or control character in host)\n")
    assert "\x1b" not in done.out


def test_without_a_host_it_is_refused(aicensus):
    done = aicensus("explain")
    assert done.code == 2
    assert "Missing argument 'HOST'" in done.err
