"""Overlays and packs on the command line: what is used is told, what is wrong ends with 14."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import signatures.load
from scanner import load, pipeline
from scanner.load import catalogue, compiled
from signatures.load import BUILTIN, Entry, read_signature

from .conftest import NOW, line

if TYPE_CHECKING:
    from signatures.tables import Tables

OWN = """id: saas_app/pallet_mind
name: Pallet Mind
kind: saas_app
vendor: pallet-mind
vendor_name: Pallet Mind
summary: Made-up assistant for warehouses.
usage: chat
indicators:
  - type: host_exact
    value: pallet-mind.example
    surface: web
    confidence: high
    evidence: [{kind: page, ref: "https://pallet-mind.example/", seen: "2026-03-01"}]
cases:
  - {observe: {dst_host: pallet-mind.example}, match: true}
  - {observe: {dst_host: pallet-mind.example.evil.example}, match: false}
"""
PATH = "saas_app/pallet_mind.yaml"


_SHIPPED: dict[str, Entry] = {}


def _read_once(data: bytes, source: str, tables: Tables) -> Entry:
    """As read_signature; what is shipped does not change while the tests run."""
    if not source.startswith(str(BUILTIN)):
        return read_signature(data, source, tables)
    if source not in _SHIPPED:
        _SHIPPED[source] = read_signature(data, source, tables)
    return _SHIPPED[source]


@pytest.fixture(autouse=True)
def _as_it_is(monkeypatch):
    """Overlays change between calls, so they are not remembered as elsewhere in these tests."""
    for module in (load, pipeline):
        monkeypatch.setattr(module, "compiled", compiled)
    monkeypatch.setattr(load, "catalogue", catalogue)
    monkeypatch.setattr(signatures.load, "read_signature", _read_once)


@pytest.fixture
def own():
    """`own({path: text}, folder="own")`: a folder of signatures, and its path."""

    def written(files, folder="own"):
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return Path(folder)

    return written


@pytest.fixture
def made():
    """`made(text=OWN, version="2026.03.01")`: a signed pack.tar.gz, its key in pub.pem."""
    private = Ed25519PrivateKey.generate()
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    Path("pub.pem").write_bytes(pem)

    def pack(text=OWN, version="2026.03.01"):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as tar:
            about = f'name: acme\nversion: "{version}"\n'
            for name, content in (("pack.yaml", about), (PATH, text)):
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content.encode()))
        path = Path("pack.tar.gz")
        path.write_bytes(packed.getvalue())
        Path("pack.tar.gz.sig").write_bytes(private.sign(packed.getvalue()))
        return path

    return pack


def changed(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


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


# verify, install


def test_verify_says_what_was_signed(aicensus, made):
    done = aicensus("signatures", "verify", made(), "--key", "pub.pem", "--json")
    assert done.code == 0
    assert (done.document["name"], done.document["version"]) == ("acme", "2026.03.01")
    assert done.document["signatures"] == 1
    assert aicensus("signatures", "verify", "pack.tar.gz", "--key", "pub.pem").out.startswith(
        "acme 2026.03.01: 1 signature, sha256 "
    )


@pytest.mark.parametrize("part", ["pack.tar.gz", "pack.tar.gz.sig"])
def test_verify_refuses_what_was_changed(aicensus, made, part):
    made()
    changed(Path(part))
    done = aicensus("signatures", "verify", "pack.tar.gz", "--key", "pub.pem")
    assert (done.code, done.out) == (14, "")
    assert done.err.startswith("aicensus: pack.tar.gz:1: is not what pack.tar.gz.sig was made of")


def test_verify_refuses_a_signed_pack_that_is_broken(aicensus, made):
    path = made(OWN.replace("kind: ", "knid: "))
    done = aicensus("signatures", "verify", path, "--key", "pub.pem")
    assert (done.code, done.out) == (14, "")
    assert f"pack.tar.gz!{PATH}:3: knid: unknown key" in done.err


def test_install_refuses_what_lint_refuses(aicensus, made):
    path = made(OWN.replace("pallet-mind.example}, match: true", "x.example}, match: true"))
    done = aicensus("signatures", "install", path, "--key", "pub.pem", "--into", "packs")
    assert done.code == 14
    assert f"pack.tar.gz!{PATH}:15: cases[0]: error case: " in done.out
    assert not Path("packs").exists()


def test_the_installed_pack_keeps_working_when_the_next_one_is_refused(aicensus, made, write):
    log = write("access.log", line("pallet-mind.example"))
    install = ("signatures", "install", "pack.tar.gz", "--key", "pub.pem", "--into", "packs")
    made()
    assert aicensus(*install).code == 0
    changed(made(version="2026.03.02"))
    refused = aicensus(*install)
    assert (refused.code, refused.out) == (14, "")
    done = aicensus("scan", log, "--signatures", "packs", "--json")
    acme = done.document["run"]["signatures_packs"][1]
    assert (acme["version"], acme["place"]) == ("2026.03.01", "packs")
    assert len(acme["signed_by"]) == 64
    assert [one["product"] for one in done.document["assets"]] == ["Pallet Mind"]


def test_an_installed_pack_that_was_changed_ends_a_scan_and_is_not_replaced_by_the_old_one(
    aicensus, made, log
):
    install = ("signatures", "install", "pack.tar.gz", "--key", "pub.pem", "--into", "packs")
    for version in ("2026.03.01", "2026.03.02"):
        made(version=version)
        assert json.loads(aicensus(*install, "--json").out)["version"] == version
    changed(Path("packs/current/pack.tar.gz"))
    done = aicensus("scan", log, "--signatures", "packs")
    assert (done.code, done.out) == (14, "")
    assert "pack.tar.gz:1: is not what pack.tar.gz.sig was made of" in done.err


def test_install_says_what_it_replaced(aicensus, made):
    install = ("signatures", "install", "pack.tar.gz", "--key", "pub.pem", "--into", "packs")
    made()
    assert aicensus(*install).out.startswith("installed in packs, after nothing: acme 2026.03.01")
    made(version="2026.03.02")
    assert aicensus(*install).out.startswith(
        "installed in packs, after acme 2026.03.01: acme 2026.03.02"
    )
    made(version="2026.02.28")
    assert aicensus(*install).code == 14
    assert aicensus(*install, "--older").code == 0


@pytest.mark.parametrize("version", ["2026.03.18", "2099.01.01.7"])
@pytest.mark.parametrize("command", ["verify", "install"])
def test_a_version_in_the_future_is_refused(aicensus, made, command, version):
    """It would stand in the way of honest updates until that day."""
    into = ("--into", "packs") if command == "install" else ()
    done = aicensus("signatures", command, made(version=version), "--key", "pub.pem", *into)
    assert (done.code, done.out) == (14, "")
    assert f"version {version} lies in the future, today is 2026-03-16" in done.err


def test_a_version_that_is_no_day_is_refused(aicensus, made):
    """It would never be too old."""
    done = aicensus("signatures", "verify", made(version="2025.19.39"), "--key", "pub.pem")
    assert done.code == 14
    assert "pack.tar.gz!pack.yaml: version 2025.19.39 is no day: month must be in" in done.err


@pytest.mark.parametrize("version", ["2026.03.16.2", "2026.03.17"])
def test_a_version_of_tomorrow_is_fine(aicensus, made, version):
    done = aicensus("signatures", "verify", made(version=version), "--key", "pub.pem")
    assert done.code == 0


def test_verify_names_what_breaks_a_shipped_case_and_where(aicensus, made):
    greedy = OWN.replace("value: pallet-mind.example", "value: chatgpt.com")
    done = aicensus("signatures", "verify", made(text=greedy), "--key", "pub.pem")
    assert done.code == 14
    assert all(line.startswith("pack.tar.gz!saas_app/") for line in done.out.splitlines())
    assert "breaks a case of saas_chat/chatgpt" in done.out


def test_install_where_nothing_can_be_written_is_refused(aicensus, made):
    done = aicensus("signatures", "install", made(), "--key", "pub.pem", "--into", "/proc/nowhere")
    assert (done.code, done.out) == (13, "")
    assert "/proc/nowhere: cannot be written: " in done.err
