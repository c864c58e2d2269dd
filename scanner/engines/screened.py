"""The screen in front of reading: records in which nothing was found are counted and left out.

What is left of several segments is read together. A segment in which much was found goes on whole:
there the screen would cost more than it saves, and its rows are judged like any other.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from connectors.logs.pick import alike, joined, picked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future, ThreadPoolExecutor

    from connectors.logs.values import Segment
    from scanner.match.screen import Screen

MUCH: Final = 0.15  # of the records; docs/performance.md
READ: Final = 1 << 15  # records that are worth reading together


def screened(
    segments: Iterable[Segment], screen: Screen, pool: ThreadPoolExecutor, ahead: int
) -> Iterator[Segment]:
    """What must be read of these segments, in their order.

    ahead: how many segments are searched at one time.
    """
    held: list[Segment] = []
    for segment, whole in _searched(segments, screen, pool, ahead):
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


def _searched(
    segments: Iterable[Segment], screen: Screen, pool: ThreadPoolExecutor, ahead: int
) -> Iterator[tuple[Segment, bool]]:
    """Each segment, or what must be read of it, and whether it is whole."""
    waiting: deque[Future[tuple[Segment, bool]]] = deque()
    try:
        for segment in segments:
            waiting.append(pool.submit(_search, segment, screen))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _search(segment: Segment, screen: Screen) -> tuple[Segment, bool]:
    rows = screen.rows(segment)
    if len(rows) > MUCH * len(segment):
        return segment, True
    return picked(segment, rows), False
