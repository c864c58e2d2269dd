"""One spelling for a host name or an address, or the reason why it is none.

What a log writes as a host is hostile text. The order matters: what would vanish or turn into
something else in the mapping is refused before the mapping (UTS-46 silently deletes U+200B and
U+00AD, which would turn a fake into a vendor), numbers that pose as addresses are refused, and
only then are case, full-width forms and dots evened out. Pure; safe in threads.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

import idna

MAX_NAME: Final = 253
MAX_LABEL: Final = 63

# The usual case, decided by one pattern: lower-case letters, digits, hyphen and underscore in
# labels of at most 63, and a last label that no resolver would take for a number.
_PLAIN = re.compile(
    r"(?!.{254})(?:\*\.)?(?:[a-z0-9_-]{1,63}+\.)*+[a-z_-][a-z0-9_-]{0,62}+", re.ASCII
).fullmatch
_NAME = re.compile(r"(?:\*\.)?(?:[a-z0-9_-]{1,63}+\.)*+[a-z0-9_-]{1,63}+", re.ASCII).fullmatch
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rf"(?:{_OCTET}\.){{3}}{_OCTET}").fullmatch
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*").fullmatch
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_AFTER_AUTHORITY = re.compile(r"[/?#]")
_PORT = re.compile(r"[0-9]{0,5}").fullmatch
_ZONE = re.compile(r"[A-Za-z0-9._~-]{1,64}").fullmatch


class HostError(ValueError):
    """A text that is no host or address; the message is the reason, without the text."""


def normalise_host(raw: str) -> str:
    """The one spelling of a host: lower-case ASCII, no trailing dot, port, scheme, user or path.

    raw: a name, an address, or an authority or URL around one, as a log wrote it.
    Addresses come back canonical (IPv4-mapped as IPv4, without brackets or zone).
    Idempotent. Raises HostError.
    """
    if _PLAIN(raw):
        return raw
    return _slowly(raw)


def normalise_ip(raw: str) -> str:
    """The one spelling of an IP address; brackets and zone are dropped, IPv4-mapped is IPv4.

    Idempotent. Raises HostError.
    """
    if _IPV4(raw):
        return raw
    text = raw[1:-1] if raw.startswith("[") and raw.endswith("]") else raw
    if ":" in text:
        return _ipv6(text)
    if not text:
        raise HostError("empty")
    raise HostError("not an IP address")


def is_ip(text: str) -> bool:
    """Whether a normalised host is an address."""
    if _IPV4(text):
        return True
    if ":" not in text:
        return False
    try:
        _ipv6(text)
    except HostError:
        return False
    return True


def _slowly(raw: str) -> str:
    if "\0" in raw:
        raise HostError("NUL in host")
    name = _without_url(raw)
    if name.startswith("["):
        inside, closed, after = name[1:].partition("]")
        if not closed or (after and not after.startswith(":")):
            raise HostError("unbalanced bracket")
        _check_port(after[1:])
        return _ipv6(inside)
    if name.count(":") > 1:
        return _ipv6(name)
    name, _, port = name.partition(":")
    _check_port(port)
    if not name.isascii():
        name = _mapped(name)
        if _IPV4(name.removesuffix(".")):
            raise HostError("number posing as an address")
    return _name(name.lower())


def _without_url(raw: str) -> str:
    """The authority without scheme, user part and what follows it."""
    scheme = _SCHEME.match(raw)
    rest = raw[scheme.end() :] if scheme else raw.removeprefix("//")
    end = _AFTER_AUTHORITY.search(rest)
    authority = rest[: end.start()] if end else rest
    # A browser reads a backslash as a slash, curl does not: which host is meant is anyone's guess.
    if "\\" in authority:
        raise HostError("backslash in host")
    return authority.rpartition("@")[2]


def _check_port(text: str) -> None:
    if not _PORT(text) or (text and not 1 <= int(text) <= 65535):
        raise HostError("bad port")


def _mapped(name: str) -> str:
    """UTS-46 for a name with characters beyond ASCII; each such label in punycode."""
    for char in set(name):
        if not char.isascii() and _vanishes(char):
            raise HostError("invisible character in host")
    try:
        mapped = idna.uts46_remap(name, std3_rules=False, transitional=False)
    except idna.IDNAError:
        raise HostError("character not allowed in host") from None
    return ".".join(map(_ascii_label, mapped.split(".")))


def _ascii_label(label: str) -> str:
    if label.isascii():
        return label
    if unicodedata.category(label[0]).startswith("M"):
        raise HostError("label begins with a combining mark")
    return "xn--" + label.encode("punycode").decode("ascii")


@lru_cache(maxsize=4096)
def _vanishes(char: str) -> bool:
    """Whether nothing is seen of a character: the mapping deletes it, or it only formats."""
    if unicodedata.category(char) in {"Cf", "Cc", "Zl", "Zp", "Cs"}:
        return True
    try:
        return not idna.uts46_remap(char, std3_rules=False, transitional=False)
    except idna.IDNAError:
        return False


def _name(name: str) -> str:
    if _IPV4(name):
        return name
    name = name.removesuffix(".")
    if not name:
        raise HostError("empty")
    if len(name) > MAX_NAME:
        raise HostError("name longer than 253")
    if not _NAME(name):
        raise HostError(_why_not(name))
    if _IPV4(name):
        return name
    if _NUMBER(name.rpartition(".")[2]):
        raise HostError("number posing as an address")
    return name


def _why_not(name: str) -> str:
    """The reason why a lower-case ASCII text is no name."""
    labels = name.split(".")
    if "" in labels:
        return "empty label"
    if "%" in name:
        return "percent escape in host"
    if any(len(label) > MAX_LABEL for label in labels):
        return "label longer than 63"
    if any(char <= " " or char == "\x7f" for char in name):
        return "space or control character in host"
    return "character not allowed in host"


def _ipv6(text: str) -> str:
    address, percent, zone = text.partition("%")
    if percent and not _ZONE(zone):
        raise HostError("bad zone in address")
    try:
        value = IPv6Address(address)
    except AddressValueError:
        raise HostError("not an IP address") from None
    mapped: IPv4Address | None = value.ipv4_mapped
    return str(mapped if mapped is not None else value)
