"""The raw bytes of one opened file: read once, in order, hashed on the way.

A file is opened once; what was checked is what is read (no second look at the path).
"""

import errno
import hashlib
import os
import select
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from connectors.files.ending import Ending
from connectors.files.notice import Notice

Progress = Callable[[int], None]
_BACKGROUND = 1 << 20  # below this, starting the hash elsewhere costs more than it saves


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


class Raw:
    """An open descriptor, its size if it is a regular file, and what was read of it so far."""

    def __init__(self, fd: int, size: int | None, progress: Progress | None) -> None:
        self.fd = fd
        self.size = size
        self.read = 0
        self.step = 64 << 10  # bytes per read; whoever knows what the file is sets it
        self.digest = Digest()
        self._progress = progress
        self._muted = False
        self._done = self._told = 0  # bytes dealt with since the last rewind; bytes reported
        self._ended = self._closed = False

    def pieces(self, ending: Ending) -> Iterator[bytes]:
        """What has not been read yet, up to `step` bytes at a time.

        The file ends where it first ended: what is appended later is for the next scan.
        A read error ends the stream as failed: half a file on a broken disk is no answer.
        """
        while not self._ended:
            try:
                piece = os.read(self.fd, self.step)
            except BlockingIOError:  # a pipe that somebody else made non-blocking
                select.select([self.fd], [], [])
                continue
            except OSError as error:
                self._ended = True
                ending.stop("failed", "unreadable", f"reading stopped: {error.strerror}")
                return
            if not piece:
                self._ended = True
                return
            self.digest.update(piece)
            self.read += len(piece)
            self.advance(len(piece))
            yield piece

    def at(self, offset: int, size: int) -> bytes:
        """Bytes from anywhere in a regular file, not hashed; for archives with a directory.

        Fewer or none beyond its end. Raises OSError.
        """
        if offset >= (self.size or 0):  # a hostile one may be too large for the system call
            return b""
        return os.pread(self.fd, size, offset)

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
        """Back to the start of a regular file, with a new hash; `muted`: progress says nothing."""
        self.digest.close()
        self.digest = Digest()
        self.read = os.lseek(self.fd, 0, os.SEEK_SET)
        self._muted, self._done, self._ended = muted, 0, False

    def finish(self, ending: Ending) -> None:
        """Reads to the end, so that the hash is of the whole file, and looks at it once more."""
        self.step = max(self.step, _BACKGROUND)
        for _ in self.pieces(ending):
            pass
        if self.size is None:
            return
        now = os.fstat(self.fd)
        if self.read < self.size:
            ending.stop(
                "partial",
                "truncated",
                f"shrank while it was read: {self.read} of {self.size} bytes; scan it again",
            )
        elif now.st_nlink == 0:
            ending.tell("warning", "removed", "removed during scan; read to its end all the same")

    def close(self) -> None:
        """Closes descriptor and hash thread; again is no harm. Standard input stays open."""
        self.digest.close()
        if not self._closed and self.fd != 0:
            os.close(self.fd)
        self._closed = True


def open_raw(
    path: Path, display: str, root: Path | None, progress: Progress | None
) -> Raw | Notice:
    """Opens a regular file without following a link, or says why not.

    `root` is the folder the user named (None: the file itself was named); a file that turns out
    to lie outside is refused. `path` "-" is standard input, which may also be a pipe.
    """
    if str(path) == "-" and display == "-":
        return _open_stdin(progress)
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except (OSError, ValueError) as error:
        return why_not(path, display, error)
    info = os.fstat(fd)
    problem = None
    if not stat.S_ISREG(info.st_mode):
        problem = f"is {kind_of(info.st_mode)}, not a file; name a regular file"
    elif root is not None and not _inside(path, root, info):
        problem = "leads out of the input folder; name it directly to read it"
    if problem is not None:
        os.close(fd)
        return Notice(display, "error", "refused", problem)
    return Raw(fd, info.st_size, progress)


def kind_of(mode: int) -> str:
    """What st_mode says a path is, with its article."""
    if stat.S_ISDIR(mode):
        return "a directory"
    if stat.S_ISFIFO(mode):
        return "a named pipe"
    if stat.S_ISSOCK(mode):
        return "a socket"
    if stat.S_ISLNK(mode):
        return "a link"
    return "a device" if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else "a regular file"


def why_not(path: Path, display: str, error: OSError | ValueError) -> Notice:
    """The Notice for a path that could not be opened or looked at."""
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOENT, errno.ENOTDIR, None):
        return Notice(display, "error", "missing", "does not exist; check the path")
    if number == errno.ELOOP:
        return Notice(display, "error", "refused", "is a link; name the file it leads to")
    if number in (errno.ENXIO, errno.ENODEV):
        return Notice(display, "error", "refused", "is a device or socket; name a regular file")
    if number in (errno.EACCES, errno.EPERM):
        try:
            mode = f"mode {stat.S_IMODE(path.lstat().st_mode):04o}"
        except OSError:
            mode = "in a closed folder"
        hint = f"not readable by uid {os.geteuid()} ({mode}); allow it to read"
        return Notice(display, "error", "unreadable", hint)
    if number == errno.EMFILE:
        hint = "too many open files; raise ulimit -n"
        return Notice(display, "error", "unreadable", hint)
    text = error.strerror if isinstance(error, OSError) else str(error)
    return Notice(display, "error", "unreadable", f"cannot be opened: {text}")


def _open_stdin(progress: Progress | None) -> Raw | Notice:
    try:
        info = os.fstat(0)
    except OSError:
        return Notice("-", "error", "unreadable", "standard input is closed; pipe a log into it")
    if stat.S_ISDIR(info.st_mode) or os.isatty(0):
        return Notice("-", "error", "refused", "standard input is no file; pipe a log into it")
    if not stat.S_ISREG(info.st_mode):
        return Raw(0, None, progress)
    return Raw(0, info.st_size - os.lseek(0, 0, os.SEEK_CUR), progress)


def _inside(path: Path, root: Path, info: os.stat_result) -> bool:
    """Whether the opened file is the one that lies, links resolved, at `path` below `root`."""
    try:
        real = path.resolve(strict=True)
        there = real.lstat()
    except (OSError, RuntimeError):
        return False
    same = (there.st_dev, there.st_ino) == (info.st_dev, info.st_ino)
    return same and real.is_relative_to(root.resolve())
