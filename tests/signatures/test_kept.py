"""A kept copy of the catalogue is what was loaded, and is used only where it can be trusted."""

from pathlib import Path

import pytest

from signatures import kept
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
    return next((folder.parent / "cache" / "aicensus").glob("catalogue-*.json"))


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
    for number in range(kept.COPIES + 3):
        (folder / "saas_chat" / "example.yaml").write_text(ONE + f"# {number}\n")
        load_rows([folder])
    assert len(list(copy(folder).parent.iterdir())) == kept.COPIES
