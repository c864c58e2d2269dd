"""Opens what was found: one Stream per file, one per member of an archive.

The way of the bytes: raw (hashed) -> decode (checked, capped) -> text -> frame. Each stage is an
iterator over the one before; what goes wrong on the way is written into one Ending.
"""

import codecs as encodings
import hashlib
from collections.abc import Callable, Iterator

from connectors.files.archive import archive_streams
from connectors.files.codecs import Codec, codec_named, codec_of, unsupported
from connectors.files.decode import decode
from connectors.files.ending import Ending, Outcome
from connectors.files.found import Found
from connectors.files.frame import Block, Oversize
from connectors.files.limits import Limits
from connectors.files.members import SNIFF, archive_named, is_archive, is_zip
from connectors.files.notice import Notice
from connectors.files.pieces import Peekable, hashed
from connectors.files.raw import Progress, Raw
from connectors.files.reading import Stream

__all__ = ["Block", "Outcome", "Oversize", "Stream", "open_streams"]

_PACKED_STEP = 256 << 10  # raw bytes per read of a compressed file
_BOMS = (encodings.BOM_UTF16_LE, encodings.BOM_UTF16_BE)


def open_streams(
    found: Found, limits: Limits, progress: Progress | None = None
) -> Iterator[Stream | Notice]:
    """The text streams in one file: itself, or the members of an archive, in archive order.

    A Notice stands for what was not opened, and why. `progress` is called with the number of raw
    bytes just consumed. A Stream of a member is valid until the next is asked for; every Stream
    is to be closed (`with`).
    """
    raw = found.open(progress)
    if isinstance(raw, Notice):
        yield raw
        return
    ending = Ending(found.display)
    pieces = Peekable(raw.pieces(ending))
    raw.step = _PACKED_STEP
    head = pieces.peek(SNIFF)
    named = None if found.display == "-" else codec_named(found.display)
    codec = codec_of(head)
    decoded: Iterator[bytes] = pieces
    inner = head
    content = None
    if codec is not None:
        _check_name(codec, named, ending)
        content = hashlib.sha256()
        peekable = Peekable(hashed(decode(codec, pieces, limits, ending), content.update))
        decoded, inner = peekable, peekable.peek(SNIFF)
    other = unsupported(inner)
    if other is not None or (codec is not None and (codec_of(inner) or is_zip(inner))):
        raw.close()
        message = "nested compression refused" if codec else f"is {other}, which is not read"
        yield Notice(found.display, "error", "refused", f"{message}; decompress it first")
    elif is_archive(inner):
        yield from archive_streams(raw, found.display, codec, limits, ending)
    else:
        if codec is None:
            decoded = _plain(pieces, head, named, ending)
            raw.step = limits.block + limits.block // 64  # one read is then one block

        def finish() -> str:
            raw.finish(ending)
            return raw.digest.hexdigest()

        yield Stream(
            ending,
            decoded,
            limits,
            compression=codec.name if codec else None,
            size=raw.size,
            finish=finish,
            close=raw.close,
            content=content.hexdigest if content is not None else None,
            end=_end(raw) if codec is None and raw.size is not None else None,
        )


def _end(raw: Raw) -> Callable[[int], bytes]:
    def last(most: int) -> bytes:
        size = raw.size or 0
        try:
            return raw.at(max(0, size - most), min(most, size))
        except OSError:
            return b""

    return last


def _check_name(codec: Codec, named: Codec | None, ending: Ending) -> None:
    if named is codec or ending.path == "-":
        return
    message = f"is {codec.name} without {codec.suffixes[0]}"
    if named is not None:
        message = f"named {named.suffixes[0]} but is {codec.name}"
    ending.tell("warning", "name", f"{message}; read as {codec.name}")


def _plain(pieces: Peekable, head: bytes, named: Codec | None, ending: Ending) -> Iterator[bytes]:
    """The pieces of a file that no compression begins; its name may promise one all the same."""
    if ending.path == "-" or not head:
        return pieces
    promise = named.name if named else archive_named(ending.path)
    if promise is None:
        return pieces
    if named is not None and named.starts_cut(head):
        ending.stop("partial", "truncated", f"{promise} stream ends early; fetch it again")
        return iter(())
    suffix = ending.path[ending.path.rindex(".") :]
    if _binary(pieces.peek(64 << 10)):
        message = f"named {suffix} but is neither {promise} nor text: damaged; fetch it again"
        ending.stop("failed", "corrupt", message)
        return iter(())
    ending.tell("warning", "name", f"named {suffix} but is not {promise}; read as text")
    return pieces


def _binary(head: bytes) -> bool:
    """Whether `head` cannot be text: damaged compressed data must not pass for a log."""
    if head.startswith(_BOMS):
        return False
    try:
        encodings.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return True
    return any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in set(head))
