"""Files for other programs: public data, which a daemon of another user must be able to read."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from scanner.errors import NoSpace


def write_public(path: Path, text: str, umask: int | None = None) -> None:
    """The file is there with all of its text, or as it was before. Raises NoSpace.

    One that exists keeps its mode, and its owner and group as far as the system lets us. A new one
    gets what umask leaves of 0666 (None: that of this process). A link is followed, and its target
    replaced; what is no regular file, such as a pipe, is written to.
    """
    try:
        held = _held(path)
        if held is not None and not stat.S_ISREG(held.st_mode):
            path.write_text(text, "utf-8")
            return
        _replace(Path(os.path.realpath(path)), text, held, umask)
    except BrokenPipeError:
        raise
    except OSError as problem:
        raise NoSpace(f"cannot write: {problem.strerror}", str(path)) from problem


def _held(path: Path) -> os.stat_result | None:
    """What is there; the system follows the link, by its own rule for links in shared folders."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _replace(target: Path, text: str, held: os.stat_result | None, umask: int | None) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            if held is None:
                mode = 0o666 & ~(_umask() if umask is None else umask)
            else:
                _give(descriptor, held)
                mode = stat.S_IMODE(held.st_mode) & 0o777
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        fresh.replace(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _give(descriptor: int, held: os.stat_result) -> None:
    """The owner and group of what was there; only root may give a file away."""
    for owner in (held.st_uid, -1):
        try:
            os.fchown(descriptor, owner, held.st_gid)
        except PermissionError:
            continue
        return


def _umask() -> int:
    """The mask of this process; the system tells it only to who sets another."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
