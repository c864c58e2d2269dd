"""Exports: every indicator counted once, the same bytes each time, nothing an overlay can break."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import yaml

from signatures.export import FORMATS, Asked, export
from signatures.export.account import MARK, Account, AccountError
from signatures.export.picks import Picks
from signatures.load import load_catalogue

from .conftest import signature

NAMES = sorted(FORMATS)
RULES = (
    'type: host_exact, value: "api.acme.example", confidence: high',
    'type: host_exact, value: "status.acme.example", confidence: low',
    'type: host_suffix, value: "acme.example", confidence: medium',
    'type: host_suffix, value: "old.acme.example", confidence: low',
    'type: host_template, value: "llm.{aws_region}.acme.example", confidence: high',
    'type: host_template, value: "run.{aws_region}.brain.example", confidence: high',
    'type: host_template, value: "{label}.ai.host.example", confidence: high',
    'type: host_exact, value: "shared.example", confidence: high, needs: {path: /ai}',
    'type: user_agent, value: "AcmeBot", confidence: medium',
    'type: user_agent, value: "^acme-sdk/\\\\d", confidence: medium, needs: {method: POST}',
    'type: http_header, value: "x-acme: ^v[0-9]", confidence: high',
    'type: http_path, value: "/acme/v1", confidence: high, needs: {port: 8123}',
    'type: http_path, value: "/acme/v2", confidence: medium',
    'type: cidr, value: "192.0.2.0/24", confidence: medium',
    'type: cidr, value: "2001:db8::1/128", confidence: medium',
    "type: port, value: 8123, confidence: hint",
    'type: package, value: "acme", confidence: high',
    'type: arn_service, value: "acme", confidence: confirmed',
)


@pytest.fixture
def acme(make_catalogue):
    return make_catalogue({"model_api/acme": signature("model_api/acme", *RULES)})


@pytest.fixture(scope="module")
def shipped():
    return load_catalogue()


def asked(catalogue, **more):
    return Asked(catalogue, "9.9.9", "Apache-2.0", **more)


def account_of(text):
    """The account in the header, as a program reads it."""
    first = text.splitlines()[0]
    if first.startswith("{"):
        return json.loads(first)
    (line,) = [one for one in text.splitlines() if MARK in one]
    return json.loads(line.partition(MARK)[2])


def body(text):
    """The lines that are no comment."""
    return [one for one in text.splitlines() if one[:2] not in {"# ", "; "} and one[:1] != "{"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("level", ["high", "medium", "hint"])
def test_every_indicator_is_counted_once(acme, name, level):
    found = account_of(export(name, asked(acme, at_least=level))[0])
    counted = sum(sum(found[fate].values()) for fate in ("part", "left_out", "not_asked"))
    assert found["whole"] + counted == found["indicators"] == len(RULES)


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_catalogue_is_counted_whole(shipped, name):
    text, account = export(name, asked(shipped))
    found = account_of(text)
    counted = sum(sum(found[fate].values()) for fate in ("part", "left_out", "not_asked"))
    assert found["whole"] + counted == sum(len(e.signature.indicators) for e in shipped.entries)
    assert account.entries > 500


@pytest.mark.parametrize("name", NAMES)
def test_the_header_says_packs_licence_and_what_is_missing(acme, name):
    text, account = export(name, asked(acme))
    found = account_of(text)
    assert found["packs"] == [
        {
            "name": "shipped",
            "version": None,
            "sha256": acme.packs[0].sha256,
            "place": acme.packs[0].place,
            "signed_by": None,
        }
    ]
    assert (found["licence"], found["catalogue_sha256"]) == ("Apache-2.0", acme.digest)
    header = text.split("\n\n")[0]
    for why in account.count("out"):
        assert why in header


def test_an_indicator_without_a_fate_is_our_bug(acme):
    with pytest.raises(AccountError, match="has no fate"):
        Account(Picks(asked(acme))).close()


def test_an_indicator_with_two_fates_is_our_bug(acme):
    picks = Picks(asked(acme))
    account = Account(picks)
    account.whole(picks.all[0])
    with pytest.raises(AccountError, match="has two fates"):
        account.out(picks.all[0], "again")


def test_hosts_are_names_and_suffixes(acme):
    text, account = export("hosts", asked(acme))
    lines = body(text)
    assert lines[0] == ".acme.example"
    assert "run.eu-west-1.brain.example" in lines
    assert not [one for one in lines if one.endswith(".acme.example") and one != ".acme.example"]
    assert account.too_wide == ["old.acme.example", "status.acme.example"]
    assert not any("host.example" in one for one in lines)


def test_hosts_of_a_free_label_are_taken_whole_when_asked(acme):
    text, account = export("hosts", asked(acme, widen=True))
    assert ".ai.host.example" in body(text)
    assert account.count("part")["templates with a free label, widened to everything below"] == 1


def test_kinds_and_confidence_choose(make_catalogue):
    two = make_catalogue(
        {
            "model_api/acme": signature(
                "model_api/acme", 'type: host_exact, value: "a.acme.example", confidence: high'
            ),
            "saas_chat/beta": signature(
                "saas_chat/beta", 'type: host_exact, value: "b.acme.example", confidence: medium'
            ),
        }
    )
    assert body(export("hosts", asked(two, kinds=("saas_chat",)))[0]) == ["b.acme.example"]
    assert body(export("hosts", asked(two, at_least="high"))[0]) == ["a.acme.example"]


def test_of_two_services_with_one_name_the_surer_is_written(make_catalogue):
    two = make_catalogue(
        {
            "model_api/acme": signature(
                "model_api/acme", 'type: host_exact, value: "x.acme.example", confidence: medium'
            ),
            "saas_chat/beta": signature(
                "saas_chat/beta", 'type: host_exact, value: "x.acme.example", confidence: high'
            ),
        }
    )
    assert "saas_chat/beta" in body(export("zeek", asked(two))[0])[1]
    rules = body(export("suricata", asked(two))[0])
    assert len(rules) == 4
    assert all("saas_chat/beta" in rule for rule in rules)


def test_zeek_is_a_file_of_the_intelligence_framework(acme):
    lines = [line.split("\t") for line in body(export("zeek", asked(acme))[0])]
    head, *rows = lines
    assert head == [
        "#fields", "indicator", "indicator_type", "meta.source", "meta.desc", "meta.url",
    ]  # fmt: skip
    assert {len(row) for row in rows} == {5}
    kinds = {row[0]: row[1] for row in rows}
    assert kinds["192.0.2.0/24"] == "Intel::SUBNET"
    assert kinds["2001:db8::1"] == "Intel::ADDR"
    assert kinds["acme.example"] == kinds["llm.us-east-1.acme.example"] == "Intel::DOMAIN"
    assert "status.acme.example" not in kinds
    assert not any("{" in name for name in kinds)


def test_a_zone_excepts_what_is_judged_lower(acme):
    zone = body(export("rpz", asked(acme, action="nxdomain", serial=2026112100))[0])
    assert zone[1].split()[5] == "2026112100"
    records = dict(line.split(" IN CNAME ") for line in zone[3:])
    assert records["acme.example"] == records["*.acme.example"] == "."
    assert records["api.acme.example"] == records["*.api.acme.example"] == "."
    assert records["status.acme.example"] == "rpz-passthru."
    assert records["*.status.acme.example"] == "."
    assert records["old.acme.example"] == records["*.old.acme.example"] == "rpz-passthru."
    assert records["*.llm.us-east-1.acme.example"] == records["us-east-1.acme.example"] == "."
    assert "*.run.eu-west-1.brain.example" not in records
    assert records["run.eu-west-1.brain.example"] == "."


@pytest.mark.parametrize(
    ("action", "target"),
    [("nxdomain", "."), ("nodata", "*."), ("drop", "rpz-drop."), ("passthru", "rpz-passthru."),
     ("log-only", "rpz-passthru.")],
)  # fmt: skip
def test_the_action_of_a_zone(acme, action, target):
    assert f"acme.example IN CNAME {target}" in body(export("rpz", asked(acme, action=action))[0])


def test_sigma_joins_what_belongs_to_one_log(acme):
    rules = list(yaml.safe_load_all(export("sigma", asked(acme))[0]))
    sources = {
        rule["logsource"].get("category") or rule["logsource"]["service"]: rule for rule in rules
    }
    assert set(sources) == {"proxy", "dns", "cloudtrail"}
    assert sources["cloudtrail"]["detection"]["is_called"] == {
        "eventSource": ["acme.amazonaws.com"]
    }
    proxy = sources["proxy"]["detection"]
    assert proxy["is_agent_contains"] == {"c-useragent|contains": ["AcmeBot"]}
    assert proxy["except_named"] == {"cs-host": ["old.acme.example", "status.acme.example"]}
    assert proxy["condition"] == "(1 of below_* and not 1 of except_*) or 1 of is_*"
    assert len({rule["id"] for rule in rules}) == len(rules)


def test_the_ids_of_sigma_rules_stay(acme):
    ids = [rule["id"] for rule in yaml.safe_load_all(export("sigma", asked(acme))[0])]
    more = asked(acme, at_least="high")
    assert {rule["id"] for rule in yaml.safe_load_all(export("sigma", more)[0])} <= {*ids}


def test_json_has_all_with_evidence(acme):
    rows = [
        json.loads(line) for line in export("json", asked(acme, at_least="hint"))[0].splitlines()
    ]
    assert len(rows) == 1 + len(RULES)
    assert all(row["evidence"] for row in rows[1:])
    assert {row["type"] for row in rows[1:]} >= {"package", "port", "host_template"}


def test_candidates_of_the_nursery_are_left_to_json(tmp_path):
    path = tmp_path / "own" / "nursery" / "model_api" / "acme.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(signature("model_api/acme", RULES[0]))
    shipped = tmp_path / "shipped" / "model_api" / "beta.yaml"
    shipped.parent.mkdir(parents=True)
    shipped.write_text(
        signature("model_api/beta", 'type: host_exact, value: "b.example", confidence: high')
    )
    both = load_catalogue([tmp_path / "shipped", tmp_path / "own"])
    text, account = export("hosts", asked(both, at_least="hint"))
    assert body(text) == ["b.example"]
    assert account.count("out") == {"candidates of the nursery: not checked yet": 1}
    assert '"candidate": true' in export("json", asked(both, at_least="hint"))[0]


def test_what_overlays_add_is_said_to_be_theirs(acme):
    entries = tuple(replace(entry, origin="own") for entry in acme.entries)
    text, _ = export("suricata", asked(replace(acme, entries=entries)))
    assert account_of(text)["overlay_services"] == 1
    assert "# 1 service is of overlays, under its own licence" in text
    sids = [int(rule.rpartition("sid:")[2].partition(";")[0]) for rule in body(text)]
    assert min(sids) >= 1_900_000
