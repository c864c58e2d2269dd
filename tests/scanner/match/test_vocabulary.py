"""A vocabulary: every value keeps its number, is judged once, and memory has a bound."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.match import vocabulary
from scanner.match.vocabulary import NULL, Vocabulary

COLUMNS = st.lists(
    st.lists(st.one_of(st.none(), st.sampled_from(["", "a", "b", "é", "\x00"])), max_size=8),
    max_size=5,
)


@given(columns=COLUMNS)
def test_every_value_has_the_number_of_its_text(columns):
    judged: list[str] = []
    words = Vocabulary(lambda text: judged.append(text) or text, len)
    for column in columns:
        numbers = words.numbers(pa.array(column, pa.string()))
        assert [None if n == NULL else words.values[n] for n in numbers] == column
        assert [words.text(int(n)) for n in numbers] == column
    assert len(judged) == len(set(judged))


def test_values_are_picked_by_their_flag_and_null_by_none():
    words = Vocabulary(str, len)
    numbers = words.numbers(pa.chunked_array([["a", None], ["bb", "a"]]))
    assert words.flagged(numbers, 1).tolist() == [True, False, False, True]


@pytest.mark.parametrize(("name", "value"), [("LIMIT", 2), ("BYTES", 20)])
def test_what_is_over_a_limit_is_forgotten(monkeypatch, name, value):
    monkeypatch.setattr(vocabulary, name, value)
    words = Vocabulary(str, len)
    words.numbers(pa.array(["one long text", "another long text", "a third"]))
    words.forget()
    assert words.values == []


def test_what_is_under_the_limits_is_kept():
    words = Vocabulary(str, len)
    words.numbers(pa.array(["a"]))
    words.forget()
    assert words.values == ["a"]
