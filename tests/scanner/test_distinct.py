"""Distinct combinations: every row has the one it is given, and no two are alike."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from scanner.distinct import distinct

ROWS = st.lists(
    st.tuples(
        st.sampled_from([None, "", "a", "b"]), st.sampled_from([None, -1, 0, 7]), st.booleans()
    ),
    max_size=30,
)


@given(rows=ROWS)
def test_every_row_has_its_combination(rows):
    table = pa.table(
        {
            "text": pa.array([row[0] for row in rows], pa.string()),
            "number": pa.array([row[1] for row in rows], pa.int32()),
            "flag": pa.array([row[2] for row in rows], pa.bool_()),
        }
    )
    first, which = distinct(table, table.column_names)
    assert [rows[first[one]] for one in which] == rows
    assert len({rows[one] for one in first}) == len(first)
