"""A pack from elsewhere: a .tar.gz that is read in memory and never unpacked.

Nothing in it is looked at before its signature holds, and what is no plain file refuses it whole.
"""

from __future__ import annotations

import io
import tarfile
import zlib
from typing import TYPE_CHECKING, Final

from signatures.errors import SignatureError
from signatures.pack import MAX_BYTES, MAX_FILE, MAX_FILES, PackFile, is_yaml, pack_of, too_much
from signatures.signed import refuse_unsigned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from signatures.pack import Pack

PACKED: Final = 32 << 20  # bytes of the archive
_BLOCK: Final = 512
_HEADERS: Final = 2 * _BLOCK  # of tar: a block before each file, another to fill up its last
_GZIP: Final = 31  # zlib's word for: a gzip stream, its checksum checked


def read_archive(path: Path, keys: Sequence[Path]) -> Pack:
    """The pack in an archive that one of some keys signed. Raises SignatureError.

    keys: files of public keys; none refuses, since a pack that travels needs one.
    """
    place = str(path)
    if not keys:
        raise SignatureError(
            place, 1, "", "a packed pack and no key to check it with", "name one: --signatures-key"
        )
    try:
        with path.open("rb") as file:
            data = file.read(PACKED + 1)
    except OSError as problem:
        raise SignatureError(place, 1, "", f"cannot be read: {problem.strerror}") from None
    if len(data) > PACKED:
        raise SignatureError(place, 1, "", f"more than {PACKED >> 20} MiB", "split the pack")
    fingerprint = refuse_unsigned(path, data, keys)
    return pack_of(_files(_inflated(data, place), place), place, None, fingerprint)


def _inflated(data: bytes, place: str) -> bytes:
    most = MAX_BYTES + MAX_FILES * _HEADERS
    inflater = zlib.decompressobj(_GZIP)
    try:
        tar = inflater.decompress(data, most)
    except zlib.error:
        raise SignatureError(place, 1, "", "not a whole .tar.gz", _AGAIN) from None
    if inflater.unconsumed_tail:
        raise too_much(place)
    if not inflater.eof or inflater.unused_data:
        raise SignatureError(place, 1, "", "not a whole .tar.gz", _AGAIN)
    return tar


_AGAIN: Final = "pack the folder with `tar -czf PACK.tar.gz -C FOLDER .`"


def _files(tar: bytes, place: str) -> Iterator[PackFile]:
    names: set[str] = set()
    size = end = 0
    try:
        # As a stream: a member with an offset that leads back cannot be followed.
        with tarfile.open(fileobj=io.BytesIO(tar), mode="r|", encoding="utf-8") as archive:
            for member in archive:
                end = member.offset_data + -(-member.size // _BLOCK) * _BLOCK
                if member.isdir():
                    continue
                name = _name(member, place)
                source = f"{place}!{name}"
                if name in names:
                    raise SignatureError(source, 1, "", "stands in the archive twice", _AGAIN)
                names.add(name)
                size += member.size
                if len(names) > MAX_FILES or size > MAX_BYTES:
                    raise too_much(place)
                if member.size > MAX_FILE:
                    raise SignatureError(source, 1, "", f"more than {MAX_FILE >> 20} MiB")
                content = archive.extractfile(member)
                hidden = any(part.startswith(".") for part in name.split("/"))
                if is_yaml(name) and content is not None and not hidden:
                    yield PackFile(name, source, content.read())
    except (tarfile.TarError, UnicodeError, ValueError, OSError, EOFError) as problem:
        if isinstance(problem, SignatureError):
            raise
        raise SignatureError(place, 1, "", "not a whole .tar.gz", _AGAIN) from None
    # tarfile takes a header it cannot read for the end, and would leave out what follows.
    if len(tar) < end + _BLOCK or any(tar[end:]):
        raise SignatureError(place, 1, "", "not a whole .tar.gz", _AGAIN)


def _name(member: tarfile.TarInfo, place: str) -> str:
    """The path of a plain file inside the pack. Raises SignatureError for anything else."""
    name = member.name.removeprefix("./")
    source = f"{place}!{name}"
    if not name.isprintable() or not name.isascii():
        raise SignatureError(place, 1, "", "a file name that is not plain ASCII", _AGAIN)
    if not member.isreg():
        raise SignatureError(source, 1, "", "a link or device", "a pack holds plain files only")
    if name.startswith("/") or {"", ".", ".."} & set(name.split("/")):
        raise SignatureError(source, 1, "", "a path that leads out of the pack", _AGAIN)
    return name
