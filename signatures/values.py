"""What the value of an indicator must look like for its type.

These are the refusals: a file that breaks one cannot be loaded. What is merely unwise is for lint/.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from signatures.apps import LONGEST
from signatures.hosts import HostError, is_ip, normalise_host
from signatures.model import APP_TYPES, HOST_TYPES, Indicator, Needs
from signatures.patterns import (
    PatternError,
    agent_pattern,
    escapes_its_anchor,
    header_parts,
    path_pattern,
    regexp,
)
from signatures.tables import listed_above
from signatures.templates import PLACEHOLDER, example, parse_template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signatures.tables import Tables

_DIGITS: Final = re.compile(r"[1-9][0-9]{0,9}")
# A pattern that matches all of these says nothing.
_FEW: Final = 3  # letters of a name; shorter ones mean something else somewhere
_ANY_PATHS: Final = ("/", "/q", "/zx/9")
_ANY_TEXTS: Final = ("q", "9 zx", "A-b/1.0")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one key, and what to do."""

    key: str
    problem: str
    hint: str = ""


def faults(indicator: Indicator, tables: Tables) -> Iterator[Fault]:
    """Why an indicator cannot be used; nothing when it can."""
    if indicator.type in HOST_TYPES:
        yield from _host(indicator, tables)
    elif indicator.type == "cidr":
        yield from _cidr(indicator.value)
    elif indicator.type == "http_path":
        yield from _path("value", indicator.value)
    elif indicator.type == "http_header":
        yield from _header("value", indicator.value)
    elif indicator.type == "user_agent":
        yield from _agent("value", indicator.value)
    elif indicator.type == "port":
        yield from _port(indicator)
    elif indicator.type == "asn" and not _DIGITS.fullmatch(indicator.value):
        yield Fault("value", f"{indicator.value!r} is no AS number", "write the digits alone")
    elif indicator.type in APP_TYPES:
        yield from _app(indicator)
    if indicator.distinctive and indicator.type not in {"http_path", "oauth_scope"}:
        problem = "only an http_path or an oauth_scope can be distinctive"
        yield Fault("distinctive", problem, "drop the key")
    if indicator.needs is not None:
        yield from _needs(indicator.needs)


def _host(indicator: Indicator, tables: Tables) -> Iterator[Fault]:
    value = indicator.value
    if indicator.type == "host_template":
        try:
            parse_template(value, tables.regions)
        except ValueError as problem:
            yield Fault("value", str(problem))
            return
        value = example(value, tables.regions)
    elif PLACEHOLDER.search(value):
        yield Fault("value", "a placeholder", "make the type host_template")
        return
    try:
        normal = normalise_host(value)
    except HostError as problem:
        yield Fault("value", str(problem), "write the bare host name")
        return
    if value.startswith("*.") or normal.startswith("*."):
        yield Fault("value", "a wildcard", "a host_suffix matches what lies below by itself")
    elif normal != value:
        yield Fault("value", f"{value!r} is not in normal form", f"write {normal}")
    elif is_ip(normal):
        yield Fault("value", "an address", "make the type cidr")
    elif "." not in normal:
        yield Fault("value", f"{value!r} is a single label", "name at least two labels")
    else:
        infrastructure = listed_above(normal, tables.infrastructure)
        if infrastructure is not None:
            yield Fault(
                "value",
                f"lies under {infrastructure}, shared infrastructure"
                f" ({tables.reason[infrastructure]})",
                "such a host is never a finding; drop the indicator",
            )


def _cidr(value: str) -> Iterator[Fault]:
    try:
        network = ip_network(value)
    except ValueError:
        yield Fault("value", f"{value!r} is no address range", "write it as 192.0.2.0/24")
        return
    if str(network) != value:
        yield Fault("value", f"{value!r} is not in normal form", f"write {network}")
    if network.num_addresses > 1 << (20 if network.version == 4 else 100):
        yield Fault("value", f"{value} is wider than any one service", "name smaller ranges")


def _path(key: str, value: str) -> Iterator[Fault]:
    pattern = path_pattern(value)
    if pattern is not None:
        yield from _pattern(key, pattern, _ANY_PATHS)
        if escapes_its_anchor(pattern):
            yield Fault(key, "pattern: a | outside a group loses the ^", "write ^(?:…|…)")
    elif not value.startswith("/"):
        yield Fault(key, f"{value!r} does not begin with / or ^", "anchor it at the start")
    elif value == "/":
        yield Fault(key, "matches every path", "use '^/$' for the root alone")
    elif re.search(r"[?#\s]", value):
        yield Fault(key, "a query, fragment or blank", "only the path is matched")


def _header(key: str, value: str) -> Iterator[Fault]:
    try:
        _, pattern = header_parts(value)
    except PatternError as problem:
        yield Fault(key, str(problem), "write `name` or `name: pattern`")
        return
    if pattern is not None:
        yield from _pattern(key, pattern, _ANY_TEXTS)


def _agent(key: str, value: str) -> Iterator[Fault]:
    yield from _pattern(key, agent_pattern(value), _ANY_TEXTS)


def _pattern(key: str, pattern: str, probes: tuple[str, ...]) -> Iterator[Fault]:
    try:
        compiled = regexp(pattern)
    except PatternError as problem:
        yield Fault(key, f"pattern: {problem}")
        return
    if all(compiled.search(probe) is not None for probe in probes):
        yield Fault(key, "pattern: matches everything", "say what only this service has")


def _app(indicator: Indicator) -> Iterator[Fault]:
    value = indicator.value
    if value != " ".join(value.split()):
        yield Fault("value", f"{value!r} has blanks around it or in a row", "write single ones")
    elif len(value) > LONGEST:
        yield Fault("value", f"longer than {LONGEST} characters", "no log is asked for such a name")
    elif indicator.type == "oauth_scope" and " " in value:
        yield Fault("value", f"{value!r} has a blank in it", "write one scope an indicator")
    elif value.isascii() and sum(map(str.isalnum, value)) < _FEW:
        yield Fault("value", f"{value!r} is too short", f"at least {_FEW} letters or digits")


def _port(indicator: Indicator) -> Iterator[Fault]:
    if not _DIGITS.fullmatch(indicator.value) or int(indicator.value) > 65535:
        yield Fault("value", f"{indicator.value!r} is no port", "write a number, 1 to 65535")
    if indicator.confidence != "hint":
        yield Fault("confidence", "a port alone is a hint", "write hint")


def _needs(needs: Needs) -> Iterator[Fault]:
    if needs == Needs():
        yield Fault("needs", "nothing in it", "drop the key")
    if needs.path is not None:
        yield from _path("needs.path", needs.path)
    if needs.unless_path is not None:
        yield from _path("needs.unless_path", needs.unless_path)
    if needs.header is not None:
        yield from _header("needs.header", needs.header)
    if needs.user_agent is not None:
        yield from _agent("needs.user_agent", needs.user_agent)
