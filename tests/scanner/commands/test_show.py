"""`aicensus signatures show`: a page for people, the whole file for programs."""

from __future__ import annotations

from pathlib import Path

import pytest

OWN = """id: saas_app/pallet_mind
name: {name}
kind: saas_app
vendor: pallet-mind
summary: Made-up assistant for warehouses.
indicators:
  - type: host_suffix
    value: pallet-mind.example
    confidence: high
    evidence: [{{kind: page, ref: "https://pallet-mind.example/", seen: "2026-03-01"}}]
  - type: http_path
    value: "^/{path}"
    confidence: medium
    needs: {{port: 8080}}
governance:
  legal_entity: {{value: Pallet AS, kind: page, ref: "https://pallet-mind.example/", seen: "2026-03-01"}}
  trains_on_input:
    - {{plan: team, value: opt_in, kind: page, ref: "https://pallet-mind.example/", seen: "2026-03-01"}}
    - {{plan: api, value: opt_in, kind: page, ref: "https://pallet-mind.example/", seen: "2026-03-01"}}
  certifications:
    - {{value: SOC 2, kind: page, ref: "https://pallet-mind.example/trust", seen: "2026-03-02"}}
"""  # noqa: E501


@pytest.fixture
def own(monkeypatch):
    """`own(name=…, path=…)`: the page of a service of one's own."""
    from scanner import load
    from signatures.load import load_catalogue

    def made(**words):
        path = Path("own", "saas_app", "pallet_mind.yaml")
        path.parent.mkdir(parents=True)
        path.write_text(OWN.format(**({"name": "Pallet Mind", "path": "chat"} | words)))
        found = load_catalogue([Path("own")])
        monkeypatch.setattr(load, "catalogue", lambda *_: found)

    return made


def test_as_json_it_gives_the_service_with_evidence_and_cases(aicensus):
    shown = aicensus("signatures", "show", "model_api/openai", "--json").document
    assert shown["vendor"] == "openai"
    assert all(indicator["evidence"] for indicator in shown["indicators"])
    assert {case["match"] for case in shown["cases"]} == {True, False}


def test_people_get_a_page_with_who_stands_behind_it(aicensus, own):
    own()
    lines = aicensus("signatures", "show", "saas_app/pallet_mind").out.splitlines()
    assert lines == [
        "Pallet Mind (saas_app/pallet_mind)",
        "Made-up assistant for warehouses.",
        "",
        "kind          saas_app",
        "vendor        pallet-mind (pallet-mind)",
        "entity        Pallet AS (page, 2026-03-01)",
        "training      team, api: opt_in, only if one agrees (page, 2026-03-01)",
        "certificates  SOC 2 (page https://pallet-mind.example/trust, 2026-03-02)",
        "not known     jurisdiction, terms, privacy, processing, retention, residency",
        "hosts         high: pallet-mind.example (and below)",
        "paths         medium: ^/chat (needs port)",
        "cases         0",
        "file          own/saas_app/pallet_mind.yaml",
        "more          --json has each indicator with its evidence, and the source of",
        "              each fact",
    ]


def test_a_page_fits_eighty_columns(aicensus, own, monkeypatch):
    own(path="x" * 200)
    monkeypatch.setenv("COLUMNS", "80")
    lines = aicensus("signatures", "show", "pallet mind").out.splitlines()
    assert max(len(line) for line in lines if "://" not in line) <= 80


@pytest.mark.parametrize("name", ["ChatGPT", "chatgpt", "CHATGPT enterprise", "Saas_Chat/ChatGPT"])
def test_a_name_or_alias_in_any_case_will_do(aicensus, name):
    done = aicensus("signatures", "show", name)
    assert (done.code, done.out.splitlines()[0]) == (0, "ChatGPT (saas_chat/chatgpt)")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("model_api/opnai", "model_api/opnai: no such service; did you mean model_api/openai"),
        ("Chat-GTP", "Chat-GTP: no such service; did you mean saas_chat/chatgpt"),
        ("qqqqqqqq", "qqqqqqqq: no such service; `aicensus signatures list` names them\n"),
        ("", "'': no such service; `aicensus signatures list` names them\n"),
    ],
)
def test_an_unknown_service_is_refused_and_near_ones_are_named(aicensus, name, said):
    done = aicensus("signatures", "show", name)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith(f"aicensus: {said}")


def test_a_name_of_two_services_is_refused_with_both(aicensus, monkeypatch):
    from scanner import load
    from signatures.load import load_catalogue

    for kind in ("saas_app", "agent"):
        path = Path("own", kind, "pallet_mind.yaml")
        path.parent.mkdir(parents=True)
        text = OWN.format(name="Pallet Mind", path="chat")
        path.write_text(text.replace("saas_app", kind))
    found = load_catalogue([Path("own")])
    monkeypatch.setattr(load, "catalogue", lambda *_: found)
    done = aicensus("signatures", "show", "Pallet Mind")
    said = "a name of 2 services; say which: agent/pallet_mind, saas_app/pallet_mind"
    assert (done.code, done.err) == (2, f"aicensus: Pallet Mind: {said}\n")
