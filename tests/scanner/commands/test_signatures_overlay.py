"""Overlays on the command line: what is used is told, what is wrong ends with 14."""

import subprocess
import sys
from pathlib import Path

import pytest

from scanner import pipeline

from .conftest import NOW, line
from .overlays import OWN, PATH, changed

pytestmark = pytest.mark.usefixtures("anew")


# what is wrong with an overlay: located, exit 14, nothing on stdout


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: saas_app", "kind: [saas_app", ":4: not YAML: "),
        ("vendor_name:", "vendor:", ":5: duplicate key 'vendor'; it stands on line 4 already"),
        ("vendor: pallet", "vendor: &a pallet", ":4: an anchor (&a) is not allowed"),
        ("surface: web", "surfce: web", ':11: indicators[0].surfce: unknown key; did you mean "s'),
        (
            "host_exact\n    value: pallet-mind.example",
            "http_path\n    value: '^/(?=chat)'",
            ":10: indicators[0].value: pattern: look-around and back references do not exist",
        ),
        (
            "host_exact\n    value: pallet-mind.example",
            "user_agent\n    value: '.*'",
            ":10: indicators[0].value: pattern: matches everything",
        ),
        (
            "host_exact\n    value: pallet-mind.example",
            "host_suffix\n    value: co.uk",
            ":10: indicators[0].value: co.uk is a public suffix; name the domain of one vendor",
        ),
        (
            "value: pallet-mind.example",
            'value: "*.pallet-mind.example"',
            ":10: indicators[0].value: a wildcard; a host_suffix matches what lies below by itself",
        ),
        (
            "value: pallet-mind.example",
            'value: "*"',
            ":10: indicators[0].value: ",
        ),
        ("pallet_mind\n", "pallet_mint\n", ":1: id: 'saas_app/pallet_mint' is not what the path"),
    ],
)
def test_a_bad_overlay_ends_a_scan_with_14(aicensus, own, log, old, new, said):
    assert old in OWN
    overlay = own({PATH: OWN.replace(old, new, 1)})
    done = aicensus("scan", log, "--signatures", overlay)
    assert (done.code, done.out) == (14, "")
    assert done.err.startswith(f"aicensus: own/{PATH}{said}")
    assert done.err.count("\n") == 1


def test_the_program_itself_ends_with_14_and_one_line(own, log):
    overlay = own({PATH: OWN.replace("kind: saas_app", "kind: &a saas_app")})
    program = Path(sys.executable).with_name("aicensus")
    done = subprocess.run(
        [program, "scan", log, "--signatures", overlay], capture_output=True, text=True, check=False
    )
    said = f"aicensus: own/{PATH}:3: an anchor (&a) is not allowed\n"
    assert (done.returncode, done.stdout, done.stderr) == (14, "", said)


def test_an_id_in_two_files_is_refused_and_both_are_named(aicensus, own, log):
    overlay = own({PATH: OWN, "saas_app/twin.yaml": OWN})
    done = aicensus("scan", log, "--signatures", overlay)
    assert done.code == 14
    assert done.err.startswith(
        f"aicensus: own/saas_app/twin.yaml:1: id: 'saas_app/pallet_mind' stands in own/{PATH}:1 too"
    )


def test_a_shipped_id_is_not_overridden_in_silence(aicensus, own, log):
    text = OWN.replace("saas_app/pallet_mind", "model_api/openai").replace(
        "kind: saas_app", "kind: model_api"
    )
    overlay = own({"model_api/openai.yaml": text})
    done = aicensus("scan", log, "--signatures", overlay)
    assert (done.code, done.out) == (14, "")
    assert done.err.startswith(
        "aicensus: own/model_api/openai.yaml:1: id: overrides shipped model_api/openai ("
    )
    assert done.err.endswith("choose another id, or write `override: true` to mean it\n")


def test_a_pack_that_was_tampered_with_ends_a_scan_with_14(aicensus, made, log):
    path = made()
    changed(path)
    done = aicensus("scan", log, "--signatures", path, "--signatures-key", "pub.pem")
    assert (done.code, done.out) == (14, "")
    assert done.err.startswith("aicensus: pack.tar.gz:1: is not what pack.tar.gz.sig was made of")


def test_a_pinned_overlay_that_was_changed_ends_a_scan_with_14(aicensus, own, log):
    overlay = own({PATH: OWN})
    listed = aicensus("scan", log, "--signatures", overlay, "--json").document
    pin = f"own@sha256:{listed['run']['signatures_packs'][1]['sha256']}"
    assert aicensus("scan", log, "--signatures", pin).code == 0
    own({PATH: OWN + "# more\n"})
    done = aicensus("scan", log, "--signatures", pin)
    assert (done.code, done.out) == (14, "")
    assert done.err.startswith("aicensus: own:1: its sha256 is ")


def test_a_pin_that_is_none_is_no_pack(aicensus, own, log):
    own({PATH: OWN})
    done = aicensus("scan", log, "--signatures", "own@sha256:4bba")
    assert (done.code, done.out) == (2, "")


def test_a_packed_pack_without_a_key_is_refused(aicensus, made, log):
    done = aicensus("scan", log, "--signatures", made())
    assert (done.code, done.out) == (14, "")
    assert "no key to check it with" in done.err


def test_a_key_for_plain_folders_only_is_refused(aicensus, own, made, log):
    made()
    overlay = own({PATH: OWN})
    done = aicensus("scan", log, "--signatures", overlay, "--signatures-key", "pub.pem")
    assert (done.code, done.out) == (2, "")
    assert "--signatures-key: no signed pack was given" in done.err


def test_an_overlay_that_is_not_there_is_refused(aicensus, log):
    done = aicensus("scan", log, "--signatures", "gone")
    assert (done.code, done.out) == (2, "")
    assert "'gone' does not exist" in done.err


