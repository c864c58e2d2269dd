"""One piece of one log to a small table of sightings and an exact account of its records.

Pure: what comes out depends on the segment, the format, the signatures, the learnt names and the
key alone, and pieces merge by sum, minimum and maximum, so the result is the same for any split.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.logs.values import Reject
from connectors.observation import BY_NAME
from scanner.distinct import distinct
from scanner.match.models import models
from scanner.names import NAMED, borrows
from scanner.partial import KEPT_REJECTS, Partial
from scanner.privacy import masked, role_of
from scanner.roles import settled
from scanner.sums import KEYS, PARTIAL, packed
from scanner.who import Scan, client_of
from signatures.hosts import HostError, normalise_ip

if TYPE_CHECKING:
    from collections.abc import Callable

    from connectors.logs.model import TenantOf
    from connectors.logs.normalise import Normaliser
    from connectors.logs.values import Batch, Segment
    from scanner.match.exact import Matched, Matcher
    from scanner.match.verdict import Verdict
    from scanner.names import Names

DNS_PORT: Final = 53
DAY: Final = 86_400_000_000  # microseconds
# Of a weak sign, what the list for review says; the rest of its keys is dropped.
TOLD_OF_WEAK: Final = frozenset(
    {"service", "kind", "detection", "indicators", "by_host", "per_host", "dst_host", "dst_ip"}
)
MANY: Final = 8192  # rows that are summed where they were made, before more are looked at


def scan_range(segment: Segment, normaliser: Normaliser, matcher: Matcher, scan: Scan) -> Partial:
    """Normalise, match and sum one segment."""
    batch = settled(normaliser(segment))
    found = matcher.match(batch.table, borrows=borrows(normaliser.format), taken=batch.taken)
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
        sightings=_sightings(batch, found, scan, normaliser.format.tenant_of),
        counts=counts,
        ok=ok,
        matched=_detections(found),
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


def _detections(found: Matched) -> int:
    sure = np.array([verdict.is_detection for verdict in found.judged], np.bool_)
    return int(sure[found.which].sum()) if len(found.rows) else 0


def _kept(column: str | None, value: str | None, scan: Scan) -> str | None:
    return value if scan.privacy == "investigation" else masked(column, value)


def _times(table: pa.Table, out: Partial) -> None:
    if not table.num_rows:
        return
    bounds = pc.min_max(table["time"].cast(pa.int64())).as_py()
    if bounds["min"] is None:
        return
    out.first, out.last = bounds["min"], bounds["max"]
    first, last = out.first // DAY, out.last // DAY
    if first == last:
        out.days = {first}
        return
    stamps = pc.drop_null(table["time"]).cast(pa.int64()).to_numpy()
    out.days = set(np.unique(stamps // DAY).tolist())


def _learn(batch: Batch, found: Matched, matcher: Matcher, names: Names) -> None:
    """Names for logs that have none: uids of matched connections, and all DNS answers."""
    if "conn_uid" in batch.table.column_names and len(found.rows):
        rows = batch.taken(found.rows)
        own = [rows[name] for name in sorted(NAMED & set(rows.column_names))]
        # A name of its own; and a question to a resolver is no connection to who was asked for.
        fit = pc.is_valid(pc.coalesce(*own)) if own else pa.nulls(len(rows), pa.bool_())
        fit = pc.and_(fit, pc.not_equal(rows["class"], "dns"))
        sure = [verdict.by_host and verdict.is_detection for verdict in found.judged]
        facts = zip(rows["conn_uid"].to_pylist(), fit.to_pylist(), found.hosts.to_pylist(),
                    found.which.tolist(), strict=True)  # fmt: skip
        for uid, fits, host, i in facts:
            if uid and fits and host and sure[i]:
                names.learn_uid(uid, host)
    learned = batch.learned
    if learned is None or not learned.num_rows:
        return
    pairs = learned.group_by(["ip", "host"], use_threads=False).aggregate(
        [("time", "min"), ("time", "max")]
    )
    hosts = matcher.hosts.of(pairs["host"].to_pylist())
    firsts, lasts = (pairs[name].cast(pa.int64()).to_pylist() for name in ("time_min", "time_max"))
    for ip, entry, first, last in zip(pairs["ip"].to_pylist(), hosts, firsts, lasts, strict=True):
        try:
            address = normalise_ip(ip)
        except HostError:
            continue
        if entry.name is not None and first is not None:
            names.learn_answer(address, entry.name, first, last, matched=entry.hit)


def _sightings(batch: Batch, found: Matched, scan: Scan, tenant_of: TenantOf) -> pa.Table:
    """What was found, a row each, or summed if there is much of it."""
    size = len(found.rows)
    if not size:
        return PARTIAL.empty_table()
    if size <= MANY:
        return _rows(batch, found, scan, tenant_of)
    return packed(
        [
            packed([_rows(batch, found[at : at + MANY], scan, tenant_of)])
            for at in range(0, size, MANY)
        ]
    )


def _rows(batch: Batch, found: Matched, scan: Scan, tenant_of: TenantOf) -> pa.Table:
    size = len(found.rows)
    taken = batch.taken(found.rows)
    which = pa.array(found.which)

    def said(attribute: Callable[[Verdict], object], kind: pa.DataType) -> pa.Array:
        return pa.array(map(attribute, found.judged), kind).take(which)

    def column(name: str) -> pa.ChunkedArray:
        if name in taken.column_names:
            return taken[name]
        return pa.chunked_array([pa.nulls(size, BY_NAME[name].type)])

    who = _actors(column("src_user"), column("src_device"), _clients(taken), scan)
    hosted = said(attrgetter("by_host"), pa.bool_())
    asked = models(taken, found.judged, found.which)
    data = {
        "class": pc.fill_null(column("class"), "network"),
        "service": said(attrgetter("service"), pa.string()),
        "kind": said(attrgetter("kind"), pa.string()),
        "surface": said(attrgetter("surface"), pa.string()),
        "usage": said(attrgetter("usage"), pa.string()),
        "detection": said(attrgetter("detection"), pa.string()),
        "indicators": said(lambda verdict: "\n".join(verdict.indicators), pa.string()),
        "by_host": hosted,
        "per_host": said(attrgetter("per_host"), pa.bool_()),
        "dst_host": found.hosts,
        "dst_ip": pc.if_else(hosted, None, found.addresses),
        "dst_port": pc.if_else(hosted, None, column("dst_port")),
        **{name: who[name] for name in who.column_names},
        "principal": _each(column("principal"), role_of),
        "account": pc.coalesce(column("account"), asked.account),
        "region": pc.coalesce(
            said(lambda verdict: verdict.region or None, pa.string()),
            column("region"),
            asked.region,
        ),
        "tenant": pc.if_else(_workspaces(found, tenant_of), column("tenant"), None),
        "model": asked.model,
        "deployment": asked.deployment,
        "client": _each(column("user_agent"), client_of),
        "action": _each(column("action").fill_null(""), lambda action: str(action or "unknown")),
        "day": taken["time"].cast(pa.date32()),
        "hits": pa.array(np.ones(size, np.int64)),
        "bytes_out": column("bytes_out"),
        "bytes_in": column("bytes_in"),
        "sized_out": column("bytes_out").is_valid().cast(pa.int64()),
        "sized_in": column("bytes_in").is_valid().cast(pa.int64()),
        "first_seen": taken["time"],
        "last_seen": taken["time"],
        "sample_line": taken["line"],
    }
    table = pa.table(data, schema=PARTIAL)
    sure = said(attrgetter("is_detection"), pa.bool_())
    return table if pc.all(sure).as_py() else _bare(table, sure)


def _workspaces(found: Matched, tenant_of: TenantOf) -> pa.Array:
    """Whether `tenant` of each row is a workspace of what was found there (decision 17)."""
    if tenant_of is None:
        kept = [not one.told for one in found.judged]
    else:
        kept = [tenant_of == "service" or one.vendor in tenant_of for one in found.judged]
    return pa.array(kept, pa.bool_()).take(pa.array(found.which))


def _bare(table: pa.Table, sure: pa.Array) -> pa.Table:
    """Weak signs without what is not told of them: they add up to few rows, and name nobody."""
    for name in set(KEYS.names) - TOLD_OF_WEAK:
        column = table[name]
        kept = pc.if_else(sure, column, pa.scalar(None, column.type))
        table = table.set_column(table.column_names.index(name), name, kept)
    return table


def _actors(
    users: pa.ChunkedArray, devices: pa.ChunkedArray, addresses: pa.ChunkedArray, scan: Scan
) -> pa.Table:
    """Who is behind each row; each combination is asked for once."""
    told = pa.table({"user": users, "device": devices, "address": addresses})
    first, which = distinct(told, told.column_names)
    some = told.take(pa.array(first))
    who = [scan.actor(*row) for row in zip(*(column.to_pylist() for column in some), strict=True)]
    columns = zip(*who, strict=True)
    texts = [pa.array(column, pa.string()).take(pa.array(which)) for column in columns]
    return pa.table(texts, names=["actor", "actor_type", "department"])


def _clients(taken: pa.Table) -> pa.ChunkedArray:
    """The addresses that asked: of an answer that a name server sent, the other end."""
    if "src_ip" not in taken.column_names:
        return pa.chunked_array([pa.nulls(len(taken), pa.string())])
    if {"class", "src_port", "dst_ip"} <= set(taken.column_names):
        answer = pc.and_kleene(
            pc.equal(taken["class"], "dns"), pc.equal(taken["src_port"], DNS_PORT)
        ).fill_null(fill_value=False)
        return pc.if_else(answer, taken["dst_ip"], taken["src_ip"])
    return taken["src_ip"]


def _each(column: pa.ChunkedArray, function: Callable[[object], str | None]) -> pa.Array:
    """The function of every value, asked once for each distinct one."""
    encoded = column.combine_chunks().dictionary_encode()
    made = pa.array(map(function, encoded.dictionary.to_pylist()), pa.string())
    return made.take(encoded.indices)
