"""`aicensus reconcile`: the ledger from a file of assets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

CHATGPT = {
    "asset_id": "a1", "type": "saas_app", "vendor": "OpenAI", "product": "ChatGPT",
    "name": "ChatGPT", "domains": ["chatgpt.com"], "tenant": "hpf-workspace",
}  # fmt: skip
LE_CHAT = {
    "asset_id": "a2", "type": "saas_app", "vendor": "Mistral AI", "product": "Le Chat",
    "name": "Le Chat", "domains": ["chat.mistral.ai"],
}  # fmt: skip


@pytest.fixture
def assets(write):
    return write("assets.json", json.dumps([CHATGPT, LE_CHAT]))


@pytest.fixture
def reconcile(aicensus, assets, register):
    """`reconcile(*options)` with the two assets and the register."""
    return lambda *options: aicensus(
        "reconcile", "--assets", assets, "--inventory", register, *options
    )


def states(document):
    return {one["asset_id"]: one["state"] for one in document["assets"]}


def test_the_ledger_is_json_on_stdout(reconcile):
    done = reconcile("--as-of", "2026-03-16")
    document = done.document
    assert (done.code, done.err) == (0, "")
    assert (document["schema"], document["as_of"]) == ("aicensus.reconcile/1", "2026-03-16")
    assert states(document) == {"a1": "managed", "a2": "unmanaged"}
    assert [one["state"] for one in document["declared"]] == ["managed"]
    assert [one["title"] for one in document["findings"]] == ["Undeclared AI: Le Chat"]


def test_a_match_says_by_which_rungs_and_why(reconcile):
    (match,) = reconcile("--json").document["assets"][0]["matches"]
    assert (match["row"], match["ref"], match["band"]) == (1, "AI-1", "auto")
    assert match["rule_ids"] == ["K6", "K7"]
    assert match["why"] == 'Row 1 (AI-1) "ChatGPT Team": ChatGPT at chatgpt.com.'


def test_output_takes_the_json_to_a_file_and_leaves_stdout_empty(reconcile):
    done = reconcile("--output", "ledger.json")
    assert (done.code, done.out) == (0, "")
    assert states(json.loads(Path("ledger.json").read_text())) == {
        "a1": "managed",
        "a2": "unmanaged",
    }


def test_output_that_cannot_be_written_ends_with_13(reconcile):
    done = reconcile("--output", "none/ledger.json")
    said = "aicensus: none/ledger.json: cannot write: No such file or directory\n"
    assert (done.code, done.err) == (13, said)


def test_policy_and_scope_have_their_say(reconcile, write):
    policy = write("policy.yaml", "sanctioned_tenants:\n  OpenAI: [other-workspace]\n")
    scope = write("scope.json", '{"covered": {"proxy": "all"}}')
    document = reconcile("--policy", policy, "--scope", scope).document
    assert states(document)["a1"] == "unapproved_use"
    assert document["assets"][0]["fields"] == ["tenant"]


def test_owners_are_people(aicensus, assets, register, write):
    people = write("people.csv", "display_name,login,active\nMarit Solbakken,msol,0\n")
    options = ["--inventory", register, "--people", people]
    document = aicensus("reconcile", "--assets", assets, *options).document
    assert document["declared"][0]["flags"] == ["owner_inactive"]


def test_a_store_keeps_the_identity_of_an_asset(aicensus, register, write):
    def identity(asset_id):
        found = write("now.json", json.dumps([CHATGPT | {"asset_id": asset_id}]))
        options = ["--inventory", register, "--db", "census.duckdb"]
        return aicensus("reconcile", "--assets", found, *options).document["identity"][asset_id]

    assert identity("x1") == identity("x2")


def test_a_row_that_is_left_out_ends_with_3_and_is_named(aicensus, assets, write):
    rows = write("r.csv", "Name,Vendor,Status\nChatGPT,OpenAI,live\nJasper,Jasper AI,asleep\n")
    done = aicensus("reconcile", "--assets", assets, "--inventory", rows)
    assert (done.code, len(done.document["declared"])) == (3, 1)
    assert done.err.startswith('r.csv:3: Status: status "asleep" is in no list; row left out')


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "x.json: does not exist; give the path of a file"),
        ("[[", "x.json:1:3: broken JSON: "),
        ("{}", "x.json: assets: wants a list of objects"),
        ('[{"type": "agent"}]', "x.json: assets[0].asset_id: is missing"),
        ('[{"asset_id": "a", "type": "robot"}]', 'x.json: assets[0].type: unknown type "robot"'),
        (
            '[{"asset_id": "a", "type": "agent", "domains": "x"}]',
            "x.json: assets[0]: wrong shape: domains is no list of texts",
        ),
        (json.dumps([CHATGPT, CHATGPT]), 'x.json: asset_id: "a1" occurs twice'),
    ],
)
def test_assets_that_cannot_be_used_end_with_15(aicensus, register, write, content, said):
    if content is not None:
        write("x.json", content)
    done = aicensus("reconcile", "--assets", "x.json", "--inventory", register)
    assert (done.code, done.out) == (15, "")
    assert done.err.startswith(f"aicensus: {said}")


@pytest.mark.parametrize(
    ("option", "content", "said"),
    [
        ("--policy", "waivers:\n  - {id: w, match: {domain_suffix: com}}\n", "f:2: waivers[0]"),
        ("--policy", "waivers: [\n", "f:2: not YAML: "),
        ("--scope", "[]\n", "f:1: wants a mapping"),
        ("--scope", "as_of: soon\n", "f:1: as_of: "),
        ("--people", "mail\n", None),
        ("--people", "colour\nred\n", "f:1: no column names people"),
    ],
)
def test_policy_scope_and_people_that_cannot_be_used_end_with_15(
    reconcile, write, option, content, said
):
    done = reconcile(option, write("f", content))
    if said is None:
        assert done.code == 0
    else:
        assert (done.code, done.out) == (15, "")
        assert done.err.startswith(f"aicensus: {said}")


def test_without_a_register_it_is_refused(aicensus, assets):
    done = aicensus("reconcile", "--assets", assets)
    said = "aicensus: --inventory: no register was given; name the file\n"
    assert (done.code, done.err) == (2, said)


def test_without_assets_it_is_refused(aicensus, register):
    done = aicensus("reconcile", "--inventory", register)
    assert done.code == 2
    assert "Missing option '--assets'" in done.err


def test_nothing_in_the_files_steers_a_terminal(aicensus, assets, write):
    rows = write("r.csv", "Name,Vendor,Status\n\x1b[31mA\u202e,OpenAI,\x1b[2Jasleep\n")
    done = aicensus("reconcile", "--assets", assets, "--inventory", rows)
    assert not {"\x1b", "\u202e"} & set(done.out + done.err)
