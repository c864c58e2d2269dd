"""Hosts in a register: cut out of URLs, and refused where they would stand for everything."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from tldextract import TLDExtract

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_MAX: Final = 253


@dataclass(frozen=True, slots=True)
class Host:
    """A host of a cell. verdict `poison`: it would match all of a public suffix, or everything."""

    text: str
    verdict: Literal["host", "below", "poison", "unusable"]


def read_host(text: str) -> Host:
    """The lower-case host of a host, URL or `*.host` (verdict `below`); IDNA as it stands."""
    rest = _SCHEME.sub("", text.strip())
    rest = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    rest = re.sub(r":\d{1,5}$", "", rest).rstrip(".").casefold()
    below = rest.startswith("*.")
    bare = rest[2:] if below else rest
    if "*" in bare or not bare:
        return Host(text.strip(), "poison" if "*" in text else "unusable")
    name = _ascii(bare)
    if name is None or len(name) > _MAX or "." not in name:
        poison = name is not None and _extract()(name).suffix == name
        return Host(text.strip(), "poison" if poison else "unusable")
    if not all(_LABEL.fullmatch(label) for label in name.split(".")):
        return Host(text.strip(), "unusable")
    if _extract()(name).suffix == name:
        return Host(text.strip(), "poison")
    return Host(name, "below" if below else "host")


@functools.lru_cache(maxsize=1 << 16)
def registrable(host: str) -> str:
    """The registrable domain of a host (`a.b.example.co.uk` -> `example.co.uk`).

    Below a top-level domain nobody registered (`.internal`) the last two labels; an address or a
    single label is itself.
    """
    found = _extract()(host).top_domain_under_public_suffix
    if found or ":" in host or host.replace(".", "").isdigit():
        return found or host
    return ".".join(host.split(".")[-2:])


def _ascii(name: str) -> str | None:
    if name.isascii():
        return name
    import idna

    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        return None


@functools.cache
def _extract() -> TLDExtract:
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None)  # the list shipped with it, no network
