"""Which id a server keeps when it is known better, or is found to be another that was known.

The id is made once. A name learnt for an address, or a product recognised where only a generic
API was, is a better key for the same asset and not another asset.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    import duckdb

    from scanner.aliases import Aliases

# Evidence that names a way of talking and not a product; another product at the place explains it.
GENERIC: Final = frozenset({"inference_server/openai_compatible"})


class Key(Protocol):
    """What identify.Grain gives."""

    @property
    def key(self) -> str:
        """Service and what tells one asset of it from the next."""

    @property
    def service(self) -> str:
        """Signature id."""

    @property
    def place(self) -> str | None:
        """Host and port of a server."""


@dataclass(frozen=True, slots=True)
class Known:
    """A grain of the store: its asset, when that was seen, the number of the run that made it."""

    asset_id: str
    first_seen: datetime | None
    last_seen: datetime | None
    seq: int


def weight(service: str) -> int:
    """0 a product, 1 a shape of API, 2 a client library."""
    if service in GENERIC:
        return 1
    return 2 if service.startswith(("model_api/", "sdk_or_package/")) else 0


def known_ids(con: duckdb.DuckDBPyConnection) -> dict[str, Known]:
    """The grains of the store and their assets."""
    rows = con.execute(
        """
        select k.key_value, k.asset_id, s.first_seen, s.last_seen, coalesce(r.seq, 0)
        from asset_identity as k
        left join run as r on r.run_id = k.first_run
        left join (
            select asset_id, min(first_seen) as first_seen, max(last_seen) as last_seen
            from sighting
            group by asset_id
        ) as s using (asset_id)
        where k.key_type = 'grain'
        order by k.key_value
        """
    ).fetchall()
    return {str(key): Known(*rest) for key, *rest in rows}


def join_ids(
    con: duckdb.DuckDBPyConnection,
    grains: Iterable[Key],
    fresh: Callable[[str], str],
    known: Mapping[str, Known],
    aliases: Aliases,
) -> dict[str, str]:
    """Key to asset id, for all keys of this run.

    fresh: gives the id of a key that is new. An asset that turns out to be another one of the
    store is merged into the elder, sightings and confirmed matches with it.
    """
    keys = Counter(one.asset_id for one in known.values())
    distinct = {one.key: one for one in grains}
    ids = {key: known[key].asset_id for key in distinct if key in known}
    moved: dict[str, str] = {}
    for _, one in sorted(distinct.items()):
        for other in _same(one, known, aliases):
            theirs = moved.get(known[other].asset_id, known[other].asset_id)
            if keys[theirs] > 1 or theirs == ids.get(one.key):
                continue  # it has a better key of its own, or is this one already
            if one.key not in ids:
                ids[one.key] = theirs
                keys[theirs] += 1
                continue
            mine = ids[one.key]
            elder, younger = sorted((mine, theirs), key=lambda asset: (_made(asset, known), asset))
            _merge(con, younger, elder)
            moved[younger] = elder
            keys[elder] += keys.pop(younger)
        ids.setdefault(one.key, fresh(one.key))
    return {key: moved.get(asset, asset) for key, asset in ids.items()}


def _same(one: Key, known: Mapping[str, Known], aliases: Aliases) -> Iterator[str]:
    """Keys of the store that name the same server less well."""
    if one.place is None:
        return
    host, number = _parts(one.place)
    for place in aliases.places(host, number):
        key = f"{one.service}|at={place[0]}" + (f":{place[1]}" if place[1] else "")
        other = known.get(key)
        if key == one.key or other is None or other.first_seen is None or other.last_seen is None:
            continue
        held = aliases.at(place, other.first_seen, other.last_seen)
        if held is not None and held.host == host:
            yield key
    if weight(one.service) == 0:
        for key in known:
            service, at, where = key.partition("|at=")
            if at and where == one.place and weight(service) > 0:
                yield key


def _parts(place: str) -> tuple[str, int | None]:
    """Host and port of a place; an address alone has colons of its own."""
    host, _, port = place.rpartition(":")
    return (host, int(port)) if host and port.isdecimal() else (place, None)


def _made(asset: str, known: Mapping[str, Known]) -> int:
    return min(one.seq for one in known.values() if one.asset_id == asset)


def _merge(con: duckdb.DuckDBPyConnection, younger: str, elder: str) -> None:
    both = {"younger": younger, "elder": elder}
    con.execute("update sighting set asset_id = $elder where asset_id = $younger", both)
    con.execute("update asset_identity set asset_id = $elder where asset_id = $younger", both)
    con.execute(
        """
        insert into binding
        select key_type, $elder, ref, bound_by, bound_at, why
        from binding
        where key_value = $younger
        on conflict do nothing
        """,
        both,
    )
    con.execute("delete from binding where key_value = $younger", {"younger": younger})
