"""Report files appear whole or not at all, and only for their owner."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def make_folder(folder: Path) -> None:
    """Create `folder` (0700) with its parents if need be. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_atomic(path: Path, pieces: Iterable[str]) -> Path:
    """Write `pieces` to `path` as UTF-8 (0600): a temporary file beside it, synced, then renamed.

    Whatever stood at `path` stays until the new file is whole. Raises OSError with the path; the
    temporary file is gone then.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return path
