"""Names learnt on the way: which connection or address had which host.

Logs without host names (flows, Zeek conn) are read after those with names, and borrow them:
by connection uid (exact), or by the address a DNS answer gave (medium at most, and only while
the answer is fresh and no other name shares the address).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

HOUR: Final = 3_600_000_000
# A client may use an answer as long as its cache or an open connection lasts; a day covers both.
AFTER: Final = 24 * HOUR
# The resolver's clock and the flow exporter's need not agree.
BEFORE: Final = HOUR // 12


@dataclass(slots=True)
class Answer:
    """The names one address was given: hosts that matched, and whether others share it."""

    hosts: dict[str, tuple[int, int]] = field(default_factory=dict)
    shared: bool = False


@dataclass(slots=True)
class Names:
    """by_uid: connection uid to matched host. by_address: address to Answer (µs since 1970)."""

    by_uid: dict[str, str] = field(default_factory=dict)
    by_address: dict[str, Answer] = field(default_factory=dict)

    def learn_answer(
        self, address: str, host: str, first: int, last: int, *, matched: bool
    ) -> None:
        """Note that a DNS answer between `first` and `last` gave `address` for `host`."""
        answer = self.by_address.setdefault(address, Answer())
        if not matched:
            answer.shared = True
            return
        before = answer.hosts.get(host, (first, last))
        answer.hosts[host] = (min(before[0], first), max(before[1], last))

    def at(self, address: str, time: int | None) -> str | None:
        """The one matched host that owned `address` at `time`, or None when that is not certain."""
        answer = self.by_address.get(address)
        if answer is None or answer.shared or time is None:
            return None
        fresh = [
            host
            for host, (first, last) in answer.hosts.items()
            if first - BEFORE <= time <= last + AFTER
        ]
        return min(fresh) if len(fresh) == 1 else None

    def merge(self, other: Names) -> None:
        """Take in what another part of the scan learnt; order does not matter."""
        for uid, host in other.by_uid.items():
            known = self.by_uid.get(uid)
            self.by_uid[uid] = host if known is None else min(known, host)
        for address, answer in other.by_address.items():
            for host, (first, last) in answer.hosts.items():
                self.learn_answer(address, host, first, last, matched=True)
            if answer.shared:
                self.by_address.setdefault(address, Answer()).shared = True
