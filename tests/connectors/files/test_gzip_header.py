"""gzip headers of every kind, in pieces of every size."""

import gzip
import zlib

import pytest

from connectors.files.codecs import GzipMember, gzip_header

TEXT = b"one\ntwo\n" * 100
BODY = gzip.compress(TEXT, mtime=0)[10:]


def header(flags: int) -> bytes:
    head = b"\x1f\x8b\x08" + bytes([flags]) + bytes(6)
    head += b"\x03\x00abc" if flags & 4 else b""
    head += b"name.log\0" if flags & 8 else b""
    head += b"a comment\0" if flags & 16 else b""
    return head + ((zlib.crc32(head) & 0xFFFF).to_bytes(2, "little") if flags & 2 else b"")


@pytest.mark.parametrize("flags", range(32))
@pytest.mark.parametrize("step", [1, 7, 11, 1000])
def test_any_header_in_any_pieces(flags, step):
    """isal's own header reader fails here for most of these."""
    data, member, out = header(flags) + BODY, GzipMember(), b""
    for at in range(0, len(data), step):
        out += member.decompress(data[at : at + step], 1 << 20)
    assert (out, member.eof) == (TEXT, True)


@pytest.mark.parametrize("flags", range(32))
def test_a_header_is_as_long_as_it_is(flags):
    whole = header(flags)
    assert gzip_header(whole + BODY) == len(whole)
    assert all(gzip_header(whole[:size]) is None for size in range(len(whole)))


@pytest.mark.parametrize(
    "damage",
    [
        b"\x1f\x8b\x08\x20" + bytes(20),  # a reserved flag
        b"\x1f\x8b\x07" + bytes(20),  # not deflate
        header(2)[:-1] + b"\xee",  # its own checksum is wrong
    ],
)
def test_a_damaged_header_is_an_error(damage):
    with pytest.raises(ValueError, match="damaged gzip header"):
        gzip_header(damage)


def test_a_name_without_end_does_not_fill_the_memory():
    member = GzipMember()
    member.decompress(header(8)[:10], 1)
    for _ in range(12):
        member.decompress(b"n" * 10_000, 1)
    with pytest.raises(ValueError, match="without an end"):
        member.decompress(b"n" * 20_000, 1)
