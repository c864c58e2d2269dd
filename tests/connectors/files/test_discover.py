"""What the user names becomes files to open, or a word about why not."""

import os
import socket
from pathlib import Path

import pytest

from connectors.files.discover import Found, discover
from connectors.files.found import FoundFile
from connectors.files.limits import Limits
from connectors.files.stream import open_streams


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty current folder."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def make(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(name.encode("utf-8", "surrogateescape"))


def brief(found) -> list[str]:
    return [one.display if isinstance(one, Found) else f"{one.reason}: {one}" for one in found]


def test_a_file_is_shown_as_it_was_named(here):
    make("a.log", "d/b.log")
    assert brief(discover(["./a.log", "d/../d/b.log"])) == ["./a.log", "d/../d/b.log"]


def test_a_folder_is_walked_in_order(here):
    make("d/b.log", "d/a.log", "d/z/c.log", "d/e/f/g.log", "d/e/a.log")
    names = ["d/a.log", "d/b.log", "d/e/a.log", "d/e/f/g.log", "d/z/c.log"]
    assert brief(discover(["d"])) == names
    assert brief(discover(["d/"])) == names


def test_hidden_things_are_named_and_not_read(here):
    make("d/.git/config", "d/.hidden", "d/a.log")
    found = list(discover(["d"]))
    assert brief(found) == [
        "hidden: d/.git: is hidden; not read, name it to read it",
        "hidden: d/.hidden: is hidden; not read, name it to read it",
        "d/a.log",
    ]
    assert [one.level for one in found[:2]] == ["note", "note"]
    assert brief(discover(["d/.hidden"])) == ["d/.hidden"]


def test_a_folder_without_files_says_so(here):
    Path("d/e").mkdir(parents=True)
    assert brief(discover(["d"])) == ["empty: d: folder holds no files; name another"]


def test_a_path_that_does_not_exist_is_named_and_the_others_go_on(here):
    make("a.log")
    assert brief(discover(["nope.csv", "a.log/x", "a\0b", "a.log"])) == [
        "missing: nope.csv: does not exist; check the path",
        "missing: a.log/x: does not exist; check the path",
        "missing: a\0b: does not exist; check the path",
        "a.log",
    ]


def test_a_glob_is_expanded_in_order(here):
    make("b.log", "a.log", "c.txt", "d/e.log")
    assert brief(discover(["*.log"])) == ["a.log", "b.log"]
    assert brief(discover(["**/*.log"])) == ["a.log", "b.log", "d/e.log"]
    assert brief(discover(["*.nix"])) == ["missing: *.nix: no file matches; check the pattern"]


def test_a_name_with_glob_characters_means_that_very_file(here):
    make("a[1].csv", "a1.csv")
    assert brief(discover(["a[1].csv"])) == ["a[1].csv"]
    Path("a[1].csv").unlink()
    assert brief(discover(["a[1].csv"])) == ["a1.csv"]


@pytest.mark.parametrize("name", ["it's.csv", "a\nb.csv", "-rf.csv", "\x1b[31m.csv", "ü.csv"])
def test_odd_names_are_kept_exactly(here, name):
    make(f"d/{name}")
    assert brief(discover(["d"])) == [f"d/{name}"]


def test_a_name_that_is_not_utf8_is_shown_escaped(here):
    name = os.fsdecode(b"d/\xff.csv")
    make(name)
    (found,) = discover(["d"])
    assert found.display == "d/\\xff.csv"
    assert found.path.read_bytes() == b"d/\xff.csv"


def test_a_name_too_long_is_an_error_of_one_line(here):
    (notice,) = discover(["x" * 300])
    assert (notice.reason, notice.level) == ("unreadable", "error")
    make("y" * 255)
    assert brief(discover(["y" * 255])) == ["y" * 255]


def test_an_address_is_not_a_path(here):
    assert brief(discover(["https://bucket/x.gz"])) == [
        "missing: https://bucket/x.gz: is an address that is not read; name a file or an object",
    ]


def test_standard_input_is_a_dash(here):
    assert list(discover(["-"])) == [FoundFile(Path("-"), "-", None)]


def test_a_link_the_user_names_is_followed(here):
    make("real/a.log")
    Path("link.log").symlink_to("real/a.log")
    Path("folder").symlink_to("real")
    assert brief(discover(["link.log", "folder"])) == ["link.log", "folder/a.log"]
    (found,) = discover(["link.log"])
    (stream,) = open_streams(found, Limits())
    with stream:
        assert stream.head() == b"real/a.log"


def test_links_in_a_folder_stay_within_it(here):
    make("d/a.log", "d/sub/b.log", "outside.log")
    Path("d/in.log").symlink_to("sub/b.log")
    Path("d/out.log").symlink_to("../outside.log")
    Path("d/dead.log").symlink_to("nowhere")
    Path("d/loop.log").symlink_to("loop.log")
    Path("d/up").symlink_to("..")
    Path("d/twin").symlink_to("sub")
    assert brief(discover(["d"])) == [
        "d/a.log",
        "missing: d/dead.log: is a link that leads nowhere; mend it",
        "d/in.log",
        "missing: d/loop.log: is a link that leads nowhere; mend it",
        "refused: d/out.log: is a link out of the input folder; name its target to read it",
        "link: d/twin: is a link to a folder read in its place",
        "refused: d/up: is a link out of the input folder; name its target to read it",
        "d/sub/b.log",
    ]


def test_special_files_are_refused(here):
    Path("d").mkdir()
    os.mkfifo("d/pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("d/sock")
        assert brief(discover(["d", "/dev/zero"])) == [
            "refused: d/pipe: is a named pipe; name a regular file",
            "refused: d/sock: is a socket; name a regular file",
            "refused: /dev/zero: is a device; name a regular file",
        ]


def test_a_very_deep_folder_is_no_recursion(here):
    depth = 1200
    for _ in range(depth):
        Path("d").mkdir()
        os.chdir("d")
    make("a.log")
    os.chdir(here)
    assert brief(discover(["d"])) == ["d/" * depth + "a.log"]
    os.chdir("d/" * depth)  # pytest's own cleaning up would not get so deep
    Path("a.log").unlink()
    for _ in range(depth):
        os.chdir("..")
        Path("d").rmdir()


@pytest.fixture
def ordinary(here):
    """For one test we are nobody in particular: root may read everything."""
    here.chmod(0o755)
    if os.getuid():
        yield os.getuid()
    else:
        os.seteuid(65534)
        yield 65534
        os.seteuid(0)


def test_a_closed_file_or_folder_is_named_with_uid_and_mode(here, request):
    make("d/a.log", "e/b.log")
    Path("d/a.log").chmod(0)
    Path("e").chmod(0)
    uid = request.getfixturevalue("ordinary")
    file, *_ = open_streams(next(iter(discover(["d/a.log"]))), Limits())
    folder, below = discover(["e", "e/b.log"])
    assert str(file) == f"d/a.log: not readable by uid {uid} (mode 0000); allow it to read"
    assert str(folder) == f"e: not readable by uid {uid} (mode 0000); allow it to read"
    assert (
        str(below) == f"e/b.log: not readable by uid {uid} (in a closed folder); allow it to read"
    )
    assert {one.reason for one in (file, folder, below)} == {"unreadable"}
