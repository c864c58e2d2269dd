"""The observation an indicator was written for, made from the indicator alone."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final

from signatures.lint.sample import sample
from signatures.model import APP_TYPES, HOST_TYPES, OAUTH_TYPES, Needs
from signatures.patterns import agent_pattern, header_parts, path_pattern
from signatures.templates import example

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from signatures.model import Indicator
    from signatures.templates import Regions

UNKNOWN: Final = "host.example"  # no service owns it
_COLUMN: Final = {
    "oauth_client_id": "oauth_client",
    "oauth_name": "app",
    "oauth_scope": "oauth_scopes",
}


def observations(
    indicator: Indicator, own: Sequence[Indicator], regions: Mapping[str, Regions]
) -> list[dict[str, Any]]:
    """Columns to values: the least on which a rule that matches in logs should fire.

    A suffix is tried at several depths; what is no host, on an unknown one and then on the first
    that the same file names (own: its indicators). Raises ValueError for a pattern nobody can make
    a text for.
    """
    seen = _least(indicator, regions)
    if indicator.type == "host_suffix":
        names = (f"x1.{indicator.value}", indicator.value, f"x1.x2.x3.{indicator.value}")
        return [{**seen, "dst_host": name} for name in names]
    home = next((item for item in own if item.type in HOST_TYPES and item.needs is None), None)
    alone = indicator.type == "port" or indicator.type in APP_TYPES
    if indicator.type in HOST_TYPES or alone or home is None:
        return [seen]
    return [seen, {**seen, "dst_host": example(home.value, regions)}]


def _least(indicator: Indicator, regions: Mapping[str, Regions]) -> dict[str, Any]:
    needs, value = indicator.needs or Needs(), indicator.value
    if indicator.type in OAUTH_TYPES:
        return {"class": "auth", _COLUMN[indicator.type]: _of_app(indicator)}
    seen: dict[str, Any] = {"dst_port": needs.port[0] if needs.port is not None else 443}
    seen |= _place(indicator, regions)
    if needs.method is not None:
        seen["http_method"] = needs.method[0]
    path = value if indicator.type == "http_path" else needs.path
    if path is not None:
        seen["url_path"] = _path(path)
    agent = value if indicator.type == "user_agent" else needs.user_agent
    if agent is not None:
        seen["user_agent"] = sample(agent) if agent_pattern(agent) == agent else agent
    header = value if indicator.type == "http_header" else needs.header
    if header is not None:
        seen["http_headers"] = _header(header)
    return seen


def _place(indicator: Indicator, regions: Mapping[str, Regions]) -> dict[str, Any]:
    """Where the rule looks for itself: a name, an address or a port, else an unknown host."""
    if indicator.type in HOST_TYPES:
        return {"dst_host": example(indicator.value, regions)}
    if indicator.type == "cidr":
        return {"dst_ip": str(ip_network(indicator.value).network_address)}
    if indicator.type == "port":
        return {"dst_ip": "10.0.0.1", "dst_port": int(indicator.value)}
    if indicator.type == "app_id":
        return {"class": "network", "app": indicator.value}
    return {"dst_host": UNKNOWN}


def _of_app(indicator: Indicator) -> str | list[str]:
    return [indicator.value] if indicator.type == "oauth_scope" else indicator.value


def _path(value: str) -> str:
    if path_pattern(value) is not None:
        return sample(value)
    return f"{value}x1" if value.endswith("/") else value


def _header(value: str) -> dict[str, str]:
    name, pattern = header_parts(value)
    return {name: sample(pattern) if pattern is not None else "x1"}
