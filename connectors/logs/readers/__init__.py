"""Readers: records of a segment into text columns, one per field that a format uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.logs.model import GENERIC
from connectors.logs.readers.delimited import DelimitedReader
from connectors.logs.readers.jsontext import JsonReader
from connectors.logs.readers.kv import KvReader
from connectors.logs.readers.pattern import PatternReader
from connectors.logs.readers.split import SplitReader
from connectors.logs.readers.syslogged import SyslogReader

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from connectors.logs.model import Format
    from connectors.logs.readers.base import Source
    from connectors.logs.values import Segment


def reader_for(
    fmt: Format, wanted: tuple[str, ...], con: duckdb.DuckDBPyConnection
) -> Callable[[Segment], Source]:
    """The reader of a format, for the fields `wanted`."""
    read = _plain_reader(fmt, wanted, con)
    return SyslogReader(read, wanted, con) if fmt.reader.syslog else read


def _plain_reader(
    fmt: Format, wanted: tuple[str, ...], con: duckdb.DuckDBPyConnection
) -> Callable[[Segment], Source]:
    match fmt.reader.kind:
        case "ndjson" | "json_doc":
            return JsonReader(fmt, wanted, con, by_key=fmt.id in GENERIC)
        case "split":
            return SplitReader(fmt, wanted)
        case "kv":
            return KvReader(fmt, wanted, con)
        case "regex":
            return PatternReader(fmt, wanted, con)
        case _:
            return DelimitedReader(fmt, wanted)
