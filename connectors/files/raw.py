"""The raw bytes of one opened source: read once, in order, hashed on the way.

A source is opened once; what was checked is what is read (no second look at its name).
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from connectors.files.ending import Ending

Progress = Callable[[int], None]
_BACKGROUND = 1 << 20  # below this, starting the hash elsewhere costs more than it saves


class Stopped(OSError):
    """Reading could not begin or go on; `reason` is a word of the coverage table."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(0, message)
        self.reason = reason
        self.message = message

    def __str__(self) -> str:
        return self.message


def why(error: OSError) -> tuple[str, str]:
    """The reason and the message for an error while reading."""
    if isinstance(error, Stopped):
        return error.reason, error.message
    return "unreadable", f"reading stopped: {error.strerror}"


class Digest:
    """SHA-256 that hashes large pieces in a thread of its own, beside the reader."""

    def __init__(self) -> None:
        self._sha = hashlib.sha256()
        self._pool: ThreadPoolExecutor | None = None
        self._job: Future[None] | None = None

    def update(self, piece: bytes) -> None:
        """Adds `piece`, which nobody may change afterwards."""
        self._wait()
        if len(piece) < _BACKGROUND:
            self._sha.update(piece)
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, "sha256")
        self._job = self._pool.submit(self._sha.update, piece)

    def hexdigest(self) -> str:
        """Of all pieces so far."""
        self._wait()
        return self._sha.hexdigest()

    def close(self) -> None:
        """Ends the thread; the digest stays readable."""
        self._wait()
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def _wait(self) -> None:
        if self._job is not None:
            self._job.result()
            self._job = None


class Raw(ABC):
    """An opened source, its size if that is known, and what was read of it so far.

    `step`: bytes per read; whoever knows what the source holds sets it.
    """

    def __init__(self, size: int | None, progress: Progress | None) -> None:
        self.size = size
        self.read = 0
        self.step = 64 << 10
        self.digest = Digest()
        self._progress = progress
        self._muted = False
        self._done = self._told = 0  # bytes dealt with since the last rewind; bytes reported
        self._ended = False

    @abstractmethod
    def more(self) -> bytes:
        """The next bytes, about `step` of them; none at the end. Raises OSError."""

    @abstractmethod
    def at(self, offset: int, size: int) -> bytes:
        """Bytes from anywhere in a source of known size, not hashed; for archives.

        Fewer or none beyond its end. Raises OSError.
        """

    @abstractmethod
    def restart(self) -> None:
        """`more` begins at the first byte again; only if the size is known."""

    def looked_at_last(self, ending: Ending) -> None:  # noqa: B027  only files have more to say
        """Told when all was read: what is worth saying of the source itself."""

    def pieces(self, ending: Ending) -> Iterator[bytes]:
        """What has not been read yet, up to about `step` bytes at a time.

        The source ends where it first ended: what is appended later is for the next scan.
        A read error ends the stream as failed: half a file on a broken disk is no answer.
        """
        while not self._ended:
            try:
                piece = self.more()
            except OSError as error:
                self._ended = True
                ending.stop("failed", *why(error))
                return
            if not piece:
                self._ended = True
                return
            self.digest.update(piece)
            self.read += len(piece)
            self.advance(len(piece))
            yield piece

    def advance(self, size: int) -> None:
        """Tells the progress callback of `size` more raw bytes, each byte of the file once."""
        if self._progress is None or self._muted:
            return
        self._done += size
        if self._done > self._told:
            self._progress(self._done - self._told)
            self._told = self._done

    def advance_to_end(self) -> None:
        """Tells the progress callback of all raw bytes nobody needed to read."""
        self.advance((self.size or 0) - self._done)

    def rewind(self, *, muted: bool) -> None:
        """Back to the start, with a new hash; `muted`: progress says nothing."""
        self.digest.close()
        self.digest = Digest()
        self.restart()
        self.read = 0
        self._muted, self._done, self._ended = muted, 0, False

    def finish(self, ending: Ending) -> None:
        """Reads to the end, so that the hash is of the whole, and looks at it once more."""
        self.step = max(self.step, _BACKGROUND)
        for _ in self.pieces(ending):
            pass
        if self.size is None:
            return
        if self.read < self.size and ending.state != "failed":
            ending.stop(
                "partial",
                "truncated",
                f"shrank while it was read: {self.read} of {self.size} bytes; scan it again",
            )
        else:
            self.looked_at_last(ending)

    def close(self) -> None:
        """Ends the hash thread; again is no harm."""
        self.digest.close()
