"""A pack: the files of a folder of signatures, in memory, and what they add up to.

A pack holds `<kind>/<service>.yaml`, candidates in `nursery/<kind>/<service>.yaml`, and `pack.yaml`
with its name and version. What is judged by is what was hashed: nothing is read twice.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from signatures.errors import SignatureError
from signatures.strict_yaml import StrictYamlError, decode, line_at, load_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BUILTIN: Final = Path(__file__).parent / "catalogue"
SHIPPED: Final = "shipped"
ABOUT: Final = "pack.yaml"
NURSERY: Final = "nursery/"
MAX_FILES: Final = 20_000
MAX_FILE: Final = 4 << 20  # bytes of one file
MAX_BYTES: Final = 64 << 20  # bytes of all


@dataclass(frozen=True, slots=True)
class PackFile:
    """path: inside the pack, with slashes. source: as messages name it."""

    path: str
    source: str
    data: bytes


@dataclass(frozen=True, slots=True)
class About:
    """What a run remembers of a pack it judged by.

    sha256: over the pack's YAML files, see `digest_of`. place: as it was given, SHIPPED for ours.
    signed_by: sha256 of the public key (DER) that signed it; None for an unsigned folder.
    """

    name: str
    version: str | None
    sha256: str
    place: str
    signed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """The signature files of a pack, sorted by path, and what it says of itself."""

    about: About
    files: tuple[PackFile, ...]

    @property
    def size(self) -> str:
        """How many signatures there are, in words."""
        return "1 signature" if len(self.files) == 1 else f"{len(self.files)} signatures"


class _About(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    version: Annotated[str, Field(pattern=r"^20\d\d\.[01]\d\.[0-3]\d(\.[1-9]\d{0,2})?$")]


def read_folder(folder: Path) -> Pack:
    """The pack in a folder. Without a pack.yaml its name is the folder's. Raises SignatureError."""
    if not folder.is_dir():
        raise SignatureError(str(folder), 1, "", "not a folder", "name a folder of signatures")
    files = []
    size = 0
    for inside, path in _walk(str(folder), "", frozenset()):
        data = _content(path)
        size += len(data)
        files.append(PackFile(inside, path, data))
        if len(files) > MAX_FILES or size > MAX_BYTES:
            raise too_much(str(folder))
    place = SHIPPED if folder == BUILTIN else str(folder)
    return pack_of(files, place, folder.resolve().name)


def pack_of(
    files: Iterable[PackFile], place: str, name: str | None, signed_by: str | None = None
) -> Pack:
    """The pack of some YAML files.

    name: for a pack without a pack.yaml; None when it must have one. Raises SignatureError.
    """
    found = sorted(files, key=lambda file: file.path.encode())
    for file in found:
        if not file.path.endswith(".yaml"):
            ending = file.path.rpartition(".")[2]
            raise SignatureError(file.source, 1, "", f"ends in .{ending}", "rename it to .yaml")
    told = next((file for file in found if file.path == ABOUT), None)
    signatures = tuple(file for file in found if file.path != ABOUT)
    if not signatures:
        raise SignatureError(place, 1, "", "no signature file in it", "expected */*.yaml")
    version = None
    if told is not None:
        about = _about(told)
        name, version = about.name, about.version
    elif name is None:
        raise SignatureError(place, 1, "", f"no {ABOUT} in it", "say `name` and `version` there")
    return Pack(About(name, version, digest_of(found), place, signed_by), signatures)


def digest_of(files: Iterable[PackFile]) -> str:
    """sha256 over the lines that `sha256sum` prints for the files, sorted by path in bytes.

    So people can find it with what every system has; docs/signatures.md says how.
    """
    lines = hashlib.sha256()
    for file in files:
        lines.update(f"{hashlib.sha256(file.data).hexdigest()}  {file.path}\n".encode())
    return lines.hexdigest()


def too_much(place: str) -> SignatureError:
    """What is said of a pack over the caps."""
    return SignatureError(
        place, 1, "", f"more than {MAX_FILES} files or {MAX_BYTES >> 20} MiB", "split the pack"
    )


def is_yaml(name: str) -> bool:
    """Whether a file is read: also one with a spelling of the ending that is refused later."""
    return name.lower().endswith((".yaml", ".yml"))


def _about(file: PackFile) -> _About:
    try:
        raw = load_yaml(decode(file.data, file.source), file.source)
    except StrictYamlError as problem:
        raise SignatureError(file.source, problem.line, "", problem.problem) from None
    try:
        return _About.model_validate(raw)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False)[0]
        key = ".".join(map(str, first["loc"]))
        hint = "name: lower-case words and -; version: a day such as 2026.11.21, or 2026.11.21.2"
        line = line_at(raw, first["loc"])
        raise SignatureError(file.source, line, key, first["msg"].lower(), hint) from None


def _walk(folder: str, inside: str, above: frozenset[tuple[int, int]]) -> Iterator[tuple[str, str]]:
    """YAML files below a folder. Links are followed: mounted configuration is made of them."""
    try:
        about = Path(folder).stat()
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as problem:
        raise _unreadable(folder, problem) from None
    here = (about.st_dev, about.st_ino)
    if here in above:
        raise SignatureError(folder, 1, "", "a link back to a folder above it", "remove it")
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _walk(entry.path, f"{inside}{entry.name}/", above | {here})
        elif is_yaml(entry.name):
            yield f"{inside}{entry.name}", entry.path


def _content(path: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            about = os.fstat(descriptor)
            if not stat.S_ISREG(about.st_mode):
                raise SignatureError(path, 1, "", "not a regular file")
            size = min(about.st_size, MAX_FILE) + 1
            data = os.read(descriptor, size)
            while len(data) < size and (more := os.read(descriptor, size - len(data))):
                data += more
        finally:
            os.close(descriptor)
    except OSError as problem:
        raise _unreadable(path, problem) from None
    if len(data) > MAX_FILE:
        raise SignatureError(path, 1, "", f"more than {MAX_FILE >> 20} MiB", "split the file")
    if len(data) != about.st_size:
        raise SignatureError(path, 1, "", "changed while it was read", "try again")
    return data


def _unreadable(path: str, problem: OSError) -> SignatureError:
    return SignatureError(path, 1, "", f"cannot be read: {problem.strerror}")
