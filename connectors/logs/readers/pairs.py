"""Pairs of a key and a value, found by their places in a block, into one column a field.

The finding differs between kinds of logs (kv.py, cef.py, leef.py); what becomes of keys that are
spelled in several ways, or that come twice, is the same for all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.logs.frame import text_array
from connectors.logs.header import canonical
from connectors.logs.model import GENERIC
from connectors.logs.readers.base import (
    TWO_VALUES,
    Bad,
    Source,
    deciding_fields,
    empty_table,
    every_row,
)
from connectors.logs.remarks import twice, unread_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from connectors.logs.model import Format
    from connectors.logs.values import Segment


class Places(NamedTuple):
    """Pairs: their record, the number of their field, and where the value lies.

    Those of one field in one record are in order.
    """

    owner: NDArray[np.int32]
    codes: NDArray[np.int16]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    @classmethod
    def joined(cls, parts: Iterable[Places]) -> Places:
        """One after the other."""
        all_ = list(parts)
        return cls(
            np.concatenate([np.empty(0, np.int32), *(part.owner for part in all_)]),
            np.concatenate([np.empty(0, np.int16), *(part.codes for part in all_)]),
            np.concatenate([np.empty(0, np.int64), *(part.starts for part in all_)]),
            np.concatenate([np.empty(0, np.int64), *(part.ends for part in all_)]),
        )

    def take(self, at: NDArray[np.int64]) -> Places:
        """The pairs at these indices."""
        return Places(self.owner[at], self.codes[at], self.starts[at], self.ends[at])


NO_KEY: Final = -2
MOST_KNOWN: Final = 10_000  # texts remembered


@dataclass(slots=True)
class Names:
    """The fields that are wanted, as numbers, and how the log spells them.

    also: fields that are read besides (to name others), and are no columns. long: other names that
    the log may give to a field.
    """

    wanted: tuple[str, ...]
    also: tuple[str, ...] = ()
    long: Mapping[str, str] = field(default_factory=dict)
    spelled: dict[int, str] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    _codes: dict[str, int] = field(default_factory=dict)
    _known: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, name in enumerate((*self.wanted, *self.also)):
            self._codes.setdefault(canonical(name), number)
        for other, name in self.long.items():
            if (known := self._codes.get(canonical(name))) is not None:
                self._codes.setdefault(canonical(other), known)

    def number(self, name: str) -> int | None:
        """The number of a field, None of one that is not read."""
        return self._codes.get(canonical(name))

    def code(self, key: str) -> int:
        """The number of the field a key is, -1 of none."""
        number = self.number(key)
        if number is None:
            self.unread.add(key)
            return -1
        # whichever record is read first: a log that spells it in two ways is told of one of them
        self.spelled[number] = max(self.spelled.get(number, key), key)
        return number

    def _number(self, text: str, key: Callable[[str], str | None]) -> int:
        """The number of the field whose key is in a text; the same few come again and again."""
        number = self._known.get(text)
        if number is None:
            found = key(text)
            number = NO_KEY if found is None else self.code(found)
            if len(self._known) < MOST_KNOWN:
                self._known[text] = number
        return number

    def of(
        self,
        data: bytes,
        starts: NDArray[np.int64],
        ends: NDArray[np.int64],
        key: Callable[[str], str | None],
    ) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
        """The numbers of keys, and which are keys at all; key: the key in a text, if it is one."""
        found = text_array(data, starts, ends).dictionary_encode()
        index = np.asarray(found.indices.to_numpy(zero_copy_only=False))
        numbers = np.array([self._number(text, key) for text in found.dictionary.to_pylist()])
        valid = numbers > NO_KEY
        codes = np.maximum(numbers, -1).astype(np.int16)[index]
        return codes, np.ones(len(index), bool) if valid.all() else valid[index]


Plain: TypeAlias = "Callable[[pa.Array, NDArray[np.int64]], pa.Array]"


@dataclass(slots=True)
class PairTable:
    """Makes columns of pairs.

    plain: takes escapes off values that begin at these places. bad: records that could not be cut;
    their pairs do not count.
    """

    fmt: Format
    segment: Segment
    names: Names
    pairs: Places
    plain: Plain
    bad: list[Bad]
    _groups: dict[int, NDArray[np.int64]] | None = None

    def source(self) -> Source:
        """The wanted fields of every record that is not bad."""
        rows, pairs = every_row(self.segment), self.pairs
        wanted = self.names.wanted
        if self.fmt.id in GENERIC:
            self.segment.notices += unread_keys(self.names.unread)
        spelled = {wanted[i]: key for i, key in self.names.spelled.items() if i < len(wanted)}
        source = Source(empty_table(len(rows)), rows, bad=self.bad, names=spelled, cleaned=True)
        good = np.ones(len(rows), bool)
        good[[bad.row for bad in self.bad]] = False
        columns = {}
        strict = deciding_fields(self.fmt)
        for code, at in self._found().items():
            if code >= len(wanted):
                continue
            name = wanted[code]
            owner = pairs.owner[at]
            again = np.flatnonzero(owner[1:] == owner[:-1])
            if len(again):
                first = np.ones(len(at), bool)
                first[again + 1] = False
                self._judge(name, at, again, good, source, strict=name in strict)
                columns[name] = self._column(at[first])
            else:
                columns[name] = self._column(at)
        if self.fmt.id not in GENERIC:  # whose fields are those that are there
            nothing = pa.nulls(len(rows), pa.string())
            columns |= {name: nothing for name in wanted if name not in columns}
        if columns:
            source.table = pa.table(columns)
        if not good.all():
            source.table, source.rows = source.table.filter(pa.array(good)), rows[good]
        return source

    def places(self, code: int) -> NDArray[np.int64]:
        """The pairs of one field, in order of the records."""
        return self._found().get(code, np.empty(0, np.int64))

    def _found(self) -> dict[int, NDArray[np.int64]]:
        """The pairs of each field that has any, in order of the records."""
        if self._groups is None:
            order = np.argsort(self.pairs.codes, kind="stable")
            codes = self.pairs.codes[order]
            edges = np.append(np.flatnonzero(np.diff(codes, prepend=np.int16(-1))), len(codes))
            self._groups = {
                int(codes[low]): self._by_record(order[low:high]) for low, high in pairwise(edges)
            }
        return self._groups

    def _by_record(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        owner = self.pairs.owner[at]
        rises = bool((owner[1:] >= owner[:-1]).all())
        return at if rises else at[np.argsort(owner, kind="stable")]

    def add(self, more: Iterable[tuple[int, NDArray[np.int64]]]) -> None:
        """Have pairs be another field, too: its number, and which pairs."""
        parts = [
            self.pairs.take(at)._replace(codes=np.full(len(at), code, np.int16))
            for code, at in more
        ]
        if parts:
            self.pairs, self._groups = Places.joined([self.pairs, *parts]), None

    def texts(self, at: NDArray[np.int64]) -> pa.Array:
        """The values of pairs, which are given in order."""
        starts = self.pairs.starts[at]
        return self.plain(text_array(self.segment.data, starts, self.pairs.ends[at]), starts)

    def _column(self, at: NDArray[np.int64]) -> pa.Array:
        """A value for each record; null for those without such a pair, or with a word for none."""
        values = self.texts(at)
        words = self.fmt.reader.missing
        longest = max((len(word.encode()) for word in words), default=-1)
        if pc.min(pc.binary_length(values)).as_py() <= longest:
            nothing = pc.is_in(values, value_set=pa.array(words, pa.string()))
            values = pc.if_else(nothing, None, values)
        size = len(self.segment)
        if len(at) == size:
            return values
        index = np.zeros(size, np.int64)
        none = np.ones(size, bool)
        index[self.pairs.owner[at]] = np.arange(len(at))
        none[self.pairs.owner[at]] = False
        return values.take(pa.array(index, mask=none))

    def _judge(
        self,
        name: str,
        at: NDArray[np.int64],
        again: NDArray[np.int64],
        good: NDArray[np.bool_],
        source: Source,
        *,
        strict: bool,
    ) -> None:
        """Pairs of one name in one record: another value for a destination gives the record up."""
        if strict:
            one, other = self.texts(at[again]), self.texts(at[again + 1])
            differ = pc.not_equal(one, other).to_numpy(zero_copy_only=False)
            for i in np.flatnonzero(differ).tolist():
                row = int(self.pairs.owner[at[again[i]]])
                if good[row]:
                    good[row] = False
                    source.bad.append(Bad(row, source.names[name], TWO_VALUES, other[i].as_py()))
        owner = self.pairs.owner[at[again]]
        owner = owner[good[owner]]
        if len(owner):
            line = int(self.segment.line_no[owner.min()])
            notice = twice(source.names[name], line, len(np.unique(owner)))
            self.segment.notices.append(notice)
