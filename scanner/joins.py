"""Which id a server keeps when it is known better.

The id is made once. A product recognised where only a generic API was is a better key for the same
asset and not another asset. A name learnt for an address is not: clients choose it (usual.py).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import duckdb

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
    """A grain of the store: its asset, and the number of the run that made it."""

    asset_id: str
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
        select k.key_value, k.asset_id, coalesce(r.seq, 0)
        from asset_identity as k
        left join run as r on r.run_id = k.first_run
        where k.key_type = 'grain'
        order by k.key_value
        """
    ).fetchall()
    return {str(key): Known(str(asset), int(seq)) for key, asset, seq in rows}


def join_ids(
    con: duckdb.DuckDBPyConnection,
    grains: Iterable[Key],
    fresh: Callable[[str], str],
    known: Mapping[str, Known],
) -> dict[str, str]:
    """Key to asset id, for all keys of this run.

    fresh: gives the id of a key that is new. An asset that turns out to be another one of the
    store is merged into the elder, sightings and confirmed matches with it.
    """
    assets = _Assets(known)
    shapes = _shapes(known)
    distinct = {one.key: one for one in grains}
    ids = {key: known[key].asset_id for key in distinct if key in known}
    for _, one in sorted(distinct.items()):
        for other in shapes.get(one.place or "", ()) if weight(one.service) == 0 else ():
            theirs = assets.root(other)
            mine = assets.root(ids[one.key]) if one.key in ids else None
            if theirs == mine or assets.keys[theirs] > 1:
                continue  # it is this one already, or has a better key of its own
            if mine is None:
                ids[one.key] = theirs
                assets.keys[theirs] += 1
            else:
                _merge(con, *assets.joined(mine, theirs))
        ids.setdefault(one.key, fresh(one.key))
    return {key: assets.root(asset) for key, asset in ids.items()}


class _Assets:
    """The assets of the store, those merged in this run standing for one another (union-find)."""

    def __init__(self, known: Mapping[str, Known]) -> None:
        self.keys = Counter(one.asset_id for one in known.values())
        self._made: dict[str, int] = {}
        self._into: dict[str, str] = {}
        for one in known.values():
            self._made[one.asset_id] = min(one.seq, self._made.get(one.asset_id, one.seq))

    def root(self, asset: str) -> str:
        """The asset that one became."""
        while asset in self._into:
            asset = self._into[asset]
        return asset

    def joined(self, one: str, other: str) -> tuple[str, str]:
        """Make two roots one; the younger, which is no more, and the elder."""
        elder, younger = sorted((one, other), key=lambda asset: (self._made[asset], asset))
        self._into[younger] = elder
        self.keys[elder] += self.keys.pop(younger)
        return younger, elder


def _shapes(known: Mapping[str, Known]) -> Mapping[str, list[str]]:
    """Of each place the assets that are known there by a shape of API or a library only."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for key, one in known.items():
        service, at, place = key.partition("|at=")
        if at and weight(service) > 0:
            found[place].append(one.asset_id)
    return found


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
