"""From sightings to assets: what one asset is (its grain), and the id it keeps for good.

The grain is DESIGN table 1: cloud by resource or region, SaaS by tenant, a model API by calling
account or principal, a self-hosted server by product and address. The id is made once from the
grain, then persisted (asset_identity), so that a later, better key can be added to the same asset.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scanner.aliases import load_aliases, with_reasons
from scanner.distinct import distinct
from scanner.joins import Known, join_ids, known_ids, weight
from scanner.store import sql
from scanner.usual import believed
from signatures.hosts import is_ip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import duckdb

    from scanner.aliases import Alias, Aliases
    from scanner.distinct import Ints

NAMESPACE: Final = UUID("6f1d6c0e-2f5b-5c55-9a53-1d6f0f2a7c11")
_API_KINDS: Final = frozenset({"model_api"})
_CLOUD_KINDS: Final = frozenset({"cloud_ai_resource", "gpu_compute"})
_TENANT_KINDS: Final = frozenset(
    {"saas_chat", "saas_app", "embedded_ai", "agent_platform", "coding_assistant"}
)
_PLAIN_KINDS: Final = frozenset({"model_hub", "browser_extension", "ai_crawler_inbound"})


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
    return weight(one.service)


GRAIN_COLUMNS: Final = (
    "service", "kind", "by_host", "per_host", "dst_host", "dst_ip", "dst_port", "account",
    "principal", "region", "tenant",
)  # fmt: skip
ALIAS_COLUMNS: Final = (
    "by_host", "dst_host", "dst_ip", "dst_port", "actor", "hits", "source", "first_seen",
    "last_seen",
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
    aliases = load_aliases(con)
    known = known_ids(con)
    found, reasons = _aliased(con, sightings, aliases, known)
    sightings = with_reasons(sightings, reasons)
    keys, which = _grains(sightings, products, found, _stored(known, products))
    ids = join_ids(con, keys, lambda key: str(uuid5(NAMESPACE, f"{organisation}\n{key}")), known)
    aliases.write(con, run_id)
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
    named = {ids[one.key]: one for one in sorted(keys, key=_by_address, reverse=True)}
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
        "asset_id", pa.array([ids[one.key] for one in keys], pa.string()).take(pa.array(which))
    )


def _aliased(
    con: duckdb.DuckDBPyConnection,
    sightings: pa.Table,
    aliases: Aliases,
    known: Iterable[str],
) -> tuple[list[Alias | None], list[str | None]]:
    """The alias each sighting is joined by, and what is to be said of it.

    Only what was found by address can have one.
    """
    places = np.flatnonzero(pc.invert(sightings["by_host"]).to_numpy())
    found: list[Alias | None] = [None] * sightings.num_rows
    reasons: list[str | None] = [None] * sightings.num_rows
    rows = list(_rows(sightings.take(pa.array(places)), ALIAS_COLUMNS))
    stored = {key.partition("|at=")[2] for key in known}
    for row, alias, reason in zip(
        places.tolist(), *believed(con, rows, aliases, stored), strict=True
    ):
        found[row], reasons[row] = alias, reason
    return found, reasons


def _grains(
    sightings: pa.Table,
    products: Mapping[str, str],
    joined: Sequence[Alias | None],
    stored: Iterable[Grain],
) -> tuple[list[Grain], Ints]:
    """The distinct grains, and which each sighting has.

    joined: the alias of each sighting that has no name of its own. stored: servers of the store,
    which take in generic signs of this run.
    """
    if any(joined):
        at = sightings.column_names.index("dst_host")
        hosts = [
            alias.host if alias is not None else host
            for host, alias in zip(sightings["dst_host"].to_pylist(), joined, strict=True)
        ]
        sightings = sightings.set_column(at, "dst_host", pa.array(hosts, pa.string()))
    first, which = distinct(sightings, GRAIN_COLUMNS)
    found = [
        grain(row, products[str(row["service"])])
        for row in _rows(sightings.take(pa.array(first)), GRAIN_COLUMNS)
    ]
    stands_for = merged({*found, *stored})
    return [stands_for.get(one, one) for one in found], which


def _rows(sightings: pa.Table, columns: Sequence[str]) -> Iterator[dict[str, object]]:
    """Sightings as mappings of these columns."""
    values = [sightings[name].to_pylist() for name in columns]
    return (dict(zip(columns, one, strict=True)) for one in zip(*values, strict=True))


def _stored(known: Mapping[str, Known], products: Mapping[str, str]) -> Iterator[Grain]:
    """The servers of the store as grains, if the catalogue still has their product."""
    for key in known:
        service, at, place = key.partition("|at=")
        if at and service in products:
            yield Grain(key, f"{products[service]} at {place}", service, place)


def _by_address(one: Grain) -> tuple[bool, str]:
    """A name is the better name of a server that is known by its address too."""
    host, _, _ = (one.place or "").rpartition(":")
    return is_ip(host or one.place or ""), one.key


def build_assets(con: duckdb.DuckDBPyConnection) -> None:
    """Bring table `asset` up to date with all sightings of the store."""
    con.execute("delete from asset")
    con.execute(sql("identify.sql"))
