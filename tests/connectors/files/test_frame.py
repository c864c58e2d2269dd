"""Framing: every byte and every line is accounted for, whatever the sizes."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.files.ending import Ending
from connectors.files.frame import Block, Oversize, frame, lines_in
from connectors.files.limits import Limits


def cut_at(text: bytes, sizes: list[int]) -> list[bytes]:
    """`text` in pieces of these sizes, again and again."""
    pieces, at, turn = [], 0, 0
    while at < len(text):
        pieces.append(text[at : at + sizes[turn % len(sizes)]])
        at += len(pieces[-1])
        turn += 1
    return pieces


def framed(pieces: list[bytes], block: int, cap: int, ending: Ending | None = None) -> list[Block]:
    limits = Limits(line=cap, block=block)
    return list(frame(iter(pieces), 0, limits, ending or Ending("x")))


def naive(text: bytes, cap: int) -> tuple[list[tuple[int, int, bytes]], list[Oversize]]:
    """The obvious twin: (number, offset, line) of each line kept, and the over-long ones."""
    kept, over, at = [], [], 0
    for number, line in enumerate(re.findall(rb"[^\n]*\n|[^\n]+", text), 1):
        if len(line.removesuffix(b"\n")) > cap:
            over.append(Oversize(number, at, len(line)))
        else:
            kept.append((number, at, line))
        at += len(line)
    return kept, over


def lines_of(blocks: list[Block]) -> list[tuple[int, int, bytes]]:
    lines = []
    for block in blocks:
        at = block.offset
        for number, line in enumerate(re.findall(rb"[^\n]*\n|[^\n]+", block.data)):
            lines.append((block.first_line + number, at, line))
            at += len(line)
    return lines


TEXTS = st.one_of(
    st.lists(st.sampled_from([b"a", b"\n", b"bcd", b"\r\n", b"\xff\x00"]), max_size=60).map(
        b"".join
    ),
    st.binary(max_size=80),
)
SIZES = st.lists(st.integers(1, 40), min_size=1, max_size=4)


@given(text=TEXTS, sizes=SIZES, block=st.integers(1, 64), cap=st.integers(1, 12))
@example(text=b"aaaa\n", sizes=[4, 1], block=1, cap=4)
@example(text=b"aaaaa\n", sizes=[5, 1], block=1, cap=4)
@example(text=b"a\naaaaaa\nb\naaaaaa", sizes=[40], block=64, cap=2)
def test_blocks_and_oversize_are_exactly_the_lines(text, sizes, block, cap):
    """For any pieces, block size and cap the lines are those of the naive splitter."""
    blocks = framed(cut_at(text, sizes), block, cap)
    kept, over = naive(text, cap)
    assert lines_of(blocks) == kept
    assert [line for b in blocks for line in b.oversize] == over


@given(text=TEXTS, sizes=SIZES, block=st.integers(1, 64), cap=st.integers(1, 12))
def test_blocks_follow_each_other_without_a_gap(text, sizes, block, cap):
    """Over-long lines stand right before their block; every byte belongs to one of them."""
    at = 0
    for one in framed(cut_at(text, sizes), block, cap):
        for line in one.oversize:
            assert line.offset == at
            at += line.length
        assert one.offset == at
        assert one.data or one.oversize
        at += len(one.data)
        assert one.data.endswith(b"\n") or at == len(text)
    assert at == len(text)


@given(text=TEXTS, sizes=SIZES, block=st.integers(1, 64), cap=st.integers(1, 12))
def test_a_truncation_holds_back_only_the_incomplete_line(text, sizes, block, cap):
    ending = Ending("x", state="partial", reason="truncated")
    blocks = framed(cut_at(text, sizes), block, cap, ending)
    whole = text[: text.rfind(b"\n") + 1]
    assert (lines_of(blocks), [o for b in blocks for o in b.oversize]) == naive(whole, cap)
    assert ending.cut == (whole != text)


def test_blocks_are_of_the_size_asked_for():
    blocks = framed(cut_at(b"0123456\n" * 1000, [100]), 800, 100)
    assert [len(block.data) for block in blocks] == [800] * 10


def test_a_block_that_ends_with_its_piece_is_not_copied():
    piece = b"0123456\n" * 100
    (block,) = framed([piece], 800, 100)
    assert block.data is piece


def test_a_flood_of_long_lines_is_reported_in_portions():
    """Memory stays bounded if nothing but over-long lines comes."""
    blocks = framed(cut_at(b"xxxx\n" * 1000, [5]), 5, 2)
    assert sum(len(block.oversize) for block in blocks) == 1000
    assert max(len(block.oversize) for block in blocks) <= 65


@pytest.mark.parametrize("size", [0, 4095, 4096, 300_000, 1_000_000])
def test_lines_are_counted_in_data_of_any_size(size):
    data = (b"abc\n" * (size // 4 + 1))[:size]
    assert lines_in(data) == data.count(b"\n")
