"""From sightings to assets: what one asset is (its grain), and the id it keeps for good.

The grain is DESIGN table 1: cloud by resource or region, SaaS by tenant, a model API by calling
account or principal, a self-hosted server by product and address. The id is made once from the
grain, then persisted (asset_identity), so that a later, better key can be added to the same asset.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

import pyarrow as pa

from scanner.store import sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import duckdb

NAMESPACE: Final = UUID("6f1d6c0e-2f5b-5c55-9a53-1d6f0f2a7c11")
_API_KINDS: Final = frozenset({"model_api"})
_CLOUD_KINDS: Final = frozenset({"cloud_ai_resource", "gpu_compute"})
_TENANT_KINDS: Final = frozenset(
    {"saas_chat", "saas_app", "embedded_ai", "agent_platform", "coding_assistant"}
)
_PLAIN_KINDS: Final = frozenset({"model_hub", "browser_extension", "ai_crawler_inbound"})


# Evidence that names a way of talking and not a product; another product at the place explains it.
GENERIC: Final = frozenset({"inference_server/openai_compatible"})


@dataclass(frozen=True, slots=True)
class Grain:
    """What tells one asset of a service from the next: a key, and what a person calls it.

    place: address and port of a server that is known by what it speaks, not by its name.
    """

    key: str
    name: str
    service: str
    place: str | None = None


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
        return Grain(f"{service}|at={place}", f"{product} at {where}", service, place)
    if row["per_host"]:
        return Grain(
            f"{service}|host={host}", f"{product} ({host.split('.', maxsplit=1)[0]})", service
        )
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
        target = min(found, key=lambda one: (_weight(one), one.key))
        out |= {one: target for one in found if _weight(one) > _weight(target)}
    return out


def _weight(one: Grain) -> int:
    """0 a product, 1 a shape of API, 2 a client library."""
    if one.service in GENERIC:
        return 1
    return 2 if one.service.startswith(("model_api/", "sdk_or_package/")) else 0


GRAIN_COLUMNS: Final = (
    "service", "kind", "by_host", "per_host", "dst_host", "dst_ip", "dst_port", "account",
    "principal", "region", "tenant",
)  # fmt: skip


def identified(
    con: duckdb.DuckDBPyConnection,
    sightings: pa.Table,
    products: Mapping[str, str],
    organisation: str,
    run_id: str,
) -> pa.Table:
    """The sightings with their `asset_id`; new grains get an id in asset_identity.

    sightings: detections in the columns of scan_range.PARTIAL and more.
    """
    keys = _grains(sightings, products)
    known = dict(
        con.execute(
            "select key_value, asset_id from asset_identity where key_type = 'grain'"
        ).fetchall()
    )
    ids = {
        one.key: known.get(one.key) or str(uuid5(NAMESPACE, f"{organisation}\n{one.key}"))
        for one in keys
    }
    table = pa.table(
        {
            "key_value": pa.array(list(ids), pa.string()),
            "asset_id": pa.array(list(ids.values()), pa.string()),
        }
    )
    con.register("grains", table)
    con.execute(
        """
        insert into asset_identity
        select asset_id, 'grain', key_value, $run_id, $run_id from grains
        on conflict (key_type, key_value) do update set last_run = excluded.last_run
        """,
        {"run_id": run_id},
    )
    con.unregister("grains")
    named = {ids[one.key]: one for one in keys}
    fresh = pa.table(
        {
            "asset_id": pa.array(list(named), pa.string()),
            "name": pa.array([one.name for one in named.values()], pa.string()),
            "service": pa.array([one.service for one in named.values()], pa.string()),
        }
    )
    con.register("fresh", fresh)
    con.execute(
        """
        create or replace temp table asset_name as
        select asset_id, name, service, null::varchar as subtype from fresh
        union all by name
        select asset_id, name, service, subtype from asset
        where asset_id not in (select asset_id from fresh)
        """
    )
    con.unregister("fresh")
    return sightings.append_column(
        "asset_id", pa.array([ids[one.key] for one in keys], pa.string())
    )


def _grains(sightings: pa.Table, products: Mapping[str, str]) -> list[Grain]:
    """The grain of each sighting; each distinct combination of facts is looked at once."""
    columns = [sightings[name].to_pylist() for name in GRAIN_COLUMNS]
    every = list(zip(*columns, strict=True))
    rows = {facts: dict(zip(GRAIN_COLUMNS, facts, strict=True)) for facts in dict.fromkeys(every)}
    hosts = named(rows.values())
    found = {}
    for facts, row in rows.items():
        if row["dst_host"] is None or row["dst_host"] == row["dst_ip"]:
            row["dst_host"] = hosts.get((row["dst_ip"], row["dst_port"]), row["dst_host"])
        found[facts] = grain(row, products[str(row["service"])])
    stands_for = merged(set(found.values()))
    return [stands_for.get(found[facts], found[facts]) for facts in every]


def named(rows: Iterable[Mapping[str, object]]) -> dict[tuple[object, object], object]:
    """(address, port) to host name, where logs that say both always gave the same name.

    Several names behind one address (a gateway, a content network) are several servers.
    """
    seen: dict[tuple[object, object], set[object]] = {}
    for row in rows:
        if not row["by_host"] and row["dst_ip"] and row["dst_host"] not in {None, row["dst_ip"]}:
            seen.setdefault((row["dst_ip"], row["dst_port"]), set()).add(row["dst_host"])
    return {key: min(found, key=str) for key, found in seen.items() if len(found) == 1}


def build_assets(con: duckdb.DuckDBPyConnection) -> None:
    """Bring table `asset` up to date with all sightings of the store."""
    con.execute("delete from asset")
    con.execute(sql("identify.sql"))
