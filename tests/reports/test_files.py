"""Report files appear whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from reports.files import make_folder, write_atomic


def test_a_file_is_written_whole_and_for_its_owner_only(tmp_path):
    before = os.umask(0)
    try:
        path = write_atomic(tmp_path / "a.txt", ["one ", "zwei ä"])
    finally:
        os.umask(before)
    assert path.read_text(encoding="utf-8") == "one zwei ä"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_breaks_half_way_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")

    def pieces():
        yield "new"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_atomic(path, pieces())
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_in_the_folder_is_replaced_and_not_followed(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine", encoding="utf-8")
    link = tmp_path / "report.html"
    link.symlink_to(elsewhere)
    write_atomic(link, ["report"])
    assert elsewhere.read_text(encoding="utf-8") == "mine"
    assert not link.is_symlink()


def test_a_place_that_takes_no_file_is_an_os_error():
    with pytest.raises(OSError, match=r"\[Errno \d+\]"):
        write_atomic(Path("/proc/report.html"), ["x"])


def test_a_new_folder_is_for_its_owner_only(tmp_path):
    make_folder(tmp_path / "a" / "b")
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700
