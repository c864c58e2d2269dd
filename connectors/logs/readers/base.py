"""What every reader gives: fields as text, and which records could not be cut into fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from connectors.logs.model import Format
    from connectors.logs.values import Segment

# when, who, where to and what became of it: who can write a key into a value must not choose these
DECIDING: Final = (
    "time", "dst_host", "dst_ip", "dst_port", "tls_sni", "action",
    "src_user", "principal", "src_ip", "src_device", "client_ip", "server_ip",
)  # fmt: skip
TWO_VALUES: Final = "comes more than once, with different values"


@dataclass(slots=True)
class Bad:
    """A record that its reader could not cut: index in the segment, and the reject's parts."""

    row: int
    field: str | None
    reason: str
    value: str | None = None


@dataclass(slots=True)
class Source:
    """Fields of the records that could be read.

    table: one text column per field asked for and present, in the spelling of the format;
    rows: index in the segment of each row. names: field -> the source's own spelling.
    cleaned: the format's words for `no value` are NULL already. extra: records found beyond one for
    each of the segment, where lists in them are records. skips: records that hold nothing, by name.
    """

    table: pa.Table
    rows: NDArray[np.int64]
    bad: list[Bad] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    cleaned: bool = False
    extra: int = 0
    skips: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ColumnsReader:
    """Takes the fields of segments that hold them already."""

    wanted: tuple[str, ...]

    def __call__(self, segment: Segment) -> Source:
        """The wanted fields of every record; null where the source has no such column."""
        if segment.table is None:
            raise AssertionError("the fields of a table")
        nothing = pa.nulls(len(segment), pa.string())
        there = segment.table.column_names
        columns = {n: segment.table.column(n) if n in there else nothing for n in self.wanted}
        table = pa.table(columns) if columns else empty_table(len(segment))
        return Source(table, every_row(segment), names={name: name for name in columns})


def cleaned(source: Source, words: Sequence[str]) -> Source:
    """The source with the words for `no value` as nulls."""
    longest = max((len(word.encode()) for word in words), default=-1)
    nothing = pa.array(words, pa.string())
    for i, name in enumerate(source.table.column_names):
        column = source.table.column(name)
        if not pa.types.is_string(column.type) or column.null_count == len(column):
            continue
        if pc.min(pc.binary_length(column)).as_py() <= longest:
            none = pc.is_in(column, value_set=nothing)
            if pc.any(none).as_py():
                source.table = source.table.set_column(i, name, pc.if_else(none, None, column))
    source.cleaned = True
    return source


def deciding_fields(fmt: Format) -> frozenset[str]:
    """The fields that columns of DECIDING are made of: a record with two values is no record."""
    used = (e for column in DECIDING for e in fmt.expressions.map.get(column, ()))
    return frozenset(name for e in used for name in e.fields).difference(fmt.reader.repeats)


def every_row(segment: Segment) -> NDArray[np.int64]:
    """Indices of all records of a segment."""
    return np.arange(len(segment), dtype=np.int64)


def empty_table(rows: int) -> pa.Table:
    """A table of no field, which still has its rows."""
    return pa.table({"": pa.nulls(rows, pa.string())})
