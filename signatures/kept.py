"""The rows of a catalogue, kept between runs: checking 776 files costs half a second, hashing
them a thirtieth of it.

The copy lies in the user's cache folder under a name that says what it was made of: the bytes of
every signature and table and of the code that reads them. A copy that is damaged, of somebody
else or writable by others is not used, and without a place to keep it nothing is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from signatures.load import BUILTIN, load_catalogue, signature_files
from signatures.rows import Rows, from_json, rows_of, to_json
from signatures.tables import FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST: Final = 64 << 20  # bytes of a copy
COPIES: Final = 4


def load_rows(folders: Sequence[Path] = (BUILTIN,)) -> Rows:
    """What `rows_of(load_catalogue(folders))` gives. Raises SignatureError."""
    place = _folder()
    if place is None:
        return rows_of(load_catalogue(folders))
    path = place / f"catalogue-{_made_of(folders)}.json"
    rows = _read(path)
    if rows is None:
        rows = rows_of(load_catalogue(folders))
        with contextlib.suppress(OSError):
            _write(path, rows)
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


def _made_of(folders: Sequence[Path]) -> str:
    """A hash over the names and bytes of everything the rows depend on."""
    digest = hashlib.sha256()
    code = sorted(Path(__file__).parent.glob("*.py"))
    for group in (code, sorted(FOLDER.glob("*.yaml")), *map(signature_files, folders)):
        digest.update(b"%d\n" % len(group))
        for path in group:
            try:
                content = path.read_bytes()
            except OSError:
                content = b""  # whoever loads it says so
            digest.update(os.fsencode(path) + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()


def _read(path: Path) -> Rows | None:
    try:
        with path.open("rb") as file:
            about = os.fstat(file.fileno())
            others = stat.S_IWGRP | stat.S_IWOTH
            if about.st_uid != os.geteuid() or about.st_mode & others or about.st_size > MOST:
                return None
            digest, _, data = file.read().partition(b"\n")
    except OSError:
        return None
    if digest.decode("ascii", "replace") != hashlib.sha256(data).hexdigest():
        return None
    try:
        return from_json(json.loads(data))
    except (ValueError, KeyError, TypeError):
        return None


def _write(path: Path, rows: Rows) -> None:
    """Whole or not at all; the oldest copies go."""
    data = json.dumps(to_json(rows), separators=(",", ":")).encode()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(data).hexdigest().encode() + b"\n" + data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise
    copies = sorted(path.parent.glob("catalogue-*.json"), key=lambda one: one.stat().st_mtime)
    for old in copies[:-COPIES]:
        old.unlink(missing_ok=True)
