"""Which format a log is, by its beginning; one certain answer or none.

The formats for one product are asked first and exactly one may know the log. If none does, the
generic ones are tried by the names in the header or the keys of the first object. A log nobody
knows, or two do, is not guessed at: the answer says why.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import re2

from connectors.logs.document import WRAPPED, first_elements, is_document
from connectors.logs.header import canonical, places, split_header
from connectors.logs.model import AUTO, GENERIC
from connectors.logs.prefix import strip_prefix
from connectors.logs.tables import DELIMITERS, sniff

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connectors.files.notice import Notice
    from connectors.logs.model import Format

MAX_LINE: Final = 16 << 10  # of a first line, for the names in it
EARLY: Final = 20  # objects looked at
_HTML = re.compile(rb"\s*(?:<!doctype html|<html|<head|<body|<\?xml|<Error)", re.IGNORECASE)
_PAIR = re.compile(r"(?:^|[\s,;|])([A-Za-z_][\w.-]*)=(?=\S)")


@dataclass(slots=True)
class Detected:
    """The format, or None and why not."""

    format: Format | None
    why: str
    notices: list[Notice] = field(default_factory=list)


def detect(head: bytes, path: str, formats: Mapping[str, Format]) -> Detected:  # noqa: ARG001 - some products tell the kind of a log only by its path
    """Recognise a log by its first decoded bytes."""
    if (wrong := _no_log(head)) is not None:
        return Detected(None, wrong)
    sample = Sample(head)
    certain = [f for f in formats.values() if f.id not in GENERIC and knows(f, sample)]
    if len(certain) == 1:
        return Detected(certain[0], f"recognised as {certain[0].id}")
    if certain:
        names = ", ".join(f.id for f in certain)
        return Detected(None, f"could be any of {names}; say which with --format")
    for name in GENERIC:
        fmt = formats.get(name)
        if fmt is not None and _generic(fmt, sample):
            return Detected(fmt, f"recognised as {name} by its {_names(fmt)}")
    return Detected(None, _why_not(sample))


def _no_log(head: bytes) -> str | None:
    """What it is if it is no log at all."""
    if not head.strip():
        return "empty"
    if _HTML.match(head):
        return "looks like HTML or XML, not a log; was the download refused?"
    if b"\0" in head[:1024] and not _mostly_text(head):
        return "binary, not a text log"
    return None


def _names(fmt: Format) -> str:
    return "header" if fmt.reader.kind == "csv" else "keys"


class Sample:
    """The beginning of a log, seen the ways that formats ask for."""

    def __init__(self, head: bytes) -> None:
        self.head = head
        self.text = head.decode("utf-8", "backslashreplace")
        self.lines = [line for line in self.text.split("\n") if line.strip()]
        self.first = self.lines[0][:MAX_LINE] if self.lines else ""
        self.objects = list(_objects(self.text))

    def without_prefix(self) -> str:
        """The first line after a syslog prefix, if it has one."""
        return strip_prefix(self.first)


def knows(fmt: Format, sample: Sample) -> bool:
    """Whether a format claims this log: it says something, and all it says holds."""
    rule = fmt.detect
    checks: list[bool] = []
    if rule.first_line is not None:
        first = sample.without_prefix() if fmt.reader.syslog else sample.first
        checks.append(re2.search(rule.first_line, first) is not None)
    if rule.first_bytes is not None:
        checks.append(re2.search(rule.first_bytes, sample.text) is not None)
    if rule.header_has:
        header = {canonical(name) for name in _header(fmt, sample)}
        checks.append(all(canonical(name) in header for name in rule.header_has))
    if rule.json_has or (rule.none_of and fmt.reader.kind in {"ndjson", "json_doc"}):
        checks.append(
            any(
                all(_has(thing, key) for key in rule.json_has)
                and not any(_has(thing, key) for key in rule.none_of)
                for thing in sample.objects[:5]
            )
        )
    return bool(checks) and all(checks)


def _header(fmt: Format, sample: Sample) -> tuple[str, ...]:
    delim = fmt.reader.delim
    if delim == AUTO:
        delim = sniff(sample.first, fmt.reader.quote, fmt.expressions.fields())
    return split_header(sample.first, delim, fmt.reader.quote)


def _generic(fmt: Format, sample: Sample) -> bool:
    """Whether the names there are can fill what the format requires."""
    if fmt.reader.kind == "csv":
        if sample.objects or (len(sample.first.split()) and sample.first.lstrip()[:1] in "{["):
            return False
        return _fills(fmt, _header(fmt, sample))
    if fmt.reader.kind in {"ndjson", "json_doc"}:
        return any(_fills(fmt, tuple(thing)) for thing in sample.objects)
    return any(_pairs_fill(fmt, line) for line in sample.lines[:5])


def _pairs_fill(fmt: Format, line: str) -> bool:
    keys = _PAIR.findall(line[:MAX_LINE])
    prefix = ["syslog_time"] if strip_prefix(line) != line else []
    return len(keys) >= 2 and _fills(fmt, (*keys, *prefix))


def _fills(fmt: Format, names: tuple[str, ...]) -> bool:
    expressions = fmt.expressions
    there = set(places(names, expressions.fields()))
    return all(
        any(
            there >= set(e.fields)
            for column in item.split("|")
            for e in expressions.map.get(column, ())
        )
        for item in fmt.require
    )


def _has(thing: object, key: str) -> bool:
    """Whether an object has a key, as it stands or with dots that lead inside."""
    if not isinstance(thing, dict):
        return False
    if key in thing:
        return True
    outer, dot, inner = key.partition(".")
    return bool(dot) and _has(thing.get(outer), inner)


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The first objects of a JSON log: one a line, or the elements of the outer list."""
    stripped = text.lstrip()
    if stripped[:1] not in ("{", "["):
        stripped = strip_prefix(stripped)
        if stripped[:1] != "{":
            return
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


def _mostly_text(head: bytes) -> bool:
    odd = sum(byte < 9 or 13 < byte < 32 for byte in head[:1024])
    return odd * 20 < len(head[:1024])


_DATA: Final = re.compile(r"^\d{4}-\d\d-\d\d|^\d{9,}|^\d{1,3}(\.\d{1,3}){3}$|^\d+$")


def _why_not(sample: Sample) -> str:
    """What the log looks like instead, in words a person can act on."""
    for delim, word in DELIMITERS.items():
        cells = [cell.strip(' "') for cell in sample.first.split(delim)]
        if len(cells) >= 3:
            if sum(bool(_DATA.match(cell)) for cell in cells) >= 2:
                return f"no header: line 1 is {word} separated data; add the names or use --format"
            shown = ", ".join(cells[:8])
            return f"no header we know: a time and a host or an address are needed, found {shown}"
    if sample.objects:
        keys = ", ".join(list(sample.objects[0])[:8])
        return f"JSON without a time and a host or an address; keys are {keys}"
    if sample.first.startswith("#separator") or "#path" in sample.text[:2000]:
        found = re.search(r"#path\s+(\S+)", sample.text)
        return f"Zeek log {found[1] if found else ''}: no format for it; use --format FILE.yaml"
    return "unknown log format; name one with --format, or describe it in a FILE.yaml"
