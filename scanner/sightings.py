"""Writing what was seen into the store: sightings of assets, and candidates for review.

Tables pass one at a time, through relations: a registered table would be kept until the
transaction ends (docs/decisions/0010).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import duckdb
import pyarrow as pa

from scanner.errors import AccountingError
from scanner.identify import identified
from scanner.partial import FEW, detections
from scanner.sums import SOURCED, packed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scanner.sources import SourceResult
    from scanner.spill import Parked, Spill
    from signatures.compile import Compiled

AT_ONCE: Final = 1 << 15  # rows that are written together
_SELECTED: Final = {"indicators": "string_split(indicators, chr(10)) as indicators"}


def write_sightings(
    con: duckdb.DuckDBPyConnection,
    run_id: str,
    organisation: str,
    compiled: Compiled,
    results: Sequence[SourceResult],
    spill: Spill,
) -> None:
    """Detections as sightings of assets, the rest as candidates for review."""
    matched = sum(result.partial.matched for result in results)
    products = {one.id: one.product for one in compiled.services.values()}
    sources = _sources(results)
    _weak_table(con)
    found = Parts([spill.park(part) for part in _strong(con, results)], sources)
    _candidates(con, run_id, sources)
    columns = con.sql("from sighting limit 0").columns
    select = [duckdb.SQLExpression(_SELECTED.get(name, name)) for name in columns]
    for part in identified(con, found, products, organisation, run_id):
        tagged = part.append_column("run_id", pa.repeat(run_id, part.num_rows))
        # A registered table would be kept until the transaction ends, and all of them with it.
        con.from_arrow(tagged).select(*select).insert_into("sighting")
    _hold_hits(con, run_id, matched)


@dataclass(frozen=True, slots=True)
class Parts:
    """The detections of all sources, part by part, with where they come from."""

    parts: Sequence[Parked]
    sources: pa.Table

    def __iter__(self) -> Iterator[pa.Table]:
        """As often as it is asked; parts that wait on disk are read anew."""
        for part in self._tables():
            where = self.sources.take(part["source_no"].combine_chunks())
            table = part.drop_columns("source_no")
            for name in where.column_names:
                table = table.append_column(name, where[name])
            yield table

    def _tables(self) -> Iterator[pa.Table]:
        yield SOURCED.empty_table()
        for part in self.parts:
            table = part.table()
            for at in range(0, table.num_rows, AT_ONCE):
                yield table[at : at + AT_ONCE]


def _sources(results: Sequence[SourceResult]) -> pa.Table:
    """What the store says of each source, by its number."""
    text = pa.string()
    path = pa.array([one.path for one in results], text)
    return pa.table(
        {
            "source": path,
            "format": pa.array([one.format for one in results], text),
            "sha256": pa.array([one.sha256 for one in results], text),
            "sample_path": path,
        }
    )


def _strong(con: duckdb.DuckDBPyConnection, results: Sequence[SourceResult]) -> Iterator[pa.Table]:
    """Detections by the number of their source; the rest goes into table weak.

    Results give up their tables. Small ones are summed together, since a sum has its own price.
    """
    few: list[pa.Table] = []
    weak: list[pa.Table] = []
    few_rows = weak_rows = 0
    for number, result in enumerate(results):
        for table in result.partial.tables():
            found, other = (_numbered(some, number) for some in detections(table))
            if other.num_rows:  # an empty slice would keep all it was cut from
                weak.append(other)
                weak_rows += other.num_rows
            if found.num_rows > FEW:
                yield found
            elif found.num_rows:
                few.append(found)
                few_rows += found.num_rows
            if few_rows > AT_ONCE:
                yield packed(few, SOURCED).cast(SOURCED)
                few, few_rows = [], 0
            if weak_rows > AT_ONCE:
                con.from_arrow(pa.concat_tables(weak)).insert_into("weak")
                weak, weak_rows = [], 0
        result.partial.parked = []
    yield packed(few, SOURCED).cast(SOURCED)
    if weak:
        con.from_arrow(pa.concat_tables(weak)).insert_into("weak")


def _numbered(table: pa.Table, number: int) -> pa.Table:
    numbers = pa.repeat(pa.scalar(number, pa.int64()), table.num_rows)
    return table.add_column(0, "source_no", numbers)


def _hold_hits(con: duckdb.DuckDBPyConnection, run_id: str, matched: int) -> None:
    """Every matched record is in exactly one sighting of this run."""
    ((hits,),) = con.execute(
        "select coalesce(sum(hits), 0) from sighting where run_id = $run_id", {"run_id": run_id}
    ).fetchall()
    if int(hits) != matched:
        raise AccountingError(f"{matched} records matched, the sightings hold {int(hits)}")


def _weak_table(con: duckdb.DuckDBPyConnection) -> None:
    con.register("nothing", SOURCED.empty_table())
    con.execute("create or replace temp table weak as select * from nothing")
    con.unregister("nothing")


def _candidates(con: duckdb.DuckDBPyConnection, run_id: str, sources: pa.Table) -> None:
    numbers = pa.array(range(sources.num_rows), pa.int64())
    con.register("place", sources.select(["source"]).append_column("source_no", numbers))
    con.execute(
        """
        insert into candidate by name
        select
            $run_id               as run_id,
            p.source,
            service,
            kind,
            detection,
            coalesce(dst_host, dst_ip) as dst_host,
            replace(indicators, chr(10), ', ') as why,
            sum(hits)             as hits,
            min(first_seen)       as first_seen,
            max(last_seen)        as last_seen,
            p.source              as sample_path,
            min(sample_line)      as sample_line
        from weak
        join place as p using (source_no)
        group by all
        """,
        {"run_id": run_id},
    )
    con.unregister("place")
    con.execute("drop table weak")
