"""The vectorised matcher: every distinct value is judged once, every row is a look-up.

A block of a log has many rows and few distinct hosts, agents and addresses. Each distinct value
is normalised and looked up once (and remembered from block to block); only rows in which some
value hit something are judged as a whole, once for each distinct combination.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from scanner.match.fire import judge_with
from scanner.match.verdict import Facts, Verdict
from signatures.hosts import HostError, is_ip, normalise_host, normalise_ip

if TYPE_CHECKING:
    from scanner.names import Names
    from signatures.compile import Compiled, HostMatch

MEMO_LIMIT: Final = 200_000

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memo(Generic[K, V]):
    """Remembers what a function said of a value; forgets all at MEMO_LIMIT, so memory is flat."""

    def __init__(self, function: Callable[[K], V]) -> None:
        self._function = function
        self._known: dict[K, V] = {}

    def __call__(self, values: Sequence[K]) -> list[V]:
        """What the function says of each value, in order."""
        if len(self._known) + len(values) > MEMO_LIMIT:
            self._known.clear()
        known, function = self._known, self._function
        try:
            return list(map(known.__getitem__, values))
        except KeyError:
            for value in values:
                if value not in known:
                    known[value] = function(value)
        return list(map(known.__getitem__, values))


WRONG: Final = 1  # no host, no address
HIT: Final = 2  # some rule speaks of it
flag_of: Final = attrgetter("flag")


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

    rows: their indices, rising; verdicts: one a row. hosts, addresses: normalised, one a row.
    bad: rows to reject, by first bad column. host_rows: rows whose host matched (for `names`).
    """

    rows: Ints
    verdicts: list[Verdict]
    hosts: list[str | None]
    addresses: list[str | None]
    bad: list[Bad]


class Matcher:
    """Matches tables of observations; one a thread, since it remembers without locks."""

    def __init__(self, compiled: Compiled, names: Names) -> None:
        self._compiled = compiled
        self._names = names
        self.host_entries: Memo[str, HostEntry] = Memo(self._host)
        self._addresses: Memo[str, AddressEntry] = Memo(self._address)
        self._agents: Memo[str, tuple[int, ...]] = Memo(compiled.agent_rules)
        self._paths: Memo[str, tuple[int, ...]] = Memo(compiled.path_rules)
        self._verdicts: dict[Hashable, Verdict | None] = {}

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

    def match(self, table: pa.Table, *, borrows: bool = True) -> Matched:
        """Judge every row of a table of observations (hosts and addresses as written there).

        borrows: rows without a name may take one from `names`. Only logs that show no names at
        all do, so that the result does not depend on what else was read before.
        """
        size = table.num_rows
        host = _Column.of(table, "dst_host", self.host_entries)
        if "tls_sni" in table.column_names:
            host = host.or_else(_Column.of(table, "tls_sni", self.host_entries))
        dst = _Column.of(table, "dst_ip", self._addresses)
        src = _Column.of(table, "src_ip", self._addresses)
        bad = _first_bad((("dst_host", host), ("src_ip", src), ("dst_ip", dst)), size)
        agent = _Column.of(table, "user_agent", self._agents)
        path = _Column.of(table, "url_path", self._paths)
        ports = _integers(table, "dst_port")
        headers = (
            table["http_headers"].to_pylist() if "http_headers" in table.column_names else None
        )

        candidate = host.flagged(HIT, size) | dst.flagged(HIT, size)
        candidate |= agent.mask(bool, size) | path.mask(bool, size)
        telltale = self._compiled.port_numbers
        if ports is not None and telltale:
            candidate |= np.isin(ports, sorted(telltale))
        if headers is not None:
            candidate |= np.fromiter((bool(h) for h in headers), np.bool_, size)
        learnt = self._learnt(table, host, dst, size) if borrows else {}
        candidate[list(learnt)] = True
        candidate[[wrong.row for wrong in bad]] = False

        out = Matched(np.empty(0, np.int64), [], [], [], bad)
        rows: list[int] = []
        methods = _texts(table, "http_method")
        for row in np.flatnonzero(candidate).tolist():
            entry = host.at(row)
            name = entry.name if entry is not None else None
            address = dst.at(row)
            ip = address.name if address is not None else None
            via = "name"
            if row in learnt:
                name, via = learnt[row]
                entry = self.host_entries([name])[0]
            port = int(ports[row]) if ports is not None and ports[row] >= 0 else None
            reads_ip = name is None or port in telltale or (address is not None and address.rules)
            facts_of = (
                name,
                ip if reads_ip else None,
                port,
                path.text(row),
                methods(row),
                agent.text(row),
                tuple((k.lower(), v or "") for k, v in headers[row] or ()) if headers else (),
                via,
            )
            verdict = self._judge(facts_of, entry, path.at(row), agent.at(row), address)
            if verdict is not None:
                rows.append(row)
                out.verdicts.append(verdict)
                out.hosts.append(name)
                out.addresses.append(ip)
        out.rows = np.array(rows, np.int64)
        return out

    def _judge(
        self,
        key: tuple[Any, ...],
        host: HostEntry | None,
        paths: tuple[int, ...] | None,
        agents: tuple[int, ...] | None,
        address: AddressEntry | None,
    ) -> Verdict | None:
        try:
            return self._verdicts[key]
        except KeyError:
            pass
        if len(self._verdicts) > MEMO_LIMIT:
            self._verdicts.clear()
        verdict = judge_with(
            self._compiled,
            Facts(*key),
            host.match if host is not None else None,
            paths or (),
            agents or (),
            address.rules if address is not None else (),
        )
        self._verdicts[key] = verdict
        return verdict

    def _learnt(
        self, table: pa.Table, host: _Column[HostEntry], dst: _Column[AddressEntry], size: int
    ) -> dict[int, tuple[str, str]]:
        """Rows without a name of their own whose connection or address others have named."""
        found: dict[int, tuple[str, str]] = {}
        unnamed = host.codes < 0
        if self._names.by_uid and "conn_uid" in table.column_names:
            uids = _Column.of(
                table, "conn_uid", lambda values: [self._names.by_uid.get(v) for v in values]
            )
            for row in np.flatnonzero(unnamed & uids.mask(bool, size)).tolist():
                found[row] = (str(uids.at(row)), "uid")
        if self._names.by_address and len(dst.values):
            times = table["time"]
            known = dst.mask(lambda entry: entry.name in self._names.by_address, size)
            for row in np.flatnonzero(unnamed & known).tolist():
                entry = dst.at(row)
                if row in found or entry is None or entry.name is None:
                    continue
                name = self._names.at(entry.name, times[row].value)
                if name is not None:
                    found[row] = (name, "dns")
        return found


