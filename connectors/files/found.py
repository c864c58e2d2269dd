"""What was found to be read: a file or an object, the same to whoever reads it."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from connectors.files.local import open_raw
from connectors.files.notice import Notice
from connectors.files.raw import Progress, Raw

_AHEAD = 16  # sources whose beginning is asked for before their turn


class Found(ABC):
    """Something to open.

    display: what to show, as the user gave it. size: bytes, None if not known beforehand.
    """

    __slots__ = ()
    display: str
    size: int | None

    @abstractmethod
    def open(self, progress: Progress | None) -> Raw | Notice:
        """Its bytes, from the first, or why not; as often as one likes."""

    def prepare(self) -> None:  # noqa: B027  a file needs nothing
        """Its turn comes soon; what can be begun without waiting is begun."""

    def release(self) -> None:  # noqa: B027
        """Its turn is over; what was held for it is let go."""


@dataclass(frozen=True, slots=True)
class FoundFile(Found):
    """A file of this machine.

    path: what to open, links in the user's own argument resolved. root: the folder that links must
    not lead out of, None if the file itself was named.
    """

    path: Path
    display: str
    root: Path | None
    size: int | None = None

    def open(self, progress: Progress | None) -> Raw | Notice:
        """The opened file, or why not."""
        return open_raw(self.path, self.display, self.root, progress)


def ahead(found: Iterable[Found]) -> Iterator[Found]:
    """All of them, in order, the next few prepared while one is dealt with."""
    waiting: deque[Found] = deque()
    try:
        for one in found:
            one.prepare()
            waiting.append(one)
            if len(waiting) > _AHEAD:
                yield waiting[0]
                waiting.popleft().release()
        while waiting:
            yield waiting[0]
            waiting.popleft().release()
    finally:
        for one in waiting:
            one.release()
