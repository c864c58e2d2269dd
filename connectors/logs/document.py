"""JSON documents, element by element: a list, or an object that wraps one, however large.

Nothing is parsed here. Strings are masked by their quotes, brackets outside them give the depth,
and the commas at the depth of the list part its elements, all with numpy on pieces of a few MiB.
What is between two commas is a record; whether it is JSON at all the reader finds out. An object
at the top that wraps no list is itself a record. Every list under one of the names in WRAPPERS is
read; other lists of objects beside them are counted and named.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Final

from connectors.logs.jsonlists import BLANKS
from connectors.logs.pages import Pages, is_page
from connectors.logs.prefix import object_behind
from connectors.logs.walk import WRAPPERS, Walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from connectors.files.stream import Stream
    from connectors.logs.values import Segment

PIECE: Final = 4 << 20
LINES: Final = 5  # looked at, of a text that may be one record a line

_NAMES = "|".join(WRAPPERS)
_RECORDS = re.compile(r'\s*\{[^\[\]{}]*"[Rr]ecords"\s*:\s*\[')
WRAPPED: Final = re.compile(rf'\s*(?:\[|\{{[^\[\]{{}}]*"(?:{_NAMES})"\s*:\s*\[)')


def is_document(head: bytes, names: Collection[str] = (), *, prefixed: bool = False) -> bool:
    """Whether a JSON text is one document, or several, rather than one record a line.

    Of a text whose lines are whole objects `Records` makes documents of them. `items` or `events`
    may well be a field of a record: they do so if the elements of the list have more of the fields
    that the format reads (names: in canonical spelling) than what is around the list.
    prefixed: records may stand behind a syslog prefix, each on its line.
    """
    text = head.decode("utf-8", "replace")
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return False
    if prefixed and lines[0].lstrip()[:1] not in ("{", "[") and object_behind(lines[0]):
        return False  # a record behind a syslog prefix
    objects = [found for line in lines[:LINES] if (found := _object(line)) is not None]
    pages = (
        {said for one in objects if (said := is_page(one, names)) is not None} if names else set()
    )
    if pages == {False}:
        return False
    if len(lines) > 1 and objects:
        listed = text.lstrip().startswith("[") or any(map(_listed, lines[:LINES]))
        return listed or (True in pages) or _RECORDS.match(text) is not None
    walk = Walk("")
    walk.feed(head)
    return walk.lists > 0 or len(lines) > 1


def _listed(line: str) -> bool:
    """Whether a line is a list of objects."""
    try:
        found = json.loads(line) if line.lstrip().startswith("[") else None
    except (ValueError, RecursionError):
        return False
    return isinstance(found, list) and any(isinstance(one, dict) for one in found)


def _object(line: str) -> dict[str, object] | None:
    try:
        found = json.loads(line, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def first_elements(head: bytes, most: int) -> list[bytes]:
    """The first elements of the lists of a document that begins so."""
    return Walk("").first(head, most)


def document_segments(stream: Stream) -> Iterator[Segment]:
    """The elements of the document(s) in a stream, a few MiB a segment.

    A document that grows changes its closing brackets, so each segment says of what text before
    them (`head`) it is the end.
    """
    pages, head = Pages(stream.path), _Head()
    held: list[bytes] = []
    size = 0
    for chunk in stream.chunks():
        held.append(chunk)
        size += len(chunk)
        if size >= PIECE:
            yield from _fed(pages, head, b"".join(held))
            held, size = [], 0
    if held:
        yield from _fed(pages, head, b"".join(held))
    yield from pages.end()


def _fed(pages: Pages, head: _Head, piece: bytes) -> Iterator[Segment]:
    for part, segment in pages.feed(piece):
        head.feed(part)
        if len(segment):
            segment.head = head.at(pages.walk.reached)
        yield segment


class _Head:
    """Hashes a text, up to places in its latest piece or where the text before that one ends.

    What ends an element may come a piece later than the element, but only blanks lie between.
    """

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._piece = b""
        self._size = 0  # of what is hashed
        self._solid = 0  # of that, up to its last byte that is not blank
        self._before = self._digest.copy()  # of as much

    def feed(self, piece: bytes) -> None:
        """Go on with the next piece."""
        text, solid = memoryview(self._piece), len(self._piece.rstrip(BLANKS))
        self._digest.update(text[:solid])
        if solid:
            self._solid, self._before = self._size + solid, self._digest.copy()
        self._digest.update(text[solid:])
        self._size += len(text)
        self._piece = piece

    def at(self, end: int) -> tuple[int, str] | None:
        """Length and hash of the text before `end`: a place in the latest piece, or before it with
        no more than blanks between."""
        if self._size < end <= self._size + len(self._piece):
            digest = self._digest.copy()
            digest.update(memoryview(self._piece)[: end - self._size])
            return end, digest.hexdigest()
        return (end, self._before.hexdigest()) if end == self._solid else None