@dataclass(slots=True)
class _Column(Generic[V]):
    """A column as codes into its distinct values, and what is known of each value. -1 is null."""

    codes: Ints
    texts: list[str]
    values: list[V]

    @classmethod
    def of(cls, table: pa.Table, name: str, know: Callable[[Sequence[str]], list[V]]) -> _Column[V]:
        if name not in table.column_names:
            return cls(np.full(table.num_rows, -1, np.int64), [], [])
        encoded = table[name].combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
        texts = encoded.dictionary.to_pylist()
        return cls(codes, texts, know(texts))

    def or_else(self, other: _Column[V]) -> _Column[V]:
        codes = np.where(
            (self.codes < 0) & (other.codes >= 0), other.codes + len(self.texts), self.codes
        )
        return _Column(codes, self.texts + other.texts, self.values + other.values)

    def mask(self, test: Callable[[V], bool], size: int) -> Bools:
        """Rows whose value passes the test; null never does."""
        if not self.values:
            return np.zeros(size, np.bool_)
        flags = np.fromiter(map(test, self.values), np.bool_, len(self.values))
        return self._spread(flags, size)

    def flagged(self, flag: int, size: int) -> Bools:
        """Rows whose entry has this flag."""
        if not self.values:
            return np.zeros(size, np.bool_)
        flags = np.fromiter(map(flag_of, self.values), np.int8, len(self.values)) == flag
        return self._spread(flags, size)

    def _spread(self, flags: Bools, size: int) -> Bools:
        if not flags.any():
            return np.zeros(size, np.bool_)
        return np.append(flags, False)[self.codes]

    def at(self, row: int) -> V | None:
        code = self.codes[row]
        return self.values[code] if code >= 0 else None

    def text(self, row: int) -> str | None:
        code = self.codes[row]
        return self.texts[code] if code >= 0 else None


def _first_bad(columns: Sequence[tuple[str, _Column[Any]]], size: int) -> list[Bad]:
    found: dict[int, Bad] = {}
    for name, column in columns:
        wrong = column.flagged(WRONG, size)
        for row in np.flatnonzero(wrong).tolist():
            found.setdefault(
                row, Bad(row, name, getattr(column.at(row), "error", ""), column.text(row) or "")
            )
    return [found[row] for row in sorted(found)]


def _integers(table: pa.Table, name: str) -> Ints | None:
    if name not in table.column_names:
        return None
    filled = pc.fill_null(table[name].combine_chunks(), -1)
    numbers: Ints = filled.to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers


def _texts(table: pa.Table, name: str) -> Callable[[int], str | None]:
    if name not in table.column_names:
        return lambda _row: None
    column = table[name]
    return lambda row: column[row].as_py()
