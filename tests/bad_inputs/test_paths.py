"""Paths that are missing, special, oddly named or changed while they are read."""

from __future__ import annotations

import os
import socket
import stat

import pytest

from scanner.errors import Exit, NothingToScan


def test_a_missing_path_is_named_and_the_others_are_read(scan, write, log, tmp_path):
    result = scan(tmp_path / "nope.csv", write("good.csv", log.csv()), page=True)
    assert (result.exit, result.counts, result.ai) == (3, (12, 0), log.ai)
    assert result.state("nope.csv") == ("failed", "missing")
    assert "does not exist" in result.said("nope.csv")
    assert "nope.csv" in result.page


@pytest.mark.parametrize("names", [["nope.csv"], ["nope.csv", "neither/*.log"]])
def test_nothing_to_scan_is_one_line_that_names_the_path(scan, tmp_path, names):
    with pytest.raises(NothingToScan) as caught:
        scan(*(tmp_path / name for name in names))
    assert caught.value.exit_code == Exit.NOTHING == 5
    for name in names:
        assert name in str(caught.value)


def test_an_empty_folder_is_told_and_not_clean(scan, tmp_path):
    (tmp_path / "empty").mkdir()
    result = scan(tmp_path / "empty")
    assert result.exit == 3
    assert "no files" in result.said()


def test_an_empty_folder_beside_a_log_is_told(scan, write, log, tmp_path):
    (tmp_path / "empty").mkdir()
    result = scan(tmp_path / "empty", write("good.csv", log.csv()))
    assert (result.exit, result.counts) == (3, (12, 0))
    assert "no files" in result.said()


def test_a_folder_is_walked_and_what_is_left_out_is_listed(scan, log, tmp_path):
    folder = tmp_path / "logs"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "a.csv").write_bytes(log.csv())
    (folder / ".hidden.csv").write_bytes(log.csv(extra=log.row(40)))
    (folder / "letter.txt").write_bytes(b"Dear all\n")
    result = scan(folder)
    assert (result.exit, result.counts, result.ai) == (3, (12, 0), log.ai)
    assert "is hidden" in result.said()
    assert result.state("letter.txt") == ("failed", "refused")


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null"])
def test_a_device_is_refused(scan, write, log, path):
    result = scan(path, write("good.csv", log.csv()))
    assert (result.exit, result.counts) == (3, (12, 0))
    assert result.state(path) == ("failed", "refused")
    assert "device" in result.said(path)


def test_a_pipe_and_a_socket_are_refused_without_waiting(scan, write, log, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(tmp_path / "sock"))
        result = scan(tmp_path, write("good.csv", log.csv()))
    assert result.exit == 3
    assert result.state("pipe") == ("failed", "refused")
    assert result.state("sock") == ("failed", "refused")


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_read_once(scan, log, tmp_path):
    (tmp_path / "out.csv").write_bytes(log.csv(extra=log.row(40)))
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "a.csv").write_bytes(log.csv())
    (folder / "b.csv").symlink_to("a.csv")
    (folder / "c.csv").symlink_to("../out.csv")
    (folder / "d.csv").symlink_to("d.csv")
    result = scan(folder)
    assert (result.exit, result.counts) == (3, (12, 0))
    assert result.state("c.csv") == ("failed", "refused")
    assert result.state("d.csv") == ("failed", "missing")


def test_a_link_that_was_named_is_followed(scan, write, log, tmp_path):
    write("a.csv", log.csv())
    (tmp_path / "now.csv").symlink_to("a.csv")
    assert scan(tmp_path / "now.csv").counts == (12, 0)


def test_a_name_with_glob_characters_is_that_file_only(scan, write, log):
    write("a1.csv", log.csv(extra=log.row(40) + log.row(41)))
    result = scan(write("a[1].csv", log.csv()))
    assert (result.exit, result.counts) == (0, (12, 0))
    (source,) = result.doc["sources"]
    assert source["path"].endswith("a[1].csv")


def test_a_pattern_reads_what_it_matches(scan, write, log, tmp_path):
    write("a1.csv", log.csv())
    write("a2.csv", log.csv(extra=log.row(40)))
    write("b1.csv", log.csv(extra=log.row(41)))
    assert scan(tmp_path / "a[12].csv").counts == (25, 0)


NAMES = [
    "it's.csv", 'say "hi".csv', "a\nb.csv", "-rf.csv", "\x1b[31mred.csv", "tab\there.csv",
    "a;drop table run.csv", "100%s%n.csv", "\u202evsc.exe", "[bold]x[red].csv", "&lt;b&gt;.csv",
    "caf\u00e9.csv", "x!y.csv", "a.csv:12", " lead.csv",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=[ascii(name) for name in NAMES])
