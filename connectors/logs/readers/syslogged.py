"""Takes a syslog prefix off each record, where there is one, in front of any other reader.

The prefix gives three more fields: syslog_time, syslog_host, syslog_program.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from connectors.logs.engine import literal
from connectors.logs.prefix import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from connectors.logs.readers.base import Source
    from connectors.logs.values import Segment

FIELDS: Final = ("syslog_time", "syslog_host", "syslog_program")
_QUERY: Final = f"""
select
    p.t as syslog_time,
    p.h as syslog_host,
    coalesce(nullif(p.a, ''), p.b) as syslog_program,
    case when p.t = '' then line else p.rest end as rest
from (
    select line, regexp_extract(line, {literal(PREFIX)}, ['t', 'h', 'a', 'b', 'rest'], 's') as p
    from lines
)
"""  # noqa: S608 - a constant pattern


@dataclass(frozen=True, slots=True)
class SyslogReader:
    """Reads the rest of each record with another reader."""

    inner: Callable[[Segment], Source]
    wanted: tuple[str, ...]
    con: duckdb.DuckDBPyConnection

    def __call__(self, segment: Segment) -> Source:
        """What the other reader gives, and the wanted fields of the prefix."""
        self.con.register("lines", pa.table({"line": segment.lines}))
        found = self.con.sql(_QUERY).to_arrow_table().combine_chunks()
        rest = found.column("rest").combine_chunks()
        lengths = np.asarray(pa.compute.binary_length(rest).to_numpy()).astype(np.int64)
        ends = np.cumsum(lengths)
        data = _bytes(rest)
        source = self.inner(replace(segment, data=data, starts=ends - lengths, ends=ends))
        for name in FIELDS:
            if name in self.wanted and name not in source.table.column_names:
                column = found.column(name).take(pa.array(source.rows))
                source.table = source.table.append_column(name, column)
                source.names[name] = name
        return source


def _bytes(column: pa.StringArray) -> bytes:
    """The bytes of all values, one after the other."""
    _, offsets, data = column.buffers()
    if data is None:
        return b""
    places = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
    return bytes(memoryview(data)[places[0] : places[-1]])
