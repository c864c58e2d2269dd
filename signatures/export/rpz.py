"""A DNS response policy zone: names relative to the zone, so it loads under any name.

A wildcard of DNS does not reach below a name that exists (RFC 4592), and in a policy zone every
record makes its name and all names between it and the zone exist. So each of them gets a record
for itself and one for what lies below, of what the catalogue says of just that name; a name judged
lower below a listed domain gets rpz-passthru.
Source: draft-vixie-dnsop-dns-rpz; BIND 9 Administrator Reference Manual, "response-policy".
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from signatures.export.lists import FREE, NO_HOST, WIDENED
from signatures.export.names import KNOWN, NEEDS, TAKEN
from signatures.export.picks import fixed_end, under, widened
from signatures.model import HOST_TYPES, TRAFFIC_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signatures.export.account import Account
    from signatures.export.picks import Pick, Picks

ACTIONS: Final = {
    "nxdomain": ".",
    "nodata": "*.",
    "drop": "rpz-drop.",
    "passthru": "rpz-passthru.",
    "log-only": "rpz-passthru.",
}
PASSED: Final = "rpz-passthru."
# An owner name is 255 octets with the zone's own name, and `*.` before it.
LONGEST: Final = 180
TOO_LONG: Final = "names too long to stand below the name of a zone"


def lines(picks: Picks, account: Account) -> Iterator[str]:
    """The zone: SOA, NS, then the records by name."""
    target = ACTIONS[picks.asked.action]
    zone = _Zone(picks)
    _settle(picks, account, zone)
    records = list(zone.records(target))
    account.entries = len(records)
    digest = hashlib.sha256("\n".join(records).encode("ascii")).digest()
    serial = picks.asked.serial
    account.notes.append(f"action {picks.asked.action}")
    account.notes.append(
        "serial from the date given"
        if serial is not None
        else "serial from the records: it may go down; give a date where secondaries follow it"
    )
    account.too_wide += zone.free_below()
    if target == PASSED:
        account.too_wide += zone.passed()
        account.notes += [
            "every record passes: hits are logged (category rpz) and answered as usual;",
            "a hit ends the walk through policy zones, so put this one last",
        ]
    else:
        account.notes.append("names judged lower below a listed domain pass (rpz-passthru)")
    number = serial if serial is not None else int.from_bytes(digest[:4], "big") or 1
    yield "$TTL 300"
    yield f"@ IN SOA localhost. root.localhost. {number} 3600 900 2592000 300"
    yield "@ IN NS localhost."
    yield from records


class _Zone:
    """The names that records are needed for.

    names: single names of rules, asked for or not. domains: below which all is asked for.
    """

    def __init__(self, picks: Picks) -> None:
        self._picks = picks
        self.names: set[str] = set(picks.compiled.shared_infrastructure)
        self.domains: set[str] = set()
        self.widened: set[str] = set()
        self._nodes: set[str] = set()
        for pick in picks.all:
            if pick.type in HOST_TYPES and not (pick.conditional or pick.service.nursery):
                self._add(pick)

    def _add(self, pick: Pick) -> None:
        if pick.type != "host_template" and len(pick.value) <= LONGEST:
            self.names.add(pick.value)
            if pick.type == "host_suffix" and self._picks.below(pick.value) is not None:
                self.domains.add(pick.value)
        if pick.type != "host_template":
            return
        hosts = self._picks.expanded(pick.value) or ()
        self.names.update(one for one in hosts if len(one) <= LONGEST)
        rest = widened(self._picks, pick)
        if rest is not None:
            self.widened.add(rest)
            self.domains.add(rest)

    def asked_below(self, name: str) -> bool:
        """Whether a name below this one is to be acted on."""
        if self._picks.below(name) is not None:
            return True
        free = self._picks.shared(name) is None and not under(name, self._picks.compiled.suffix)
        return free and under(name, self.widened)

    def records(self, target: str) -> Iterator[str]:
        """One record for every name and one for what lies below it, by name."""
        inside = {one for one in self.names if under(one.partition(".")[2], self.domains)}
        listed = {one for one in self.names if self._picks.named(one) is not None}
        self._nodes = {*listed, *self.domains, *inside}
        for one in inside:
            rest = one.partition(".")[2]
            while under(rest.partition(".")[2], self.domains):
                self._nodes.add(rest)
                rest = rest.partition(".")[2]
        for name in sorted(self._nodes, key=lambda one: one.split(".")[::-1]):
            above = self._above(name)
            if self._picks.named(name) is not None:
                yield f"{name} IN CNAME {target}"
            elif above:
                owned = self._picks.winner(name) is not None or name in self.names
                yield f"{name} IN CNAME {PASSED if owned else target}"
            if self.asked_below(name):
                yield f"*.{name} IN CNAME {target}"
            elif above:
                yield f"*.{name} IN CNAME {PASSED}"

    def _above(self, name: str) -> bool:
        """Whether a wildcard above would take this name."""
        rest = name.partition(".")[2]
        while rest:
            if rest in self._nodes:
                return self.asked_below(rest)
            rest = rest.partition(".")[2]
        return False

    def passed(self) -> list[str]:
        """Names with a record that are not asked for."""
        return [
            one for one in self._nodes
            if one in self.names and self._picks.named(one) is None and self._above(one)
        ]  # fmt: skip

    def free_below(self) -> list[str]:
        """Templates that were not asked for and lie below a listed domain: not to be excepted."""
        return [
            one.value
            for one in self._picks.all
            if one.type == "host_template"
            and not (one.conditional or one.service.nursery)
            and not self._picks.asked_for(one)
            and self._picks.expanded(one.value) is None
            and under(fixed_end(one.value), self.domains)
        ]


def _settle(picks: Picks, account: Account, zone: _Zone) -> None:
    for pick in picks.of(*HOST_TYPES):
        hosts = picks.expanded(pick.value) if pick.type == "host_template" else [pick.value]
        if pick.conditional:
            account.out(pick, NEEDS)
        elif pick.type == "host_template" and under(
            fixed_end(pick.value), zone.domains - zone.widened
        ):
            account.whole(pick)
        elif hosts is None:
            wide = widened(picks, pick)
            account.part(pick, WIDENED) if wide else account.out(pick, FREE)
        elif max(map(len, hosts)) > LONGEST:
            account.out(pick, TOO_LONG)
        elif not any(picks.named(one) for one in hosts) and pick.value not in zone.domains:
            account.out(pick, TAKEN)
        elif pick.type == "host_template":
            account.part(pick, KNOWN)
        else:
            account.whole(pick)
    for pick in picks.of(*(TRAFFIC_TYPES - HOST_TYPES)):
        account.out(pick, NO_HOST)
