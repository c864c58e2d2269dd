"""The compressions we read, and how each is recognised by its first bytes.

Formats: RFC 1952 (gzip), RFC 8878 (zstd), the xz file format 1.1, bzip2 1.0.8. All decoders below
check the checksum of what they decode and can tell an early end from a proper one.
"""

import bz2
import lzma
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from isal import igzip_lib

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_MEMORY = 256 << 20  # what an xz stream may ask for; xz -9 asks for 65 MiB
_HEADER = 128 << 10  # of a gzip member: two optional texts and up to 64 KiB of extra fields

DECODE_ERRORS: tuple[type[Exception], ...] = (
    igzip_lib.IsalError,  # type: ignore[assignment]  # isal's stub calls the class an instance
    zstd.ZstdError,
    lzma.LZMAError,
    OSError,
    ValueError,
)


class Decompressor(Protocol):
    """One member of a compressed stream; the interface of bz2.BZ2Decompressor."""

    @property
    def eof(self) -> bool:
        """The member is over, its checksum was right."""

    @property
    def needs_input(self) -> bool:
        """There is no more output without more input."""

    @property
    def unused_data(self) -> bytes:
        """Input after the end of the member."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most `max_length` decoded bytes; raises one of DECODE_ERRORS."""


class GzipMember:
    """One gzip member: the header is read here, the rest by isal, which checks CRC and length.

    isal's own header reader must see the whole header at once
    (github.com/intel/isa-l/issues/224), and a member may begin anywhere in a piece.
    """

    def __init__(self) -> None:
        self.needs_input = True
        self._header: bytes | None = b""
        self._body = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP_NO_HDR_VER)

    @property
    def eof(self) -> bool:
        """The member is over, its CRC-32 and length were right."""
        return bool(self._body.eof)

    @property
    def unused_data(self) -> bytes:
        """Input after the end of the member."""
        return bytes(self._body.unused_data)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most `max_length` decoded bytes; raises IsalError, or ValueError for the header."""
        if self._header is not None:
            self._header += data
            size = gzip_header(self._header[:_HEADER])
            if size is None and len(self._header) < _HEADER:
                return b""
            if size is None:
                raise ValueError("gzip header without an end")
            data, self._header = self._header[size:], None
        out = bytes(self._body.decompress(data, max_length))
        self.needs_input = bool(self._body.needs_input)
        return out


def gzip_header(data: bytes) -> int | None:
    """Length of the gzip header at the start of `data`; None if it goes on beyond.

    Raises ValueError if it is none, or its own checksum is wrong.
    """
    if len(data) < 10:
        return None
    flags = data[3]
    if data[:3] != b"\x1f\x8b\x08" or flags & 0xE0:
        raise ValueError("damaged gzip header")
    at = 10
    if flags & 4:
        at += 2 + int.from_bytes(data[at : at + 2], "little")
    for text in (8, 16):
        if flags & text:
            at = data.find(b"\0", at) + 1
            if not at:
                return None
    if flags & 2:
        at += 2
        stored = data[at - 2 : at]
        if len(stored) == 2 and stored != (zlib.crc32(data[: at - 2]) & 0xFFFF).to_bytes(
            2, "little"
        ):
            raise ValueError("damaged gzip header")
    return at if at <= len(data) else None


@dataclass(frozen=True, slots=True)
class Codec:
    """One compression: its name, its usual suffixes, its first bytes, one decoder per member."""

    name: str
    suffixes: tuple[str, ...]
    magic: tuple[bytes, ...]
    member: Callable[[], Decompressor]
    unchecked: Callable[[bytes], bool]  # the member that begins so carries no checksum

    def starts(self, data: bytes) -> bool:
        """Whether a member begins here."""
        return data.startswith(self.magic)

    def starts_cut(self, data: bytes) -> bool:
        """Whether `data`, which is all there is, is the mere beginning of a magic number."""
        return bool(data) and any(m.startswith(data) for m in self.magic)


def _never(_: bytes) -> bool:
    return False


_SKIPPABLE = tuple(bytes([0x50 + i]) + b"\x2a\x4d\x18" for i in range(16))
_BZ2 = tuple(b"BZh%d" % level for level in range(1, 10))
CODECS = (
    Codec("gzip", (".gz", ".tgz"), (b"\x1f\x8b\x08",), GzipMember, _never),
    Codec(
        "zstd",
        (".zst", ".zstd", ".tzst"),
        (b"\x28\xb5\x2f\xfd", *_SKIPPABLE),
        zstd.ZstdDecompressor,
        lambda data: data[:4] == b"\x28\xb5\x2f\xfd" and not data[4] & 4,
    ),
    Codec(
        "bzip2",
        (".bz2", ".tbz2", ".tbz"),
        # a block, or the end of an empty stream
        tuple(m + t for m in _BZ2 for t in (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90")),
        bz2.BZ2Decompressor,
        _never,
    ),
    Codec(
        "xz",
        (".xz", ".txz"),
        (b"\xfd7zXZ\0",),
        lambda: lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_MEMORY),
        lambda data: data[7] & 15 == 0,
    ),
)

# recognised, so that they are refused by name
UNSUPPORTED = (
    ("lz4", (b"\x04\x22\x4d\x18",)),
    ("7-Zip", (b"7z\xbc\xaf\x27\x1c",)),
    ("RAR", (b"Rar!\x1a\x07",)),
    ("compress (.Z)", (b"\x1f\x9d",)),
    ("lzip", (b"LZIP\x01",)),
    ("snappy", (b"\xff\x06\0\0sNaPpY",)),
)


def codec_of(head: bytes) -> Codec | None:
    """The compression whose stream begins with `head`."""
    return next((codec for codec in CODECS if codec.starts(head)), None)


def codec_named(path: str) -> Codec | None:
    """The compression the suffix of `path` promises."""
    name = path.lower()
    return next((codec for codec in CODECS if name.endswith(codec.suffixes)), None)


def unsupported(head: bytes) -> str | None:
    """The name of a compression we know but do not read."""
    return next((name for name, magic in UNSUPPORTED if head.startswith(magic)), None)
