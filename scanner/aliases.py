"""Names and addresses of one server: which name stood at which address, and when.

A log that shows both teaches the store; a later log that shows the address alone may then be of
the same server. An address is lent anew (DHCP) and shared (a gateway), so a name holds only near
the times it was seen there, and two names at one time are nobody's. Clients choose the names they
send: whether one is believed is for usual.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from scanner.rows import insert_rows
from signatures.hosts import is_ip

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

# How long a name holds at an address where nothing was seen: DESIGN calls an asset gone after it.
REACH: Final = timedelta(days=30)

Place = tuple[str, int | None]


@dataclass(slots=True)
class Alias:
    """A name at an address and port.

    first, last: when logs showed both; held_from, held_to: with the times the address alone was
    taken for it. source: the log that showed it first.
    """

    host: str
    place: Place
    first: datetime
    last: datetime
    held_from: datetime
    held_to: datetime
    source: str

    def near(self, first: datetime, last: datetime) -> bool:
        """Whether it may be believed between `first` and `last`."""
        return self.held_from - REACH <= last and first <= self.held_to + REACH

    def meets(self, first: datetime, last: datetime) -> bool:
        """Whether logs showed both within that time."""
        return self.first <= last and first <= self.last

    @property
    def why(self) -> str:
        """What the evidence says of a sighting that was joined by it."""
        where = place_text(self.place)
        return f"alias:{where} is {self.host}, shown together in {self.source} on {self.first:%F}"


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of table alias, without its run."""

    host: str
    address: str
    port: int | None
    named: bool
    source: str
    first_seen: datetime
    last_seen: datetime


class Aliases:
    """All aliases of a store; `learn` adds to them, `at` asks."""

    def __init__(self, shown: Iterable[Shown] = ()) -> None:
        """`shown`: rows of the store, earliest run first."""
        self._at: dict[Place, dict[str, Alias]] = {}
        self._fresh: dict[tuple[str, str, int | None, bool], Shown] = {}
        for one in shown:
            self._add(one)

    def learn(self, one: Shown) -> None:
        """Note what this run showed; rows of one name and place become one."""
        self._add(one)
        key = (one.host, one.address, one.port, one.named)
        before = self._fresh.get(key, one)
        first = min((before, one), key=lambda row: (row.first_seen, row.source))
        self._fresh[key] = Shown(
            one.host, one.address, one.port, one.named, first.source, first.first_seen,
            max(before.last_seen, one.last_seen),
        )  # fmt: skip

    def at(self, place: Place, first: datetime, last: datetime) -> Alias | None:
        """The one name that held a place between `first` and `last`; None when that is not sure.

        The last name seen there holds until another is seen; between two names nobody knows.
        """
        known = sorted(self._at.get(place, {}).values(), key=lambda one: (one.first, one.host))
        if any(one.last >= after.first for one, after in pairwise(known)):
            return None
        near = [one for one in known if one.near(first, last)]
        during = [one for one in near if one.meets(first, last)]
        before = [one for one in near if one.last < first]
        after = [one for one in near if one.first > last]
        if during:
            return during[0] if len(during) == 1 else None
        if before and after:
            return None
        return before[-1] if before else after[0] if after else None

    def write(self, con: duckdb.DuckDBPyConnection, run_id: str) -> None:
        """Keep what this run showed."""
        rows: list[dict[str, object]] = [
            {
                "run_id": run_id,
                **{name: getattr(one, name) for name in Shown.__slots__},
            }
            for _, one in sorted(self._fresh.items(), key=lambda item: str(item[0]))
        ]
        insert_rows(con, "alias", rows)

    def _add(self, one: Shown) -> None:
        names = self._at.setdefault((one.address, one.port), {})
        known = names.get(one.host)
        if known is None:
            if one.named:
                names[one.host] = Alias(
                    one.host, (one.address, one.port), one.first_seen, one.last_seen,
                    one.first_seen, one.last_seen, one.source,
                )  # fmt: skip
            return
        if one.named:
            known.first = min(known.first, one.first_seen)
            known.last = max(known.last, one.last_seen)
        known.held_from = min(known.held_from, one.first_seen)
        known.held_to = max(known.held_to, one.last_seen)


def load_aliases(con: duckdb.DuckDBPyConnection) -> Aliases:
    """What the store's runs have shown."""
    rows = con.execute(
        """
        select host, address, port, named, source, first_seen, last_seen
        from alias
        join run using (run_id)
        order by seq, host, address, port, named
        """
    ).fetchall()
    return Aliases(Shown(*row) for row in rows)


def by_alias(rows: Sequence[Mapping[str, object]], aliases: Aliases) -> list[Alias | None]:
    """Of each sighting that shows an address alone the name that stood there then, if one did.

    rows: columns of scan_range.PARTIAL and `source`. What they show is learnt first, so their
    order does not matter.
    """
    for row in rows:
        host = row["dst_host"]
        if not row["by_host"] and row["dst_ip"] and not is_alone(row) and not is_ip(str(host)):
            aliases.learn(_shown(row, str(host), named=True))
    return [
        aliases.at(place_of(row), time_of(row, "first"), time_of(row, "last"))
        if not row["by_host"] and row["dst_ip"] and is_alone(row)
        else None
        for row in rows
    ]


def hold(
    rows: Iterable[Mapping[str, object]], joined: Iterable[Alias | None], aliases: Aliases
) -> None:
    """Note of each sighting that was joined by an alias that the name held then."""
    for row, alias in zip(rows, joined, strict=True):
        if alias is not None:
            aliases.learn(_shown(row, alias.host, named=False))


def with_reasons(sightings: pa.Table, reasons: Sequence[str | None]) -> pa.Table:
    """The sightings, their indicators with what an alias has to say of each."""
    if not any(reasons):
        return sightings
    at = sightings.column_names.index("indicators")
    texts = [
        text if reason is None else f"{text}\n{reason}"
        for text, reason in zip(sightings["indicators"].to_pylist(), reasons, strict=True)
    ]
    return sightings.set_column(at, "indicators", pa.array(texts, pa.string()))


def is_alone(row: Mapping[str, object]) -> bool:
    """Whether a sighting shows an address and no name."""
    return row["dst_host"] in {None, row["dst_ip"]}


def place_of(row: Mapping[str, object]) -> Place:
    """Address and port of a sighting that has an address."""
    port = row["dst_port"]
    return str(row["dst_ip"]), port if isinstance(port, int) else None


def place_text(place: Place) -> str:
    """A place as keys and evidence have it."""
    address, port = place
    return address if port is None else f"{address}:{port}"


def time_of(row: Mapping[str, object], which: str) -> datetime:
    """When a sighting was seen `first` or `last`."""
    value = row[f"{which}_seen"]
    if not isinstance(value, datetime):
        raise TypeError(f"{which}_seen of a sighting is no time: {value!r}")
    return value


def _shown(row: Mapping[str, object], host: str, *, named: bool) -> Shown:
    address, port = place_of(row)
    return Shown(host, address, port, named, str(row["source"]), time_of(row, "first"),
                 time_of(row, "last"))  # fmt: skip