def test_any_name_is_read_and_shown_harmlessly(scan_bytes, log, name):
    result = scan_bytes(name, log.csv(extra=log.row(40, dst_port="x")), page=True)
    assert (result.exit, result.counts, result.ai) == (3, (12, 1), log.ai)
    assert name.isprintable() is (name in result.page)


def test_a_name_that_is_not_utf_8_is_read(scan, log, tmp_path):
    path = os.fsencode(tmp_path) + b"/pr\xf6xy.csv"
    with open(path, "wb") as file:  # noqa: PTH123 - a path of bytes
        file.write(log.csv())
    result = scan(os.fsdecode(path))
    assert (result.exit, result.counts) == (0, (12, 0))
    assert "xy.csv" in result.doc["sources"][0]["path"]


def test_a_name_of_255_bytes_is_read(scan_bytes, log):
    assert scan_bytes("n" * 251 + ".csv", log.csv()).counts == (12, 0)


def test_a_path_too_long_for_the_system_is_named(scan, write, log):
    result = scan("/tmp/" + "x/" * 2500, write("good.csv", log.csv()))  # noqa: S108 - never opened
    assert (result.exit, result.counts) == (3, (12, 0))


def test_the_same_content_under_two_names_counts_once(scan, write, log):
    result = scan(write("a.csv", log.csv()), write("b.csv", log.csv()))
    assert (result.exit, result.counts) == (0, (12, 0))
    assert result.state("b.csv") == ("complete", "duplicate")
    assert "a.csv" in result.said("b.csv")


def test_the_same_path_given_twice_counts_once(scan, write, log):
    path = write("a.csv", log.csv())
    assert scan(path, path).totals["ok"] == 12


def test_the_same_log_packed_and_plain_is_told_apart_or_counted_once(scan, write, log):
    import gzip

    result = scan(write("a.csv", log.csv()), write("b.csv.gz", gzip.compress(log.csv())))
    assert result.exit == 0
    assert result.totals["ok"] in {12, 24}  # hashes are of the bytes on disk


@pytest.fixture
def unreadable(write, log):
    path = write("secret.csv", log.csv(extra=log.row(40)))
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything; tests/bad_inputs/test_process.py drops root")
    yield path
    path.chmod(stat.S_IRUSR)


def test_a_file_that_may_not_be_read_is_named(scan, write, log, unreadable):
    result = scan(unreadable, write("good.csv", log.csv()))
    assert (result.exit, result.counts) == (3, (12, 0))
    assert result.state("secret.csv") == ("failed", "unreadable")


class Meddler:
    """A watcher that does something when reading begins, or at the first bytes."""

    def __init__(self, act) -> None:
        self._act = act

    def begin(self, total: int) -> None:
        """Nothing."""

    def advance(self, count: int) -> None:
        del count
        act, self._act = self._act, lambda: None
        act()

    def source(self, path: str) -> None:
        """Nothing."""

    def end(self) -> None:
        """Nothing."""


def test_a_log_removed_while_it_is_read_is_read_to_its_end(scan, write, log):
    path = write("a.csv", log.csv())
    result = scan(path, watcher=Meddler(path.unlink))
    assert (result.exit, result.counts, result.ai) == (0, (12, 0), log.ai)
    assert not path.exists()


def test_a_log_rotated_while_it_is_read_is_read_to_its_end(scan, write, log, tmp_path):
    path = write("a.csv", log.csv())

    def rotate() -> None:
        path.rename(tmp_path / "a.csv.1")
        path.write_bytes(log.head() + log.row(40))

    result = scan(path, watcher=Meddler(rotate))
    assert (result.exit, result.counts, result.ai) == (0, (12, 0), log.ai)


def test_a_log_cut_while_it_is_read_is_not_called_whole(scan, write, log):
    rows = log.rows() * 5_000
    path = write("a.csv", log.head() + rows)

    def cut() -> None:
        os.truncate(path, 1000)

    result = scan(path, watcher=Meddler(cut))
    assert result.exit == 3 or result.totals["ok"] == 60_000


def test_a_log_that_grows_while_it_is_read_is_whole(scan, write, log):
    path = write("a.csv", log.csv())

    def grow() -> None:
        with path.open("ab") as file:
            file.write(log.row(40))

    result = scan(path, watcher=Meddler(grow))
    assert (result.exit, result.totals["rejected"]) == (0, 0)
    assert result.totals["ok"] in {12, 13}
