"""The screen in front of reading: records in which nothing was found are counted and left out.

Most were left out when their block was cut (connectors/logs/sift.py); the others are searched here.
What is left of several segments is read together. A segment in which much was found goes on whole:
there the screen would cost more than it saves, and its rows are judged like any other.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, TypeVar

from connectors.logs.pick import alike, joined, picked
from connectors.logs.sift import chosen, marked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future, ThreadPoolExecutor

    import numpy as np
    import numpy.typing as npt

    from connectors.logs.values import Segment
    from scanner.match.screen import Screen

READ: Final = 1 << 13  # records that are worth reading together
A = TypeVar("A")
B = TypeVar("B")


def screened(
    segments: Iterable[Segment], screen: Screen, pool: ThreadPoolExecutor, ahead: int
) -> Iterator[Segment]:
    """What must be read of these segments, in their order.

    ahead: how many segments are searched at one time.
    """
    held: list[Segment] = []
    for segment in ordered(segments, lambda one: _less(one, screen), pool, ahead):
        whole = not segment.sifted
        if held and (whole or not alike(held[0], segment)):
            yield joined(held)
            held = []
        if whole:
            yield segment
            continue
        held.append(segment)
        if sum(map(len, held)) >= READ:
            yield joined(held)
            held = []
    if held:
        yield joined(held)


def ordered(
    items: Iterable[A], do: Callable[[A], B], pool: ThreadPoolExecutor, ahead: int
) -> Iterator[B]:
    """`do` of each item, in their order; up to `ahead` of them are done at one time."""
    waiting: deque[Future[B]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(do, item))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _less(segment: Segment, screen: Screen) -> Segment:
    """What must be read of a segment; the same, not sifted, if that is much of it."""
    if segment.sifted:
        return segment
    rows = chosen(found(segment, screen))
    return segment if rows is None else picked(segment, rows)


def found(segment: Segment, screen: Screen) -> npt.NDArray[np.bool_]:
    """In which records of a segment something is found."""
    places = segment.places
    return marked(segment.starts, screen.places(segment.data) if places is None else places)
