"""The rows of a catalogue, kept between runs: checking a thousand files costs most of a second,
hashing them a thirtieth of it.

The copy lies in the user's cache folder under a name that says what it was made of: the bytes of
every signature and table and of the code that reads them. They are hashed anew by every run. A
copy that is damaged, of something else, of somebody else or writable by others is not used, nor
one in such a folder, and without a place to keep it nothing is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from signatures.load import BUILTIN, load_packs
from signatures.pack import read_folder
from signatures.rows import Rows, from_json, rows_of, to_json
from signatures.tables import FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signatures.pack import Pack

MOST: Final = 64 << 20  # bytes of a copy
COPIES: Final = 4
UNFINISHED: Final = 3600  # seconds after which a copy that was begun is nobody's any more


def load_rows(folders: Sequence[Path] = (BUILTIN,)) -> Rows:
    """What `rows_of(load_catalogue(folders))` gives. Raises SignatureError."""
    return rows_of_packs([read_folder(folder) for folder in folders])


def rows_of_packs(packs: Sequence[Pack]) -> Rows:
    """What `rows_of(load_packs(packs))` gives. Raises SignatureError."""
    place = _folder()
    if place is None:
        return rows_of(load_packs(packs))
    made_of = _made_of(packs)
    path = place / f"catalogue-{made_of}.json"
    rows = _read(path, made_of)
    if rows is None:
        rows = rows_of(load_packs(packs))
        with contextlib.suppress(OSError):
            _write(path, made_of, rows)
    return rows


def _folder() -> Path | None:
    """Where copies lie, by the XDG base directory specification; None without a home."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    if Path(given).is_absolute():
        return Path(given) / "aicensus"
    try:
        return Path.home() / ".cache" / "aicensus"
    except RuntimeError:
        return None


def _made_of(packs: Sequence[Pack]) -> str:
    """A hash over everything the rows depend on: code, tables, and each pack with its place."""
    digest = hashlib.sha256()
    for path in (*sorted(Path(__file__).parent.glob("*.py")), *sorted(FOLDER.glob("*.yaml"))):
        try:
            content = path.read_bytes()
        except OSError:
            content = b""  # whoever loads it says so
        digest.update(os.fsencode(path) + b"\0" + hashlib.sha256(content).digest())
    for pack in packs:
        digest.update(repr((pack.about, pack.files[0].source)).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _ours(about: os.stat_result) -> bool:
    """Whether nobody but this user could have put it there."""
    return about.st_uid == os.geteuid() and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _read(path: Path, made_of: str) -> Rows | None:
    try:
        if not _ours(path.parent.stat()):
            return None
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            about = os.fstat(descriptor)
            if not _ours(about) or not stat.S_ISREG(about.st_mode) or about.st_size > MOST:
                return None
            digest, _, data = file.read().partition(b"\n")
    except OSError:
        return None
    if digest != _seal(made_of, data):
        return None
    try:
        return from_json(json.loads(data))
    except (ValueError, KeyError, TypeError):
        return None


def _seal(made_of: str, data: bytes) -> bytes:
    """The first line of a copy: it holds the rest to be whole, and of what its name says."""
    return hashlib.sha256(made_of.encode() + data).hexdigest().encode()


def _write(path: Path, made_of: str, rows: Rows) -> None:
    """Whole or not at all; the oldest copies go, and what a killed run left half-written."""
    folder = path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _ours(folder.stat()):
        return
    data = json.dumps(to_json(rows), separators=(",", ":")).encode()
    handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_seal(made_of, data) + b"\n" + data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise
    copies = sorted(folder.glob("catalogue-*.json"), key=_age)
    begun = [one for one in folder.glob("*.part") if _age(one) < time.time() - UNFINISHED]
    for old in [*copies[:-COPIES], *begun]:
        old.unlink(missing_ok=True)


def _age(path: Path) -> float:
    """When it was written; of one that another run has just removed, long ago."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
