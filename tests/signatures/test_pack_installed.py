"""A folder of installed packs always holds a whole one; an older or changed one is refused."""

import os

import pytest

from signatures import installed
from signatures.archive import read_archive
from signatures.errors import SignatureError
from signatures.installed import install, open_pack

from .conftest import ACME
from .packs import members, refusal


def fine(_pack):
    """No further check."""


@pytest.fixture
def make(tmp_path, signed):
    """`make(version, text=ACME, name="acme")`: a signed archive."""

    def made(version, text=ACME, name="acme"):
        about = ("pack.yaml", f'name: {name}\nversion: "{version}"\n')
        return signed(tmp_path / f"{version}.tar.gz", members(about, ("model_api/acme.yaml", text)))

    return made


def test_an_installed_pack_is_used_by_its_folder(tmp_path, make, key):
    into = tmp_path / "packs"
    assert install(make("2026.11.20"), [key], into, fine).before is None
    found = open_pack(into)
    assert (found.about.version, found.about.place) == ("2026.11.20", str(into))
    assert found.about.signed_by is not None


def test_the_next_version_replaces_it_and_the_previous_one_stays(tmp_path, make, key):
    into = tmp_path / "packs"
    for version in ("2026.11.20", "2026.11.21", "2026.11.21.1", "2026.11.21.10"):
        done = install(make(version), [key], into, fine)
    assert (done.before, open_pack(into).about.version) == ("acme 2026.11.21.1", "2026.11.21.10")
    previous = into / "previous" / "pack.tar.gz"
    assert read_archive(previous, [key]).about.version == "2026.11.21.1"
    assert len(list(into.iterdir())) == 4  # two links, two packs


def refused_pack(_pack):
    raise SignatureError("acme.yaml", 3, "kind", "wrong")


@pytest.mark.parametrize("fault", ["check", "tampered", "older", "other", "same"])
def test_a_refused_pack_leaves_the_old_one_in_use(tmp_path, make, key, fault):
    into = tmp_path / "packs"
    install(make("2026.11.20"), [key], into, fine)
    before = sorted(path.name for path in into.iterdir())
    version = {"older": "2026.11.19", "same": "2026.11.20"}.get(fault, "2026.11.21")
    path = make(version, ACME + "# more\n", "beta" if fault == "other" else "acme")
    if fault == "tampered":
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    check = refused_pack if fault == "check" else fine
    said = refusal(install, path, [key], into, check)
    wanted = {
        "check": "acme.yaml:3: kind: wrong",
        "tampered": "is not what",
        "older": "2026.11.19 is older than 2026.11.20, which is installed; --older allows it",
        "other": "beta is not acme, which is installed there; name another folder; --other-pack",
        "same": "2026.11.20 is installed already, with other content",
    }
    assert wanted[fault] in said
    assert sorted(path.name for path in into.iterdir()) == before
    assert open_pack(into).about.version == "2026.11.20"


@pytest.mark.parametrize("step", ["_put", "_point", "_tidy"])
def test_an_installation_that_is_cut_short_leaves_a_whole_pack_in_use(
    tmp_path, make, key, monkeypatch, step
):
    into = tmp_path / "packs"
    install(make("2026.11.20"), [key], into, fine)
    path = make("2026.11.21")

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(installed, step, stop)
        with pytest.raises(KeyboardInterrupt):
            install(path, [key], into, fine)
    used = "2026.11.21" if step == "_tidy" else "2026.11.20"
    assert open_pack(into).about.version == used
    install(path, [key], into, fine)
    assert open_pack(into).about.version == "2026.11.21"


def test_an_older_one_is_installed_when_it_is_meant(tmp_path, make, key):
    into = tmp_path / "packs"
    install(make("2026.11.20"), [key], into, fine)
    install(make("2026.11.19"), [key], into, fine, older=True)
    assert open_pack(into).about.version == "2026.11.19"


def test_another_pack_is_installed_when_it_is_meant_and_versions_of_two_are_not_compared(
    tmp_path, make, key
):
    into = tmp_path / "packs"
    install(make("2026.11.20"), [key], into, fine)
    beta = make("2026.11.19", name="beta")
    assert "--other-pack" in refusal(lambda: install(beta, [key], into, fine, older=True))
    install(beta, [key], into, fine, other=True)
    assert open_pack(into).about.name == "beta"


def test_another_pack_that_is_meant_does_not_make_an_older_one_meant(tmp_path, make, key):
    into = tmp_path / "packs"
    install(make("2026.11.20"), [key], into, fine)
    older = make("2026.11.19")
    assert "--older" in refusal(lambda: install(older, [key], into, fine, other=True))


def test_an_installed_pack_that_was_changed_is_refused_and_installing_again_mends_it(
    tmp_path, make, key
):
    into = tmp_path / "packs"
    install(make("2026.11.19"), [key], into, fine)
    install(make("2026.11.20"), [key], into, fine)
    path = into / "current" / "pack.tar.gz"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert "is not what pack.tar.gz.sig was made of" in refusal(open_pack, into)
    install(make("2026.11.20"), [key], into, fine)
    assert open_pack(into).about.version == "2026.11.20"
    previous = into / "previous" / "pack.tar.gz"
    assert read_archive(previous, [key]).about.version == "2026.11.19"


def test_an_installed_pack_can_be_held_to_a_key_kept_elsewhere(tmp_path, make, key, maker):
    into = tmp_path / "packs"
    install(make("2026.11.20"), [key], into, fine)
    assert open_pack(into, [key]).about.version == "2026.11.20"
    assert "is not what" in refusal(open_pack, into, [maker / "other.pub.pem"])


def test_what_a_killed_installation_left_is_removed(tmp_path, make, key):
    into = tmp_path / "packs"
    left = into / "acme_2026.11.18_0123456789ab_killed"
    left.mkdir(parents=True)
    (into / "acme_2026.11.18_0123456789ab_killed" / "pack.tar.gz").write_bytes(b"half")
    install(make("2026.11.20"), [key], into, fine)
    assert not left.exists()


def test_a_folder_of_other_things_is_not_taken_over(tmp_path, make, key):
    into = tmp_path / "mine"
    into.mkdir()
    (into / "notes.txt").write_text("keep")
    assert "holds other files" in refusal(install, make("2026.11.20"), [key], into, fine)
    assert [path.name for path in into.iterdir()] == ["notes.txt"]


def test_what_is_installed_may_be_read_by_the_user_that_scans(tmp_path, make, key):
    into = tmp_path / "packs"
    mask = os.umask(0o077)
    try:
        install(make("2026.11.20"), [key], into, fine)
    finally:
        os.umask(mask)
    there = into / "current"
    modes = [oct(path.stat().st_mode & 0o777) for path in (into, there, there / "pack.tar.gz")]
    assert modes == ["0o755", "0o755", "0o644"]
