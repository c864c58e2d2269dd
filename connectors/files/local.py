"""Files of this machine: opened without following links, and standard input."""

import errno
import os
import select
import stat
from pathlib import Path

from connectors.files.ending import Ending
from connectors.files.notice import Notice
from connectors.files.raw import Progress, Raw


class FileRaw(Raw):
    """An open descriptor; its size is known if it is a regular file."""

    def __init__(self, fd: int, size: int | None, progress: Progress | None) -> None:
        super().__init__(size, progress)
        self._fd = fd
        self._closed = False

    def more(self) -> bytes:
        """The next bytes, at most `step`; none at the end. Raises OSError."""
        while True:
            try:
                return os.read(self._fd, self.step)
            except BlockingIOError:  # a pipe that somebody else made non-blocking
                select.select([self._fd], [], [])

    def at(self, offset: int, size: int) -> bytes:
        """Bytes from anywhere in a regular file; fewer or none beyond its end. Raises OSError."""
        if offset >= (self.size or 0):  # a hostile one may be too large for the system call
            return b""
        return os.pread(self._fd, size, offset)

    def restart(self) -> None:
        """Back to the start of a regular file."""
        os.lseek(self._fd, 0, os.SEEK_SET)

    def looked_at_last(self, ending: Ending) -> None:
        """Says so if nobody else can read this file any more."""
        if os.fstat(self._fd).st_nlink == 0:
            ending.tell("warning", "removed", "removed during scan; read to its end all the same")

    def close(self) -> None:
        """Closes descriptor and hash thread; again is no harm. Standard input stays open."""
        super().close()
        if not self._closed and self._fd != 0:
            os.close(self._fd)
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
    return FileRaw(fd, info.st_size, progress)


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
        return FileRaw(0, None, progress)
    return FileRaw(0, info.st_size - os.lseek(0, 0, os.SEEK_CUR), progress)


def _inside(path: Path, root: Path, info: os.stat_result) -> bool:
    """Whether the opened file is the one that lies, links resolved, at `path` below `root`."""
    try:
        real = path.resolve(strict=True)
        there = real.lstat()
    except (OSError, RuntimeError):
        return False
    same = (there.st_dev, there.st_ino) == (info.st_dev, info.st_ino)
    return same and real.is_relative_to(root.resolve())
