"""Names that clients send, where there are too many of them to be servers.

A Host header is free: one client may name any number of servers of a product. So many names of a
product are believed in a run; what carries others belongs to the address it went to, or, where no
log shows one, to one asset that stands for them all (docs/decisions/0019).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from scanner.grain import Grain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

NAMES: Final = 1000  # of a product, in one run, that the store did not know before
_ASKED: Final = ("service", "dst_host", "dst_ip", "dst_port")


@dataclass(frozen=True, slots=True)
class Crowd:
    """A product with more names than are believed. names: how many of them were folded."""

    service: str
    names: int
    product: str

    @property
    def message(self) -> str:
        """What is said of it among the problems of the run."""
        return (
            f"{self.product}: clients sent {self.names + NAMES} new names of servers; the {NAMES} "
            f"asked for most are assets, {self.names} are counted at their addresses or as one"
        )


def folded(
    grains: Mapping[tuple[object, ...], Grain],
    columns: tuple[str, ...],
    known: Collection[str],
    sightings: Iterable[pa.Table],
    products: Mapping[str, str],
) -> tuple[dict[tuple[object, ...], Grain], list[Crowd]]:
    """The grains with those of too many names replaced, and what is to be said of it.

    grains: by rows of `columns`. known: keys of the store, which stay what they are. sightings:
    all of the run; they are asked for hits only where there is a crowd.
    """
    sent = {one.key: one for one in grains.values() if one.named and one.key not in known}
    count = Counter(one.service for one in sent.values())
    crowds = {service for service, number in count.items() if number > NAMES}
    if not crowds:
        return dict(grains), []
    hits = _hits(sightings, crowds)
    asked: Counter[str] = Counter()
    at = [columns.index(name) for name in _ASKED]
    for row, one in grains.items():
        if one.key in sent and one.service in crowds:
            asked[one.key] += hits[tuple(row[i] for i in at)]
    by_service: defaultdict[str, list[str]] = defaultdict(list)
    for key in sorted(asked, key=lambda key: (-asked[key], key)):
        by_service[sent[key].service].append(key)
    over = {key for keys in by_service.values() for key in keys[NAMES:]}
    out = {
        row: _instead(row[at[2]], row[at[3]], one, products[one.service])
        if one.key in over
        else one
        for row, one in grains.items()
    }
    said = [
        Crowd(service, len(keys) - NAMES, products[service])
        for service, keys in sorted(by_service.items())
    ]
    return out, said


def _hits(sightings: Iterable[pa.Table], services: Collection[str]) -> Counter[tuple[object, ...]]:
    """How often each name of these products was asked for, at each address."""
    found: Counter[tuple[object, ...]] = Counter()
    for table in sightings:
        few = table.select([*_ASKED, "hits"])
        few = few.filter(pc.is_in(few["service"], value_set=_texts(services)))
        few = few.group_by(list(_ASKED)).aggregate([("hits", "sum")])
        columns = (few[name].to_pylist() for name in _ASKED)
        for *key, number in zip(*columns, few["hits_sum"].to_pylist(), strict=True):
            found[tuple(key)] += number
    return found


def _instead(ip: object, port: object, one: Grain, product: str) -> Grain:
    """The grain of what carries one name too many: by its address, if a log shows it."""
    if ip:
        place = f"{ip}:{port}" if port else str(ip)
        return Grain(f"{one.service}|at={place}", f"{product} at {place}", one.service, place)
    return Grain(f"{one.service}|names=many", f"{product} (many names)", one.service)


def _texts(values: Collection[str]) -> pa.Array:
    return pa.array(sorted(values), pa.string())
