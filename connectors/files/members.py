"""What archives have in common: how members are named, shown, refused and streamed."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.files.codecs import codec_of, unsupported
from connectors.files.decode import decode
from connectors.files.ending import Ending
from connectors.files.limits import Limits
from connectors.files.notice import Notice
from connectors.files.pieces import Peekable, hashed
from connectors.files.raw import Digest
from connectors.files.reading import Stream

SNIFF = 512  # bytes that tell every compression and archive


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an archive; `problem` says why it must not be read."""

    name: str
    size: int
    folder: bool = False
    problem: str | None = None


def skipped(archive: str, member: Member) -> Notice | None:
    """The Notice for a member that is not to be read, None for one that is."""
    shown = f"{archive}!{member.name}"
    problem = member.problem or _name_problem(member.name)
    if problem is not None:
        return Notice(shown, "error", "refused", problem)
    parts = member.name.split("/")
    if any((part.startswith(".") and part != ".") or part == "__MACOSX" for part in parts):
        return Notice(shown, "note", "hidden", "is hidden; not read")
    return None


def is_archive(head: bytes) -> bool:
    """Whether `head` (SNIFF bytes) begins a zip or a tar."""
    return is_zip(head) or is_tar(head)


def archive_named(path: str) -> str | None:
    """The archive the suffix of `path` promises."""
    return next((kind for kind in ("zip", "tar") if path.lower().endswith(f".{kind}")), None)


def is_zip(head: bytes) -> bool:
    """Whether `head` begins a zip (with members, or empty)."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_tar(head: bytes) -> bool:
    """Whether `head` begins a tar: the checksum of its first header is right."""
    return len(head) >= 512 and head[:1] != b"\0" and tar_checksum(head[:512])


def tar_checksum(block: bytes) -> bool:
    """Whether the sum of the header's bytes, its own field taken as blanks, is the stored one."""
    text = block[148:156].split(b"\0")[0].strip()
    if not text or not text.isdigit() or text.strip(b"01234567"):
        return False
    return int(text, 8) == sum(block) - sum(block[148:156]) + 8 * 0x20


class MemberStream:
    """Makes the Stream of one member from its content, decoding one layer if that is allowed."""

    def __init__(self, archive: str, kind: str, limits: Limits, *, packed: bool) -> None:
        """`packed`: the archive itself is compressed, so its members must not be."""
        self._archive = archive
        self._kind = kind
        self._limits = limits
        self._packed = packed

    def open(self, member: Member, content: Iterator[bytes], ending: Ending) -> Stream | Notice:
        """`content` as unpacking would give it; `ending` is the member's, and learns of damage."""
        digest = Digest()
        pieces = Peekable(hashed(content, digest.update))
        head = pieces.peek(SNIFF)
        codec = codec_of(head)
        if is_archive(head) or unsupported(head) or (codec and self._packed):
            message = "nested compression refused; unpack it first"
            return Notice(ending.path, "error", "refused", message)
        kind = self._kind
        decoded: Iterator[bytes] = pieces
        text = None
        if codec is not None:
            kind += f"+{codec.name}"
            text = hashlib.sha256()
            unpacked = decode(codec, pieces, self._limits, ending)
            inner = Peekable(hashed(unpacked, text.update))
            head = inner.peek(SNIFF)
            if is_archive(head) or unsupported(head) or codec_of(head):
                message = "nested compression refused; unpack it first"
                return Notice(ending.path, "error", "refused", message)
            decoded = inner

        def finish() -> str:
            for _ in pieces:
                pass
            digest.close()
            return digest.hexdigest()

        return Stream(
            ending,
            decoded,
            self._limits,
            compression=kind,
            size=member.size,
            finish=finish,
            close=digest.close,
            content=text.hexdigest if text is not None else None,
        )


def _name_problem(name: str) -> str | None:
    parts = name.replace("\\", "/").split("/")
    if not name or "\0" in name:
        return "member without a proper name refused"
    if ".." in parts:
        return "member name escapes the archive (..); refused"
    if not parts[0] or parts[0].endswith(":"):
        return "member name escapes the archive (absolute); refused"
    return None
