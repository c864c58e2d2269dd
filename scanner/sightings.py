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
from scanner.partial import detections
from scanner.sums import PARTIAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scanner.sources import SourceResult
    from signatures.compile import Compiled

_SELECTED: Final = {"indicators": "string_split(indicators, chr(10)) as indicators"}


def write_sightings(
    con: duckdb.DuckDBPyConnection,
    run_id: str,
    organisation: str,
    compiled: Compiled,
    results: Sequence[SourceResult],
) -> None:
    """Detections as sightings of assets, the rest as candidates for review."""
    products = {one.id: one.product for one in compiled.services.values()}
    _candidates(con, run_id, results)
    wanted = con.sql("from sighting limit 0").columns
    select = [_SELECTED.get(name, name) for name in wanted]
    for found in identified(con, Detected(results), products, organisation, run_id):
        tagged = found.append_column("run_id", pa.repeat(run_id, found.num_rows))
        # A registered table would be kept until the transaction ends, and all of them with it.
        con.from_arrow(tagged).select(*map(duckdb.SQLExpression, select)).insert_into("sighting")
    _hold_hits(con, run_id, sum(result.partial.matched for result in results))


@dataclass(frozen=True, slots=True)
class Detected:
    """The detections of all sources, table by table, with where they come from."""

    results: Sequence[SourceResult]

    def __iter__(self) -> Iterator[pa.Table]:
        """As often as it is asked; tables that wait on disk are read anew."""
        yield _tagged(PARTIAL.empty_table(), None)
        for result in self.results:
            for table in result.partial.tables():
                yield _tagged(detections(table)[0], result)


def _hold_hits(con: duckdb.DuckDBPyConnection, run_id: str, matched: int) -> None:
    """Every matched record is in exactly one sighting of this run."""
    ((hits,),) = con.execute(
        "select coalesce(sum(hits), 0) from sighting where run_id = $run_id", {"run_id": run_id}
    ).fetchall()
    if int(hits) != matched:
        raise AccountingError(f"{matched} records matched, the sightings hold {int(hits)}")


def _tagged(found: pa.Table, result: SourceResult | None) -> pa.Table:
    """Sightings with where they come from."""
    for name, value in (
        ("source", result.path if result else None),
        ("format", result.format if result else None),
        ("sha256", result.sha256 if result else None),
        ("sample_path", result.path if result else None),
    ):
        text = pa.scalar(value, pa.string())
        found = found.append_column(name, pa.repeat(text, found.num_rows))
    return found


def _candidates(
    con: duckdb.DuckDBPyConnection, run_id: str, results: Sequence[SourceResult]
) -> None:
    con.register("nothing", PARTIAL.empty_table())
    con.execute("create temp table weak as select * from nothing")
    con.unregister("nothing")
    for result in results:
        for table in result.partial.tables():
            _, weak = detections(table)
            if weak.num_rows:
                con.from_arrow(weak).insert_into("weak")
        con.execute(
            """
            insert into candidate by name
            select
                $run_id               as run_id,
                $path                 as source,
                service,
                kind,
                detection,
                coalesce(dst_host, dst_ip) as dst_host,
                replace(indicators, chr(10), ', ') as why,
                sum(hits)             as hits,
                min(first_seen)       as first_seen,
                max(last_seen)        as last_seen,
                $path                 as sample_path,
                min(sample_line)      as sample_line
            from weak
            group by all
            """,
            {"run_id": run_id, "path": result.path},
        )
        con.execute("delete from weak")
    con.execute("drop table weak")
