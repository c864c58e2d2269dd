"""placeholder"""

from __future__ import annotations
from collections.abc import Iterator
from connectors.logs.values import Segment


def is_document(head: bytes) -> bool:
    return False


def document_segments(stream: object) -> Iterator[Segment]:
    yield from ()
