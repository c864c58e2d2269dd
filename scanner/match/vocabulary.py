"""The distinct values of a column, each judged once and known again in the next block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LIMIT: Final = 200_000
BYTES: Final = 32 << 20  # of texts; a few long ones weigh as much as many short ones
NULL: Final = -1
SPOTTED: Final = 100

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
V = TypeVar("V")


class Vocabulary(Generic[V]):
    """Texts by number, and what a function said of each.

    Numbers hold until `forget`. flag: a small number a value is picked by; it must not be over 127.
    spot: RE2; what it finds in texts of flag 0 makes that flag SPOTTED.
    """

    def __init__(
        self, judge: Callable[[str], V], flag: Callable[[V], int], spot: str | None = None
    ) -> None:
        self._judge = judge
        self._flag = flag
        self._spot = spot
        self._clear()

    def _clear(self) -> None:
        self.texts: pa.Array = pa.array([], pa.string())
        self.values: list[V] = []
        self.flags: npt.NDArray[np.int8] = np.empty(0, np.int8)

    def forget(self) -> None:
        """Begin anew when there are more than LIMIT values or BYTES, so that memory is flat."""
        if len(self.values) > LIMIT or self.texts.nbytes > BYTES:
            self._clear()

    def numbers(self, column: pa.Array | pa.ChunkedArray) -> Ints:
        """The number of every value, NULL for null; new values are judged."""
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        found = pc.index_in(column, value_set=self.texts)
        numbers: Ints = found.fill_null(NULL).to_numpy(zero_copy_only=False).astype(np.int64)
        if found.null_count > column.null_count:
            new = np.flatnonzero(
                (numbers == NULL) & column.is_valid().to_numpy(zero_copy_only=False)
            )
            met = column.take(pa.array(new))
            texts = pc.unique(met)
            numbers[new] = pc.index_in(met, value_set=texts).to_numpy() + np.int64(len(self.values))
            self._learn(texts)
        return numbers

    def of(self, texts: Sequence[str]) -> list[V]:
        """What is known of some texts."""
        return [self.values[number] for number in self.numbers(pa.array(texts, pa.string()))]

    def _learn(self, texts: pa.Array) -> None:
        values = list(map(self._judge, texts.to_pylist()))
        flags = np.fromiter(map(self._flag, values), np.int8, len(values))
        if self._spot is not None:
            spotted = pc.match_substring_regex(texts, self._spot).to_numpy(zero_copy_only=False)
            flags[spotted & (flags == 0)] = SPOTTED
        self.values += values
        self.flags = np.concatenate([self.flags, flags])
        self.texts = pa.concat_arrays([self.texts, texts])

    def flagged(self, numbers: Ints, *flags: int) -> Bools:
        """Which of these numbers have a value with one of these flags; null has none."""
        return np.append(np.isin(self.flags, flags), False)[numbers]

    def text(self, number: int) -> str | None:
        """The text with this number."""
        return None if number == NULL else str(self.texts[number])


def combinations(keys: list[Ints]) -> tuple[Ints, Ints]:
    """A row of each distinct combination of these columns, and which combination each row has."""
    varied = [key for key in keys if (key != key[0]).any()]
    if not varied:
        return np.zeros(1, np.int64), np.zeros(len(keys[0]), np.int64)
    _, first, which = np.unique(
        np.stack(varied, axis=1), axis=0, return_index=True, return_inverse=True
    )
    return first, which.reshape(-1)
