"""Opening: what was checked is what is read, and every refusal says why."""

import errno
import os
from pathlib import Path

import pytest

from connectors.files.local import open_raw, why_not
from connectors.files.notice import Notice
from connectors.files.raw import Digest, Raw


def reason(opened: Raw | Notice) -> str:
    if isinstance(opened, Raw):
        opened.close()
        return "opened"
    return opened.reason


def test_a_file_swapped_for_a_link_after_discovery_is_refused(tmp_path):
    (tmp_path / "a").symlink_to("/etc/hostname")
    assert reason(open_raw(tmp_path / "a", "a", None, None)) == "refused"


def test_a_folder_swapped_for_a_link_after_discovery_is_refused(tmp_path):
    """O_NOFOLLOW guards only the last name of a path; the root check guards the others."""
    (tmp_path / "root").mkdir()
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/a").write_text("x")
    (tmp_path / "root/sub").symlink_to(tmp_path / "secret")
    inside = tmp_path / "root/sub/a"
    assert reason(open_raw(inside, "a", tmp_path / "root", None)) == "refused"
    assert reason(open_raw(inside, "a", tmp_path, None)) == "opened"


def test_special_files_are_refused_without_blocking(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/null")):
        assert reason(open_raw(path, "a", None, None)) == "refused"


def test_a_file_gone_after_discovery_is_missing(tmp_path):
    assert reason(open_raw(tmp_path / "a", "a", None, None)) == "missing"


@pytest.mark.parametrize(
    ("number", "word", "text"),
    [
        (errno.EACCES, "unreadable", "not readable by uid"),
        (errno.EMFILE, "unreadable", "too many open files; raise ulimit -n"),
        (errno.EIO, "unreadable", "cannot be opened: "),
        (errno.ENXIO, "refused", "is a device or socket"),
        (errno.ELOOP, "refused", "is a link; name the file it leads to"),
        (errno.ENOENT, "missing", "does not exist; check the path"),
    ],
)
def test_every_refusal_of_the_system_is_one_sentence(tmp_path, number, word, text):
    notice = why_not(tmp_path, "shown", OSError(number, os.strerror(number)))
    assert (notice.path, notice.level, notice.reason) == ("shown", "error", word)
    assert notice.message.startswith(text)


def test_a_read_error_fails_the_stream(tmp_path, monkeypatch, read_all, rows):
    """Half a file from a broken disk is no answer."""
    (tmp_path / "x").write_bytes(rows)
    real = os.read

    def broken(fd: int, size: int) -> bytes:
        if broken.calls:
            raise OSError(errno.EIO, "Input/output error")
        broken.calls += 1
        return real(fd, min(size, 1000))

    broken.calls = 0
    monkeypatch.setattr("connectors.files.local.os.read", broken)
    (result,) = read_all(tmp_path / "x")
    assert result.end == ("failed", "unreadable")
    assert result.messages[0] == "reading stopped: Input/output error"


def test_large_and_small_pieces_hash_alike():
    digest = Digest()
    pieces = [b"a" * (3 << 20), b"b", b"c" * (2 << 20), b"d" * 10]
    for piece in pieces:
        digest.update(piece)
    digest.close()
    import hashlib

    assert digest.hexdigest() == hashlib.sha256(b"".join(pieces)).hexdigest()
