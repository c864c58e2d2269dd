"""Reads a tar as it streams by: POSIX ustar and pax, GNU long names; nothing is ever unpacked.

Format: POSIX.1-2024 pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format".
"""

from collections.abc import Iterator

from connectors.files.ending import Ending
from connectors.files.members import Member, tar_checksum
from connectors.files.pieces import Feed

_BLOCK = 512
_TEXT = 1 << 20  # bytes of a pax header or a long name
_KINDS = {
    b"1": "hard link",
    b"2": "symbolic link",
    b"3": "device",
    b"4": "device",
    b"6": "named pipe",
    b"S": "sparse file",
}


class Tar:
    """Iterate for members; read each one's content before asking for the next.

    `ending` is the archive's: it learns of damage and of an early end.
    """

    def __init__(self, pieces: Iterator[bytes], ending: Ending) -> None:
        self._feed = Feed(pieces)
        self._ending = ending
        self._left = 0  # bytes of the current member not yet read
        self._pad = 0

    def __iter__(self) -> Iterator[Member]:
        extra: dict[bytes, bytes] = {}
        while (header := self._header()) is not None:
            kind, size = header[156:157], _number(header[124:136])
            if not tar_checksum(header) or size is None:
                self._corrupt("damaged tar header")
                return
            if kind in b"xgLK":
                if size > _TEXT:
                    self._corrupt(f"tar header of {size} bytes")
                    return
                if not self._extend(extra, kind, self._text(size)):
                    self._corrupt("damaged pax header")
                    return
                continue
            real = _number_of(extra, size)
            if real is None:
                self._corrupt("damaged pax header")
                return
            self._left, self._pad = (0 if kind in b"123456" else real), 0
            self._pad = -self._left % _BLOCK
            yield _member(header, kind, self._left, extra)
            extra = {}
            for _ in self.content():
                pass
            self._feed.take(self._pad)

    def content(self) -> Iterator[bytes]:
        """The rest of the current member in pieces; fewer bytes than it should have at a cut."""
        while self._left and (piece := self._feed.some(min(self._left, _TEXT))):
            self._left -= len(piece)
            yield piece

    @property
    def whole(self) -> bool:
        """Whether all of the current member was there to read."""
        return self._left == 0

    def _header(self) -> bytes | None:
        """The next header; None at the end, proper or not."""
        block = b"" if self._left else self._feed.take(_BLOCK)
        if len(block) < _BLOCK:
            if self._ending.state == "complete":
                message = "archive ends early; what followed is not known, fetch it again"
                self._ending.stop("partial", "truncated", message)
            return None
        if any(block):
            return block
        rest = 0
        while piece := self._feed.some(_TEXT):
            rest += len(piece) if piece.strip(b"\0") else 0
        if rest:
            message = f"about {rest} bytes after the end of the archive; what they were is unknown"
            self._ending.stop("partial", "malformed", message)
        return None

    def _text(self, size: int) -> bytes:
        text = self._feed.take(size)
        self._feed.take(-size % _BLOCK)
        return text

    def _extend(self, extra: dict[bytes, bytes], kind: bytes, text: bytes) -> bool:
        """Notes what an extended header says of the next member; False if it is damaged."""
        if kind == b"L":
            extra[b"path"] = text.split(b"\0")[0]
        elif kind == b"x":
            while text.strip(b"\0"):
                length, _, rest = text.partition(b" ")
                if not length.isdigit() or len(length) > 8:
                    return False
                if not len(length) < int(length) <= len(text):
                    return False
                record = rest[: int(length) - len(length) - 1]
                key, equals, value = record.removesuffix(b"\n").partition(b"=")
                if not equals or not record.endswith(b"\n"):
                    return False
                extra[key] = value
                text = text[int(length) :]
        return True

    def _corrupt(self, what: str) -> None:
        message = f"{what}; nothing of the archive is used, fetch it again"
        self._ending.stop("failed", "corrupt", message)


def _number(field: bytes) -> int | None:
    """A size field: octal text, or base 256 if its first bit is set; None if neither."""
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    text = field.split(b"\0")[0].strip()
    if text.strip(b"01234567"):
        return None
    return int(text or b"0", 8)


def _number_of(extra: dict[bytes, bytes], size: int) -> int | None:
    text = extra.get(b"size")
    if text is None:
        return size
    return int(text) if text.isdigit() and len(text) < 20 else None


def _member(header: bytes, kind: bytes, size: int, extra: dict[bytes, bytes]) -> Member:
    raw = extra.get(b"path")
    if raw is None:
        raw = header[:100].split(b"\0")[0]
        prefix = header[345:500].split(b"\0")[0] if header[257:263] == b"ustar\0" else b""
        raw = prefix + b"/" + raw if prefix else raw
    name = raw.decode("utf-8", "backslashreplace")
    if kind == b"5" or (kind in b"0\0" and name.endswith("/")):
        return Member(name, 0, folder=True)
    what = _KINDS.get(kind)
    if any(key.startswith(b"GNU.sparse") for key in extra):
        what = "sparse file"
    if what is None and kind not in (b"0", b"\0", b"7"):
        what = f"member of unknown kind {kind.decode('latin-1')!r}"
    problem = None if what is None else f"{what} in an archive refused; only files are read"
    return Member(name, size, problem=problem)
