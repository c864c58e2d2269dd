"""From sightings to assets, and the id an asset keeps for good.

The id is made once from the grain, then persisted (asset_identity), so that a later, better key
can be added to the same asset. Sightings pass in tables, one at a time: memory grows with what is
distinct about the assets, and with the sightings of servers known by address, and not with users
and days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scanner.aliases import load_aliases, with_reasons
from scanner.crowds import folded
from scanner.distinct import distinct
from scanner.grain import Grain, by_address, grain, merged
from scanner.joins import Known, join_ids, known_ids
from scanner.rows import insert_rows
from scanner.store import sql
from scanner.usual import believed
from signatures.families import shipped_families

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import duckdb

    from scanner.aliases import Alias, Aliases
    from scanner.crowds import Crowd

NAMESPACE: Final = UUID("6f1d6c0e-2f5b-5c55-9a53-1d6f0f2a7c11")
KEPT_MODELS: Final = 200  # names of an asset that are kept; more than there are families
FAMILIES_AT_ONCE: Final = 1 << 14
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
    sightings: Sequence[pa.Table] | Iterable[pa.Table],
    products: Mapping[str, str],
    organisation: str,
    run_id: str,
) -> Iterator[pa.Table]:
    """The sightings with their `asset_id`; new grains get an id in asset_identity.

    sightings: detections in the columns of sums.PARTIAL and more; gone through twice.
    """
    aliases = load_aliases(con)
    known = known_ids(con)
    by_host, by_place = _gathered(sightings)
    joined, reasons = _aliased(con, by_place, aliases, known)
    grains = {
        row: grain(dict(zip(GRAIN_COLUMNS, row, strict=True)), products[str(row[0])])
        for table in (by_host, _called(by_place, joined))
        for row in _distinct_rows(table)
    }
    grains, crowds = folded(grains, GRAIN_COLUMNS, known, sightings, products)
    _write_crowds(con, run_id, crowds)
    stands_for = merged({*grains.values(), *_stored(known, products)})
    grains = {row: stands_for.get(one, one) for row, one in grains.items()}
    keys = set(grains.values())
    ids = join_ids(con, keys, lambda key: str(uuid5(NAMESPACE, f"{organisation}\n{key}")), known)
    aliases.write(con, run_id)
    _write_ids(con, ids, run_id)
    _write_names(con, {ids[one.key]: one for one in sorted(keys, key=by_address, reverse=True)})
    assets = {row: ids[one.key] for row, one in grains.items()}
    return _with_ids(sightings, assets, joined, reasons)


def _gathered(sightings: Iterable[pa.Table]) -> tuple[pa.Table, pa.Table]:
    """Distinct grains of what was found by its name; and all that was found by address."""
    by_host, by_place = [], []
    columns = [*GRAIN_COLUMNS, *(name for name in ALIAS_COLUMNS if name not in GRAIN_COLUMNS)]
    for table in sightings:
        named = table.filter(table["by_host"]).select(GRAIN_COLUMNS)
        by_host.append(named.take(pa.array(distinct(named, GRAIN_COLUMNS)[0])))
        by_place.append(table.filter(pc.invert(table["by_host"])).select(columns))
    return pa.concat_tables(by_host), pa.concat_tables(by_place)


def _aliased(
    con: duckdb.DuckDBPyConnection, by_place: pa.Table, aliases: Aliases, known: Iterable[str]
) -> tuple[list[Alias | None], list[str | None]]:
    """The alias each of these sightings is joined by, and what is to be said of it."""
    stored = {key.partition("|at=")[2] for key in known}
    rows = [dict(zip(ALIAS_COLUMNS, row, strict=True)) for row in _rows(by_place, ALIAS_COLUMNS)]
    return believed(con, rows, aliases, stored)


def _called(sightings: pa.Table, joined: Sequence[Alias | None]) -> pa.Table:
    """The sightings with the name each is joined by as its host."""
    if not any(joined):
        return sightings
    hosts = [
        host if alias is None else alias.host
        for host, alias in zip(sightings["dst_host"].to_pylist(), joined, strict=True)
    ]
    at = sightings.column_names.index("dst_host")
    return sightings.set_column(at, "dst_host", pa.array(hosts, pa.string()))


def _with_ids(
    sightings: Iterable[pa.Table],
    assets: Mapping[tuple[object, ...], str],
    joined: Sequence[Alias | None],
    reasons: Sequence[str | None],
) -> Iterator[pa.Table]:
    """Each table with its asset ids. joined, reasons: of the rows by address, in their order."""
    told = 0
    for table in sightings:
        places = np.flatnonzero(pc.invert(table["by_host"]).to_numpy())
        aliases: list[Alias | None] = [None] * table.num_rows
        remarks: list[str | None] = [None] * table.num_rows
        for number, row in enumerate(places.tolist(), told):
            aliases[row], remarks[row] = joined[number], reasons[number]
        told += len(places)
        first, which = distinct(_called(table, aliases), GRAIN_COLUMNS)
        rows = _rows(_called(table, aliases).take(pa.array(first)), GRAIN_COLUMNS)
        ids = pa.array([assets[row] for row in rows], pa.string())
        yield with_reasons(table, remarks).append_column("asset_id", ids.take(pa.array(which)))


def _distinct_rows(table: pa.Table) -> Iterator[tuple[object, ...]]:
    first, _ = distinct(table, GRAIN_COLUMNS)
    return _rows(table.take(pa.array(first)), GRAIN_COLUMNS)


def _rows(table: pa.Table, columns: Sequence[str]) -> Iterator[tuple[object, ...]]:
    return zip(*(table[name].to_pylist() for name in columns), strict=True)


def _stored(known: Mapping[str, Known], products: Mapping[str, str]) -> Iterator[Grain]:
    """The servers of the store as grains, if the catalogue still has their product.

    They take in generic signs of this run.
    """
    for key in known:
        service, at, place = key.partition("|at=")
        if at and service in products:
            yield Grain(key, f"{products[service]} at {place}", service, place)


def _write_ids(con: duckdb.DuckDBPyConnection, ids: Mapping[str, str], run_id: str) -> None:
    con.register("grains", _texts(key_value=list(ids), asset_id=list(ids.values())))
    con.execute(
        """
        insert into asset_identity
        select asset_id, 'grain', key_value, $run_id, $run_id from grains
        on conflict (key_type, key_value) do update set last_run = excluded.last_run
        """,
        {"run_id": run_id},
    )
    con.unregister("grains")


def _write_names(con: duckdb.DuckDBPyConnection, named: Mapping[str, Grain]) -> None:
    """Temporary table asset_name: every asset of the store, by its newest name."""
    fresh = _texts(
        asset_id=list(named),
        name=[one.name for one in named.values()],
        service=[one.service for one in named.values()],
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


def _write_crowds(con: duckdb.DuckDBPyConnection, run_id: str, crowds: Iterable[Crowd]) -> None:
    """Among the problems of the run: of which products clients sent too many names."""
    told = {"line": None, "field": None, "level": "warning", "reason": "names"}
    where = {"run_id": run_id, "source": "-", "path": "-"}
    insert_rows(con, "problem", [{**where, **told, "message": one.message} for one in crowds])


def _texts(**columns: list[str]) -> pa.Table:
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def build_assets(con: duckdb.DuckDBPyConnection) -> None:
    """Bring table `asset` up to date with all sightings of the store."""
    con.execute("delete from asset")
    _name_families(con)
    con.execute(sql("identify.sql"), {"kept": KEPT_MODELS})


def _name_families(con: duckdb.DuckDBPyConnection) -> None:
    """Temporary table model_family: the family of each model seen, where one knows it."""
    con.execute(
        "create or replace temp table model_family"
        " (model varchar, family varchar, maker_name varchar)"
    )
    found = con.execute("select distinct model from sighting where model is not null")
    known: list[tuple[str, str, str]] = []
    while batch := found.fetchmany(FAMILIES_AT_ONCE):
        for (model,) in batch:
            family = shipped_families().of(model)
            if family is not None:
                known.append((model, family.id, family.maker_name))
    if known:
        models, families, makers = map(list, zip(*known, strict=True))
        con.register("known", _texts(model=models, family=families, maker_name=makers))
        con.execute("insert into model_family select * from known")
        con.unregister("known")
