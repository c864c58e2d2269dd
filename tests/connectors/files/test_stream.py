"""One file in, one stream out: names, hashes, heads, and how it ended."""

import bz2
import gzip
import hashlib
import io
import os
import sys

import pytest
from backports import zstd

from connectors.files.found import FoundFile
from connectors.files.limits import Limits
from connectors.files.notice import Notice
from connectors.files.stream import open_streams


def test_a_plain_file_is_complete_and_says_nothing(read, rows):
    result = read("x.csv", rows)
    assert (result.text, result.end, result.messages) == (rows, ("complete", None), [])
    assert (result.compression, result.size) == (None, len(rows))
    assert result.outcome.decoded == len(rows)
    assert result.outcome.sha256 == hashlib.sha256(rows).hexdigest()


@pytest.mark.parametrize("name", ["x.csv", "x.csv.gz"])
def test_an_empty_file_is_partial(read, name):
    result = read(name, b"")
    assert (result.end, result.messages) == (("partial", "empty"), ["empty file; nothing to read"])


@pytest.mark.parametrize("content", [gzip.compress(b"", mtime=0), "\ufeff".encode(), b"\xff\xfe"])
def test_a_file_without_content_is_empty_too(read, content):
    assert read("x.gz", content).end == ("partial", "empty")


def test_a_last_line_without_line_end_is_delivered(read):
    result = read("x.csv", b"a\nb")
    assert (result.text, result.outcome.cut) == (b"a\nb", 0)


def test_named_gz_but_plain_is_read_with_a_warning(read, rows):
    result = read("x.csv.gz", rows)
    assert (result.text, result.end) == (rows, ("complete", None))
    (notice,) = result.outcome.notices
    assert (notice.level, notice.message) == ("warning", "named .gz but is not gzip; read as text")


def test_gzip_without_gz_is_read_with_a_warning(read, rows):
    result = read("x.csv", gzip.compress(rows))
    assert (result.text, result.compression) == (rows, "gzip")
    (notice,) = result.outcome.notices
    assert (notice.level, notice.message) == ("warning", "is gzip without .gz; read as gzip")


def test_another_compression_than_the_name_says_is_read_with_a_warning(read, rows):
    result = read("x.csv.gz", bz2.compress(rows))
    assert (result.text, result.messages) == (rows, ["named .gz but is bzip2; read as bzip2"])


@pytest.mark.parametrize("name", ["x.zip", "x.tar"])
def test_an_archive_by_name_only_is_text_or_damaged(read, rows, name):
    """As with compressions: text is read with a warning, anything else is no log."""
    result = read(name, rows)
    assert result.text == rows
    assert result.messages == [f"named {name[1:]} but is not {name[2:]}; read as text"]
    assert read(name, b"QK\x03\x04" + bytes(600)).end == ("failed", "corrupt")


@pytest.mark.parametrize("name", ["x.gz", "x.tgz", "X.GZ"])
def test_a_name_that_fits_is_no_matter(read, rows, name):
    assert read(name, gzip.compress(rows)).messages == []


def test_neither_text_nor_what_the_name_says_is_damage(read, rows):
    content = b"\x1f\x8a" + gzip.compress(rows)[2:]
    result = read("x.csv.gz", content)
    assert (result.text, result.end) == (b"", ("failed", "corrupt"))
    assert result.outcome.sha256 == hashlib.sha256(content).hexdigest()


def test_utf16_under_the_name_of_a_gz_is_text(read):
    assert read("x.gz", "\ufeffa\n".encode("utf-16-le")).text == b"a\n"


def test_nested_compression_is_refused(refused, rows):
    notice = refused("x.gz", gzip.compress(gzip.compress(gzip.compress(rows))))
    assert (notice.level, notice.reason) == ("error", "refused")
    assert notice.message == "nested compression refused; decompress it first"
    assert refused("x.zst", zstd.compress(gzip.compress(rows))).reason == "refused"


@pytest.mark.parametrize(
    ("magic", "name"),
    [(b"\x04\x22\x4d\x18", "lz4"), (b"7z\xbc\xaf\x27\x1c", "7-Zip"), (b"Rar!\x1a\x07", "RAR")],
)
def test_a_compression_we_do_not_read_is_named(refused, magic, name):
    assert refused("x", magic + bytes(100)).message == (
        f"is {name}, which is not read; decompress it first"
    )


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_progress_adds_up_to_the_size_of_the_file(tmp_path, read_all, rows, pack):
    content, steps = pack(rows * 100), []
    (tmp_path / "x").write_bytes(content)
    read_all(tmp_path / "x", Limits(block=4096), progress=steps.append)
    assert sum(steps) == len(content)


