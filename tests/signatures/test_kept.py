"""A kept copy of the catalogue is what was loaded, and is used only where it can be trusted."""

import os
from pathlib import Path

import pytest

from signatures import cache, kept
from signatures.compile import compile_rows
from signatures.errors import SignatureError
from signatures.kept import load_rows
from signatures.load import load_catalogue
from signatures.rows import rows_of

ONE = """\
id: saas_chat/example
name: Example
kind: saas_chat
vendor: example
summary: A chat.
indicators:
  - {type: host_exact, value: chat.example.org, confidence: high, needs: {port: 443}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "mine" / "saas_chat" / "example.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(ONE)
    return tmp_path / "mine"


def copy(folder: Path) -> Path:
    return next((folder.parent / "cache" / "aicensus").glob("catalogue-*"))


def names(folder: Path) -> list[str]:
    return [service.product for service in load_rows([folder]).services]


def forbid_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_packs: object) -> None:
        raise AssertionError("the files were read")

    monkeypatch.setattr(kept, "load_packs", refuse)


def test_the_copy_of_the_shipped_catalogue_is_what_was_loaded(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first = load_rows()
    forbid_loading(monkeypatch)
    assert load_rows() == first == rows_of(load_catalogue())


def test_a_copy_judges_as_what_it_was_made_of(folder, monkeypatch):
    load_rows([folder])
    forbid_loading(monkeypatch)
    rule = compile_rows(load_rows([folder])).rules[0]
    assert rule.needs is not None
    assert rule.needs.port == (443,)


def test_a_changed_signature_is_read_anew(folder):
    assert names(folder) == ["Example"]
    (folder / "saas_chat" / "example.yaml").write_text(ONE.replace("Example", "Other"))
    assert names(folder) == ["Other"]


def test_a_broken_signature_is_told_although_a_copy_is_there(folder):
    load_rows([folder])
    (folder / "saas_chat" / "broken.yaml").write_text("id: [")
    with pytest.raises(SignatureError):
        load_rows([folder])


@pytest.mark.parametrize("damage", [b"", b"{}", b"0\n{}", b"\xff\n"])
def test_a_damaged_copy_is_made_anew(folder, damage):
    load_rows([folder])
    copy(folder).write_bytes(damage)
    assert names(folder) == ["Example"]


def test_a_changed_copy_is_not_believed(folder):
    load_rows([folder])
    path = copy(folder)
    path.write_bytes(path.read_bytes().replace(b"Example", b"Forged!"))
    assert names(folder) == ["Example"]


def test_a_copy_that_others_may_write_is_not_used(folder, monkeypatch):
    load_rows([folder])
    copy(folder).chmod(0o666)
    forbid_loading(monkeypatch)
    with pytest.raises(AssertionError, match="the files were read"):
        load_rows([folder])


def test_nothing_is_kept_where_nothing_can_be_written(folder, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null")
    assert names(folder) == ["Example"]


def test_old_copies_go(folder):
    for number in range(cache.COPIES + 3):
        (folder / "saas_chat" / "example.yaml").write_text(ONE + f"# {number}\n")
        load_rows([folder])
    assert len(list(copy(folder).parent.iterdir())) == cache.COPIES


def test_a_cut_copy_is_made_anew(folder):
    load_rows([folder])
    whole = copy(folder).read_bytes()
    for end in (1, 64, 65, len(whole) // 2, len(whole) - 1):
        copy(folder).write_bytes(whole[:end])
        assert names(folder) == ["Example"]
        assert copy(folder).read_bytes() == whole


def test_a_copy_of_something_else_is_not_taken_for_this(folder):
    """A whole copy under the name of another."""
    load_rows([folder])
    other = copy(folder)
    forged = other.read_bytes()
    other.unlink()
    (folder / "saas_chat" / "example.yaml").write_text(ONE.replace("Example", "Other"))
    load_rows([folder])
    copy(folder).write_bytes(forged)
    assert names(folder) == ["Other"]


@pytest.mark.parametrize("mode", [0o777, 0o770])
def test_a_folder_that_others_may_write_is_neither_read_nor_written(folder, monkeypatch, mode):
    load_rows([folder])
    place = copy(folder).parent
    place.chmod(mode)
    loaded = []
    load = kept.load_packs
    monkeypatch.setattr(kept, "load_packs", lambda packs: loaded.append(packs) or load(packs))
    (folder / "saas_chat" / "example.yaml").write_text(ONE.replace("Example", "Other"))
    for _ in range(2):
        assert names(folder) == ["Other"]
    assert len(loaded) == 2
    assert len(list(place.iterdir())) == 1


@pytest.mark.parametrize("whose", ["folder", "copy"])
def test_what_another_user_owns_is_not_believed(folder, monkeypatch, whose):
    """Only root can give files away, so here it is we who are another user."""
    load_rows([folder])
    theirs = copy(folder) if whose == "copy" else copy(folder).parent
    inode = theirs.stat().st_ino
    real = cache.ours

    def ours(about):
        return about.st_ino != inode and real(about)

    monkeypatch.setattr(cache, "ours", ours)
    forbid_loading(monkeypatch)
    with pytest.raises(AssertionError, match="the files were read"):
        load_rows([folder])


def test_ours_is_what_this_user_owns(tmp_path, monkeypatch):
    about = tmp_path.stat()
    assert cache.ours(about)
    monkeypatch.setattr(cache.os, "geteuid", lambda: about.st_uid + 1)
    assert not cache.ours(about)


def test_a_copy_that_is_a_link_is_not_followed(folder, monkeypatch):
    load_rows([folder])
    path = copy(folder)
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")
    forbid_loading(monkeypatch)
    with pytest.raises(AssertionError, match="the files were read"):
        load_rows([folder])


def test_what_a_killed_run_left_half_written_goes(folder):
    load_rows([folder])
    place = copy(folder).parent
    old, fresh = place / "old.part", place / "fresh.part"
    for path in (old, fresh):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    (folder / "saas_chat" / "example.yaml").write_text(ONE.replace("Example", "Other"))
    load_rows([folder])
    assert [path.name for path in place.glob("*.part")] == ["fresh.part"]


def test_a_copy_keeps_what_a_run_says_of_overlays(folder, tmp_path):
    shipped = tmp_path / "shipped" / "saas_chat" / "other.yaml"
    shipped.parent.mkdir(parents=True)
    shipped.write_text(ONE.replace("example", "other"))
    folders = [tmp_path / "shipped", folder]
    first = load_rows(folders)
    assert load_rows(folders) == first == rows_of(load_catalogue(folders))
    assert [one.reason for one in first.remarks] == ["overlay"]
    assert [one.name for one in first.packs] == ["shipped", "mine"]
