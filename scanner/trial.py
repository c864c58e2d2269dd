"""`formats test FORMAT LOG`: field by field what a format reads, for whoever writes one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pyarrow.compute as pc

from connectors.logs.cut import segments
from connectors.logs.errors import FormatError
from connectors.logs.normalise import Normaliser
from connectors.logs.remarks import folded
from connectors.logs.values import Counts, Reject
from scanner.errors import SignaturesError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from connectors.files.notice import Notice
    from connectors.files.stream import Stream
    from connectors.logs.model import Format
    from connectors.logs.settings import ReadSettings

KEPT: Final = 20  # rejects that are named


@dataclass(slots=True)
class Filled:
    """How many records have a value, and the first one."""

    records: int = 0
    filled: int = 0
    first: str | None = None

    def add(self, column: pa.ChunkedArray | pa.Array) -> None:
        """Take in a column of a piece of the log."""
        there = pc.drop_null(column)
        self.records += len(column)
        self.filled += len(there)
        if self.first is None and len(there):
            self.first = _shown(there[0].as_py())

    def cells(self) -> tuple[str, str]:
        """The same as words of a table."""
        return f"{self.filled}/{self.records}", self.first or ""


@dataclass(slots=True)
class Trial:
    """What came of it. fields: by the format's names; columns: of the records that are good."""

    path: str
    format: str
    counts: Counts = field(default_factory=Counts)
    ok: int = 0
    fields: dict[str, Filled] = field(default_factory=dict)
    columns: dict[str, Filled] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)  # column -> the log's names of its fields
    skips: Counter[str] = field(default_factory=Counter)
    rejects: list[Reject] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    zoneless: int = 0
    yearless: int = 0

    def document(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "path": self.path,
            "format": self.format,
            "counts": {name: getattr(self.counts, name) for name in self.counts.__slots__}
            | {"ok": self.ok},
            "fields": {name: _document(one) for name, one in self.fields.items()},
            "columns": {
                name: _document(one) | {"from": self.origin.get(name)}
                for name, one in self.columns.items()
            },
            "skips": dict(self.skips),
            "rejects": [
                {"line": one.line, "field": one.field, "reason": one.reason, "value": one.value}
                for one in self.rejects
            ],
            "zoneless": self.zoneless,
            "yearless": self.yearless,
            "notices": [str(notice) for notice in self.notices],
        }

    def lines(self) -> Iterator[str]:
        """The same for a person."""
        counts = self.counts
        parts = {"ok": self.ok, "rejected": counts.rejected, "skipped": counts.skipped,
                 "header": counts.header, "comment": counts.comment, "blank": counts.blank,
                 "cut": counts.cut}  # fmt: skip
        told = ", ".join(f"{number} {name}" for name, number in parts.items() if number)
        yield f"{self.path}: read as {self.format}: {counts.read} = {told or 0}"
        yield ""
        fields = [(name, *one.cells()) for name, one in self.fields.items()]
        yield from _table(("field", "read", "first value"), fields)
        yield ""
        columns = [(n, *one.cells(), self.origin.get(n, "")) for n, one in self.columns.items()]
        yield from _table(("column", "filled", "first value", "from"), columns)
        yield ""
        for name, number in self.skips.items():
            yield f"skipped as {name}: {number}"
        if self.zoneless or self.yearless:
            yield f"times without a zone: {self.zoneless}, without a year: {self.yearless}"
        for notice in self.notices:
            yield str(notice)
        for one in self.rejects:
            value = f" ({one.value!r})" if one.value else ""
            yield f"{self.path}:{one.line}: {one.field or 'record'}: {one.reason}{value}"
        if (left := counts.rejected - len(self.rejects)) > 0:
            yield f"{self.path}: and {left} more records were rejected"


def try_out(fmt: Format, stream: Stream, settings: ReadSettings) -> Trial:
    """Read a whole stream as `fmt`. Raises SignaturesError where the format's SQL is at fault."""
    trial = Trial(stream.path, fmt.id)
    trial.fields = {name: Filled() for name in fmt.expressions.fields()}
    trial.columns = {name: Filled() for name in fmt.map}
    normaliser = Normaliser(fmt, settings)
    notices: list[Notice] = []
    try:
        for segment in segments(fmt, stream, settings):
            told = len(segment.notices)
            if len(segment):
                _fields(trial, normaliser.fields(segment))
            del segment.notices[told:]  # they are told again
            batch = normaliser(segment)
            for name in fmt.map:
                if name in batch.table.column_names:
                    trial.columns[name].add(batch.table.column(name))
                else:
                    trial.columns[name].records += batch.table.num_rows
            trial.origin |= {name: said for name, said in batch.fields.items() if name in fmt.map}
            trial.counts += batch.counts
            trial.ok += batch.table.num_rows
            trial.skips.update(batch.skips)
            trial.rejects += batch.rejects[: max(KEPT - len(trial.rejects), 0)]
            trial.zoneless += batch.zoneless
            trial.yearless += batch.yearless
            notices += batch.notices
    except FormatError as problem:
        raise SignaturesError(str(problem)) from problem
    trial.notices = [*folded(notices, stream.path), *stream.outcome().notices]
    return trial


def _fields(trial: Trial, table: pa.Table) -> None:
    for name, one in trial.fields.items():
        if name in table.column_names:
            one.add(table.column(name))
        else:
            one.records += table.num_rows


def _document(one: Filled) -> dict[str, object]:
    return {"filled": one.filled, "records": one.records, "first": one.first}


def _shown(value: object) -> str:
    said = value.isoformat() + "Z" if hasattr(value, "isoformat") else str(value)
    return said if len(said) <= 60 else said[:59] + "…"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    every = [head, *rows]
    widths = [max(len(row[i]) for row in every) for i in range(len(head))]
    for row in every:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
