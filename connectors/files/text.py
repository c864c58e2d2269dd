"""From decoded pieces to UTF-8 text with line feeds: byte-order marks, UTF-16, lone CR."""

import codecs
import hashlib
from collections.abc import Iterator

from connectors.files.ending import Ending
from connectors.files.limits import Limits
from connectors.files.pieces import Peekable, hashed

_WIDE = (  # the longer mark first: UTF-32LE begins like UTF-16LE
    (codecs.BOM_UTF32_LE, "UTF-32LE"),
    (codecs.BOM_UTF32_BE, "UTF-32BE"),
    (codecs.BOM_UTF16_LE, "UTF-16LE"),
    (codecs.BOM_UTF16_BE, "UTF-16BE"),
)


class Text:
    """The decoded view of a stream, in `pieces`, without its byte-order mark.

    `start`: bytes that stood before the first piece (the mark). `digest`: hash of the text, where
    that is not the bytes it was made of. Counts `ending.decoded`, and refuses what lies beyond
    `limits.total`.
    """

    def __init__(self, pieces: Iterator[bytes], limits: Limits, ending: Ending) -> None:
        source = Peekable(pieces)
        head = source.peek(4)
        wide = next((name for mark, name in _WIDE if head.startswith(mark)), None)
        if wide is not None:
            ending.tell("warning", "encoding", f"{wide[:6]} detected; read as UTF-8")
            source = Peekable(_narrow(source, wide, ending))
        self.start = 0
        self.pieces = Peekable(_counted(source, limits, ending))
        if self.pieces.peek(3) == codecs.BOM_UTF8:
            self.start = 3
            self.pieces = Peekable(_without(self.pieces, 3))
        changed = wide is not None or self.start > 0
        head = self.pieces.peek(limits.head)
        if _lone_cr(head, whole=len(head) < limits.head):
            ending.tell("note", "line_ends", "lines end in CR alone; read so")
            # of equal length, so offsets stay; a CR LF later on gives an empty line
            self.pieces = Peekable(map(_cr_to_lf, self.pieces))
            changed = True
        self.digest = hashlib.sha256() if changed else None
        if self.digest is not None:
            self.pieces = Peekable(hashed(self.pieces, self.digest.update))


def _cr_to_lf(piece: bytes) -> bytes:
    return piece.replace(b"\r", b"\n")


def _lone_cr(head: bytes, *, whole: bool) -> bool:
    """Whether CR is the line end: no LF within the head, but a CR that is not its last byte."""
    if head.startswith(b"PAR1"):
        return False  # a Parquet file is no text
    return b"\n" not in head and b"\r" in (head if whole else head[:-1])


def _without(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    for piece in pieces:
        yield piece[size:]
        size = max(0, size - len(piece))


def _counted(pieces: Iterator[bytes], limits: Limits, ending: Ending) -> Iterator[bytes]:
    for piece in pieces:
        if ending.decoded + len(piece) > limits.total:
            ending.stop("failed", "refused", f"holds more than {limits.total} bytes; split it")
            return
        ending.decoded += len(piece)
        yield piece


def _narrow(pieces: Iterator[bytes], wide: str, ending: Ending) -> Iterator[bytes]:
    """UTF-16 or UTF-32 as UTF-8; a lone surrogate becomes bytes that are no UTF-8, so it shows."""
    decoder = codecs.getincrementaldecoder(wide)("surrogatepass")
    for piece in pieces:
        try:
            text = decoder.decode(piece)
        except UnicodeDecodeError as error:
            ending.stop(
                "failed", "corrupt", f"damaged {wide} text ({error.reason}); fetch it again"
            )
            return
        yield text.encode("utf-8", "surrogatepass")
    if decoder.getstate()[0] and ending.state == "complete":
        ending.stop("partial", "malformed", f"{wide} text ends in the middle of a character")
