"""Tables of sightings, summed by what identifies them: any split gives the same sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

_text, _long = pa.string(), pa.int64()
KEYS: Final = pa.schema(
    [
        ("class", _text),
        ("service", _text),
        ("kind", _text),
        ("surface", _text),
        ("usage", _text),
        ("detection", _text),
        ("indicators", _text),
        ("by_host", pa.bool_()),
        ("per_host", pa.bool_()),
        ("dst_host", _text),
        ("dst_ip", _text),
        ("dst_port", pa.int32()),
        ("actor", _text),
        ("actor_type", _text),
        ("department", _text),
        ("principal", _text),
        ("account", _text),
        ("region", _text),
        ("tenant", _text),
        ("model", _text),
        ("deployment", _text),
        ("client", _text),
        ("action", _text),
        ("day", pa.date32()),
    ]
)
MEASURES: Final = pa.schema(
    [
        ("hits", _long),
        ("bytes_out", _long),
        ("bytes_in", _long),
        ("sized_out", _long),  # records that say how many bytes
        ("sized_in", _long),
        ("first_seen", pa.timestamp("us")),
        ("last_seen", pa.timestamp("us")),
        ("sample_line", _long),
    ]
)
PARTIAL: Final = pa.schema([*KEYS, *MEASURES])
SOURCED: Final = pa.schema([("source_no", _long), *PARTIAL])  # of several sources, by number
NOTHING: Final = -1  # the number of no text
_WIDE: Final = pa.decimal128(38, 0)
_MOST: Final = pa.scalar(2**63 - 1, _WIDE)  # sums of bytes stop here
_SUMS: Final = [
    ("hits", "sum", None),
    ("bytes_out", "sum", pc.ScalarAggregateOptions(min_count=1)),
    ("bytes_in", "sum", pc.ScalarAggregateOptions(min_count=1)),
    ("sized_out", "sum", None),
    ("sized_in", "sum", None),
    ("first_seen", "min", None),
    ("last_seen", "max", None),
    ("sample_line", "min", None),
]


def summed(pieces: Sequence[pa.Table]) -> pa.Table:
    """Merge PARTIAL tables, or what `packed` made of them: one row a key, in the order of keys."""
    merged = packed(pieces)
    return merged.take(_order(merged)).cast(PARTIAL)


def packed(pieces: Sequence[pa.Table], schema: pa.Schema = PARTIAL) -> pa.Table:
    """Merge PARTIAL tables, or what this made of them, in no order and with each text kept once.

    Half the memory of `summed`, and merged again twice as fast. schema: PARTIAL or SOURCED.
    """
    table = pa.concat_tables(map(_encoded, [schema.empty_table(), *pieces])).combine_chunks()
    if not table.num_rows:
        return table
    names = [name for name in schema.names if name not in MEASURES.names]
    # Grouped by the numbers of the texts: of a dictionary pyarrow 26 leaves what stands under a
    # null unset, and follows it later.
    texts = {field.name: _words(table[field.name]) for field in schema if field.type == _text}
    for name in texts:
        numbers = table[name].combine_chunks().indices
        table = _with(table, name, numbers.fill_null(NOTHING))
    far = [name for name in ("bytes_out", "bytes_in") if _overflows(table[name])]
    for name in far:
        table = _with(table, name, table[name].cast(_WIDE))
    # Most columns of one log have one value throughout; as keys they would cost as much as others.
    keys = [name for name in names if not _is_constant(table[name])] or names[:1]
    grouped = table.group_by(keys, use_threads=False).aggregate(_SUMS)
    grouped = grouped.rename_columns([*keys, *MEASURES.names])
    for name in far:
        least = pc.min_element_wise(grouped[name], _MOST, skip_nulls=False)
        grouped = _with(grouped, name, least.cast(_long))
    for name in set(names) - set(keys):
        same = table[name].slice(0, 1).take(pa.array(np.zeros(grouped.num_rows, np.int64)))
        grouped = grouped.append_column(name, same)
    for name, words in texts.items():
        numbers = grouped[name].combine_chunks().to_numpy()
        none = numbers == NOTHING
        column = pa.DictionaryArray.from_arrays(np.where(none, 0, numbers), words, mask=none)
        grouped = _with(grouped, name, column)
    return grouped.select(schema.names)


def _words(column: pa.ChunkedArray) -> pa.Array:
    """The dictionary of a column; one word at least, so that number 0 stands for something."""
    words = column.combine_chunks().dictionary
    return words if len(words) else pa.array([""], _text)


def _is_constant(column: pa.ChunkedArray) -> bool:
    if column.null_count:
        return bool(column.null_count == len(column))
    bounds = pc.min_max(column)
    return bool(bounds["min"] == bounds["max"])


def _encoded(table: pa.Table) -> pa.Table:
    for name in table.column_names:
        if table.schema.field(name).type == _text:
            table = _with(table, name, table[name].dictionary_encode())
    return table


def _order(table: pa.Table) -> pa.Array:
    """The rows by their keys, texts by their bytes, null last; the first line breaks no tie."""
    ranks = []
    for name in reversed(KEYS.names):
        column = table[name].combine_chunks()
        if pa.types.is_dictionary(column.type):
            words = pc.rank(column.dictionary, tiebreaker="first").to_numpy()
            places = pc.fill_null(column.indices, -1).to_numpy(zero_copy_only=False)
            values = np.append(words, len(words) + 1)[places]
        else:
            number = pa.int32() if pa.types.is_date32(column.type) else pa.int64()
            values = pc.fill_null(column.cast(number), (1 << 31) - 1).to_numpy(zero_copy_only=False)
        if len(values) and values.min() != values.max():
            ranks.append(values)
    if not ranks:
        return pa.array(np.arange(table.num_rows))
    return pa.array(np.lexsort(ranks))


def _overflows(column: pa.ChunkedArray) -> bool:
    """Whether a sum of these could leave 64 bits, where it would silently turn negative."""
    return (pc.max(column).as_py() or 0) * len(column) >= 2**63


def _with(table: pa.Table, name: str, column: pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, column)
