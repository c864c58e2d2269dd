"""How stores may be reached: what the person who scans says, never what a log or a listing says."""

import ipaddress
import re
import socket
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from connectors.files.raw import Stopped

STORES = {
    "s3": "connectors.files.objects.s3",
    "gs": "connectors.files.objects.google",
    "az": "connectors.files.objects.azure",
}
ANY_STORE = tuple(f"{scheme}://" for scheme in STORES)

_HOST = re.compile(r"[A-Za-z0-9._:-]{1,255}")
_HINT = "add --allow-private if it is meant"


@dataclass(frozen=True, slots=True)
class Access:
    """endpoint_url: a store other than the provider's own. allow_private: it may speak plain http
    or have an address that is not public. anonymous: no credentials are looked for. retries: of
    one request. timeout: seconds without an answer. since, until: which dates a place for a date
    in an address stands for, both ends included; any, unless both are given."""

    endpoint_url: str | None = None
    allow_private: bool = False
    anonymous: bool = False
    retries: int = 5
    timeout: float = 30.0
    since: datetime | None = None
    until: datetime | None = None


def checked(endpoint: str, access: Access) -> str:
    """`endpoint` without a slash at its end, if `access` allows it; else raises Stopped.

    A link-local address is where metadata services are, and never a store.
    """
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        raise Stopped("refused", "the endpoint is no http(s) address; mend --endpoint-url")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        message = "the endpoint holds more than host, port and path; give secrets in no address"
        raise Stopped("refused", message)
    if parts.scheme == "http" and not access.allow_private:
        raise Stopped("refused", f"the endpoint {host} speaks plain http; {_HINT}")
    for address in _addresses(host):
        if address.is_link_local:
            raise Stopped("refused", f"the endpoint {host} is a link-local address, never a store")
        if not address.is_global and not access.allow_private:
            raise Stopped("refused", f"the endpoint {host} is a private address; {_HINT}")
    return endpoint.rstrip("/")


def _addresses(host: str) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """What `host` stands for; nothing if only a proxy can tell."""
    try:
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    found = []
    for answer in answers:
        address = ipaddress.ip_address(str(answer[4][0]).partition("%")[0])
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        found.append(mapped or address)
    return found
