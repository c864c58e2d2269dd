"""Who asked and who answered, before anything is matched.

A format writes source and destination as its log does, which is what others compare with. Where
the log or its ports say that the roles are others, or that an address was translated, its map
says so in `client_*` and `server_*`; here these take the places of source and destination.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from connectors.logs.values import Batch

ROLES: Final = {
    "src_ip": "client_ip",
    "src_port": "client_port",
    "dst_ip": "server_ip",
    "dst_port": "server_port",
}


def settled(batch: Batch) -> Batch:
    """The batch without the records its format sets aside, with the client as the source."""
    return _summed_once(_turned(_taken(batch)))


def _taken(batch: Batch) -> Batch:
    """Only the records that count; the others are skipped under the name their format gives."""
    if "aside" not in batch.table.column_names:
        return batch
    aside = batch.table["aside"]
    if aside.null_count == len(aside):
        return batch
    kept: NDArray[np.int64] = np.flatnonzero(
        np.asarray(aside.is_null().combine_chunks().to_numpy(zero_copy_only=False))
    )
    skips = dict(batch.skips)
    for pair in pc.value_counts(aside.drop_null().combine_chunks()).to_pylist():
        skips[pair["values"]] = skips.get(pair["values"], 0) + pair["counts"]
    late = batch.late
    return replace(
        batch,
        table=batch.table.take(pa.array(kept)),
        counts=replace(batch.counts, skipped=batch.counts.skipped + len(aside) - len(kept)),
        skips=skips,
        offset=batch.offset[kept],
        late=None if late is None else lambda rows: late(kept[rows]),
    )


def _turned(batch: Batch) -> Batch:
    table = batch.table
    for plain, role in ROLES.items():
        if role in table.column_names:
            table = _put(table, plain, table[role])
    for name in ROLES:
        if name in table.column_names:
            table = _without_nothing(table, name)
    return batch if table is batch.table else replace(batch, table=table)


def _summed_once(batch: Batch) -> Batch:
    """No bytes in records that repeat those of another one."""
    table = batch.table
    if "bytes_again" not in table.column_names:
        return batch
    for name in ("bytes_out", "bytes_in"):
        if name in table.column_names:
            first = pc.if_else(table["bytes_again"].is_null(), table[name], None)
            table = table.set_column(table.column_names.index(name), name, first)
    return replace(batch, table=table)


def _put(table: pa.Table, plain: str, role: pa.ChunkedArray) -> pa.Table:
    """The table with what the role says in the column, where it says anything."""
    if role.null_count == len(role):
        return table
    if plain not in table.column_names:
        return table.append_column(plain, role)
    at = table.column_names.index(plain)
    return table.set_column(at, plain, pc.coalesce(role, table[plain]))


def _without_nothing(table: pa.Table, name: str) -> pa.Table:
    """No port is no port 0, and an end without an address has no empty one."""
    column = table[name]
    none = pc.equal(column, "" if pa.types.is_string(column.type) else 0)
    if not pc.any(none).as_py():
        return table
    cleared = pc.if_else(none, pa.scalar(None, column.type), column)
    return table.set_column(table.column_names.index(name), name, cleared)
