"""A folder that holds the signed pack in use, and the one before it.

`current` is a link to a folder with the archive, its signature and the key it was checked with. A
new pack is put beside and checked there; moving the link is one step, so there is always a whole
pack, and one that is refused leaves the old one in use. Every reading checks the signature again.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from signatures.archive import read_archive
from signatures.errors import SignatureError
from signatures.pack import read_folder
from signatures.signed import signature_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from signatures.pack import About, Pack

CURRENT: Final = "current"
PREVIOUS: Final = "previous"
ARCHIVE: Final = "pack.tar.gz"
KEY: Final = "key.pem"
_PINNED: Final = re.compile(r"(.+)@sha256:([0-9a-f]{64})", re.DOTALL)
# name, version, beginning of the digest, something that makes it new
_NAME: Final = re.compile(r"([a-z0-9-]+)_([0-9.]+)_([0-9a-f]{12})_.+")


@dataclass(frozen=True, slots=True)
class Installed:
    """What is in use now; before: name and version of what was in use, None when nothing was."""

    about: About
    before: str | None


def open_pack(place: Path, keys: Sequence[Path] = ()) -> Pack:
    """The pack in a folder, a folder of installed packs, or an archive. Raises SignatureError.

    place: may end in @sha256: and the digest that the pack must have. keys: files of public keys
    for what is packed; an installed pack has its own unless some are given. A plain folder is the
    user's own and is not signed.
    """
    path, pin = pinned(str(place))
    pack = _opened(Path(path), keys)
    if pin is not None and pack.about.sha256 != pin:
        raise SignatureError(
            path, 1, "", f"its sha256 is {pack.about.sha256}, wanted {pin}", "see what was changed"
        )
    return pack


def pinned(place: str) -> tuple[str, str | None]:
    """Where a pack is, and the digest it must have if it is pinned."""
    found = _PINNED.fullmatch(place)
    return (found[1], found[2]) if found is not None else (place, None)


def _opened(place: Path, keys: Sequence[Path]) -> Pack:
    link = place / CURRENT
    if link.is_symlink():
        there = place / link.readlink()  # once: another may be installed while we read
        pack = read_archive(there / ARCHIVE, keys or [there / KEY])
        return replace(pack, about=replace(pack.about, place=str(place)))
    if place.is_dir():
        return read_folder(place)
    if not place.exists():
        raise SignatureError(str(place), 1, "", "does not exist", "name a folder or a .tar.gz")
    return read_archive(place, keys)


def install(
    archive: Path,
    keys: Sequence[Path],
    into: Path,
    check: Callable[[Pack], None],
    *,
    older: bool = False,
    other: bool = False,
) -> Installed:
    """Put a signed archive into use in a folder; whatever fails leaves the folder as it was.

    check: raises what is wrong with the pack beside its signature. older: an older version, or
    other content under the same version, may replace what is in use. other: a pack of another name
    may. Raises SignatureError and OSError.
    """
    pack = read_archive(archive, keys)
    check(pack)
    if not into.exists():
        into.mkdir(parents=True)
        into.chmod(0o755)  # another user may scan than installs, and nothing in it is secret
    with _locked(into):
        before = _in_use(into)
        if before is not None:
            _refuse_step(pack.about, before, archive, older=older, other=other)
        about = pack.about
        stem = f"{about.name}_{about.version}_{about.sha256[:12]}_"
        fresh = Path(tempfile.mkdtemp(prefix=stem, dir=into))
        try:
            _put(archive, keys, fresh, about)
            mended = before is not None and before.startswith(stem)
            _point(into / CURRENT, fresh.name, None if mended else into / PREVIOUS)
        except BaseException:
            if _in_use(into) == before:
                shutil.rmtree(fresh, ignore_errors=True)
            raise
        _tidy(into)
    said = _NAME.fullmatch(before) if before is not None else None
    return Installed(about, f"{said[1]} {said[2]}" if said else None)


def _put(archive: Path, keys: Sequence[Path], fresh: Path, about: About) -> None:
    """Copy pack, signature and key, and hold the copies against what was checked."""
    shutil.copyfile(archive, fresh / ARCHIVE)
    shutil.copyfile(signature_of(archive), signature_of(fresh / ARCHIVE))
    for key in keys:
        try:
            shutil.copyfile(key, fresh / KEY)
            copied = read_archive(fresh / ARCHIVE, [fresh / KEY])
        except SignatureError:
            continue
        if copied.about.sha256 == about.sha256:
            break
    else:
        raise SignatureError(str(archive), 1, "", "was changed while it was read", "try again")
    for path in sorted(fresh.iterdir()):
        path.chmod(0o644)
        _sync(path)
    fresh.chmod(0o755)
    _sync(fresh)


def _point(link: Path, target: str, previous: Path | None) -> None:
    """Move the link: one rename is all that a scan can see.

    previous: the link to what is in use now; None keeps it where it is.
    """
    if previous is not None and link.is_symlink():
        _link(previous, link.readlink().name)
    _link(link, target)
    _sync(link.parent)


def _link(path: Path, target: str) -> None:
    new = path.with_name(f".{path.name}")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(path)


def _in_use(into: Path) -> str | None:
    """The folder `current` points at. Raises SignatureError when `into` is somebody else's."""
    link = into / CURRENT
    if link.is_symlink():
        return link.readlink().name
    if any(not _NAME.fullmatch(path.name) for path in into.iterdir()):
        raise SignatureError(
            str(into), 1, "", "holds other files", "name a folder of its own for installed packs"
        )
    return None


def _refuse_step(about: About, before: str, archive: Path, *, older: bool, other: bool) -> None:
    """Versions are compared within one name: those of two packs say nothing of each other."""
    found = _NAME.fullmatch(before)
    if found is None:
        return
    name, version, digest = found.groups()
    problem = hint = None
    if name != about.name:
        if not other:
            problem = f"{about.name} is not {name}, which is installed there"
            hint = "name another folder; --other-pack puts it in place of that one"
    elif not older:
        hint = "--older allows it, if you mean it"
        if _number(about.version or "") < _number(version):
            problem = f"{about.version} is older than {version}, which is installed"
        elif about.version == version and not about.sha256.startswith(digest):
            problem = f"{about.version} is installed already, with other content"
    if problem is not None:
        raise SignatureError(str(archive), 1, "pack.yaml", problem, hint or "")


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _tidy(into: Path) -> None:
    """Remove packs that neither link names: older ones, and what a killed installation left."""
    named = {
        path.readlink().name for path in (into / CURRENT, into / PREVIOUS) if path.is_symlink()
    }
    for path in into.iterdir():
        if path.name not in named and _NAME.fullmatch(path.name) and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One installation at a time; the lock goes with the process."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
