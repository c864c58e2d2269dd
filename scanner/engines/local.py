"""Runs scan_range on threads of this machine.

One thread reads and cuts (hashing, inflating and newline search release the GIL), the others
normalise and match whole segments. Results are taken in order, so they do not depend on timing;
at most a few segments are in flight, so memory does not grow with the file.
"""

from __future__ import annotations

import ctypes
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

import pyarrow as pa

from connectors.logs.normalise import Normaliser
from connectors.logs.sift import searched
from connectors.observation import BY_NAME
from scanner.engines.screened import ordered, screened
from scanner.engines.ways import silent, way
from scanner.match.exact import Matcher
from scanner.match.prefilter import Unscreenable
from scanner.match.screen import Screen, is_available
from scanner.names import borrows
from scanner.partial import Partial
from scanner.scan_range import scan_range

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from connectors.files.frame import Block
    from connectors.logs.cut import Segment
    from connectors.logs.model import Format
    from connectors.logs.settings import ReadSettings
    from connectors.logs.sift import Searched, Sift
    from connectors.logs.verbatim import Verbatim
    from scanner.names import Names
    from scanner.spill import Spill
    from scanner.who import Scan
    from signatures.compile import Compiled

IN_FLIGHT: Final = 1  # segments waiting per thread

# Text that no rule and no sighting reads. Columns with numbers or times are always made: what
# does not parse in them rejects its row, and the account must not depend on who asks.
UNREAD: Final = frozenset(
    {"proto", "tls_ja3", "tls_ja4", "operation", "resource_uid", "resource_type"}
    | {"resource_name", "url_query_keys"}
)

# Columns that neither match nor reject: made of the rows that matched.
LATE: Final = frozenset(
    {"class", "action", "src_user", "src_device", "principal", "account", "region", "tenant"}
    | {"model"}
)

LENT: Final = frozenset({"conn_uid"})  # read only where a log without names follows


# mallopt of glibc, malloc.h: parameters and values.
_MALLOC: Final = ((-8, 2), (-3, 1 << 30), (-1, 1 << 30))  # arenas, mmap and trim thresholds


def keep_memory() -> None:
    """Have freed blocks used again instead of given back and asked for anew.

    A segment needs a dozen arrays of several MiB; mapping each afresh cost a tenth of the time of
    a scan. Elsewhere than on glibc nothing happens.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return
    for parameter, value in _MALLOC:
        mallopt(parameter, value)
    pa.set_memory_pool(pa.system_memory_pool())  # Arrow's own gives back what is freed


def give_back_memory() -> None:
    """What was kept for the next segment goes back, once there is none; and so does what follows.

    The parameters are those glibc begins with (mallopt(3): 128 KiB).
    """
    with suppress(AttributeError, OSError):
        libc = ctypes.CDLL(None)
        for parameter in (-3, -1):
            libc.mallopt(parameter, 128 << 10)
        libc.malloc_trim(0)


class LocalEngine:
    """A pool of threads, each with a matcher and a normaliser per format of its own."""

    def __init__(
        self,
        compiled: Compiled,
        scan: Scan,
        names: Names,
        threads: int,
        spill: Spill | None = None,
    ) -> None:
        """spill: where sums wait that memory has no room for; without one they stay in memory."""
        keep_memory()
        self._spill = spill
        self._compiled = compiled
        self._scan = scan
        self._names = names
        self._threads = max(threads, 1)
        self.columns = frozenset(BY_NAME) - UNREAD
        self.teach = True  # whether somebody wants the names that formats teach
        self._local = threading.local()
        self._ways: dict[str, Verbatim | None] = {}
        self._screens: dict[Verbatim, Screen | None] = {}
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="scan")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._local = threading.local()
        give_back_memory()

    def screens(self, fmt: Format) -> bool:
        """Whether logs of this format can be screened, here and now."""
        if fmt.learn is not None and self.teach:
            return False
        if borrows(fmt) and (self._names.by_uid or self._names.by_address):
            return False  # their rows are AI by what other logs say of an address
        return self._screen(fmt) is not None

    def sift(self, fmt: Format) -> Sift | None:
        """What searches the blocks of a log before they are cut; where it `screens`."""
        found = self._screen(fmt)
        if found is None:
            return None

        def sift(blocks: Iterable[Block]) -> Iterator[Searched]:
            return ordered(
                blocks, lambda one: searched(one, found.places), self._pool, self._threads + 1
            )

        return sift

    def _screen(self, fmt: Format) -> Screen | None:
        if fmt.id not in self._ways:
            self._ways[fmt.id] = way(self._compiled, fmt) if is_available() else None
        how = self._ways[fmt.id]
        if how is not None and how not in self._screens:
            self._screens[how] = None  # a rule that raw bytes cannot answer for: read in full
            with suppress(Unscreenable):
                self._screens[how] = Screen(self._compiled, how)
        return self._screens[how] if how is not None else None

    def run(
        self,
        fmt: Format,
        settings: ReadSettings,
        segments: Iterable[Segment],
        *,
        screen: bool = False,
    ) -> Partial:
        """Scan the segments of one source; raises whatever reading or matching raises.

        screen: read only records in which the screen finds something; where it `screens`.
        """
        found = self._screen(fmt) if screen else None
        if found is not None:
            segments = screened(segments, found, self._pool, self._threads + 1)
        total = Partial(spill=self._spill)
        waiting: deque[Future[Partial]] = deque()
        try:
            for segment in segments:
                waiting.append(self._pool.submit(self._one, fmt, settings, segment))
                if len(waiting) >= self._threads * IN_FLIGHT:
                    total.add(waiting.popleft().result())
            while waiting:
                total.add(waiting.popleft().result())
        finally:
            for future in waiting:
                future.cancel()
        return total.finish()

    def _one(self, fmt: Format, settings: ReadSettings, segment: Segment) -> Partial:
        local = self._local
        if not hasattr(local, "matcher"):
            local.matcher = Matcher(self._compiled, self._names)
            local.normalisers = {}
        key = (fmt.id, settings)
        if key not in local.normalisers:
            asked = self.columns - silent(self._compiled, fmt)
            local.normalisers[key] = Normaliser(fmt, settings, asked, LATE)
        return scan_range(segment, local.normalisers[key], local.matcher, self._scan)
