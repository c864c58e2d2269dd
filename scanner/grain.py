"""The grain of an asset: what one asset of a service is, and what a person calls it.

The grain is DESIGN table 1: cloud by resource or region, SaaS by tenant, a model API by calling
account or principal, a self-hosted server by product and address.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from scanner.joins import weight
from signatures.hosts import is_ip

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_API_KINDS: Final = frozenset({"model_api"})
_CLOUD_KINDS: Final = frozenset({"cloud_ai_resource", "gpu_compute"})
_TENANT_KINDS: Final = frozenset(
    {"saas_chat", "saas_app", "embedded_ai", "agent_platform", "coding_assistant"}
)
_PLAIN_KINDS: Final = frozenset({"model_hub", "browser_extension", "ai_crawler_inbound"})


@dataclass(frozen=True, slots=True)
class Grain:
    """What tells one asset of a service from the next: a key, and what a person calls it.

    place: address and port of a server that is known by what it speaks, not by its name. named:
    it is told apart by a name that a client sent.
    """

    key: str
    name: str
    service: str
    place: str | None = None
    named: bool = field(default=False, compare=False)


def grain(row: Mapping[str, object], product: str) -> Grain:
    """The grain of one sighting (columns of scan_range.PARTIAL).

    Only columns that name the thing itself take part: owner, version and display name never do.
    """
    service, kind = str(row["service"]), str(row["kind"])
    host = str(row["dst_host"] or row["dst_ip"] or "")
    if not row["by_host"] and kind not in _PLAIN_KINDS:
        port = f":{row['dst_port']}" if row["dst_port"] else ""
        place = f"{host or 'unknown'}{port}"
        where = f"{host}{port}" if host else "an unknown address"
        sent = bool(host) and not is_ip(host)
        return Grain(f"{service}|at={place}", f"{product} at {where}", service, place, sent)
    if row["per_host"]:
        name = f"{product} ({host.split('.', maxsplit=1)[0]})"
        return Grain(f"{service}|host={host}", name, service, named=True)
    key, name = service, product
    if kind in _CLOUD_KINDS:
        parts = [str(row[column]) for column in ("account", "region") if row[column]]
        key = f"{service}|account={row['account'] or ''}|region={row['region'] or ''}"
        name = f"{product} ({', '.join(parts)})" if parts else product
    elif kind in _API_KINDS:
        caller = row["account"] or row["principal"]
        key = f"{service}|caller={caller or 'organisation'}"
        name = f"{product} (called by {caller})" if caller else product
    elif kind in _TENANT_KINDS:
        tenant = row["tenant"]
        key = f"{service}|tenant={tenant or 'unknown'}"
        name = f"{product} ({tenant})" if tenant else product
    return Grain(key, name, service)


def merged(grains: Iterable[Grain]) -> dict[Grain, Grain]:
    """One server is one asset: which grain each stands for.

    At one place the generic API shape, and a client library known only by its user agent, are
    explained by the product that was recognised there; failing one, the library by the shape.
    """
    by_place: dict[str, list[Grain]] = {}
    for one in grains:
        if one.place is not None:
            by_place.setdefault(one.place, []).append(one)
    out: dict[Grain, Grain] = {}
    for found in by_place.values():
        target = min(found, key=lambda one: (weight(one.service), one.key))
        out |= {one: target for one in found if weight(one.service) > weight(target.service)}
    return out


def by_address(one: Grain) -> tuple[bool, str]:
    """A name is the better name of a server that is known by its address too."""
    host, _, _ = (one.place or "").rpartition(":")
    return is_ip(host or one.place or ""), one.key
