"""Zeek Intelligence Framework: one indicator a line, tab separated.

Intel::DOMAIN is compared whole, so a suffix gives its domain alone, and a template the names that
its known regions make. Source: Zeek documentation, "Intelligence Framework", and
scripts/base/frameworks/intel.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from signatures.export.escape import tsv
from signatures.export.names import NEEDS, settle_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signatures.export.account import Account
    from signatures.export.picks import Pick, Picks

FIELDS: Final = ("indicator", "indicator_type", "meta.source", "meta.desc", "meta.url")
WHOLE_ONLY: Final = {
    "user_agent": "user agents: Zeek compares the whole of one",
    "http_header": "headers: no indicator type for them",
    "http_path": "paths: Zeek compares whole addresses of pages",
    "port": "ports: no indicator type for them",
}


def lines(picks: Picks, account: Account) -> Iterator[str]:
    """The body of the file, from #fields on."""
    account.notes += [
        "Intel::DOMAIN is compared whole: names below a domain are seen only if they are listed,",
        "and names of regions that this pack does not know are not",
    ]
    found: dict[tuple[str, str], Pick] = {}
    for host, pick in settle_names(
        picks,
        account,
        suffix="suffixes: the domain alone, not what lies below",
        free="templates with a free label: such names cannot be listed",
    ).items():
        found[host, "Intel::DOMAIN"] = pick
    for pick in picks.of("cidr"):
        network = ip_network(pick.value)
        if pick.conditional:
            account.out(pick, NEEDS)
            continue
        one = network.num_addresses == 1
        address = str(network.network_address) if one else pick.value
        found.setdefault((address, "Intel::ADDR" if one else "Intel::SUBNET"), pick)
        account.whole(pick)
    for pick in picks.of(*WHOLE_ONLY):
        account.out(pick, WHOLE_ONLY[pick.type])
    account.entries = len(found)
    yield "\t".join(("#fields", *FIELDS))
    for (value, kind), pick in sorted(found.items(), key=lambda item: (item[0][1], item[0][0])):
        service = pick.service
        said = f"{service.product} ({service.kind}, {service.id}), {pick.indicator.confidence}"
        row = (value, kind, "aicensus", said, pick.page or "-")
        yield "\t".join(text if text == "-" else tsv(text) for text in row)
