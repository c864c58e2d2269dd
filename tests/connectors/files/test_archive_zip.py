"""What only a zip can have: a directory that contradicts it, passwords, zip64, other methods."""

import io
import lzma
import struct
import tempfile
import zipfile

import pytest
from backports import zstd

from connectors.files.limits import Limits

from .archives import WRITTEN, brief, zipped


@pytest.mark.parametrize(
    ("at", "value"),
    [(10, b"\x03\0"), (10, b"\x01\0"), (12, b"\xff\xff\xff\0"), (16, b"\xff\xff\xff\xff")],
)
def test_a_zip_directory_that_contradicts_itself_is_corrupt(results, at, value):
    content = bytearray(WRITTEN["a.zip"])
    at += content.index(b"PK\x05\x06")
    content[at : at + len(value)] = value
    (notice,) = results("a.zip", bytes(content))
    assert (notice.path, notice.reason) == ("a.zip", "corrupt")


def test_a_member_under_two_names_is_corrupt(results):
    content = bytearray(zipped({"a.log": b"one\n"}))
    content[30:35] = b"b.log"
    (one,) = results("a.zip", bytes(content))
    assert one.end == ("failed", "corrupt")


def test_a_cut_zip_is_truncated(results, rows):
    content = zipped({"a.log": rows})
    (notice,) = results("a.zip", content[: len(content) // 2])
    assert (notice.reason, notice.level) == ("truncated", "error")


def test_an_encrypted_member_is_refused(results):
    content = bytearray(zipped({"a.log": b"one\n"}))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (notice,) = results("a.zip", bytes(content))
    assert notice.message == "encrypted member refused; unpack it first"


def test_a_member_that_claims_to_be_smaller_than_it_is_is_corrupt(results, rows):
    content = bytearray(zipped({"a.log": rows}))
    struct.pack_into("<L", content, content.index(b"PK\x01\x02") + 24, 10)
    (one,) = results("a.zip", bytes(content))
    assert one.end == ("failed", "corrupt")


def test_a_member_that_unpacks_too_far_is_refused(results):
    (one,) = results("a.zip", zipped({"a.log": bytes(4 << 20)}), ratio_after=1 << 20)
    assert one.end == ("failed", "refused")


def test_members_that_overlap_are_refused(results):
    """Many directory entries, one body: the quine's way around a ratio."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.log", b"x" * 1000)
        archive.filelist *= 20
    (notice,) = results("a.zip", out.getvalue())
    assert notice.message == "zip members overlap; unpack it with care"


def test_a_zip_with_something_before_it_is_read(results):
    """As a self-extracting one, whose offsets count from the archive proper."""
    content = zipped({"a.log": b"one\n"})
    from connectors.files.ending import Ending
    from connectors.files.local import FileRaw
    from connectors.files.zipped import content as unpacked
    from connectors.files.zipped import entries

    with tempfile.TemporaryFile() as file:
        file.write(b"#!/bin/sh\n" * 10 + content)
        file.flush()
        raw = FileRaw(file.fileno(), file.tell(), None)
        (entry,) = entries(raw, Limits())
        assert b"".join(unpacked(raw, entry, Limits(), Ending("x"))) == b"one\n"


def test_a_zip64_is_read(results):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, archive.open("a.log", "w", force_zip64=True) as one:
        one.write(b"one\n")
    content = out.getvalue()
    at = content.index(b"PK\x05\x06")
    count, size, offset = struct.unpack_from("<HLL", content, at + 10)
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, 2**32 - 1, 2**32 - 1, 0)
    assert brief(results("a.zip", content[:at] + end64 + locator + end)) == [
        ("a.zip!a.log", "complete", "one\n")
    ]


def test_zstd_and_xz_members_of_a_zip_are_read(results):
    """The methods 93 and 95, which Python's own module writes only from 3.14 on."""
    for method, pack in ((93, zstd.compress), (95, lzma.compress)):
        content = bytearray(zipped({"a.log": pack(b"one\n")}, zipfile.ZIP_STORED))
        at = content.index(b"PK\x01\x02")
        struct.pack_into("<H", content, at + 10, method)
        struct.pack_into("<L", content, at + 16, __import__("zlib").crc32(b"one\n"))
        struct.pack_into("<L", content, at + 24, 4)
        assert brief(results("a.zip", bytes(content))) == [("a.zip!a.log", "complete", "one\n")]
