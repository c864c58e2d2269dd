"""One piece of one log to a small table of sightings and an exact account of its records.

Pure: what comes out depends on the segment, the format, the signatures, the learnt names and the
key alone, and pieces merge by sum, minimum and maximum, so the result is the same for any split.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.logs.values import Counts, Reject
from scanner.match.verdict import RANK
from scanner.names import Names
from scanner.privacy import UNKNOWN_DEPARTMENT, People, masked, pseudonym, role_of
from signatures.hosts import HostError, normalise_ip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.files.notice import Notice
    from connectors.logs.normalise import Normaliser
    from connectors.logs.values import Batch, Segment
    from scanner.match.exact import Matched, Matcher

KEPT_REJECTS: Final = 1000
NAMED: Final = frozenset({"dst_host", "tls_sni"})
DAY: Final = 86_400_000_000  # microseconds

_text, _long = pa.string(), pa.int64()
KEYS: Final = pa.schema(
    [
        ("class", _text),
        ("service", _text),
        ("kind", _text),
        ("surface", _text),
        ("usage", _text),
        ("detection", _text),
        ("indicators", _text),
        ("by_host", pa.bool_()),
        ("per_host", pa.bool_()),
        ("dst_host", _text),
        ("dst_ip", _text),
        ("dst_port", pa.int32()),
        ("actor", _text),
        ("actor_type", _text),
        ("department", _text),
        ("principal", _text),
        ("account", _text),
        ("region", _text),
        ("tenant", _text),
        ("model", _text),
        ("client", _text),
        ("action", _text),
        ("day", pa.date32()),
    ]
)
MEASURES: Final = pa.schema(
    [
        ("hits", _long),
        ("bytes_out", _long),
        ("bytes_in", _long),
        ("sized_out", _long),  # records that say how many bytes
        ("sized_in", _long),
        ("first_seen", pa.timestamp("us")),
        ("last_seen", pa.timestamp("us")),
        ("sample_line", _long),
    ]
)
PARTIAL: Final = pa.schema([*KEYS, *MEASURES])
_WIDE: Final = pa.decimal128(38, 0)
_MOST: Final = pa.scalar(2**63 - 1, _WIDE)  # sums of bytes stop here
_SUMS: Final = [
    ("hits", "sum", None),
    ("bytes_out", "sum", pc.ScalarAggregateOptions(min_count=1)),
    ("bytes_in", "sum", pc.ScalarAggregateOptions(min_count=1)),
    ("sized_out", "sum", None),
    ("sized_in", "sum", None),
    ("first_seen", "min", None),
    ("last_seen", "max", None),
    ("sample_line", "min", None),
]


@dataclass(slots=True)
class Partial:
    """What one piece of a source adds up to; pieces of one source merge with `add`.

    sightings: PARTIAL rows, detections and review candidates alike. matched counts detections.
    days: distinct days (since 1970) on which this source has records.
    """

    sightings: pa.Table = field(default_factory=PARTIAL.empty_table)
    counts: Counts = field(default_factory=Counts)
    ok: int = 0
    matched: int = 0
    rejects: list[Reject] = field(default_factory=list)
    skips: Counter[str] = field(default_factory=Counter)
    replaced: list[int] = field(default_factory=list)
    replaced_lines: int = 0
    zoneless: int = 0
    yearless: int = 0
    notices: list[Notice] = field(default_factory=list)
    first: int | None = None
    last: int | None = None
    days: set[int] = field(default_factory=set)
    names: Names = field(default_factory=Names)
    pieces: list[pa.Table] = field(default_factory=list)

    def add(self, other: Partial) -> None:
        """Take in the next piece of the same source (pieces arrive in order)."""
        self.pieces.append(other.sightings)
        self.counts = self.counts + other.counts
        self.ok += other.ok
        self.matched += other.matched
        room = KEPT_REJECTS - len(self.rejects)
        self.rejects += other.rejects[: max(room, 0)]
        self.skips.update(other.skips)
        self.replaced_lines += other.replaced_lines
        self.replaced += other.replaced[: max(KEPT_REJECTS - len(self.replaced), 0)]
        self.zoneless += other.zoneless
        self.yearless += other.yearless
        self.notices += other.notices
        self.first = _least(self.first, other.first)
        self.last = _greatest(self.last, other.last)
        self.days |= other.days
        self.names.merge(other.names)
        if len(self.pieces) >= 64:
            self.pieces = [summed(self.pieces)]

    def finish(self) -> Partial:
        """Sum the pieces into `sightings`."""
        self.sightings = summed(self.pieces)
        self.pieces = []
        return self


def summed(pieces: Sequence[pa.Table]) -> pa.Table:
    """Merge PARTIAL tables: one row a key, in the order of the keys."""
    table = pa.concat_tables([PARTIAL.empty_table(), *pieces])
    if not table.num_rows:
        return table
    far = [name for name in ("bytes_out", "bytes_in") if _overflows(table[name])]
    for name in far:
        table = _with(table, name, table[name].cast(_WIDE))
    grouped = table.group_by(KEYS.names, use_threads=False).aggregate(_SUMS)
    grouped = grouped.rename_columns(
        [*KEYS.names, *MEASURES.names]
        if grouped.column_names[0] == KEYS.names[0]
        else [*MEASURES.names, *KEYS.names]
    )
    for name in far:
        grouped = _with(grouped, name, pc.min_element_wise(grouped[name], _MOST, skip_nulls=False))
    grouped = grouped.select(PARTIAL.names).cast(PARTIAL)
    return grouped.sort_by([(name, "ascending") for name in (*KEYS.names, "sample_line")])


def _overflows(column: pa.ChunkedArray) -> bool:
    """Whether a sum of these could leave 64 bits, where it would silently turn negative."""
    return (pc.max(column).as_py() or 0) * len(column) >= 2**63


def _with(table: pa.Table, name: str, column: pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, column)


@dataclass(frozen=True, slots=True)
class Scan:
    """What stays the same over all pieces of all sources.

    privacy: `strict` leaves out client addresses and departments, `investigation` keeps rejected
    values as they are.
    """

    people: People
    key: bytes
    privacy: str = "standard"


def scan_range(segment: Segment, normaliser: Normaliser, matcher: Matcher, scan: Scan) -> Partial:
    """Normalise, match and sum one segment."""
    batch = normaliser(segment)
    found = matcher.match(batch.table, borrows=not NAMED & set(normaliser.format.map))
    personal = {name: column for column, name in batch.fields.items()}
    rejects = [
        replace(reject, value=_kept(personal.get(reject.field or ""), reject.value, scan))
        for reject in batch.rejects[:KEPT_REJECTS]
    ] + [
        Reject(
            line=int(batch.table["line"][bad.row].as_py()),
            offset=int(batch.offset[bad.row]),
            field=batch.fields.get(bad.column, bad.column),
            reason=bad.reason,
            value=_kept(bad.column, bad.value, scan),
        )
        for bad in found.bad[:KEPT_REJECTS]
    ]
    counts = batch.counts
    counts.rejected += len(found.bad)
    ok = batch.table.num_rows - len(found.bad)
    out = Partial(
        sightings=_sightings(batch.table, found, scan),
        counts=counts,
        ok=ok,
        matched=sum(verdict.is_detection for verdict in found.verdicts),
        rejects=sorted(rejects, key=lambda reject: reject.line)[:KEPT_REJECTS],
        skips=Counter(batch.skips),
        replaced=list(batch.replaced[:KEPT_REJECTS]),
        replaced_lines=len(batch.replaced),
        zoneless=batch.zoneless,
        yearless=batch.yearless,
        notices=list(batch.notices),
    )
    _times(batch.table, out)
    _learn(batch, found, matcher, out.names)
    return out


def _kept(column: str | None, value: str | None, scan: Scan) -> str | None:
    return value if scan.privacy == "investigation" else masked(column, value)


def _times(table: pa.Table, out: Partial) -> None:
    if not table.num_rows:
        return
    bounds = pc.min_max(table["time"].cast(_long)).as_py()
    if bounds["min"] is None:
        return
    out.first, out.last = bounds["min"], bounds["max"]
    first, last = out.first // DAY, out.last // DAY
    if first == last:
        out.days = {first}
        return
    stamps = pc.drop_null(table["time"]).cast(_long).to_numpy()
    out.days = set(np.unique(stamps // DAY).tolist())


def _learn(batch: Batch, found: Matched, matcher: Matcher, names: Names) -> None:
    """Names for logs that have none: uids of matched connections, and all DNS answers."""
    if "conn_uid" in batch.table.column_names and len(found.rows):
        uids = batch.table["conn_uid"].take(pa.array(found.rows)).to_pylist()
        for uid, host, verdict in zip(uids, found.hosts, found.verdicts, strict=True):
            if uid and host and verdict.by_host and verdict.is_detection:
                names.by_uid[uid] = min(host, names.by_uid.get(uid, host))
    learned = batch.learned
    if learned is None or not learned.num_rows:
        return
    pairs = learned.group_by(["ip", "host"], use_threads=False).aggregate(
        [("time", "min"), ("time", "max")]
    )
    hosts = matcher.host_entries(pairs["host"].to_pylist())
    firsts, lasts = (pairs[name].cast(_long).to_pylist() for name in ("time_min", "time_max"))
    for ip, entry, first, last in zip(pairs["ip"].to_pylist(), hosts, firsts, lasts, strict=True):
        try:
            address = normalise_ip(ip)
        except HostError:
            continue
        if entry.name is not None and first is not None:
            names.learn_answer(address, entry.name, first, last, matched=entry.hit)


def _sightings(table: pa.Table, found: Matched, scan: Scan) -> pa.Table:
    if not len(found.rows):
        return PARTIAL.empty_table()
    taken = table.take(pa.array(found.rows))
    verdicts, size = found.verdicts, len(found.rows)

    def column(name: str) -> list[object]:
        return taken[name].to_pylist() if name in taken.column_names else [None] * size

    who = [
        _actor(user, device, address, scan)
        for user, device, address in zip(
            column("src_user"), column("src_device"), column("src_ip"), strict=True
        )
    ]
    hosted = [verdict.by_host for verdict in verdicts]
    regions = [
        verdict.region or region for verdict, region in zip(verdicts, column("region"), strict=True)
    ]
    data = {
        "class": [named or "network" for named in column("class")],
        "service": [verdict.service for verdict in verdicts],
        "kind": [verdict.kind for verdict in verdicts],
        "surface": [verdict.surface for verdict in verdicts],
        "usage": [verdict.usage for verdict in verdicts],
        "detection": [verdict.detection for verdict in verdicts],
        "indicators": ["\n".join(verdict.indicators) for verdict in verdicts],
        "by_host": hosted,
        "per_host": [verdict.per_host for verdict in verdicts],
        "dst_host": found.hosts,
        "dst_ip": [None if by else ip for by, ip in zip(hosted, found.addresses, strict=True)],
        "dst_port": [
            None if by else port for by, port in zip(hosted, column("dst_port"), strict=True)
        ],
        "actor": [actor for actor, _, _ in who],
        "actor_type": [kind for _, kind, _ in who],
        "department": [department for _, _, department in who],
        "principal": [role_of(principal) for principal in column("principal")],
        "account": column("account"),
        "region": regions,
        "tenant": column("tenant"),
        "model": column("model"),
        "client": [client_of(agent) for agent in column("user_agent")],
        "action": [action or "unknown" for action in column("action")],
        "day": taken["time"].cast(pa.date32()),
        "hits": [1] * size,
        "bytes_out": column("bytes_out"),
        "bytes_in": column("bytes_in"),
        "sized_out": [int(sent is not None) for sent in column("bytes_out")],
        "sized_in": [int(got is not None) for got in column("bytes_in")],
        "first_seen": taken["time"],
        "last_seen": taken["time"],
        "sample_line": taken["line"],
    }
    return summed([pa.table(data, schema=PARTIAL)])


def _actor(
    user: object, device: object, address: object, scan: Scan
) -> tuple[str | None, str | None, str | None]:
    """Who did it, as (pseudonym, type, department); the best of what the record names."""
    if user:
        identity, department = scan.people.resolve(str(user))
        unit = None if scan.privacy == "strict" else department
        return pseudonym(scan.key, "user", identity), "user", unit
    if device:
        return pseudonym(scan.key, "device", str(device).casefold()), "device", UNKNOWN_DEPARTMENT
    if address and scan.privacy != "strict":
        return pseudonym(scan.key, "address", str(address)), "address", UNKNOWN_DEPARTMENT
    return None, None, None


def client_of(agent: object) -> str | None:
    """The family of a user agent: `curl` of `curl/8.5`, `OpenAI/Python` of `OpenAI/Python 2.54`."""
    if not agent:
        return None
    text = str(agent)
    if text.startswith("Mozilla/"):
        return "browser"
    parts = text.split(None, 1)
    if not parts:
        return None
    name, _, version = parts[0].partition("/")
    family = name if version[:1].isdigit() or not version else parts[0]
    return family[:64]


def detections(sightings: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Split PARTIAL rows into detections (medium or above) and candidates for review."""
    strong = pa.array([word for word, rank in RANK.items() if rank >= RANK["medium"]])
    mask = pc.is_in(sightings["detection"], value_set=strong)
    return sightings.filter(mask), sightings.filter(pc.invert(mask))


def _least(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else min(a, b)


def _greatest(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else max(a, b)
