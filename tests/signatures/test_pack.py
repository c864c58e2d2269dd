"""A pack is hashed as a whole and read within caps; a folder of signatures is one."""

import hashlib
import os
from pathlib import Path

import pytest

from signatures import pack
from signatures.installed import open_pack
from signatures.pack import read_folder

from .conftest import ACME
from .packs import refusal, run


def test_the_digest_is_what_sha256sum_says(folder):
    listed = run(
        "sh", "-c",
        f"cd {folder} && find . -name '*.yaml' -printf '%P\\n' | LC_ALL=C sort | xargs sha256sum",
    )  # fmt: skip
    assert read_folder(folder).about.sha256 == hashlib.sha256(listed).hexdigest()


@pytest.mark.parametrize("change", ["content", "name", "pack"])
def test_the_digest_holds_contents_and_paths(folder, change):
    before = read_folder(folder).about.sha256
    path = folder / "model_api" / "acme.yaml"
    if change == "content":
        path.write_text(ACME + "# \n")
    elif change == "name":
        path.rename(path.with_name("acmf.yaml"))
    else:
        (folder / "pack.yaml").write_text('name: acme\nversion: "2026.11.21"\n')
    assert read_folder(folder).about.sha256 != before


def test_what_is_no_yaml_is_no_part_of_a_pack(folder):
    before = read_folder(folder).about
    (folder / "README.md").write_text("About us")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.yaml").write_text("no: [")
    assert read_folder(folder).about == before


def test_a_folder_says_its_name_and_version(folder):
    about = read_folder(folder).about
    assert (about.name, about.version, about.signed_by) == ("acme", "2026.11.20", None)
    (folder / "pack.yaml").unlink()
    assert (read_folder(folder).about.name, read_folder(folder).about.version) == ("acme", None)


def test_the_shipped_pack_has_a_version():
    about = read_folder(pack.BUILTIN).about
    assert (about.name, about.place) == ("aicensus", "shipped")
    assert about.version is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: acme\nversion: 1\n", "pack.yaml:2: version: "),
        ('name: acme\nversion: "1.0"\n', "pack.yaml:2: version: "),
        ("name: Acme\nversion: 2026.11.20\n", "pack.yaml:1: name: "),
        ("version: 2026.11.20\n", "pack.yaml:1: name: "),
        ("name: acme\nversion: 2026.11.20\nurl: x\n", "pack.yaml:3: url: "),
        ("name: [", "pack.yaml:2: not YAML: "),
    ],
)
def test_a_broken_pack_yaml_is_refused_with_line_and_key(folder, text, said):
    (folder / "pack.yaml").write_text(text)
    assert said in refusal(read_folder, folder)


def test_mounted_configuration_is_read_through_its_links(folder, tmp_path):
    """As Kubernetes mounts it: names are links into a hidden folder."""
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    folder.rename(mounted / "..data")
    for name in ("model_api", "pack.yaml"):
        (mounted / name).symlink_to(f"..data/{name}")
    assert [file.path for file in read_folder(mounted).files] == ["model_api/acme.yaml"]


def test_a_link_that_leads_back_is_refused(folder):
    (folder / "model_api" / "again").symlink_to("..")
    assert "a link back to a folder above it" in refusal(read_folder, folder)


@pytest.mark.parametrize("kind", ["fifo", "dangling", "ending", "folder"])
def test_what_would_be_left_out_in_silence_is_refused(folder, kind):
    path = folder / "model_api" / "b.yaml"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "dangling":
        path.symlink_to("gone")
    elif kind == "ending":
        path.with_suffix(".YML").write_text(ACME)
    else:
        path.mkdir()
        (path / "c.yml").write_text(ACME)
    wanted = {"fifo": "not a regular file", "dangling": "No such file", "ending": "ends in .YML"}
    assert wanted.get(kind, "ends in .yml") in refusal(read_folder, folder)


@pytest.mark.parametrize(("cap", "value"), [("MAX_FILES", 1), ("MAX_BYTES", 50), ("MAX_FILE", 50)])
def test_more_than_a_pack_holds_is_refused(folder, monkeypatch, cap, value):
    monkeypatch.setattr(pack, cap, value)
    assert "more than" in refusal(read_folder, folder)


def test_a_pinned_pack_is_used_as_long_as_it_is_the_same(folder):
    pin = f"{folder}@sha256:{read_folder(folder).about.sha256}"
    assert open_pack(Path(pin)).about == read_folder(folder).about
    (folder / "model_api" / "acme.yaml").write_text(ACME + "# \n")
    said = refusal(open_pack, Path(pin))
    assert said.startswith(f"{folder}:1: its sha256 is {read_folder(folder).about.sha256}, wanted ")


def test_opening_what_is_not_there_is_refused(tmp_path):
    assert "does not exist" in refusal(open_pack, tmp_path / "gone")
