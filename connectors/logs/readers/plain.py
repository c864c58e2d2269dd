"""The quick way through delimited records that hold nothing odd: Arrow's CSV parser.

It cuts a block several times faster than positions do, but it has rules of its own for carriage
returns, blank lines and rows of another length. So it is asked only where none of these can
matter, and its answer is taken only when it has exactly one row a record; else delimited.py
reads the block its exact way, with the same result (tests/connectors/logs/test_plain.py).
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
from pyarrow import csv

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connectors.logs.values import Segment

# Arrow parses a piece that fits the processor's cache twice as fast as a whole block; a record
# that is longer is an error of its own, and read the exact way.
STEP: Final = 1 << 20


def plain_table(
    segment: Segment, width: int, where: Mapping[str, int], quote: str, missing: Sequence[str] = ()
) -> Any | None:  # noqa: ANN401 - an Arrow table, which has no types
    """The fields `where` names (by place) of every record, as text; None if it is not that plain.

    width: fields of the header. missing: words that become NULL.
    """
    if width < 2 or not where or not len(segment):
        return None
    begin, end = int(segment.starts[0]), int(segment.ends[-1])
    data = segment.data
    if quote and data.find(quote.encode(), begin, end) >= 0:
        return None
    if data.find(b"\r", begin, end) >= 0 or data.startswith(codecs.BOM_UTF8, begin):
        return None
    if not np.array_equal(segment.starts[1:], segment.ends[:-1] + 1):
        return None  # a comment, a blank line or a reject stands between two records
    names = [str(i) for i in range(width)]
    wanted = [names[i] for i in where.values()]
    try:
        table = _parsed(
            pa.py_buffer(data).slice(begin, end - begin), segment.delim, names, wanted, missing
        )
    except pa.ArrowInvalid:
        return None
    return table.rename_columns(list(where)) if table.num_rows == len(segment) else None


def _parsed(
    data: pa.Buffer, delim: str, names: list[str], wanted: list[str], missing: Sequence[str]
) -> Any:  # noqa: ANN401 - an Arrow table, which has no types
    return csv.read_csv(
        pa.BufferReader(data),
        read_options=csv.ReadOptions(use_threads=False, block_size=STEP, column_names=names),
        parse_options=csv.ParseOptions(
            delimiter=delim,
            quote_char=False,
            double_quote=False,
            escape_char=False,
            ignore_empty_lines=True,  # then one of them makes the count differ
            invalid_row_handler=_skip,
        ),
        convert_options=csv.ConvertOptions(
            check_utf8=False,  # the cut has made sure of it
            column_types=dict.fromkeys(wanted, pa.string()),
            include_columns=wanted,
            strings_can_be_null=bool(missing),
            null_values=list(missing),
        ),
    )


def _skip(_row: object) -> str:
    return "skip"
