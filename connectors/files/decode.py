"""From raw to decoded pieces: one layer of compression, all its members, within the caps."""

from collections.abc import Generator, Iterator

from connectors.files.codecs import DECODE_ERRORS, Codec, Decompressor
from connectors.files.ending import Ending
from connectors.files.limits import Limits
from connectors.files.pieces import PIECE

_START = 16  # longer than any magic number
_PADDING = 64 << 10  # zero bytes at the end that tapes and preallocation leave


class Guard:
    """Counts what goes in and comes out of a decompressor."""

    def __init__(self, limits: Limits, ending: Ending) -> None:
        self._limits = limits
        self._ending = ending
        self.fed = 0
        self.out = 0

    def passes(self, size: int) -> bool:
        """Whether `size` more decoded bytes are within the ratio; else the stream is refused."""
        self.out += size
        if self.out <= self._limits.ratio_after or self.out <= self._limits.ratio * self.fed:
            return True
        message = (
            f"decodes to more than {self._limits.ratio} times its size; "
            "if it is genuine, decompress it first"
        )
        self._ending.stop("failed", "refused", message)
        return False


def decode(
    codec: Codec, raw: Iterator[bytes], limits: Limits, ending: Ending
) -> Generator[bytes, None, None]:
    """Decoded pieces of at most 1 MiB of all members in `raw`.

    `ending` learns of damage, an early end, trailing bytes, a cap, a missing checksum. Pieces
    that came before damage was found have been handed out: a `failed` ending takes them back.
    """
    guard = Guard(limits, ending)
    rest, members, unchecked = b"", 0, False
    while True:
        rest, zeros = _next_start(rest, raw)
        if not codec.starts(rest):
            if rest and not codec.starts_cut(rest):
                _trailing(codec, zeros + len(rest) + sum(map(len, raw)), ending)
            elif rest:
                _early(codec, ending)
            elif zeros > _PADDING:
                _trailing(codec, zeros, ending)
            elif zeros and codec.name != "xz":  # xz calls it stream padding
                ending.tell("note", "padding", f"{zeros} zero bytes after the last member")
            return
        members += 1
        if members > limits.members:
            message = f"more than {limits.members} compressed members; decompress it first"
            ending.stop("failed", "refused", message)
            return
        if not unchecked and len(rest) > 8 and codec.unchecked(rest):
            unchecked = True
            message = f"the {codec.name} stream carries no checksum; damage could go unseen"
            ending.tell("note", "unchecked", message)
        used = yield from inflate(
            codec.member(), rest, raw, guard=guard, ending=ending, what=codec.name
        )
        if used is None:
            return
        rest = used


def inflate(
    member: Decompressor,
    first: bytes,
    raw: Iterator[bytes],
    *,
    guard: Guard,
    ending: Ending,
    what: str,
) -> Generator[bytes, None, bytes | None]:
    """Decoded pieces of one member that begins with `first` and goes on in `raw`.

    Returns the bytes after it, or None if there is no going on: `ending` knows why.
    """
    piece: bytes | None = first
    while True:
        guard.fed += len(piece or b"")
        try:
            out = member.decompress(piece or b"", PIECE)
        except DECODE_ERRORS as error:
            _broken(what, error, ending)
            return None
        if out:
            if not guard.passes(len(out)):
                return None
            yield out
        if member.eof:
            unused = member.unused_data
            guard.fed -= len(unused)  # the next member is fed it again
            return unused
        stuck = not out and not piece
        piece = b""
        if member.needs_input or stuck:
            piece = next(raw, None)
            if piece is None:
                if ending.state == "complete":  # else reading itself failed, and was told
                    ending.stop("partial", "truncated", f"{what} stream ends early; fetch it again")
                return None


def _next_start(rest: bytes, raw: Iterator[bytes]) -> tuple[bytes, int]:
    """What follows the zero bytes after a member, enough of it to recognise; and their number."""
    zeros = 0
    while True:
        size = len(rest)
        rest = rest.lstrip(b"\0")
        zeros += size - len(rest)
        piece = next(raw, None) if len(rest) < _START else None
        if piece is None:
            return rest, zeros
        rest += piece


def _early(codec: Codec, ending: Ending) -> None:
    if ending.state == "complete":
        ending.stop("partial", "truncated", f"{codec.name} stream ends early; fetch it again")


def _trailing(codec: Codec, size: int, ending: Ending) -> None:
    message = f"{size} trailing bytes after {codec.name} member; what they were is not known"
    ending.stop("partial", "malformed", message)


def _broken(what: str, error: Exception, ending: Ending) -> None:
    if "memory" in str(error).lower():
        message = f"{what} stream wants too much memory; decompress it first"
        ending.stop("failed", "refused", message)
        return
    detail = "CRC mismatch" if "checksum" in str(error).lower() else str(error)
    message = f"damaged {what} stream ({detail}); nothing of it is used, fetch it again"
    ending.stop("failed", "corrupt", message)
