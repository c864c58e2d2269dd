"""Which format a log is, by its beginning; one certain answer or none.

The formats for one product are asked first and exactly one may know the log. If none does, the
generic ones are tried by the names in the header or the keys of the first object. A log nobody
knows, or two do, is not guessed at: the answer says why.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import re2

from connectors.logs.advice import unknown, unlike
from connectors.logs.footer import MAGIC
from connectors.logs.header import canonical, places
from connectors.logs.model import GENERIC
from connectors.logs.prefix import strip_prefix
from connectors.logs.readers.jsontext import MAX_NAMED
from connectors.logs.sample import MAX_LINE, Sample, header_of, inner

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connectors.files.notice import Notice
    from connectors.logs.model import Format

__all__ = ["Detected", "Sample", "detect", "knows", "mismatch"]

OBJECTS = frozenset({"ndjson", "json_doc", "parquet"})
_HTML = re.compile(rb"\s*(?:<!doctype html|<html|<head|<body|<\?xml|<Error)", re.IGNORECASE)
_PAIR = re.compile(r"(?:^|[\s,;|])([A-Za-z_][\w.-]*)=(?=\S)")


@dataclass(slots=True)
class Detected:
    """The format, or None and why not."""

    format: Format | None
    why: str
    notices: list[Notice] = field(default_factory=list)


def detect(
    head: bytes,
    path: str,  # noqa: ARG001 - some products tell the kind of a log only by its path
    formats: Mapping[str, Format],
    tail: bytes = b"",
) -> Detected:
    """Recognise a log by its first decoded bytes; tail: the last ones, of a Parquet file."""
    if (wrong := _no_log(head)) is not None:
        return Detected(None, wrong)
    sample = Sample(head, tail)
    certain = [f for f in formats.values() if f.id not in GENERIC and knows(f, sample)]
    if not certain and (pages := sample.paged()) is not None:
        documents = [f for f in formats.values() if f.reader.kind == "json_doc"]
        certain = [f for f in documents if f.id not in GENERIC and knows(f, pages)]
    weak = [f.id for f in certain if f.detect.weak]
    if len(weak) < len(certain):
        certain = [f for f in certain if not f.detect.weak]
    if len(certain) == 1 or (certain and all(_alike(f, certain[0]) for f in certain)):
        also = [name for name in weak if name != certain[0].id]
        besides = f" (rather than {' or '.join(also)}, which is for any product)" if also else ""
        return Detected(certain[0], f"recognised as {certain[0].id}{besides}")
    if certain:
        names = ", ".join(f.id for f in certain)
        return Detected(None, f"could be any of {names}; say which with --format")
    for name in () if sample.parquet else GENERIC:
        fmt = formats.get(name)
        if fmt is not None and _generic(fmt, sample):
            return Detected(fmt, f"recognised as {name} by its {_names(fmt)}")
    return Detected(None, unknown(sample, formats))


def _alike(one: Format, other: Format) -> bool:
    """Whether two formats read every record the same way, so that either will do."""
    said = ("reader", "map", "drop", "require", "learn")
    return all(getattr(one, key) == getattr(other, key) for key in said)


def mismatch(fmt: Format, head: bytes, formats: Mapping[str, Format]) -> str | None:
    """Why a log that was said to be `fmt` does not look like it; None if it does."""
    sample = Sample(head)
    if sample.parquet and fmt.reader.kind == "parquet" and not sample.objects:
        return None  # its columns stand where nobody looked
    if not head.strip() or knows(fmt, sample) or (fmt.id in GENERIC and _generic(fmt, sample)):
        return None
    found = detect(head, "", formats)
    return unlike(fmt, found.format, sample)


def _no_log(head: bytes) -> str | None:
    """What it is if it is no log at all."""
    if not head.strip():
        return "empty"
    if _HTML.match(head):
        return "looks like HTML or XML, not a log; was the download refused?"
    if head.startswith(MAGIC):
        return None
    if b"\0" in head[:1024] and not _mostly_text(head):
        return "binary, not a text log"
    return None


def _names(fmt: Format) -> str:
    return "header" if fmt.reader.kind == "csv" else "keys"


def knows(fmt: Format, sample: Sample) -> bool:
    """Whether a format claims this log: it says something, and all it says holds."""
    if sample.parquet != (fmt.reader.kind == "parquet"):
        return False
    checks = _checks(fmt, sample)
    first = next(checks, None)
    return bool(first) and all(checks)


def _checks(fmt: Format, sample: Sample) -> Iterator[bool]:
    """What a format says of its logs, and whether it holds; the cheapest first."""
    rule = fmt.detect
    if rule.json_has or (rule.none_of and fmt.reader.kind in OBJECTS):
        yield any(
            all(_has(thing, key) for key in rule.json_has)
            and not any(_has(thing, key) for key in rule.none_of)
            for thing in (*sample.objects[:5], *inner(sample.objects[:5], fmt))
        )
    if rule.first_line is not None:
        first = sample.without_prefix() if fmt.reader.syslog else sample.first
        yield _compiled(rule.first_line).search(first) is not None
    if rule.header_has:
        header = {canonical(name) for name in header_of(fmt, sample)}
        yield all(canonical(name) in header for name in rule.header_has)
    if rule.first_bytes is not None:
        yield _compiled(rule.first_bytes).search(sample.text) is not None


@cache
def _compiled(pattern: str) -> Any:  # noqa: ANN401 - re2 ships no types
    return re2.compile(pattern)


def _generic(fmt: Format, sample: Sample) -> bool:
    """Whether the names there are can fill what the format requires."""
    if fmt.reader.kind == "csv":
        if sample.objects or (len(sample.first.split()) and sample.first.lstrip()[:1] in "{["):
            return False
        return _fills(fmt, header_of(fmt, sample))
    if fmt.reader.kind in {"ndjson", "json_doc"}:
        return any(_fills(fmt, tuple(_names_in(thing))) for thing in sample.objects)
    return any(_pairs_fill(fmt, line) for line in sample.lines[:5])


def _names_in(thing: object, above: str = "", depth: int = 0) -> Iterator[str]:
    """The keys of an object, and `a.b` for those of objects in it, as its reader finds them."""
    if isinstance(thing, dict) and depth <= MAX_NAMED:
        for key, value in thing.items():
            yield above + key
            yield from _names_in(value, f"{above}{key}.", depth + 1)


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


def _mostly_text(head: bytes) -> bool:
    odd = sum(byte < 9 or 13 < byte < 32 for byte in head[:1024])
    return odd * 20 < len(head[:1024])
