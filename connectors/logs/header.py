"""Names in headers: compared without case and punctuation, reported as they are spelled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PUNCTUATION = re.compile(r"[^0-9a-z]+")


def canonical(name: str) -> str:
    """`Src-IP`, `src.ip` and `SRC_IP` are one name: `src_ip`."""
    return _PUNCTUATION.sub("_", name.strip().lower()).strip("_")


def places(header: Sequence[str], wanted: Iterable[str]) -> dict[str, int]:
    """Where each wanted field stands in the header; the first of equal names, absent ones not."""
    where: dict[str, int] = {}
    for i, name in enumerate(header):
        where.setdefault(canonical(name), i)
    return {name: where[key] for name in wanted if (key := canonical(name)) in where}


def named_twice(header: Iterable[str]) -> list[str]:
    """The names that come more than once, each once, as they are first spelled."""
    spelled: dict[str, list[str]] = {}
    for name in header:
        spelled.setdefault(canonical(name), []).append(name)
    return [names[0] for key, names in spelled.items() if key and len(names) > 1]


def split_header(line: str, delim: str, quote: str) -> tuple[str, ...]:
    """The names in a header line."""
    names = (name.strip() for name in line.split(delim))
    return tuple(name.strip(quote).strip() if quote else name for name in names)
