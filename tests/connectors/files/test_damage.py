"""Damaged compressed files: never complete with other bytes; whole lines kept at a cut."""

import bz2
import gzip
import hashlib
import lzma
import random
import tempfile
from pathlib import Path

import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

CHECKED = {zstd.CompressionParameter.checksum_flag: 1}
PACK = {
    ".gz": lambda data: gzip.compress(data, mtime=0),
    ".zst": lambda data: zstd.compress(data, options=CHECKED),
    ".bz2": lambda data: bz2.compress(data, 1),  # blocks of 100 kB
    ".xz": lzma.compress,
}
LINES = st.lists(st.text("abcxyz0189.,", max_size=40), min_size=1, max_size=60).map(
    lambda lines: "\n".join(lines).encode() + b"\n"
)


@pytest.fixture(scope="module")
def read_bytes(read_all):
    """read_bytes(suffix, content): the one result of reading a file of that suffix."""
    with tempfile.TemporaryDirectory() as folder:

        def read_one(suffix: str, content: bytes):
            path = Path(folder) / f"x.log{suffix}"
            path.write_bytes(content)
            (result,) = read_all(path)
            return result

        yield read_one


@pytest.mark.parametrize("suffix", PACK)
@settings(max_examples=40)
@given(text=LINES, data=st.data())
def test_a_flipped_bit_never_gives_other_bytes(read_bytes, suffix, text, data):
    """Complete means the same bytes; anything else is marked, with its reason told."""
    packed = bytearray(PACK[suffix](text))
    at = data.draw(st.integers(0, len(packed) - 1))
    packed[at] ^= 1 << data.draw(st.integers(0, 7))
    result = read_bytes(suffix, bytes(packed))
    if result.outcome.state == "complete":
        assert result.text == text
    else:
        assert result.messages


@pytest.mark.parametrize("suffix", PACK)
@settings(max_examples=40)
@given(text=LINES, data=st.data())
def test_a_truncation_is_partial_and_keeps_whole_lines(read_bytes, suffix, text, data):
    packed = PACK[suffix](text)
    cut = data.draw(st.integers(1, len(packed) - 1))
    result = read_bytes(suffix, packed[:cut])
    assert result.end == ("partial", "truncated")
    assert text.startswith(result.text)
    assert result.text.endswith(b"\n") or not result.text
    assert result.outcome.cut == (result.outcome.decoded != len(result.text))


@pytest.mark.parametrize("suffix", PACK)
def test_a_long_file_cut_in_the_middle_keeps_most_of_its_lines(read_bytes, suffix):
    """What was decoded before the cut is delivered, not only what fits the last piece."""
    draw = random.Random(7)  # noqa: S311  test data
    text = b"".join(b"%d,%d\n" % (n, draw.getrandbits(64)) for n in range(60_000))
    packed = PACK[suffix](text)
    result = read_bytes(suffix, packed[: len(packed) // 2])
    assert result.end == ("partial", "truncated")
    assert len(text) * 0.2 < len(result.text) < len(text) * 0.8
    assert text.startswith(result.text)


@pytest.mark.parametrize("suffix", PACK)
def test_members_are_read_one_after_the_other(read_bytes, suffix):
    """Rotation by cat; empty members included."""
    pack = PACK[suffix]
    result = read_bytes(suffix, pack(b"a\n") + pack(b"") + pack(b"b\nc"))
    assert (result.text, result.end, result.messages) == (b"a\nb\nc", ("complete", None), [])


@pytest.mark.parametrize("suffix", PACK)
def test_trailing_bytes_are_counted_and_the_rows_kept(read_bytes, rows, suffix):
    result = read_bytes(suffix, PACK[suffix](rows) + b"x" * 519)
    assert (result.text, result.end) == (rows, ("partial", "malformed"))
    assert result.messages[0].startswith("519 trailing bytes after ")


@pytest.mark.parametrize("suffix", PACK)
def test_a_second_member_that_is_damaged_takes_everything_back(read_bytes, rows, suffix):
    pack = PACK[suffix]
    second = bytearray(pack(rows))
    second[len(second) // 2] ^= 0xFF
    assert read_bytes(suffix, pack(b"a\n") + bytes(second)).end == ("failed", "corrupt")


@pytest.mark.parametrize("suffix", PACK)
def test_zero_bytes_after_the_last_member_are_padding(read_bytes, suffix):
    result = read_bytes(suffix, PACK[suffix](b"a\n") + bytes(512))
    assert (result.text, result.end) == (b"a\n", ("complete", None))


def test_a_gz_whose_tail_was_zeroed_is_not_whole(read_bytes):
    """So many zero bytes are no padding: a crash may have eaten members."""
    result = read_bytes(".gz", gzip.compress(b"a\n") + bytes(1 << 20))
    assert result.end == ("partial", "malformed")


def test_a_wrong_checksum_is_named(read_bytes, rows):
    packed = bytearray(gzip.compress(rows))
    packed[-8] ^= 1
    result = read_bytes(".gz", bytes(packed))
    assert result.end == ("failed", "corrupt")
    assert "CRC mismatch" in result.messages[0]


def test_a_frame_without_checksum_is_read_with_a_note(read_bytes, rows):
    result = read_bytes(".zst", zstd.compress(rows))
    assert (result.text, result.end) == (rows, ("complete", None))
    (notice,) = result.outcome.notices
    assert (notice.level, notice.reason) == ("note", "unchecked")


def test_the_hash_is_of_the_whole_file_even_if_decoding_failed(read_bytes, rows):
    packed = bytearray(gzip.compress(rows * 200))
    packed[20] ^= 0xFF
    result = read_bytes(".gz", bytes(packed))
    assert result.outcome.state == "failed"
    assert result.outcome.sha256 == hashlib.sha256(packed).hexdigest()


def test_too_large_a_ratio_is_refused(read, rows):
    bomb = gzip.compress(bytes(4 << 20))
    result = read("x.gz", bomb, ratio_after=1 << 20)
    assert result.end == ("failed", "refused")
    assert "more than 200 times" in result.messages[0]


def test_a_large_ratio_is_fine_as_long_as_little_comes_out(read):
    result = read("x.gz", gzip.compress(b"\n" * (1 << 20)), ratio_after=1 << 20)
    assert result.end == ("complete", None)


def test_too_many_members_are_refused(read):
    one = gzip.compress(b"a\n")
    assert read("x.gz", one * 5, members=5).end == ("complete", None)
    assert read("x.gz", one * 6, members=5).end == ("failed", "refused")


def test_many_small_members_do_not_hide_a_bomb(read):
    """What is left of a piece after a member is not counted as input twice."""
    small = gzip.compress(b"a\n")
    bomb = gzip.compress(bytes(60 << 20))
    assert read("x.gz", small * 2000 + bomb).end == ("failed", "refused")


def test_a_window_that_wants_too_much_memory_is_refused(read):
    window = {zstd.CompressionParameter.window_log: 29}
    packer = zstd.ZstdCompressor(options=window)
    packed = packer.compress(b"a\n" * (1 << 20)) + packer.flush()
    result = read("x.zst", packed)
    assert result.end == ("failed", "refused")
    assert "too much memory" in result.messages[-1]
