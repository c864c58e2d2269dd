"""From what the user named to what is there: files, folders, globs, objects."""

from __future__ import annotations

import glob
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.files.found import Found, FoundFile
from connectors.files.local import kind_of, why_not
from connectors.files.notice import Notice, shown
from connectors.files.objects.access import ANY_STORE, Access

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connectors.files.objects.bucket import Bucket

__all__ = ["Found", "discover"]


def discover(paths: Sequence[str], access: Access | None = None) -> Iterator[Found | Notice]:
    """Everything below `paths`, in the order given, folders sorted by name.

    A folder's own files come before its folders. "-" is standard input. A pattern is a glob only
    if no such file exists. Hidden files, special files and links that lead out of a named folder
    are not read, and each gives a Notice. s3://, gs:// and az:// are asked as `access` says.
    """
    buckets: dict[tuple[str, str, str | None], Bucket] = {}
    for text in paths:
        if text.startswith(ANY_STORE):
            from connectors.files.objects.locate import locate

            yield from locate(text, access or Access(), buckets)
        else:
            yield from _named(text)


def _named(text: str) -> Iterator[Found | Notice]:
    if text == "-":
        yield FoundFile(Path("-"), "-", None)
        return
    try:
        info = os.lstat(text)
    except (OSError, ValueError) as error:
        yield from _not_there(text, error)
        return
    yield from _given(text, info)


def _given(text: str, info: os.stat_result) -> Iterator[Found | Notice]:
    """A path the user gave; that may be a link, which is followed."""
    path = Path(text)
    if stat.S_ISLNK(info.st_mode):
        try:
            path = path.resolve(strict=True)
            info = path.lstat()
        except (OSError, RuntimeError):
            yield Notice(shown(text), "error", "missing", "is a link that leads nowhere; mend it")
            return
    if stat.S_ISDIR(info.st_mode):
        yield from _folder(path, text)
    elif stat.S_ISREG(info.st_mode):
        yield FoundFile(path, shown(text), None, info.st_size)
    else:
        yield _special(shown(text), info.st_mode)


def _not_there(text: str, error: OSError | ValueError) -> Iterator[Found | Notice]:
    if glob.has_magic(text) and isinstance(error, FileNotFoundError | NotADirectoryError):
        matches = sorted(glob.glob(text, recursive=True))  # noqa: PTH207  keeps the user's spelling
        for match in matches:
            yield from _named(match)
        if not matches:
            yield Notice(shown(text), "error", "missing", "no file matches; check the pattern")
        return
    if "://" in text:
        message = "is an address that is not read; name a file or an object"
        yield Notice(shown(text), "error", "missing", message)
        return
    yield why_not(Path(text), shown(text), error)


def _folder(folder: Path, text: str) -> Iterator[Found | Notice]:
    """Walks without recursion (a hostile tree may be deep); never enters a linked folder."""
    root = folder.resolve()
    empty = True
    pending = [(folder, text.rstrip("/") or "/")]
    while pending:
        path, given = pending.pop()
        try:
            with os.scandir(path) as scan:
                listed = [(e.name, e.is_dir(follow_symlinks=False)) for e in scan]
        except OSError as error:
            empty = False
            yield why_not(path, shown(given), error)
            continue
        folders = []
        for name, is_folder in sorted(listed):
            below = f"{given.rstrip('/')}/{name}"
            if is_folder and not name.startswith("."):
                folders.append((path / name, below))
                continue
            empty = False
            yield _entry(path / name, below, root)
        pending += reversed(folders)
    if empty:
        yield Notice(shown(text), "error", "empty", "folder holds no files; name another")


def _entry(path: Path, given: str, root: Path) -> Found | Notice:
    """One thing in a walked folder that is not itself a folder to walk."""
    display = shown(given)
    if path.name.startswith("."):
        return Notice(display, "note", "hidden", "is hidden; not read, name it to read it")
    try:
        info = path.lstat()
        if stat.S_ISLNK(info.st_mode):
            return _linked(path.resolve(strict=True), display, root)
    except PermissionError as error:
        return why_not(path, display, error)
    except (OSError, RuntimeError):
        return Notice(display, "error", "missing", "is a link that leads nowhere; mend it")
    if not stat.S_ISREG(info.st_mode):
        return _special(display, info.st_mode)
    return FoundFile(path, display, root, info.st_size)


def _linked(target: Path, display: str, root: Path) -> Found | Notice:
    """Where a link in a walked folder leads; raises OSError."""
    info = target.lstat()
    if not target.is_relative_to(root):
        message = "is a link out of the input folder; name its target to read it"
        return Notice(display, "error", "refused", message)
    if stat.S_ISDIR(info.st_mode):
        return Notice(display, "note", "link", "is a link to a folder read in its place")
    if not stat.S_ISREG(info.st_mode):
        return _special(display, info.st_mode)
    return FoundFile(target, display, root, info.st_size)


def _special(display: str, mode: int) -> Notice:
    return Notice(display, "error", "refused", f"is {kind_of(mode)}; name a regular file")
