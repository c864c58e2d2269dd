"""A file or archive member as text: its head, its blocks of lines, and how it ended."""

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from connectors.files.ending import Ending, Outcome
from connectors.files.frame import Block, frame
from connectors.files.limits import Limits
from connectors.files.pieces import PIECE
from connectors.files.text import Text

AHEAD = 64 << 20  # bytes held to see the end of what cannot be read from its end


class Stream:
    """Read once, in order, either as blocks() or as chunks(); then ask for outcome().

    path: what to show. compression: `gzip`, `tar+zstd`, `zip`..., None if there is none.
    size: bytes of the file, or of the unpacked member; None if not known beforehand.
    """

    def __init__(
        self,
        ending: Ending,
        pieces: Iterator[bytes],
        limits: Limits,
        *,
        compression: str | None,
        size: int | None,
        finish: Callable[[], str],
        close: Callable[[], None],
        content: Callable[[], str] | None = None,
        end: Callable[[int], bytes] | None = None,
    ) -> None:
        """`finish` reads the rest and gives the SHA-256; `close` lets the source go.

        content: the SHA-256 of what was decoded so far, where that is not what was hashed.
        end: the last bytes of the source, where they can be had without the others.
        """
        self.path = ending.path
        self.compression = compression
        self.size = size
        self._ending = ending
        self._limits = limits
        self._text = Text(pieces, limits, ending)
        self._begun = self._over = False
        self._finish = finish
        self._close = close
        self._content = content
        self._end = end
        self._outcome: Outcome | None = None

    def head(self) -> bytes:
        """The first decoded bytes, at most limits.head, without consuming them."""
        return self._text.pieces.peek(self._limits.head)

    def tail(self, most: int) -> bytes:
        """The last decoded bytes, at most `most`, without consuming them.

        Nothing where they cannot be had: then what is packed or comes through a pipe is larger than
        AHEAD bytes.
        """
        if self._end is not None:
            return self._end(most)
        held = self._text.pieces.peek(AHEAD + 1)
        return held[-most:] if len(held) <= AHEAD else b""

    def blocks(self, *, counted: bool = True) -> Iterator[Block]:
        """Blocks of whole lines, about limits.block bytes each; `counted` as of frame."""
        self._begin()
        text = self._text
        yield from frame(text.pieces, text.start, self._limits, self._ending, counted=counted)
        self._over = True

    def chunks(self) -> Iterator[bytes]:
        """The decoded text in pieces of at most 1 MiB, whatever its lines."""
        self._begin()
        for piece in self._text.pieces:
            for at in range(0, len(piece), PIECE):
                yield piece[at : at + PIECE]
        self._over = True

    def outcome(self) -> Outcome:
        """How it ended, once blocks() or chunks() is exhausted.

        Earlier, it ends here: the rest is only hashed, and the stream counts as incomplete.
        """
        if self._outcome is None:
            over = self._over or not (self._begun or self._text.pieces.peek(1))
            if not over and self._ending.state == "complete":
                self._ending.state, self._ending.reason = "partial", "incomplete"
            sha256 = self._finish()
            if self._ending.decoded <= self._text.start and self._ending.state == "complete":
                self._ending.stop("partial", "empty", "empty file; nothing to read")
            self._outcome = self._ending.outcome(sha256)
            self._begun = True
        return self._outcome

    def content_sha256(self) -> str:
        """The hash of the text, by which the same log is known in any packing and encoding.

        Asked for after outcome().
        """
        sha256 = self.outcome().sha256
        if self._text.digest is not None:
            return self._text.digest.hexdigest()
        return self._content() if self._content is not None else sha256

    def content_size(self) -> int:
        """The bytes that content_sha256 is the hash of."""
        return self.outcome().decoded - self.begin

    @property
    def begin(self) -> int:
        """The offset of the first byte of text: a byte-order mark may stand before it."""
        return self._text.start

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def _begin(self) -> None:
        if self._begun:
            raise RuntimeError(f"{self.path}: a stream is read once")
        self._begun = True
