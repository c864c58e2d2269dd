"""Readers: records of a segment into text columns, one per field that a format uses."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from connectors.logs.model import GENERIC
from connectors.logs.readers.base import ColumnsReader, cleaned
from connectors.logs.readers.cef import CefReader
from connectors.logs.readers.delimited import DelimitedReader
from connectors.logs.readers.fanned import FanReader
from connectors.logs.readers.jsontext import JsonReader
from connectors.logs.readers.kv import KvReader
from connectors.logs.readers.leef import LeefReader
from connectors.logs.readers.pattern import PatternReader
from connectors.logs.readers.split import SplitReader
from connectors.logs.readers.syslogged import FIELDS, SyslogReader
from connectors.logs.readers.unwrapped import ColumnReader, UnwrapReader

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from connectors.logs.model import Format
    from connectors.logs.readers.base import Source
    from connectors.logs.values import Segment

_WITHOUT_SQL: Final[dict[str, Callable[[Format, tuple[str, ...]], Callable[[Segment], Source]]]] = {
    "header_tsv": DelimitedReader,
    "csv": DelimitedReader,
    "split": SplitReader,
    "kv": KvReader,
    "cef": CefReader,
    "leef": LeefReader,
}


def reader_for(
    fmt: Format, wanted: tuple[str, ...], con: duckdb.DuckDBPyConnection
) -> Callable[[Segment], Source]:
    """The reader of a format, for the fields `wanted`."""
    if not fmt.reader.syslog:
        return _plain_reader(fmt, wanted, con)
    read = _plain_reader(fmt, tuple(name for name in wanted if name not in FIELDS), con)
    missing, kind = tuple(fmt.reader.missing), fmt.reader.kind
    objects = kind in {"ndjson", "json_doc"}
    return SyslogReader(read, wanted, con, missing, keep_data=kind == "kv", json=objects)


def _cleaned(read: Callable[[Segment], Source], words: tuple[str, ...], segment: Segment) -> Source:
    return cleaned(read(segment), words)


def _plain_reader(
    fmt: Format, wanted: tuple[str, ...], con: duckdb.DuckDBPyConnection
) -> Callable[[Segment], Source]:
    match fmt.reader.kind:
        case "ndjson" | "json_doc":
            read: Callable[[Segment], Source] = JsonReader(
                fmt, wanted, con, by_key=fmt.id in GENERIC
            )
            if fmt.reader.each:
                read = FanReader(fmt, wanted, con)
            if fmt.reader.wrappers:
                read = UnwrapReader(read, fmt.reader.wrappers, con)
            return partial(_cleaned, read, tuple(fmt.reader.missing))
        case "parquet":
            return ColumnsReader(wanted)
        case "csv" if fmt.reader.wrappers:
            return ColumnReader(fmt, wanted, con)
        case "regex":
            return PatternReader(fmt, wanted, con)
        case kind:
            return _WITHOUT_SQL[kind](fmt, wanted)
