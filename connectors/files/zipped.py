"""Reads the members of a zip straight from the source; nothing is ever unpacked.

Format: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.5.3 (zip64).
"""

import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from isal import igzip_lib

from connectors.files.codecs import CODECS, Decompressor
from connectors.files.decode import Guard, inflate
from connectors.files.ending import Ending
from connectors.files.limits import Limits
from connectors.files.members import Member
from connectors.files.pieces import Feed
from connectors.files.raw import Raw, why

_STEP = 256 << 10
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_METHODS = {8: "deflate", 12: "bzip2", 93: "zstd", 95: "xz"}


class ZipError(Exception):
    """An archive that cannot be read; `reason` is a word of the coverage table."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Entry:
    """A member and where its bytes are."""

    member: Member
    name: bytes  # as stored
    method: int
    crc: int
    packed: int  # bytes in the archive
    offset: int  # of its local header


@dataclass(frozen=True, slots=True)
class _Directory:
    count: int
    size: int
    offset: int
    shift: int  # bytes before the archive proper, as in a self-extracting one


def entries(raw: Raw, limits: Limits) -> list[Entry]:
    """The members named in the central directory.

    Raises ZipError for an archive to be refused as a whole, OSError if reading fails.
    """
    size = raw.size or 0
    where = _directory(raw, size)
    if where.count > limits.members:
        raise ZipError("refused", f"more than {limits.members} members; unpack it first")
    step = range(where.offset + where.shift, where.offset + where.shift + where.size, _STEP)
    stop = step.stop
    feed = Feed(raw.at(at, min(_STEP, stop - at)) for at in step)
    found = [_entry(feed, where.shift) for _ in range(where.count)]
    if feed.some(1):
        raise ZipError("corrupt", "zip directory lists more members than it counts")
    if sum(entry.packed for entry in found) > size:
        raise ZipError("refused", "zip members overlap; unpack it with care")
    if sum(entry.member.size for entry in found) > limits.total:
        raise ZipError("refused", f"holds more than {limits.total} bytes; split it")
    return found


def content(raw: Raw, entry: Entry, limits: Limits, ending: Ending) -> Iterator[bytes]:
    """Unpacked pieces of one member; `ending` learns of damage (CRC and size are checked)."""
    crc = size = 0
    try:
        packed = _packed(raw, entry)
        pieces = packed if entry.method == 0 else _inflated(packed, entry.method, limits, ending)
        for piece in pieces:
            crc = zlib.crc32(piece, crc)
            size += len(piece)
            if size > entry.member.size:
                break
            yield piece
    except ZipError as error:
        ending.stop("failed", error.reason, str(error))
    except OSError as error:
        ending.stop("failed", *why(error))
    if ending.state == "complete" and (crc, size) != (entry.crc, entry.member.size):
        message = "damaged zip member (CRC or size mismatch); nothing of it is used, fetch it again"
        ending.stop("failed", "corrupt", message)


def _directory(raw: Raw, size: int) -> _Directory:
    """Finds the central directory from the end of the file."""
    at = max(0, size - _END.size - 0xFFFF)
    tail = raw.at(at, size - at)
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + _END.size:
        message = "zip without a directory: cut off or still being written; fetch it again"
        raise ZipError("truncated", message)
    _, _, _, _, count, bytes_, offset, _ = _END.unpack_from(tail, end)
    position = at + end
    if end >= _LOCATOR.size and tail[end - _LOCATOR.size :].startswith(b"PK\x06\x07"):
        position = _LOCATOR.unpack_from(tail, end - _LOCATOR.size)[2]
        block = raw.at(position, _END64.size)
        if len(block) < _END64.size or not block.startswith(b"PK\x06\x06"):
            raise ZipError("corrupt", "damaged zip64 directory; fetch it again")
        count, bytes_, offset = _END64.unpack(block)[7:10]
    shift = position - bytes_ - offset
    if shift < 0:
        raise ZipError("corrupt", "damaged zip directory; fetch it again")
    return _Directory(count, bytes_, offset, shift)


def _entry(feed: Feed, shift: int) -> Entry:
    block = feed.take(_CENTRAL.size)
    if len(block) < _CENTRAL.size or not block.startswith(b"PK\x01\x02"):
        raise ZipError("corrupt", "damaged zip directory; fetch it again")
    fields = _CENTRAL.unpack(block)
    flags, method = fields[3:5]
    crc, packed, size, name_size, extra_size, comment_size = fields[7:13]
    mode, offset = fields[15] >> 16, fields[16]
    name_bytes = feed.take(name_size)
    extra = feed.take(extra_size)
    feed.take(comment_size)
    size, packed, offset = _wide(extra, size, packed, offset)
    utf8 = flags & 0x800
    name = name_bytes.decode("utf-8", "backslashreplace") if utf8 else name_bytes.decode("cp437")
    folder = name.endswith("/") and not size
    problem = None
    if flags & 0x41:
        problem = "encrypted member refused; unpack it first"
    elif method not in (0, *_METHODS):
        problem = f"zip method {method} is not read; unpack it first"
    elif name.endswith("/") and size:
        problem = "folder with content refused; unpack it first"
    elif stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        problem = "link or device in an archive refused; only files are read"
    return Entry(
        Member(name, size, folder, problem), name_bytes, method, crc, packed, offset + shift
    )


def _wide(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """The zip64 extra field replaces, in this order, those of the three that are all ones."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        values = extra[4 : 4 + length]
        extra = extra[4 + length :]
        if kind != 1:
            continue
        numbers = iter(struct.unpack(f"<{len(values) // 8}Q", values[: len(values) // 8 * 8]))
        wide = [next(numbers, n) if n == 0xFFFFFFFF else n for n in (size, packed, offset)]
        return wide[0], wide[1], wide[2]
    return size, packed, offset


def _packed(raw: Raw, entry: Entry) -> Iterator[bytes]:
    """The member's bytes as stored."""
    header = raw.at(entry.offset, _LOCAL.size)
    if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
        raise ZipError("corrupt", "damaged zip member header; fetch it again")
    name_size, extra_size = _LOCAL.unpack(header)[-2:]
    at = entry.offset + _LOCAL.size
    if raw.at(at, name_size) != entry.name:
        raise ZipError("corrupt", "zip member has another name than in the directory; unpack it")
    at += name_size + extra_size
    left = entry.packed
    while left:
        piece = raw.at(at, min(left, _STEP))
        if not piece:
            raise ZipError("truncated", "zip ends inside this member; fetch it again")
        raw.advance(len(piece))
        at += len(piece)
        left -= len(piece)
        yield piece


def _inflated(
    packed: Iterator[bytes], method: int, limits: Limits, ending: Ending
) -> Iterator[bytes]:
    name = _METHODS[method]
    codec = next((codec for codec in CODECS if codec.name == name), None)
    member: Decompressor = (
        igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_DEFLATE)
        if codec is None
        else codec.member()
    )
    guard = Guard(limits, ending)
    yield from inflate(member, b"", packed, guard=guard, ending=ending, what=name)
