"""The quick way through delimited records gives what the exact way gives, or nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.logs.frame import frame, repair
from connectors.logs.readers.plain import plain_table
from connectors.logs.values import Segment

HEADER = ("a", "b", "c")
WHERE = {"a": 0, "c": 2}
cells = st.text(st.sampled_from('ab-1 "\t\r\0\\#é\ufeff\u2028,;'), max_size=5)
rows = st.lists(st.lists(cells, min_size=1, max_size=4).map("\t".join), min_size=1, max_size=8)


def segment_of(text):
    """The lines of a text as one segment of three columns."""
    lines, _ = repair(frame(text.encode("utf-8", "surrogatepass"), 0, 1))
    return Segment(
        data=lines.data, starts=lines.starts, ends=lines.ends, line_no=lines.line_no,
        offset=lines.offset, columns=HEADER, delim="\t",
    )  # fmt: skip


def exactly(segment):
    """Fields by splitting each record at its tabs; None where one has another number of them."""
    records = [
        segment.data[start:end].decode().split("\t")
        for start, end in zip(segment.starts, segment.ends, strict=True)
    ]
    if any(len(record) != len(HEADER) for record in records):
        return None
    return {name: [record[i] for record in records] for name, i in WHERE.items()}


@settings(max_examples=600, deadline=None)
@given(rows)
def test_the_quick_way_is_right_or_declines(lines):
    segment = segment_of("\n".join(lines))
    quick = plain_table(segment, len(HEADER), WHERE, "")
    if quick is not None:
        assert quick.to_pydict() == exactly(segment)


@pytest.mark.parametrize(
    "text",
    ["1\t2\t3\n4\t5\n", "1\t2\t3\n\n4\t5\t6\n", "1\t2\r\t3\n4\t5\t6\n", "\ufeff1\t2\t3\n4\t5\t6\n"],
)
def test_what_is_odd_is_declined(text):
    assert plain_table(segment_of(text), len(HEADER), WHERE, "") is None


def test_records_with_a_gap_between_them_are_declined():
    segment = segment_of("1\t2\t3\n#\t#\t#\n4\t5\t6\n")
    keep = np.array([True, False, True])
    segment.starts, segment.ends = segment.starts[keep], segment.ends[keep]
    assert plain_table(segment, len(HEADER), WHERE, "") is None


def test_plain_records_are_taken():
    quick = plain_table(segment_of("1\t-\t3\n\tNA\tnull\n"), len(HEADER), WHERE, "")
    assert quick.to_pydict() == {"a": ["1", ""], "c": ["3", "null"]}
