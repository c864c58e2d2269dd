"""Small questions to Arrow columns, answered in numpy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray


def null(column: pa.Array | pa.ChunkedArray) -> NDArray[np.bool_]:
    """Which values are missing."""
    if column.null_count == 0:
        return np.zeros(len(column), bool)
    mask = column.is_null()
    if isinstance(mask, pa.ChunkedArray):
        mask = mask.combine_chunks()
    return np.asarray(mask.to_numpy(zero_copy_only=False))


def numbers(column: pa.ChunkedArray, missing: int) -> NDArray[np.int64]:
    """Whole numbers, with `missing` for null."""
    filled = column.fill_null(missing) if column.null_count else column
    return np.asarray(filled.to_numpy()).astype(np.int64, copy=False)


def least(column: pa.ChunkedArray) -> int:
    """The smallest number; 0 of none."""
    found = pc.min(column).as_py()
    return 0 if found is None else int(found)


def when(us: int) -> datetime:
    """Microseconds since 1970 as a time in UTC."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)


def first_alike(keys: pa.ChunkedArray) -> pa.Array:
    """For each row the first row with the same key; itself without one."""
    codes = keys.combine_chunks().dictionary_encode().indices
    known = ~null(codes)
    filled = np.asarray(codes.fill_null(-1).to_numpy())
    _, first = np.unique(filled[known], return_index=True)
    rows = np.arange(len(filled))
    rows[known] = rows[known][first][filled[known]]
    return pa.array(rows)
