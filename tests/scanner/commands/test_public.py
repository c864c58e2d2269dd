"""Exports are for daemons of other users: who can read the file, and what a link becomes."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from scanner.commands.public import write_public
from scanner.errors import NoSpace


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(("umask", "wanted"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600)])
def test_a_new_file_has_what_the_umask_leaves(tmp_path, umask, wanted):
    write_public(tmp_path / "ai.rules", "x\n", umask)
    assert mode(tmp_path / "ai.rules") == wanted


@pytest.mark.parametrize("before", [0o644, 0o664, 0o600])
def test_a_file_that_exists_keeps_its_mode(tmp_path, before):
    path = tmp_path / "ai.rules"
    path.write_text("old\n")
    path.chmod(before)
    write_public(path, "new\n", 0o077)
    assert (mode(path), path.read_text()) == (before, "new\n")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_a_file_that_exists_keeps_owner_and_group(tmp_path):
    path = tmp_path / "ai.zone"
    path.write_text("old\n")
    os.chown(path, 65534, 65533)
    write_public(path, "new\n", 0o022)
    assert (path.stat().st_uid, path.stat().st_gid) == (65534, 65533)


def test_a_link_stays_and_its_target_is_replaced(tmp_path):
    target, link = tmp_path / "there" / "ai.rules", tmp_path / "ai.rules"
    target.parent.mkdir()
    target.write_text("old\n")
    target.chmod(0o644)
    link.symlink_to(Path("there", "ai.rules"))
    inode = target.stat().st_ino
    write_public(link, "new\n", 0o077)
    assert link.is_symlink()
    assert (target.read_text(), mode(target)) == ("new\n", 0o644)
    assert target.stat().st_ino != inode  # a reader has the old file or the new one, never half


def test_a_link_to_nothing_makes_its_target(tmp_path):
    (tmp_path / "ai.rules").symlink_to(tmp_path / "new.rules")
    write_public(tmp_path / "ai.rules", "new\n", 0o022)
    assert (tmp_path / "new.rules").read_text() == "new\n"


def test_a_link_to_itself_is_refused(tmp_path):
    link = tmp_path / "ai.rules"
    link.symlink_to(link)
    with pytest.raises(NoSpace, match="Too many levels of symbolic links"):
        write_public(link, "new\n", 0o022)
    assert link.is_symlink()


def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write_public(pipe, "new\n", 0o022)
    reader.join()
    assert (read, stat.S_ISFIFO(pipe.stat().st_mode)) == (["new\n"], True)


def test_nothing_is_left_beside_it_when_it_cannot_be_put_there(tmp_path):
    with pytest.raises(NoSpace, match="Is a directory"):
        write_public(tmp_path, "new\n", 0o022)
    (tmp_path / "ai.rules").write_text("old\n")
    with pytest.raises(UnicodeEncodeError):
        write_public(tmp_path / "ai.rules", "\ud800", 0o022)
    assert [path.name for path in tmp_path.iterdir()] == ["ai.rules"]


def test_the_program_gives_an_export_the_users_own_umask(tmp_path):
    """The umask of the store is 077; it is not for public files."""
    program = Path(sys.executable).with_name("aicensus")
    words = ("signatures", "export", "hosts", "--kind", "agent", "--output", "ai.hosts")
    subprocess.run(
        [program, *words], cwd=tmp_path, umask=0o022, check=True, capture_output=True, timeout=120
    )
    assert mode(tmp_path / "ai.hosts") == 0o644
