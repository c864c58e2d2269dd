"""The ledger as CSV files whose columns stay where they are: one file a kind of row.

UTF-8, a header line, commas, every cell quoted, lines end with LF. What cannot be seen in a text
(controls, direction marks) is written out, as \\x1b or \\u202e, so that a printed file steers no
terminal; then texts are made safe for spreadsheets (`csv_cell`; `csv_value` undoes it). A list is
its items joined by `; `; an item's own `;` or `\\` has a `\\` in front. Times are ISO 8601 with Z;
nothing known is an empty cell.
"""

from __future__ import annotations

import csv
import io
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from reports import ledger
from reports.files import make_folder, write_atomic
from reports.left_out import skipped_by
from reports.text import csv_cell, safe_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import duckdb

# Rejected records listed a source in coverage.csv; `rejected` of its row counts all of them.
REJECTS_LISTED: Final = 1000
_BATCH: Final = 1000
_COVERAGE_COLUMNS: Final = (
    "record", "source", "path", "line", "field", "format", "organisation", "account", "region",
    "operation", "state", "reason", "message", "items", "from", "to", "visibility", "sha256",
    *ledger.COUNTS, "skipped_by",
)  # fmt: skip


def _item(value: object) -> str:
    return str(value).replace("\\", "\\\\").replace(";", "\\;")


def _safe(text: str) -> str:
    return csv_cell(safe_text(text, keep="\n\t"))


def cell(value: object) -> str:
    """`value` as the text of a cell."""
    match value:
        case None:
            text = ""
        case bool():
            text = "true" if value else "false"
        case datetime():
            moment = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
            text = f"{moment.isoformat()}Z"
        case date():
            text = value.isoformat()
        case int() | float():
            text = str(value)
        case list():
            text = _safe("; ".join(map(_item, value)))
        case _:
            text = _safe(str(value))
    return text


def _lines(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The file's text in pieces of some thousand lines."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(columns)
    for at, row in enumerate(rows, start=1):
        writer.writerow([cell(value) for value in row])
        if at % _BATCH == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _whole(rows: Iterable[ledger.Row], columns: Sequence[str]) -> Iterator[list[object]]:
    for row in rows:
        yield [getattr(row, name) for name in columns]


def _coverage(con: duckdb.DuckDBPyConnection) -> Iterator[list[object]]:
    """What was read and what was not: sources, cells, problems, rejects and weak signs."""

    def line(record: str, **values: object) -> list[object]:
        return [record, *(values.get(name) for name in _COVERAGE_COLUMNS[1:])]

    skips = skipped_by(con)
    for source in ledger.read(con, ledger.Source):
        by = skips.get((source.source, source.path), {})
        counts = {name: getattr(source, name) for name in ledger.COUNTS}
        yield line(
            "source", source=source.source, path=source.path, format=source.format,
            state=source.status, reason=source.reason, visibility=source.visibility,
            sha256=source.sha256, items=source.read,
            skipped_by=[f"{name} {number}" for name, number in by.items()],
            **{"from": source.first_time, "to": source.last_time, **counts},
        )  # fmt: skip
    for place in ledger.read(con, ledger.Coverage):
        yield line(
            "cell", source=place.source, organisation=place.organisation, account=place.account,
            region=place.region, operation=place.operation, state=place.state,
            reason=place.reason, items=place.items, visibility=place.visibility,
            **{"from": place.covered_from, "to": place.covered_to},
        )  # fmt: skip
    for problem in ledger.read(con, ledger.Problem):
        yield line(
            problem.level, source=problem.source, path=problem.path, line=problem.line,
            field=problem.field, reason=problem.reason, message=problem.message,
        )  # fmt: skip
    for reject in ledger.read_rejects(con, REJECTS_LISTED):
        yield line(
            "reject", source=reject.source, path=reject.path, line=reject.line,
            field=reject.field, reason=reject.reason, message=reject.value,
        )  # fmt: skip
    for sign in ledger.read(con, ledger.Candidate):
        yield line(
            "weak sign", source=sign.source, path=sign.sample_path, line=sign.sample_line,
            operation=sign.service, state=sign.detection, reason=sign.dst_host, message=sign.why,
            items=sign.hits, **{"from": sign.first_seen, "to": sign.last_seen},
        )  # fmt: skip


def write(con: duckdb.DuckDBPyConnection, out_dir: Path) -> list[Path]:
    """Write assets, findings, declared, evidence and coverage as CSV files into `out_dir`.

    Each file appears whole or not at all. Raises OSError.
    """
    make_folder(out_dir)
    written = []
    for name, kind, rows in (
        ("assets", ledger.Asset, ledger.read(con, ledger.Asset)),
        ("findings", ledger.Finding, ledger.read_findings(con)),
        ("declared", ledger.Declared, ledger.read(con, ledger.Declared)),
        ("evidence", ledger.Evidence, ledger.read(con, ledger.Evidence)),
    ):
        columns = [field.name for field in fields(kind)]
        written.append(
            write_atomic(out_dir / f"{name}.csv", _lines(columns, _whole(rows, columns)))
        )
    written.append(
        write_atomic(out_dir / "coverage.csv", _lines(_COVERAGE_COLUMNS, _coverage(con)))
    )
    return written
