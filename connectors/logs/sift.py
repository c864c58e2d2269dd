"""Blocks that are searched before they are cut, so that most of their lines need no more.

Where a search over raw bytes found nothing, and the line is no header, comment or blank one, it is
a record that is only counted. What is left goes on, each line with its own number and offset.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from connectors.logs.frame import Lines, frame

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from connectors.files.frame import Block

SAMPLED: Final = 8192  # every so many records one is read, so that the days of a log are known
MUCH: Final = 0.15  # of the records of a block; beyond it is read whole: docs/performance.md

# Where something was found in a block: any byte of the line it was found in, in any order.
Search: TypeAlias = Callable[[bytes], "NDArray[np.int64]"]
# Blocks whose lines are not numbered, and the same in their order, searched.
Sift: TypeAlias = Callable[[Iterable["Block"]], Iterator["Searched"]]


@dataclass(slots=True)
class Searched:
    """A block, its lines, and where something was found in it."""

    block: Block
    lines: Lines
    places: NDArray[np.int64]


def searched(block: Block, search: Search) -> Searched:
    """Search one block; its lines count from block.first_line."""
    return Searched(block, frame(block.data, block.offset, block.first_line), search(block.data))


@dataclass(slots=True)
class Numbering:
    """Line numbers for blocks that come without: those of all lines before."""

    lines: int = 0

    def __call__(self, one: Searched) -> Searched:
        """The same block with its place among all lines; asked once for each, in order."""
        block, before = one.block, self.lines
        over = tuple(replace(skipped, line=skipped.line + before) for skipped in block.oversize)
        one.block = replace(block, first_line=block.first_line + before, oversize=over)
        one.lines.line_no += before
        self.lines += len(one.lines)
        return one


def marked(starts: NDArray[np.int64], places: NDArray[np.int64]) -> NDArray[np.bool_]:
    """In which records something was found; a place between two counts for the one before."""
    found = np.zeros(len(starts), np.bool_)
    if len(starts):
        found[(np.searchsorted(starts, places, "right") - 1).clip(0)] = True
    return found


def chosen(found: NDArray[np.bool_]) -> NDArray[np.int64] | None:
    """Which records to read: those in which something was found, and samples; None if too many."""
    found[::SAMPLED] = True
    found[-1:] = True
    rows = np.flatnonzero(found)
    return rows if len(rows) <= MUCH * len(found) else None


def thinned(one: Searched, aside: NDArray[np.bool_]) -> tuple[Lines, int] | None:
    """The lines to cut, and how many records were left out; None if the block is to be read whole.

    aside: the lines that are no plain records; they stay.
    """
    found = marked(one.lines.starts, one.places)
    plain = np.flatnonzero(~aside)
    rows = chosen(found[plain])
    if rows is None:
        return None
    keep = aside.copy()
    keep[plain[rows]] = True
    return _compact(one.lines, np.flatnonzero(keep)), len(plain) - len(rows)


def _compact(lines: Lines, kept: NDArray[np.int64]) -> Lines:
    """Lines at these indices, with their line ends, in bytes of their own."""
    if not len(kept):
        return replace(lines.take(slice(0, 0)), data=b"")
    bounds = np.append(lines.starts, len(lines.data))
    begins, ends = bounds[kept], bounds[kept + 1]
    starts = np.cumsum(ends - begins) - (ends - begins)
    first = np.flatnonzero(np.concatenate([[True], kept[1:] != kept[:-1] + 1]))  # of each stretch
    last = np.append(first[1:], len(kept)) - 1
    data = lines.data
    pieces = [data[a:b] for a, b in zip(begins[first].tolist(), ends[last].tolist(), strict=True)]
    return Lines(
        b"".join(pieces),
        starts,
        starts + (lines.ends[kept] - begins),
        lines.line_no[kept],
        lines.offset[kept],
    )
