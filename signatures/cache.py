"""Copies of what is costly to make, in the user's cache folder.

A copy lies under a name that says what it was made of. One that is damaged, of something else, of
somebody else or writable by others is not used, nor one in such a folder, and without a place to
keep it nothing is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
import time
from pathlib import Path
from typing import Final

MOST: Final = 64 << 20  # bytes of a copy
COPIES: Final = 12  # of a kind
UNFINISHED: Final = 3600  # seconds after which a copy that was begun is nobody's any more


def read(kind: str, made_of: str) -> bytes | None:
    """The copy of a kind that was made of this (a digest), or None."""
    path = _path(kind, made_of)
    if path is None:
        return None
    try:
        if not ours(path.parent.stat()):
            return None
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            about = os.fstat(descriptor)
            if not ours(about) or not stat.S_ISREG(about.st_mode) or about.st_size > MOST:
                return None
            digest, _, data = file.read().partition(b"\n")
    except OSError:
        return None
    return data if digest == _seal(made_of, data) else None


def write(kind: str, made_of: str, data: bytes) -> None:
    """Keep a copy, whole or not at all; the oldest of its kind go."""
    path = _path(kind, made_of)
    if path is not None:
        with contextlib.suppress(OSError):
            _write(path, kind, _seal(made_of, data) + b"\n" + data)


def ours(about: os.stat_result) -> bool:
    """Whether nobody but this user could have put it there."""
    return about.st_uid == os.geteuid() and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _path(kind: str, made_of: str) -> Path | None:
    folder = _folder()
    return None if folder is None else folder / f"{kind}-{made_of}"


def _folder() -> Path | None:
    """Where copies lie, by the XDG base directory specification; None without a home."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    if Path(given).is_absolute():
        return Path(given) / "aicensus"
    try:
        return Path.home() / ".cache" / "aicensus"
    except RuntimeError:
        return None


def _seal(made_of: str, data: bytes) -> bytes:
    """The first line of a copy: it holds the rest to be whole, and of what its name says."""
    return hashlib.sha256(made_of.encode() + data).hexdigest().encode()


def _write(path: Path, kind: str, content: bytes) -> None:
    folder = path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not ours(folder.stat()):
        return
    handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise
    copies = sorted(folder.glob(f"{kind}-*"), key=_age)
    begun = [one for one in folder.glob("*.part") if _age(one) < time.time() - UNFINISHED]
    for old in [*copies[:-COPIES], *begun]:
        old.unlink(missing_ok=True)


def _age(path: Path) -> float:
    """When it was written; of one that another run has just removed, long ago."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
