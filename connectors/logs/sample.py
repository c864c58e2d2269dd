"""The beginning of a log, seen the ways that formats ask for."""

from __future__ import annotations

import json
from copy import copy
from typing import TYPE_CHECKING, Any, Final

from connectors.logs.document import WRAPPED, first_elements, is_document
from connectors.logs.footer import MAGIC, columns_of
from connectors.logs.header import split_header
from connectors.logs.model import AUTO
from connectors.logs.prefix import object_behind, strip_prefix
from connectors.logs.tables import sniff
from connectors.logs.walk import WRAPPERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.logs.model import Format

MAX_LINE: Final = 16 << 10  # of a first line, for the names in it
EARLY: Final = 20  # objects looked at


class Sample:
    """The beginning of a log, seen the ways that formats ask for."""

    def __init__(self, head: bytes, tail: bytes = b"") -> None:
        self.head = head
        self.parquet = head.startswith(MAGIC)
        self.text = head.decode("utf-8", "backslashreplace")
        self.lines = [line for line in self.text.split("\n") if line.strip()]
        self.first = self.lines[0][:MAX_LINE] if self.lines else ""
        columns = columns_of(tail or head) if self.parquet else {}
        # a Parquet file's columns are asked for as the keys of an object are
        self.objects = ([columns] if columns else []) if self.parquet else list(_objects(self.text))

    def without_prefix(self) -> str:
        """The first line after a syslog prefix, if it has one."""
        return strip_prefix(self.first)

    def paged(self) -> Sample | None:
        """The sample by what its objects wrap, where each line is a page of records; else None."""
        if self.parquet or self.text.lstrip().startswith("["):
            return None
        lists = (page.get(key) for page in self.objects for key in WRAPPERS)
        found = [one for held in lists if isinstance(held, list) for one in held]
        inside = copy(self)
        inside.objects = [one for one in found if isinstance(one, dict)][:EARLY]
        return inside if inside.objects else None


def header_of(fmt: Format, sample: Sample) -> tuple[str, ...]:
    """The names in the first line, if the format is a table and that is its header."""
    delim = fmt.reader.delim
    if delim == AUTO:
        delim = sniff(sample.first, fmt.reader.quote, fmt.expressions.fields())
    return split_header(sample.first, delim, fmt.reader.quote)


def inner(objects: list[dict[str, Any]], fmt: Format) -> Iterator[dict[str, Any]]:
    """The objects in these that the format unwraps, also where they are texts."""
    for thing in objects:
        for path in fmt.reader.wrappers:
            found: Any = thing
            for key in path.split("."):
                found = found.get(key) if isinstance(found, dict) else None
            if isinstance(found, str):
                try:
                    found = json.loads(found, parse_int=str, parse_float=str)
                except (ValueError, RecursionError):
                    continue
            if isinstance(found, dict):
                yield found


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The first objects of a JSON log: one a line, or the elements of the outer list."""
    stripped = text.lstrip()
    if stripped[:1] not in ("{", "["):
        lines = stripped.split("\n", EARLY)[:EARLY]
        stripped = "\n".join(filter(None, map(object_behind, lines)))
    decoder = json.JSONDecoder(parse_int=str, parse_float=str)
    opening = WRAPPED.match(stripped)
    at = opening.end() if opening else 0
    if opening is None and is_document(stripped.encode()):
        stripped = " ".join(one.decode() for one in first_elements(stripped.encode(), EARLY))
    for _ in range(EARLY):
        while at < len(stripped) and stripped[at] in " \t\r\n,":
            at += 1
        if at >= len(stripped) or stripped[at] != "{":
            return
        try:
            thing, at = decoder.raw_decode(stripped, at)
        except (ValueError, RecursionError):
            return
        yield thing