def test_the_head_is_text_and_consumes_nothing(tmp_path, rows):
    (tmp_path / "x.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + rows * 100))
    (stream,) = open_streams(FoundFile(tmp_path / "x.gz", "x.gz", None), Limits())
    with stream:
        assert stream.head() == (rows * 100)[: 64 << 10]
        assert b"".join(block.data for block in stream.blocks()) == rows * 100
        assert stream.outcome().state == "complete"


def test_chunks_are_all_the_text_in_small_pieces(tmp_path, rows):
    (tmp_path / "x").write_bytes(rows * 300)
    (stream,) = open_streams(FoundFile(tmp_path / "x", "x", None), Limits())
    with stream:
        chunks = list(stream.chunks())
        assert stream.outcome().state == "complete"
    assert b"".join(chunks) == rows * 300
    assert max(map(len, chunks)) <= 1 << 20


def test_chunks_of_a_cut_file_give_all_there_is(tmp_path, rows):
    packed = gzip.compress(rows)
    (tmp_path / "x.gz").write_bytes(packed[:-9])
    (stream,) = open_streams(FoundFile(tmp_path / "x.gz", "x.gz", None), Limits())
    with stream:
        text = b"".join(stream.chunks())
        outcome = stream.outcome()
    assert (outcome.state, outcome.reason, outcome.cut) == ("partial", "truncated", 0)
    assert outcome.decoded == len(text) > 0


def test_a_stream_is_read_once(tmp_path, rows):
    (tmp_path / "x").write_bytes(rows)
    (stream,) = open_streams(FoundFile(tmp_path / "x", "x", None), Limits())
    with stream:
        list(stream.blocks())
        with pytest.raises(RuntimeError, match="read once"):
            next(stream.chunks())


@pytest.mark.parametrize("begun", [False, True])
def test_a_stream_given_up_early_is_incomplete_but_hashed_whole(tmp_path, rows, begun):
    """A format nobody knows still has its hash; what was not read never looks complete."""
    (tmp_path / "x").write_bytes(rows * 100)
    (stream,) = open_streams(FoundFile(tmp_path / "x", "x", None), Limits(block=1000))
    with stream:
        if begun:
            next(stream.blocks())
        outcome = stream.outcome()
    assert (outcome.state, outcome.reason) == ("partial", "incomplete")
    assert outcome.sha256 == hashlib.sha256(rows * 100).hexdigest()


def test_a_file_removed_while_it_is_read_is_read_to_its_end(tmp_path, rows):
    (tmp_path / "x").write_bytes(rows)
    (stream,) = open_streams(FoundFile(tmp_path / "x", "x", None), Limits())
    (tmp_path / "x").unlink()
    with stream:
        assert b"".join(block.data for block in stream.blocks()) == rows
        outcome = stream.outcome()
    assert outcome.state == "complete"
    assert [notice.level for notice in outcome.notices] == ["warning"]
    assert outcome.notices[0].message.startswith("removed during scan")


def test_a_file_cut_while_it_is_read_is_truncated(tmp_path, rows):
    (tmp_path / "x").write_bytes(rows * 1000)
    (stream,) = open_streams(FoundFile(tmp_path / "x", "x", None), Limits(block=4096))
    os.truncate(tmp_path / "x", 5000)
    with stream:
        list(stream.blocks())
        outcome = stream.outcome()
    assert (outcome.state, outcome.reason) == ("partial", "truncated")


@pytest.mark.parametrize("times", [1, 1000])
def test_rows_and_hash_agree_on_a_file_that_grows(tmp_path, rows, times):
    """It ends where it first ended; what comes later is in neither rows nor hash."""
    (tmp_path / "x").write_bytes(rows * times)
    (stream,) = open_streams(FoundFile(tmp_path / "x", "x", None), Limits())
    with stream, (tmp_path / "x").open("ab") as file:
        file.write(b"more\n")
        file.flush()
        text = b"".join(block.data for block in stream.blocks())
        file.write(b"even more\n")
        file.flush()
        outcome = stream.outcome()
    assert text in (rows * times, rows * times + b"more\n")
    assert (outcome.state, outcome.sha256) == ("complete", hashlib.sha256(text).hexdigest())


@pytest.fixture
def stdin(tmp_path):
    """stdin(content, pipe=...): puts content on descriptor 0 for one test."""
    saved = os.dup(0)

    def put(content: bytes, *, pipe: bool) -> None:
        if pipe:
            reader, writer = os.pipe()
            os.write(writer, content)
            os.close(writer)
        else:
            (tmp_path / "in").write_bytes(content)
            reader = os.open(tmp_path / "in", os.O_RDONLY)
        os.dup2(reader, 0)
        os.close(reader)

    yield put
    os.dup2(saved, 0)
    os.close(saved)


@pytest.mark.parametrize("pipe", [False, True])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_standard_input_is_read(stdin, read_all, rows, pipe, pack):
    stdin(pack(rows), pipe=pipe)
    (result,) = read_all("-", display="-")
    assert (result.path, result.text, result.end) == ("-", rows, ("complete", None))
    assert result.messages == []
    assert result.outcome.sha256 == hashlib.sha256(pack(rows)).hexdigest()
    assert os.fstat(0)  # still open


def test_an_archive_from_a_pipe_is_refused(stdin, read_all):
    import tarfile

    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"), io.BytesIO())
    stdin(out.getvalue(), pipe=True)
    (notice,) = read_all("-", display="-")
    assert isinstance(notice, Notice)
    assert "save it to a file first" in notice.message


def test_no_descriptor_stays_open(tmp_path, read_all, rows):
    """A thousand files need one descriptor at a time."""
    before = len(os.listdir("/dev/fd"))  # noqa: PTH208  as on every POSIX system
    for number in range(50):
        (tmp_path / f"{number}.log").write_bytes(rows)
        read_all(tmp_path / f"{number}.log")
    assert len(os.listdir("/dev/fd")) == before  # noqa: PTH208  likewise


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak memory of this process")
def test_a_long_line_is_skipped_in_bounded_memory(tmp_path, read_all, rows):
    import resource

    path = tmp_path / "x.csv"
    with path.open("wb") as file:
        file.write(rows)
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b"\n" + rows)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (result,) = read_all(path)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert result.text == rows + rows
    assert [(line.line, line.length) for line in result.oversize] == [(401, 100_000_001)]
    assert after - before < 60_000  # KiB
