"""The vectorised matcher: every distinct value is judged once, every row is a look-up.

A block of a log has many rows and few distinct hosts, agents and addresses. Each distinct value
is normalised and looked up once (and remembered from block to block); only rows in which some
value hit something are judged as a whole, once for each distinct combination.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scanner.match.apps import Apps, Taken
from scanner.match.fire import judge_with
from scanner.match.verdict import Facts, Verdict
from scanner.match.vocabulary import NULL, SPOTTED, Ints, Vocabulary, combinations
from signatures.hosts import HostError, is_ip, normalise_host, normalise_ip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.names import Names
    from signatures.compile import Compiled, HostMatch

MEMO_LIMIT: Final = 200_000
LONG: Final = 512  # characters of path, agent and headers that are worth remembering
Headers: TypeAlias = tuple[tuple[str, str], ...]

WRONG: Final = 1  # no host, no address
HIT: Final = 2  # some rule speaks of it
flag_of: Final = attrgetter("flag")
VIA: Final = ("name", "uid", "dns")


@dataclass(frozen=True, slots=True)
class HostEntry:
    """What one spelling of a host is: its normal form and rules, or why it is no host."""

    name: str | None
    error: str | None
    match: HostMatch | None
    flag: int

    @property
    def hit(self) -> bool:
        """Whether any rule names this host."""
        return self.flag == HIT


@dataclass(frozen=True, slots=True)
class AddressEntry:
    """What one spelling of an address is, and the ranges it lies in."""

    name: str | None
    error: str | None
    rules: tuple[int, ...]
    flag: int


@dataclass(frozen=True, slots=True)
class Bad:
    """A row whose host or address is none."""

    row: int
    column: str
    reason: str
    value: str


@dataclass(slots=True)
class Matched:
    """The rows of a table that some rule spoke about.

    rows: their indices, rising; row i has the verdict judged[which[i]]. hosts, addresses:
    normalised, one a row. bad: rows to reject, by first bad column.
    """

    rows: Ints
    which: Ints
    judged: list[Verdict]
    hosts: pa.Array
    addresses: pa.Array
    bad: list[Bad]

    @property
    def verdicts(self) -> list[Verdict]:
        """One verdict a row."""
        return [self.judged[i] for i in self.which]

    def __getitem__(self, part: slice) -> Matched:
        """Some of the rows; bad ones stay with the whole."""
        return replace(
            self,
            rows=self.rows[part],
            which=self.which[part],
            hosts=self.hosts[part],
            addresses=self.addresses[part],
            bad=[],
        )


class Matcher:
    """Matches tables of observations; one a thread, since it remembers without locks."""

    def __init__(self, compiled: Compiled, names: Names) -> None:
        self._compiled = compiled
        self._names = names
        self.hosts: Vocabulary[HostEntry] = Vocabulary(self._host, flag_of, compiled.hints.screen)
        self._addresses: Vocabulary[AddressEntry] = Vocabulary(self._address, flag_of)
        self._sources: Vocabulary[AddressEntry] = Vocabulary(self._address, flag_of)
        self._agents: Vocabulary[tuple[int, ...]] = Vocabulary(compiled.agent_rules, _speaks)
        self._paths: Vocabulary[tuple[int, ...]] = Vocabulary(
            compiled.path_rules, _speaks, compiled.hints.path_screen
        )
        self._apps = Apps(compiled)
        self._telltale: Ints = np.array(sorted(compiled.port_numbers), np.int64)
        self._asking = frozenset(
            number
            for number, rule in enumerate(compiled.rules)
            if rule.needs is not None and (rule.needs.path or rule.needs.unless_path)
        )
        self._verdicts: dict[tuple[Any, ...], Verdict | None] = {}

    def _host(self, raw: str) -> HostEntry:
        try:
            name = normalise_host(raw)
        except HostError as problem:
            return HostEntry(None, str(problem), None, WRONG)
        match = None if is_ip(name) else self._compiled.host_rules(name)
        return HostEntry(name, None, match, HIT if match is not None and match.rule_ids else 0)

    def _address(self, raw: str) -> AddressEntry:
        try:
            name = normalise_ip(raw)
        except HostError as problem:
            return AddressEntry(None, str(problem), (), WRONG)
        rules = self._compiled.cidr_rules(name)
        return AddressEntry(name, None, rules, HIT if rules else 0)

    def match(
        self, table: pa.Table, *, borrows: bool = True, taken: Taken | None = None
    ) -> Matched:
        """Judge every row of a table of observations (hosts and addresses as written there).

        borrows: rows without a name may take one from `names`. Only logs that show no names at
        all do, so that the result does not depend on what else was read before. taken: gives rows
        by their indices with columns that `table` is still without (class, model).
        """
        self._apps.forget()
        for vocabulary in (self.hosts, self._addresses, self._sources, self._agents, self._paths):
            vocabulary.forget()
        seen = self._seen(table, taken)
        bad = self._bad(seen)
        via = self._borrow(table, seen) if borrows else np.zeros(len(seen.host), np.int64)
        candidate = self.hosts.flagged(seen.host, HIT, SPOTTED)
        candidate |= self._paths.flagged(seen.path, HIT, SPOTTED)
        candidate |= self._addresses.flagged(seen.dst, HIT) | self._agents.flagged(seen.agent, HIT)
        candidate |= np.isin(seen.port, self._telltale) | (seen.headers >= 0) | (via > 0)
        for numbers in seen.apps:
            candidate |= numbers != NULL
        candidate[[wrong.row for wrong in bad]] = False
        rows = np.flatnonzero(candidate)
        judged, which = self._judged(seen, via, rows)
        spoken = np.array([verdict is not None for verdict in judged], np.bool_)
        kept = spoken[which] if len(rows) else np.empty(0, np.bool_)
        place = np.cumsum(spoken) - 1
        rows = rows[kept]
        return Matched(
            rows=rows,
            which=place[which[kept]],
            judged=[verdict for verdict in judged if verdict is not None],
            hosts=_names(self.hosts.values, seen.host[rows]),
            addresses=_names(self._addresses.values, seen.dst[rows]),
            bad=bad,
        )

    def _seen(self, table: pa.Table, taken: Taken | None) -> _Seen:
        """The columns that rules read, as numbers."""

        def column(name: str, vocabulary: Vocabulary[Any]) -> Ints:
            if name not in table.column_names:
                return np.full(table.num_rows, NULL, np.int64)
            return vocabulary.numbers(table[name])

        host = column("dst_host", self.hosts)
        if "tls_sni" in table.column_names:
            host = np.where(host == NULL, column("tls_sni", self.hosts), host)
        methods, method = _distinct(table, "http_method")
        header_sets, headers = _headers(table)
        return _Seen(
            host=host,
            src=column("src_ip", self._sources),
            dst=column("dst_ip", self._addresses),
            port=_integers(table, "dst_port"),
            path=column("url_path", self._paths),
            agent=column("user_agent", self._agents),
            method=method,
            methods=methods,
            headers=headers,
            header_sets=header_sets,
            apps=self._apps.numbers(table, taken),
        )

    def _bad(self, seen: _Seen) -> list[Bad]:
        """Rows with a host or an address that is none, by the first such column."""
        found: dict[int, Bad] = {}
        columns: tuple[tuple[str, Ints, Vocabulary[Any]], ...] = (
            ("dst_host", seen.host, self.hosts),
            ("src_ip", seen.src, self._sources),
            ("dst_ip", seen.dst, self._addresses),
        )
        for name, numbers, vocabulary in columns:
            for row in np.flatnonzero(vocabulary.flagged(numbers, WRONG)).tolist():
                number = int(numbers[row])
                entry, text = vocabulary.values[number], vocabulary.text(number)
                found.setdefault(row, Bad(row, name, entry.error or "", text or ""))
        return [found[row] for row in sorted(found)]

    def _judged(self, seen: _Seen, via: Ints, rows: Ints) -> tuple[list[Verdict | None], Ints]:
        """The verdicts on the distinct combinations in these rows, and which each row has."""
        if not len(rows):
            return [], np.empty(0, np.int64)
        host, dst, port = seen.host[rows], seen.dst[rows], seen.port[rows]
        reads_ip = (
            (host == NULL) | np.isin(port, self._telltale) | self._addresses.flagged(dst, HIT)
        )
        keys = [
            host,
            np.where(reads_ip, dst, NULL),
            port,
            self._telling(seen, rows),
            seen.method[rows],
            seen.agent[rows],
            seen.headers[rows],
            via[rows],
            *(numbers[rows] for numbers in seen.apps),
        ]
        first, which = combinations(keys)
        distinct = np.stack([key[first] for key in keys], axis=1)
        return [self._judge(seen, *key) for key in distinct.tolist()], which

    def _telling(self, seen: _Seen, rows: Ints) -> Ints:
        """The paths of rows, NULL for those that no rule or hint can ask for.

        Every request may have a path of its own; what it is does not matter for most hosts.
        """
        path, host = seen.path[rows], seen.host[rows]
        asks = self._paths.flagged(path, HIT, SPOTTED)
        asks |= self._agents.flagged(seen.agent[rows], HIT)
        asks |= self._addresses.flagged(seen.dst[rows], HIT)
        asks |= np.isin(seen.port[rows], self._telltale) | (seen.headers[rows] >= 0)
        for numbers in seen.apps:
            asks |= numbers[rows] != NULL
        distinct, which = np.unique(host, return_inverse=True)
        matches = (self.hosts.values[i].match if i != NULL else None for i in distinct.tolist())
        hosts = [one is not None and not self._asking.isdisjoint(one.rule_ids) for one in matches]
        asks |= np.array(hosts, np.bool_)[which]
        return np.where(asks, path, np.int64(NULL))

    def _judge(
        self,
        seen: _Seen,
        host: int,
        dst: int,
        port: int,
        path: int,
        method: int,
        agent: int,
        headers: int,
        via: int,
        *apps: int,
    ) -> Verdict | None:
        entry = self.hosts.values[host] if host != NULL else None
        address = self._addresses.values[dst] if dst != NULL else None
        facts = (
            entry.name if entry is not None else None,
            address.name if address is not None else None,
            port if port != NULL else None,
            self._paths.text(path),
            seen.methods[method] if method != NULL else None,
            self._agents.text(agent),
            seen.header_sets[headers] if headers != NULL else (),
            VIA[via],
            *(self._apps.texts(apps) if apps else ()),
        )
        if facts in self._verdicts:
            return self._verdicts[facts]
        verdict = judge_with(
            self._compiled,
            Facts(*facts),
            entry.match if entry is not None else None,
            self._paths.values[path] if path != NULL else (),
            self._agents.values[agent] if agent != NULL else (),
            address.rules if address is not None else (),
            self._apps.rules(apps) if apps else (),
        )
        told = sum(len(value) for _, value in facts[6])
        if len(facts[3] or "") + len(facts[5] or "") + told <= LONG:
            if len(self._verdicts) > MEMO_LIMIT:
                self._verdicts.clear()
            self._verdicts[facts] = verdict
        return verdict

    def _borrow(self, table: pa.Table, seen: _Seen) -> Ints:
        """Name rows without a name whose connection or address others have named.

        Changes seen.host; gives how each row has its name, as indices of VIA.
        """
        via = np.zeros(table.num_rows, np.int64)
        names: dict[int, str] = {}
        unnamed = seen.host == NULL
        if self._names.by_uid and "conn_uid" in table.column_names:
            uids, numbers = _distinct(table, "conn_uid")
            known = np.array([uid in self._names.by_uid for uid in uids] + [False], np.bool_)
            for row in np.flatnonzero(unnamed & known[numbers]).tolist():
                names[row] = self._names.by_uid[uids[numbers[row]]]
                via[row] = VIA.index("uid")
        if self._names.by_address:
            addresses = self._addresses.values
            met = np.unique(seen.dst[unnamed & (via == 0)]).tolist()
            known_here = [
                i for i in met if i != NULL and addresses[i].name in self._names.by_address
            ]
            for row in np.flatnonzero(
                unnamed & (via == 0) & np.isin(seen.dst, known_here)
            ).tolist():
                address = addresses[seen.dst[row]].name or ""
                name = self._names.at(address, table["time"][row].value)
                if name is not None:
                    names[row] = name
                    via[row] = VIA.index("dns")
        if names:
            seen.host[list(names)] = self.hosts.numbers(pa.array(names.values(), pa.string()))
        return via


@dataclass(slots=True)
class _Seen:
    """The columns of one table that rules read, a number a row, NULL where there is none.

    host, src, dst, path, agent: of the matcher's vocabularies; port is itself. apps: as apps.py
    numbers them, no columns at all where no rule speaks of an application.
    """

    host: Ints
    src: Ints
    dst: Ints
    port: Ints
    path: Ints
    agent: Ints
    method: Ints
    methods: list[str]
    headers: Ints
    header_sets: list[Headers]
    apps: tuple[Ints, ...]


def _speaks(rules: tuple[int, ...]) -> int:
    return HIT if rules else 0


def _names(entries: Sequence[HostEntry] | Sequence[AddressEntry], numbers: Ints) -> pa.Array:
    """The normal forms of the values with these numbers."""
    distinct, which = np.unique(numbers, return_inverse=True)
    names = [entries[i].name if i != NULL else None for i in distinct.tolist()]
    return pa.array(names, pa.string()).take(pa.array(which))


def _distinct(table: pa.Table, name: str) -> tuple[list[str], Ints]:
    """The distinct texts of a column, and which each row has."""
    if name not in table.column_names:
        return [], np.full(table.num_rows, NULL, np.int64)
    encoded = table[name].combine_chunks().dictionary_encode()
    numbers = encoded.indices.fill_null(NULL).to_numpy(zero_copy_only=False)
    return encoded.dictionary.to_pylist(), numbers.astype(np.int64)


def _headers(table: pa.Table) -> tuple[list[Headers], Ints]:
    """The distinct sets of request headers, and which each row has."""
    numbers = np.full(table.num_rows, NULL, np.int64)
    known: dict[Headers, int] = {}
    if "http_headers" in table.column_names:
        for row, headers in enumerate(table["http_headers"].to_pylist()):
            if headers:
                key = tuple((name.lower(), value or "") for name, value in headers)
                numbers[row] = known.setdefault(key, len(known))
    return list(known), numbers


def _integers(table: pa.Table, name: str) -> Ints:
    if name not in table.column_names:
        return np.full(table.num_rows, NULL, np.int64)
    filled = pc.fill_null(table[name].combine_chunks(), NULL)
    numbers: Ints = filled.to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers
