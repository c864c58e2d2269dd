"""Writing a run into the store: what was read, what was seen, what it was judged by.

Everything here happens inside the run's one transaction. The equations of DESIGN decision 4 are
checks of table `source`, so a sum that does not hold refuses the whole run.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import duckdb

from connectors.files.notice import Notice
from scanner.coverage import cells, day, moment, numbers
from scanner.errors import AccountingError
from scanner.grown import Before, Flaw
from scanner.rows import insert_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.declared.model import RowProblem
    from scanner.coverage import Cell
    from scanner.sources import SourceResult
    from signatures.compile import Compiled

_ROWS = ("header", "blank", "comment", "skipped", "rejected", "cut", "screened_out")


def next_seq(con: duckdb.DuckDBPyConnection) -> int:
    """The number of the run about to be written; runs are ordered by it, not by the clock."""
    (row,) = con.execute("select coalesce(max(seq), 0) + 1 from run").fetchall()
    return int(row[0])


def grown_from(con: duckdb.DuckDBPyConnection) -> list[Before]:
    """What earlier runs read and may have grown since, under whatever name and packing."""
    rows = con.execute(
        """
        select
            coalesce(s.head_size, s.content_size),
            coalesce(s.head, s.content),
            s.format,
            s.run_id,
            s.head is not null,
            s.rejected,
            r.last_reject,
            s.replaced,
            s.reason,
            c.days,
            s.earlier,
            s.earlier_days
        from source as s
        left join (
            select run_id, source, max(byte_offset) as last_reject
            from reject
            group by all
        ) as r using (run_id, source)
        left join (
            select run_id, source, list_distinct(flatten(list(days))) as days
            from coverage
            group by all
        ) as c using (run_id, source)
        where s.read > 0 and s.content is not null and s.content_size > 0
        order by s.run_id, s.source
        """
    ).fetchall()
    known = []
    for *plain, days, earlier, bad in rows:
        flaw = Flaw(str(earlier), numbers(bad)) if earlier else None
        names = ("size", "sha256", "format", "run_id", "document", "rejected", "last_reject",
                 "replaced", "reason")  # fmt: skip
        read = dict(zip(names, plain, strict=True))
        known.append(Before(**read, days=numbers(days), earlier=flaw))
    return known


def already_read(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """(content hash, format) to the run that read it, for sources whose rows are in the store."""
    rows = con.execute(
        """
        select content, format, arg_min(run_id, seq)
        from source join run using (run_id)
        where read > 0 and content is not null
        group by content, format
        """
    ).fetchall()
    return {(str(content), str(name)): str(run) for content, name, run in rows}


def write_run(con: duckdb.DuckDBPyConnection, facts: dict[str, object]) -> None:
    """Write (or write again) the row of table `run`."""
    con.execute("delete from run where run_id = $run_id", {"run_id": facts["run_id"]})
    insert_rows(con, "run", [facts])


def write_services(con: duckdb.DuckDBPyConnection, run_id: str, compiled: Compiled) -> None:
    """The services of this run's catalogue, so that the ledger can name them later."""
    insert_rows(
        con,
        "service",
        [
            {
                "run_id": run_id,
                "service": one.id,
                "kind": one.kind,
                "vendor": one.vendor,
                "vendor_name": one.vendor_name,
                "product": one.product,
                "summary": one.summary,
                "aliases": list(one.aliases),
                "tags": list(one.tags),
            }
            for one in compiled.services.values()
        ],
    )


def write_sources(
    con: duckdb.DuckDBPyConnection, run_id: str, organisation: str, results: Sequence[SourceResult]
) -> None:
    """Sources with their accounts, their problems, rejects and coverage cells.

    Raises AccountingError when the account of a source does not add up.
    """
    rows: list[dict[str, object]] = []
    given = [result for result in results if not _hidden(result)]
    for result in given:
        partial, counts = result.partial, result.partial.counts
        account = {name: getattr(counts, name) for name in _ROWS}
        rows.append(
            {
                "run_id": run_id,
                "source": result.path,
                "path": result.path,
                "format": result.format,
                "sha256": result.sha256,
                "content": result.content,
                "content_size": result.content_size,
                "size": result.size,
                "status": result.status,
                "reason": result.reason,
                "first_time": moment(partial.first),
                "last_time": moment(partial.last),
                "visibility": list(result.visibility),
                "read": counts.read,
                **account,
                "ok": partial.ok,
                "pending": result.pending,
                "matched": partial.matched,
                "unmatched": partial.ok - partial.matched,
                "replaced": partial.replaced_lines,
                "head": result.head[1] if result.head else None,
                "head_size": result.head[0] if result.head else None,
                "earlier": result.flaw.reason if result.flaw else None,
                "earlier_days": sorted(map(day, result.flaw.days)) if result.flaw else None,
            }
        )
    try:
        insert_rows(con, "source", rows)
    except duckdb.ConstraintException as problem:
        raise AccountingError(f"the account of a source does not add up: {problem}") from problem
    insert_rows(
        con,
        "problem",
        [
            {
                "run_id": run_id,
                "source": note.path,  # not always the source that carries it
                "path": note.path,
                "line": note.line,
                "field": note.field,
                "level": note.level,
                "reason": note.reason,
                "message": note.message,
            }
            for one in results
            for note in [*one.notices, *_limits(one), *_skips(one)]
        ],
    )
    insert_rows(
        con,
        "reject",
        [
            {
                "run_id": run_id,
                "source": one.path,
                "path": one.path,
                "line": bad.line,
                "byte_offset": bad.offset,
                "field": bad.field,
                "reason": bad.reason,
                "value": bad.value,
            }
            for one in results
            for bad in one.partial.rejects
        ],
    )
    insert_rows(
        con,
        "coverage",
        [
            {"run_id": run_id, **_columns(one)}
            for result in given
            for one in cells(result, organisation)
        ],
    )


def _limits(result: SourceResult) -> list[Notice]:
    """What the source cannot show however whole it is; view v_limit tells it."""
    return [Notice(result.path, "note", "limits", says) for says in result.limits]


def _skips(result: SourceResult) -> list[Notice]:
    """What the format's `drop` named as no event, and how often; view v_skip tells it."""
    return [
        Notice(result.path, "note", "skipped", str(number), field=name)
        for name, number in result.partial.skips.items()
    ]


def _hidden(result: SourceResult) -> bool:
    """A hidden member of an archive: it is named and not read, so it is no source."""
    return result.format is None and [n.reason for n in result.notices] == ["hidden"]


def write_register_problems(
    con: duckdb.DuckDBPyConnection, run_id: str, problems: Sequence[RowProblem]
) -> None:
    """What is to be said about the declared register."""
    insert_rows(
        con,
        "problem",
        [
            {
                "run_id": run_id,
                "source": one.path,
                "path": one.path,
                "line": one.line,
                "field": one.field,
                "level": one.level,
                "reason": one.reason,
                "message": one.message,
            }
            for one in problems
        ],
    )


def _columns(one: Cell) -> dict[str, object]:
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(one).items()
    }
