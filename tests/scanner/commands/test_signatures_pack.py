"""Packs on the command line: verified and installed, or refused and the old one kept."""

import json
from pathlib import Path

import pytest

from .conftest import line
from .overlays import OWN, PATH, changed

pytestmark = pytest.mark.usefixtures("anew")


@pytest.fixture
def unlinted(monkeypatch):
    """Nothing is found wrong: trying every shipped case takes seconds, and other tests do it."""
    monkeypatch.setattr("signatures.lint.lint", lambda *_: [])


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


def test_the_installed_pack_keeps_working_when_the_next_one_is_refused(
    aicensus, made, write, unlinted
):
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
    aicensus, made, log, unlinted
):
    install = ("signatures", "install", "pack.tar.gz", "--key", "pub.pem", "--into", "packs")
    for version in ("2026.03.01", "2026.03.02"):
        made(version=version)
        assert json.loads(aicensus(*install, "--json").out)["version"] == version
    changed(Path("packs/current/pack.tar.gz"))
    done = aicensus("scan", log, "--signatures", "packs")
    assert (done.code, done.out) == (14, "")
    assert "pack.tar.gz:1: is not what pack.tar.gz.sig was made of" in done.err


def test_install_says_what_it_replaced(aicensus, made, unlinted):
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
def test_a_version_of_tomorrow_is_fine(aicensus, made, version, unlinted):
    done = aicensus("signatures", "verify", made(version=version), "--key", "pub.pem")
    assert done.code == 0


def test_verify_names_what_breaks_a_shipped_case_and_where(aicensus, made):
    greedy = OWN.replace("value: pallet-mind.example", "value: chatgpt.com")
    done = aicensus("signatures", "verify", made(text=greedy), "--key", "pub.pem")
    assert done.code == 14
    assert all(line.startswith("pack.tar.gz!saas_app/") for line in done.out.splitlines())
    assert "breaks a case of saas_chat/chatgpt" in done.out


def test_install_where_nothing_can_be_written_is_refused(aicensus, made, unlinted):
    done = aicensus("signatures", "install", made(), "--key", "pub.pem", "--into", "/proc/nowhere")
    assert (done.code, done.out) == (13, "")
    assert "/proc/nowhere: cannot be written: " in done.err
