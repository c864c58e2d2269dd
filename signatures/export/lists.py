"""Plain lists: host names one a line for proxies and resolvers, and every indicator as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from signatures.export.names import KNOWN, NEEDS, TAKEN
from signatures.export.picks import fixed_end, under, widened
from signatures.model import HOST_TYPES, TRAFFIC_TYPES, as_dict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signatures.export.account import Account
    from signatures.export.picks import Picks

FREE: Final = "templates with a free label: no single line says them (--widen takes all below)"
WIDENED: Final = "templates with a free label, widened to everything below"
NO_HOST: Final = "no host names (paths, headers, user agents, addresses, ports)"


def hosts(picks: Picks, account: Account) -> Iterator[str]:
    """Names; one that begins with a dot stands for itself and all below, as in Squid's dstdomain.

    Names that a listed suffix covers are not repeated.
    """
    account.notes += [
        "a leading dot: that name and all below it; regions that this pack does not know are not in"
    ]
    suffixes = _suffixes(picks, account)
    names: set[str] = set()
    for pick in picks.of("host_exact", "host_template"):
        values = [pick.value] if pick.type == "host_exact" else picks.expanded(pick.value)
        if pick.conditional:
            account.out(pick, NEEDS)
            continue
        if pick.type == "host_template" and under(fixed_end(pick.value), suffixes):
            account.whole(pick)
            continue
        if values is None:
            wide = widened(picks, pick)
            if wide is None:
                account.out(pick, FREE)
            else:
                suffixes.add(wide)
                account.part(pick, WIDENED)
            continue
        named = [value for value in values if picks.named(value) is not None]
        names.update(named)
        if not named:
            account.out(pick, TAKEN)
        elif pick.type == "host_exact":
            account.whole(pick)
        else:
            account.part(pick, KNOWN)
    for pick in picks.of(*(TRAFFIC_TYPES - HOST_TYPES)):
        account.out(pick, NO_HOST)
    account.too_wide += covered(picks, suffixes)
    tops = {one for one in suffixes if not under(one.partition(".")[2], suffixes)}
    listed = sorted([*(f".{one}" for one in tops), *(n for n in names if not under(n, tops))])
    account.entries = len(listed)
    yield from listed


def covered(picks: Picks, suffixes: set[str]) -> list[str]:
    """Patterns below these suffixes that were not asked for, yet are covered."""
    found = set()
    for one in picks.all:
        if one.type not in HOST_TYPES or one.conditional or one.service.nursery:
            continue
        free = one.type == "host_template"
        host = fixed_end(one.value) if free else one.value
        asked = picks.asked_for(one) if free else picks.named(host) is not None
        if not asked and under(host, suffixes):
            found.add(one.value)
    shared = (one for one in picks.compiled.shared_infrastructure if under(one, suffixes))
    return sorted({*found, *shared})


def json_lines(picks: Picks, account: Account) -> Iterator[str]:
    """Every indicator asked for, whatever its type, with its service and its evidence."""
    for pick in sorted(picks.all, key=lambda one: one.key):
        if not picks.wanted(pick):
            continue
        account.whole(pick)
        account.entries += 1
        service = pick.service
        yield json.dumps(
            {
                "record": "indicator",
                "service": service.id,
                "product": service.product,
                "kind": service.kind,
                "vendor": service.vendor,
                "vendor_name": service.vendor_name,
                "country": service.country,
                "aliases": list(service.aliases),
                "tags": list(service.tags),
                "origin": service.origin,
                "candidate": service.nursery,
                **as_dict(pick.indicator),
            }
        )


def _suffixes(picks: Picks, account: Account) -> set[str]:
    found = set()
    for pick in picks.of("host_suffix"):
        if pick.conditional:
            account.out(pick, NEEDS)
        elif picks.below(pick.value) is None:
            account.out(pick, TAKEN)
        else:
            found.add(pick.value)
            account.whole(pick)
    return found