@pytest.mark.parametrize(
    "words",
    [
        ("signatures", "list"),
        ("signatures", "show", "model_api/openai"),
        ("signatures", "lint"),
        ("signatures", "test", "example.org"),
        ("signatures", "classify"),
        ("explain", "example.org"),
    ],
)
def test_every_command_that_judges_refuses_a_bad_overlay(aicensus, own, words):
    overlay = own({PATH: OWN.replace("kind: ", "knid: ")})
    done = aicensus(*words, "--signatures", overlay, given="example.org\n")
    assert (done.code, done.out) == (14, "")
    assert f"own/{PATH}:3: knid: unknown key" in done.err


# what a good one does


def test_a_scan_judges_by_an_overlay_and_says_so(aicensus, own, write):
    log = write("access.log", line("pallet-mind.example"))
    overlay = own({PATH: OWN, "pack.yaml": 'name: acme\nversion: "2026.03.01"\n'})
    run = aicensus("scan", log, "--signatures", overlay, "--json").document
    assert [one["product"] for one in run["assets"]] == ["Pallet Mind"]
    shipped, acme = run["run"]["signatures_packs"]
    assert run["run"]["signatures_version"] == shipped["version"] is not None
    assert (shipped["name"], shipped["place"]) == ("aicensus", "shipped")
    assert (acme["name"], acme["version"], acme["place"]) == ("acme", "2026.03.01", "own")
    assert len(acme["sha256"]) == 64
    (told,) = [one for one in run["problems"] if one["reason"] == "overlay"]
    assert told["message"] == f"acme 2026.03.01 is used too: 1 signature, sha256 {acme['sha256']}"


def test_a_scan_without_overlays_names_the_shipped_pack_alone(aicensus, log):
    run = aicensus("scan", log, "--json").document["run"]
    assert [one["name"] for one in run["signatures_packs"]] == ["aicensus"]


def test_no_folder_of_the_home_is_read_unasked(aicensus, own, write, monkeypatch, tmp_path):
    """What a nightly scan finds must not depend on whose home it runs in."""
    own({PATH: OWN}, "home/.config/aicensus/signatures")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home/.config"))
    log = write("access.log", line("pallet-mind.example"))
    assert aicensus("scan", log, "--json").document["assets"] == []


def test_an_override_is_told_to_people_and_programs(aicensus, own, log):
    text = OWN.replace("saas_app/pallet_mind", "saas_chat/chatgpt").replace(
        "kind: saas_app", "kind: saas_chat"
    )
    overlay = own({"saas_chat/chatgpt.yaml": text + "override: true\n"})
    run = aicensus("scan", log, "--signatures", overlay, "--json").document
    (told,) = [one for one in run["problems"] if one["reason"] == "override"]
    assert (told["level"], told["path"]) == ("warning", "own/saas_chat/chatgpt.yaml")
    assert told["message"] == "replaces shipped saas_chat/chatgpt"
    shown = " ".join(aicensus("scan", log, "--signatures", overlay).out.split())
    assert "own/saas_chat/chatgpt.yaml:17: replaces shipped saas_chat/chatgpt " in shown
    listed = aicensus("signatures", "list", "--signatures", overlay)
    assert "own/saas_chat/chatgpt.yaml:17: replaces shipped saas_chat/chatgpt\n" in listed.err


def test_list_shows_where_a_service_comes_from(aicensus, own):
    overlay = own({PATH: OWN, "nursery/agent/maybe.yaml": OWN.replace(
        "saas_app/pallet_mind", "agent/maybe").replace("kind: saas_app", "kind: agent").replace(
        "pallet-mind.example", "maybe.example")})  # fmt: skip
    rows = {
        row["id"]: (row["origin"], row["nursery"])
        for row in aicensus("signatures", "list", "--signatures", overlay, "--json").rows
    }
    assert rows["saas_app/pallet_mind"] == ("own", False)
    assert rows["agent/maybe"] == ("own", True)
    assert rows["model_api/openai"] == ("shipped", False)
    shown = aicensus("signatures", "list", "--signatures", overlay).out
    assert "Pallet Mind (Pallet Mind) [own]\n" in shown
    assert "[own] [candidate]\n" in shown


def test_a_candidate_makes_no_asset_and_is_for_review(aicensus, own, write):
    log = write("access.log", line("pallet-mind.example"))
    overlay = own({f"nursery/{PATH}": OWN})
    run = aicensus("scan", log, "--signatures", overlay, "--json").document
    assert (run["assets"], run["totals"]["matched"]) == ([], 0)
    (weak,) = run["for_review"]
    assert (weak["service"], weak["detection"]) == ("saas_app/pallet_mind", "hint")


def test_show_test_classify_and_explain_know_the_overlay(aicensus, own):
    overlay = ("--signatures", own({PATH: OWN}))
    assert "(of overlay own)" in aicensus("signatures", "show", "pallet mind", *overlay).out
    assert " high " in aicensus("signatures", "test", "pallet-mind.example", *overlay).out
    asked = aicensus("signatures", "classify", "--json", *overlay, given="pallet-mind.example\n")
    assert asked.rows[0]["confidence"] == "high"
    why = aicensus("explain", "pallet-mind.example", *overlay).out
    assert f"of overlay own: own/{PATH}" in why


def test_old_signatures_make_a_run_incomplete(aicensus, log, monkeypatch):
    late = NOW.replace(year=NOW.year + 2)
    monkeypatch.setattr(pipeline, "utc_now", lambda: late)
    done = aicensus("scan", log, "--json")
    assert done.code == 3
    assert any("days old; update them" in one for one in done.document["exit_reasons"])
