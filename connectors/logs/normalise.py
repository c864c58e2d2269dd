"""Segments into observations: read the fields, map them in one statement, judge every row.

A row with a value that is present and wrong, or without what the format requires, is rejected
with the source's own name of the field and the value; a row the format drops is counted under the
name of its reason. Nothing else disappears.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.logs import stamps
from connectors.logs.columns import first_alike, least, null, numbers, when
from connectors.logs.engine import connect
from connectors.logs.expressions import Expressions
from connectors.logs.mapper import Mapper
from connectors.logs.plan import LEARN, OTHERS, SKIP, Plan
from connectors.logs.readers import reader_for
from connectors.logs.remarks import passed_over
from connectors.logs.values import Batch, Counts, Reject
from connectors.observation import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from numpy.typing import NDArray

    from connectors.logs.model import Format
    from connectors.logs.readers.base import Bad, Source
    from connectors.logs.settings import ReadSettings
    from connectors.logs.values import Segment

_BYTES: Final = dict.fromkeys(("bytes_out", "bytes_in"), "not a byte count")
_PORTS: Final = dict.fromkeys(
    ("src_port", "dst_port", "client_port", "server_port"), "not a port from 1 to 65535"
)
WRONG: Final = _BYTES | _PORTS | {"http_status": "not an HTTP status"}
MISSING: Final = "missing"

ADDRESS: Final = r"^[0-9]+(\.[0-9]+){3}$|^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$"
LEARNED: Final = pa.schema(
    [("time", pa.timestamp("us")), ("ip", pa.string()), ("host", pa.string())]
)


class Normaliser:
    """Reads segments of one format; one per worker thread, since it owns its connection.

    columns limits the observation columns that are made (time and what the format requires are
    always made); None makes all the format maps. Those in `late` are made by Batch.taken, of the
    rows that are asked for; one whose values can reject their row cannot be late.
    undated: a record without a time is taken, to be shown; nothing can count it.
    """

    def __init__(
        self,
        fmt: Format,
        settings: ReadSettings,
        columns: Collection[str] | None = None,
        late: Collection[str] = (),
        *,
        undated: bool = False,
    ) -> None:
        self.format = fmt
        self.settings = settings
        self._undated = undated
        self._expressions = fmt.expressions
        needed = {name for item in fmt.require for name in item.split("|")}
        self._columns = [
            name for name in fmt.map if columns is None or name in needed or name in columns
        ]
        later = [c for c in self._columns if c in late and c not in needed and c not in WRONG]
        con = connect()
        self._map = Mapper(
            fmt, [c for c in self._columns if c not in later], self._expressions, con
        )
        self._map_late = Mapper(fmt, later, Expressions(self._expressions.map, {}, {}), con)
        self._read: Callable[[Segment], Source] = reader_for(fmt, self._wanted(), con)
        self._names: dict[str, str] = {}
        self._plan: Plan | None = None

    def prove(self) -> None:
        """Run the SQL once with every field present. Raises FormatError.

        For whoever loads a format that no test has proven: it takes DuckDB up to a second. Two
        records without values: an aggregate would fold them, unnest multiply them.
        """
        wanted = self._wanted()
        nothing = pa.table({name: pa.nulls(2, pa.string()) for name in wanted})
        for mapper in (self._map, self._map_late):
            plan = mapper.plan(wanted, cleaned=False)
            if plan.sql is not None:
                mapper.run(plan.sql, nothing)

    def fields(self, segment: Segment) -> pa.Table:
        """The fields of the records that can be cut, before anything is made of them."""
        table = self._read(segment).table
        words = pa.array(self.format.reader.missing, pa.string())
        made = {
            name: pc.if_else(
                pc.is_in(table.column(name), value_set=words), None, table.column(name)
            )
            for name in table.column_names
            if name
        }
        return pa.table(made) if made else table

    def _wanted(self) -> tuple[str, ...]:
        """The fields that the wanted columns, drop and learn read."""
        everything = [e for c in self._columns for e in self._expressions.map[c]]
        everything += [*self._expressions.drop.values(), *self._expressions.learn.values()]
        return tuple(dict.fromkeys(name for e in everything for name in e.fields))

    def raw_name(self, column: str) -> str:
        """The source's own name(s) of the field that fills `column` in the last segment read."""
        used = self._plan.used.get(column, ()) if self._plan else ()
        names = [self._names.get(f, f) for e in used for f in e.fields[:1]]
        return "|".join(dict.fromkeys(names)) or column

    def __call__(self, segment: Segment) -> Batch:
        """The observations of one segment. Raises FormatError when the format's SQL is at fault."""
        if len(segment):
            source = self._read(segment)
        else:
            return self._batch(segment, _Judged.nothing())
        self._names = source.names
        plan = self._plan = self._map.plan(source.table.column_names, cleaned=source.cleaned)
        out = self._map(source.table, plan)
        judged = self._judge(segment, source, plan, out)
        judged.rejects = [_reject(segment, bad) for bad in source.bad] + judged.rejects
        judged.skips |= source.skips
        judged.extra = source.extra
        judged.rejects.sort(key=lambda reject: reject.line)
        if OTHERS in out.column_names:
            self._tell_others(segment, plan, judged)
        batch = self._batch(segment, judged)
        late = self._map_late.plan(source.table.column_names, cleaned=source.cleaned)
        if late.used:
            kept = np.flatnonzero(judged.keep)
            batch.late = lambda rows: _typed(
                self._map_late(source.table.take(pa.array(kept[rows])), late)
            )
        return batch

    def _tell_others(self, segment: Segment, plan: Plan, judged: _Judged) -> None:
        """Name the fields that give another destination than the one that is read."""
        told = pc.fill_null(judged.out.column(OTHERS), "").combine_chunks()
        for number, e in enumerate(plan.used["dst_host"]):
            mask = pc.match_substring_regex(told, rf"\b{number}\b").to_numpy(zero_copy_only=False)
            rows = np.flatnonzero(mask & judged.keep)
            if len(rows):
                line = int(segment.line_no[judged.rows[rows[0]]])
                name = self._names.get(e.fields[0], e.fields[0])
                segment.notices.append(passed_over(name, line, len(rows)))

    def _judge(self, segment: Segment, source: Source, plan: Plan, out: pa.Table) -> _Judged:
        """Split the mapped rows into skipped, rejected and good."""
        rows = source.table.num_rows
        names = out.column_names
        judged = _Judged(out, source.rows, np.ones(rows, bool), rejects=[])
        dropped = np.zeros(rows, bool)
        if SKIP in names:
            skip = out.column(SKIP)
            dropped = ~null(skip)
            if dropped.any():
                counted = pc.value_counts(skip.filter(pa.array(dropped)).combine_chunks())
                judged.skips = {pair["values"]: pair["counts"] for pair in counted.to_pylist()}
        stamp = (
            numbers(out.column("time"), stamps.MISSING)
            if "time" in names
            else np.full(rows, stamps.MISSING)
        )
        times = stamps.decode(stamp, self.settings)
        judged.times = times
        wrong = {"time": (times.not_a_time & (stamp != stamps.MISSING)) | times.future}
        for column in WRONG:
            if column in names and least(out.column(column)) < 0:
                wrong[column] = numbers(out.column(column), 0) < 0
        required = [one for one in self.format.require if one != "time" or not self._undated]
        absent = {item: self._absent(item, out, stamp) for item in required}
        judged.undated = (stamp == stamps.MISSING) if self._undated else None
        bad = np.zeros(rows, bool)
        for mask in (*wrong.values(), *absent.values()):
            bad |= mask
        bad &= ~dropped
        if bad.any():
            judged.rejects = self._diagnose(
                segment, source, plan, np.flatnonzero(bad), wrong, absent, times
            )
        judged.keep = ~bad & ~dropped
        self._learn(judged, out, times, bad)
        return judged

    def _absent(self, item: str, out: pa.Table, stamp: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which rows lack every column of a requirement."""
        if item == "time":
            none: NDArray[np.bool_] = stamp == stamps.MISSING
            return none
        lacks = np.ones(out.num_rows, bool)
        for column in item.split("|"):
            if column in out.column_names:
                lacks &= null(out.column(column))
        return lacks

    def _diagnose(
        self,
        segment: Segment,
        source: Source,
        plan: Plan,
        rows: NDArray[np.int64],
        wrong: dict[str, NDArray[np.bool_]],
        absent: dict[str, NDArray[np.bool_]],
        times: stamps.Times,
    ) -> list[Reject]:
        """Why these rows are bad: the first column that is, and which of its fields."""
        faulty = source.table.take(pa.array(rows))
        culprits: dict[str, list[str | None]] = {}
        rejects = []
        for i, row in enumerate(rows.tolist()):
            column = next((c for c, mask in wrong.items() if mask[row]), None)
            if column is None:
                item = next(item for item, mask in absent.items() if mask[row])
                name, reason = self._field_of(plan, item), MISSING
            else:
                if column not in culprits:
                    culprits[column] = self._culprits(plan, column, faulty)
                name, reason = culprits[column][i], WRONG.get(column, stamps.NOT_A_TIME)
                if column == "time" and times.future[row]:
                    reason = stamps.FUTURE
            value = faulty.column(name)[i].as_py() if name in faulty.column_names else None
            if reason == MISSING and name in faulty.column_names:
                value = ""
            at = int(source.rows[row])
            rejects.append(
                Reject(
                    int(segment.line_no[at]),
                    int(segment.offset[at]),
                    source.names.get(name, name) if name else None,
                    reason,
                    value,
                )
            )
        return rejects

    def _culprits(self, plan: Plan, column: str, faulty: pa.Table) -> list[str | None]:
        """For each faulty row the field that is wrong, or the first that has a value at all."""
        first = next((e.fields[0] for e in plan.used[column] if e.fields), None)
        rows = faulty.num_rows
        found = plan.diagnose(column)
        if found is None:
            return [first] * rows
        sql, fields = found
        out = self._map.run(sql, faulty)
        names: list[str | None] = [first] * rows
        for wanted in (lambda v: v is not None, lambda v: v is not None and v < 0):
            for field, values in reversed(list(zip(fields, out.columns, strict=True))):
                for i, value in enumerate(values.to_pylist()):
                    if wanted(value):
                        names[i] = field
        return names

    def _field_of(self, plan: Plan, item: str) -> str | None:
        """The field a requirement would come from; of several columns the first that is mapped."""
        for column in item.split("|"):
            for e in plan.used.get(column, ()):
                if e.fields:
                    return e.fields[0]
        for column in item.split("|"):
            for e in self._expressions.map.get(column, ()):
                if e.fields:
                    return e.fields[0]
        return item

    def _learn(
        self, judged: _Judged, out: pa.Table, times: stamps.Times, bad: NDArray[np.bool_]
    ) -> None:
        """Name answers of good and of dropped rows; one row per address."""
        if LEARN + "ip" not in out.column_names:
            return
        ips, hosts = out.column(LEARN + "ip").combine_chunks(), out.column(LEARN + "host")
        if LEARN + "key" in out.column_names:
            hosts = hosts.take(first_alike(out.column(LEARN + "key")))
        use = ~bad & ~times.not_a_time & ~null(ips) & ~null(hosts)
        if not use.any():
            return
        kept = np.flatnonzero(use)
        ips = ips.take(pa.array(kept))
        if pa.types.is_list(ips.type):
            parents = np.asarray(pc.list_parent_indices(ips).to_numpy())
            ips = pc.list_flatten(ips)
        else:
            parents = np.arange(len(kept))
        mask = np.asarray(
            pc.match_substring_regex(ips, ADDRESS)
            .fill_null(fill_value=False)
            .to_numpy(zero_copy_only=False)
        )
        where = kept[parents[mask]]
        judged.learned = pa.table(
            [
                pa.array(times.us[where], pa.timestamp("us")),
                ips.filter(pa.array(mask)),
                hosts.take(pa.array(where)).combine_chunks(),
            ],
            schema=LEARNED,
        )

    def _batch(self, segment: Segment, judged: _Judged) -> Batch:
        """The good rows as a table with the columns' own types, and everything counted."""
        keep = judged.keep
        whole = bool(keep.all())
        at = judged.rows if whole else judged.rows[keep]
        columns: dict[str, Any] = {}
        first = last = None
        zoneless = yearless = ambiguous = 0
        if judged.times is not None:
            us = judged.times.us if whole else judged.times.us[keep]
            mask = None if judged.undated is None else judged.undated[keep]
            columns["time"] = pa.array(us, pa.int64(), mask=mask).cast(pa.timestamp("us"))
            if len(us):
                first, last = when(int(us.min())), when(int(us.max()))
            zoneless = int((judged.times.zoneless & keep).sum())
            yearless = int((judged.times.yearless & keep).sum())
            ambiguous = int((judged.times.ambiguous & keep).sum())
        good = judged.out if whole else judged.out.filter(pa.array(keep))
        typed = _typed(good.drop_columns([name for name in columns if name in good.column_names]))
        columns |= {name: typed.column(name) for name in typed.column_names}
        columns["line"] = pa.array(segment.line_no[at], pa.int64())
        if segment.event_no is not None:
            columns["event"] = pa.array(segment.event_no[at], pa.int32())
        skipped = sum(judged.skips.values())
        counts = segment.counts + Counts(
            read=len(segment) + judged.extra, skipped=skipped, rejected=len(judged.rejects)
        )
        return Batch(
            table=pa.table(columns),
            counts=counts,
            rejects=[*segment.rejects, *judged.rejects],
            skips=judged.skips,
            replaced=segment.replaced,
            learned=judged.learned,
            zoneless=zoneless,
            yearless=yearless,
            ambiguous=ambiguous,
            first_time=first,
            last_time=last,
            offset=segment.offset[at],
            notices=segment.notices,
            fields={name: self.raw_name(name) for name in columns},
        )


def _typed(out: pa.Table) -> pa.Table:
    """The observation columns among what SQL made, each with its own type."""
    names = [name for name in out.column_names if name in BY_NAME]
    return pa.table({name: out.column(name).cast(BY_NAME[name].type) for name in names})


class _Judged:
    """Mapped rows and what was decided about each."""

    __slots__ = (
        "extra", "keep", "learned", "out", "rejects", "rows", "skips", "times", "undated",
    )  # fmt: skip

    def __init__(
        self,
        out: pa.Table,
        rows: NDArray[np.int64],
        keep: NDArray[np.bool_],
        rejects: list[Reject],
    ) -> None:
        self.out = out
        self.rows = rows
        self.keep = keep
        self.rejects = rejects
        self.skips: dict[str, int] = {}
        self.extra = 0
        self.times: stamps.Times | None = None
        self.undated: NDArray[np.bool_] | None = None
        self.learned: pa.Table | None = None

    @classmethod
    def nothing(cls) -> _Judged:
        """No rows at all."""
        return cls(pa.table({}), np.empty(0, np.int64), np.empty(0, bool), [])


def _reject(segment: Segment, bad: Bad) -> Reject:
    line, offset = int(segment.line_no[bad.row]), int(segment.offset[bad.row])
    return Reject(line, offset, bad.field, bad.reason, bad.value)
