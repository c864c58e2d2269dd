"""The distinct combinations of some columns, so that Python looks at each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence


Ints = npt.NDArray[np.int64]


def distinct(table: pa.Table, columns: Sequence[str]) -> tuple[Ints, Ints]:
    """Of each distinct combination a row that has it, and for each row which combination it is.

    Null is a value of its own.
    """
    which = np.zeros(table.num_rows, np.int64)
    for name in columns:
        encoded = table[name].combine_chunks().dictionary_encode()
        values = len(encoded.dictionary)
        codes = encoded.indices.fill_null(values).to_numpy(zero_copy_only=False)
        which = _dense(which * (values + 1) + codes)
    _, first = np.unique(which, return_index=True)
    return first, which


def _dense(numbers: Ints) -> Ints:
    """The same with the smallest numbers, so that products of them stay small."""
    found: Ints = pa.array(numbers).dictionary_encode().indices.to_numpy().astype(np.int64)
    return found
