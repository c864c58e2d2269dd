"""Whether the name that clients sent to an address is believed to be that server's.

A Host header and an SNI are what a client chose to send. One line with an approved name must not
lend that name, and the approval with it, to a server that nobody approved. So a name is believed
only where it is the usual one, of a server that was not known by its address before, and for
clients that sent it themselves. In doubt there are two assets, and the evidence says why.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from scanner.aliases import REACH, by_alias, hold, is_alone, place_of, place_text, time_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    import duckdb

    from scanner.aliases import Alias, Aliases, Place

CLIENTS: Final = 2  # that sent the name; one alone could make any name up


@dataclass(frozen=True, slots=True)
class Sent:
    """What one client sent to one place in one run.

    run: None is the run at hand. host: None where the address stands alone. actor: pseudonym.
    """

    run: str | None
    host: str | None
    place: Place
    actor: str | None
    hits: int
    first: datetime
    last: datetime


def doubt(
    alias: Alias, here: Sequence[Sent], so_named: Sequence[Sent], known: Collection[str]
) -> str | None:
    """Why the address alone is not taken for the name; None when it is.

    here: what the store and this run have of the place; so_named: of the name, anywhere. known:
    places (text) that have an asset in the store.
    """
    where = place_text(alias.place)
    if where in known:
        return f"{where} was known by itself before"
    alone = [one for one in here if one.run is None and one.host is None]
    if elsewhere := _elsewhere(alias, alone, so_named):
        return f"the name stands at {elsewhere} too"
    runs = {one.run for one in here if one.host == alias.host}
    within = [one for one in here if one.run in runs]
    if any(one.host not in {None, alias.host} for one in within):
        return "another name stands there too"
    named = [one for one in within if one.host == alias.host]
    hits, total = (sum(one.hits for one in some) for some in (named, within))
    if hits * 2 < total:
        return f"only {hits} of {total} records there carry the name"
    return _of_clients(named, alone)


def _of_clients(named: Iterable[Sent], alone: Iterable[Sent]) -> str | None:
    """Whether too few sent the name, or others than they use the address alone."""
    clients = {one.actor for one in named if one.actor is not None}
    if len(clients) < CLIENTS:
        return f"fewer than {CLIENTS} known clients sent the name there"
    if any(one.actor not in clients for one in alone):
        return "other clients use the address than sent the name"
    return None


def _elsewhere(alias: Alias, alone: Iterable[Sent], so_named: Iterable[Sent]) -> str | None:
    """Another address at which the name stood about then."""
    times = [time for one in alone for time in (one.first, one.last)]
    since = min([alias.first, *times]) - REACH
    until = max([alias.last, *times]) + REACH
    found = {one.place[0] for one in so_named if one.first <= until and one.last >= since}
    return min(found - {alias.place[0]}, default=None)


def believed(
    con: duckdb.DuckDBPyConnection,
    rows: Sequence[Mapping[str, object]],
    aliases: Aliases,
    known: Collection[str],
) -> tuple[list[Alias | None], list[str | None]]:
    """Of each sighting the alias it is joined by, and what its evidence is to say of that.

    rows: sightings of this run that were not found by host, in identify.ALIAS_COLUMNS. known:
    places (text) that have an asset in the store.
    """
    found = by_alias(rows, aliases)
    asked = {(alias.place, alias.host): alias for alias in found if alias is not None}
    if not asked:
        return found, [None] * len(rows)
    sent = [*_stored(con, asked.values()), *(_sent(row) for row in rows if row["dst_ip"])]
    at_place, by_name = defaultdict(list), defaultdict(list)
    for one in sent:
        at_place[one.place].append(one)
        if one.host is not None:
            by_name[one.host].append(one)
    doubts = {
        key: doubt(alias, at_place[alias.place], by_name[alias.host], known)
        for key, alias in asked.items()
    }
    why_not = [None if one is None else doubts[one.place, one.host] for one in found]
    reasons = [
        None if one is None else _says(one, why) for one, why in zip(found, why_not, strict=True)
    ]
    joined = [None if why else one for one, why in zip(found, why_not, strict=True)]
    hold(rows, joined, aliases)
    return joined, reasons


def _says(alias: Alias, why_not: str | None) -> str:
    if why_not is None:
        return alias.why
    return f"alias:{place_text(alias.place)} was called {alias.host}, not joined: {why_not}"


def _sent(row: Mapping[str, object]) -> Sent:
    actor, hits = row["actor"], row["hits"]
    return Sent(
        run=None,
        host=None if is_alone(row) else str(row["dst_host"]),
        place=place_of(row),
        actor=None if actor is None else str(actor),
        hits=hits if isinstance(hits, int) else 0,
        first=time_of(row, "first"),
        last=time_of(row, "last"),
    )


def _stored(con: duckdb.DuckDBPyConnection, asked: Iterable[Alias]) -> list[Sent]:
    """What earlier runs saw of these places, and of these names anywhere."""
    about = list(asked)
    rows = con.execute(
        """
        select
            run_id,
            nullif(dst_host, dst_ip) as host,
            dst_ip,
            dst_port,
            actor,
            sum(hits)::bigint,
            min(first_seen),
            max(last_seen)
        from sighting
        where dst_ip is not null
          and (dst_ip in (select unnest($addresses)) or dst_host in (select unnest($hosts)))
        group by all
        order by all
        """,
        {
            "addresses": sorted({one.place[0] for one in about}),
            "hosts": sorted({one.host for one in about}),
        },
    ).fetchall()
    return [Sent(run, host, (address, port), *rest) for run, host, address, port, *rest in rows]
