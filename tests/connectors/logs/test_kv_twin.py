"""Pairs found for many records at once are those that a reading from left to right finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.logs.frame import frame
from connectors.logs.model import Format
from connectors.logs.readers.kv import KvReader, _Finder
from connectors.logs.readers.pairs import Places
from connectors.logs.rules import segment

FORMAT = {
    "id": "own",
    "about": "",
    "reader": {"kind": "kv"},
    "map": {"time": ["time_any(ts)"], "app": ["a"], "operation": ["b"], "model": ["c"]},
}
FMT = Format.model_validate(FORMAT)
PARTED = Format.model_validate(FORMAT | {"reader": {"kind": "kv", "delim": ","}})
RECORDS = st.lists(st.text('ab= ",\\;x[\t|<>é', max_size=24), min_size=1, max_size=4)


def read(records, fmt=FMT):
    lines = frame("\n".join(records).encode(), 0, 1)
    source = KvReader(fmt, ("a", "b", "c"))(segment(lines))
    rows = dict(zip(source.rows.tolist(), source.table.to_pylist(), strict=True))
    bad = {one.row: (one.field, one.reason, one.value) for one in source.bad}
    return rows, bad


@given(records=RECORDS)
@example(records=['a="x"b=1', 'a=x,b=2 "b=3" c=4', r'a="\"" b=1', 'a="b', "a=b=c"])
@example(records=['a=x"y z" b=2', '="" a=1', r"a=\\ b=\""])
@example(records=["<189>a=1", '[a="1" b="2"]', "x,a=1", "a=1,b=2", 'a="1",b=2'])
@example(records=['a=="x b=1" c=2', "a==b c==", 'a== "b=2"'])
@example(records=['x="b" a=1 c=2', 'x="" a=" b=" "" c=2', r'x="b\" a=" c=1"', 'x="b" "a=" c=1'])
@example(records=['x="b" c=" a=1 =" b=3'] * 9 + ['x="b" c=" a=1 a=" b=3'])
@settings(max_examples=300, deadline=None)
def test_both_ways_find_the_same_pairs(records):
    with pytest.MonkeyPatch.context() as patch:
        quick = [read(records, fmt) for fmt in (FMT, PARTED)]
        patch.setattr(_Finder, "find", from_left_to_right)
        assert quick == [read(records, fmt) for fmt in (FMT, PARTED)]


def from_left_to_right(self, piece):
    return self._with_odd(piece, np.arange(len(piece.starts)), Places.joined([]))
