"""Names learnt on the way: which connection or address had which host.

Records without host names (flows, Zeek conn, what a firewall lets pass) are matched once all
sources were asked for names, and borrow them: by connection uid (exact), or by the address a DNS
answer gave (medium at most, and only while the answer is fresh and no other name shares the
address).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from connectors.logs.model import Format

HOUR: Final = 3_600_000_000
# A client may use an answer as long as its cache or an open connection lasts; a day covers both.
AFTER: Final = 24 * HOUR
# The resolver's clock and the flow exporter's need not agree.
BEFORE: Final = HOUR // 12
# Addresses of names that did not match; past it nobody can tell which address is shared.
MOST_OTHERS: Final = 500_000
MOST_ADDRESSES: Final = 500_000  # of names that matched, each with its hosts
MOST_HOSTS: Final = 3  # of one address; with more it is a shared one, and names nothing
MOST_UIDS: Final = 1_000_000
_DNS_ALONE: Final = ["'dns'"]  # class of a format whose every record is a question
_NETWORK: Final = "'network'"  # class of a record that is a connection; it may have no name
NAMED: Final = frozenset({"dst_host", "tls_sni"})


def lends(fmt: Format) -> bool:
    """Whether a log of this format names connections or addresses that others leave unnamed."""
    return fmt.learn is not None or ("conn_uid" in fmt.map and bool(NAMED & set(fmt.map)))


def borrows(fmt: Format) -> bool:
    """Whether it has connections without names: all of them, or some beside those with one.

    A log of names only (DNS, proxy) never borrows, so that what it says depends on it alone. One
    that lends, by an id of the connection or by answers, would have to be read twice: among these
    only one that has both does.
    """
    if not {"dst_ip", "conn_uid"} & set(fmt.map):
        return False
    if not NAMED & set(fmt.map):
        return True
    classes = fmt.map.get("class", [_NETWORK])
    if lends(fmt):
        return fmt.learn is not None and "conn_uid" in fmt.map and classes != _DNS_ALONE
    return any(_NETWORK in expression for expression in classes)


@dataclass(slots=True)
class Names:
    """What was learnt.

    by_uid: connection uid to matched host. by_address: address to matched hosts, each with the
    first and last answer (µs since 1970). shared: addresses of more than MOST_HOSTS such hosts.
    others: addresses that names which did not match were given. full: there were too many
    addresses to know, so none names anything.
    """

    by_uid: dict[str, str] = field(default_factory=dict)
    by_address: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    full: bool = False
    uids_full: bool = False

    def learn_uid(self, uid: str, host: str) -> None:
        """Note that connection `uid` went to `host`, which matched."""
        known = self.by_uid.get(uid)
        self.by_uid[uid] = host if known is None else min(known, host)
        if self.uids_full or len(self.by_uid) > MOST_UIDS:
            self.uids_full = True
            self.by_uid.clear()

    def learn_answer(
        self, address: str, host: str, first: int, last: int, *, matched: bool
    ) -> None:
        """Note that a DNS answer between `first` and `last` gave `address` for `host`."""
        if not matched:
            self.others.add(address)
        elif address not in self.shared:
            hosts = self.by_address.setdefault(address, {})
            before = hosts.get(host, (first, last))
            hosts[host] = (min(before[0], first), max(before[1], last))
            if len(hosts) > MOST_HOSTS:
                self._share(address)
        self._hold()

    def at(self, address: str, time: int | None) -> str | None:
        """The one matched host that owned `address` at `time`, or None when that is not certain."""
        hosts = self.by_address.get(address)
        if hosts is None or self.full or address in self.others or time is None:
            return None
        fresh = [
            host for host, (first, last) in hosts.items() if first - BEFORE <= time <= last + AFTER
        ]
        return fresh[0] if len(fresh) == 1 else None

    def remarks(self) -> list[tuple[Literal["warning", "note"], str]]:
        """Level and sentence: what names nothing because too much of it was named."""
        said: list[tuple[Literal["warning", "note"], str]] = []
        for full, what in ((self.full, "addresses"), (self.uids_full, "connections")):
            if full:
                message = f"too many {what} were named: connections borrow no names from them"
                said.append(("warning", message))
        if self.shared:
            count = len(self.shared)
            have = "1 address has" if count == 1 else f"{count} addresses have"
            message = f"{have} more than {MOST_HOSTS} known hosts: connections borrow none of them"
            said.append(("note", message))
        return said

    def merge(self, other: Names) -> None:
        """Take in what another part of the scan learnt; order does not matter."""
        self.uids_full = self.uids_full or other.uids_full
        for uid, host in other.by_uid.items():
            self.learn_uid(uid, host)
        if self.uids_full:
            self.by_uid.clear()
        for address, hosts in other.by_address.items():
            for host, (first, last) in hosts.items():
                self.learn_answer(address, host, first, last, matched=True)
        for address in other.shared:
            self._share(address)
        self.full = self.full or other.full
        self.others |= other.others
        self._hold()

    def _share(self, address: str) -> None:
        self.shared.add(address)
        self.by_address.pop(address, None)

    def _hold(self) -> None:
        named = len(self.by_address) + len(self.shared)
        if self.full or len(self.others) > MOST_OTHERS or named > MOST_ADDRESSES:
            self.full = True
            self.others.clear()
            self.shared.clear()
            self.by_address.clear()
