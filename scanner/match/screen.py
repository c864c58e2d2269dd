"""The byte screen: one pass of Hyperscan over raw bytes tells which records must be read.

Only a wheel has it; without one nothing is screened and the answer is the same.
"""

from __future__ import annotations

import hashlib
import platform
import threading
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from scanner.match.prefilter import (
    ESCAPES,
    Unscreenable,
    address_patterns,
    agent_patterns,
    app_patterns,
    host_patterns,
    path_patterns,
    port_patterns,
    spelt,
)
from signatures import cache

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from connectors.logs.verbatim import Verbatim
    from signatures.compile import Compiled

hyperscan: Any = None
with suppress(ImportError):  # no wheel for this platform
    hyperscan = import_module("hyperscan")

MOST: Final = 1 << 18  # matches in a block; where there are more, every record of it is read


def is_available() -> bool:
    """Whether this machine can screen."""
    return hyperscan is not None


class Screen:
    """Finds the records of one format that must be read. Threads may share it."""

    def __init__(self, compiled: Compiled, how: Verbatim) -> None:
        """Raises Unscreenable if a rule says more than can be looked for in raw bytes.

        how: of engines/ways.py, which knows what a format puts into its records itself.
        """
        self._database: Any = _database(compiled, how)
        self._local = threading.local()

    def places(self, data: bytes) -> npt.NDArray[np.int64]:
        """Where something was found: any byte of the record it was found in, in any order."""
        places = self._ends(data)
        if data.isascii():
            return places
        # what a name in other letters is mapped to, bytes do not tell
        return np.concatenate([places, np.flatnonzero(np.frombuffer(data, np.uint8) >= 0x80)])

    def _ends(self, data: bytes) -> npt.NDArray[np.int64]:
        """The last byte of each place where a pattern is.

        Every byte where there are over MOST: a line can be made of nothing but matches.
        """
        if not hasattr(self._local, "scratch"):
            self._local.scratch = hyperscan.Scratch(self._database)
        ends: list[int] = []
        append = ends.append

        def on_match(_id: int, _start: int, end: int, _flags: int, _context: object) -> bool:
            append(end)
            return len(ends) > MOST  # true ends the scan

        try:
            self._database.scan(data, match_event_handler=on_match, scratch=self._local.scratch)
        except hyperscan.ScanTerminated:
            return np.arange(len(data))
        return np.array(ends, np.int64) - 1


def patterns_of(compiled: Compiled, how: Verbatim) -> Iterator[str]:
    """All patterns for records that show these columns in this way."""
    if {"dst_host", "tls_sni"} & how.columns:
        yield from host_patterns(compiled)
    if {"dst_ip", "dst_host"} & how.columns:
        yield from address_patterns(compiled)
    if "dst_port" in how.columns:
        yield from port_patterns(compiled)
    if "url_path" in how.columns:
        yield from path_patterns(compiled, how.escapes)
    if "user_agent" in how.columns:
        yield from agent_patterns(compiled, how.escapes)
    if {"app", "oauth_client", "oauth_scopes"} & how.columns:
        yield from app_patterns(compiled, cut="cut" in how.escapes)
    for name in sorted(how.escapes & set(ESCAPES)):
        yield ESCAPES[name]
    for text in how.also:
        yield spelt(text, how.escapes)


def _database(compiled: Compiled, how: Verbatim) -> Any:  # noqa: ANN401 - hyperscan ships no types
    """The compiled patterns, kept between runs: compiling takes a second, loading no time.

    A database is code for one processor, so a copy is trusted as little as cache.py says.
    """
    made_of = _made_of(compiled, how)
    mode = hyperscan.HS_MODE_BLOCK
    data = cache.read("screen", made_of)
    if data is not None:
        with suppress(hyperscan.error):
            return hyperscan.loadb(data, mode=mode)
    patterns = sorted(set(patterns_of(compiled, how)))
    database = hyperscan.Database(mode=mode)
    try:
        database.compile(
            expressions=[text.encode() for text in patterns],
            ids=list(range(len(patterns))),
            elements=len(patterns),
            flags=hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_MULTILINE,
        )
    except hyperscan.error as problem:
        raise Unscreenable(str(problem)) from problem
    cache.write("screen", made_of, hyperscan.dumpb(database))
    return database


def _made_of(compiled: Compiled, how: Verbatim) -> str:
    """A hash over everything a database depends on: catalogue, code, and this processor."""
    about = (
        compiled.digest, compiled.hint_table, sorted(how.columns), sorted(how.escapes), how.also,
        version("hyperscan"), platform.machine(), _flags(),
    )  # fmt: skip
    digest = hashlib.sha256(repr(about).encode("utf-8", "surrogateescape"))
    for folder in (Path(__file__).parent, Path(cache.__file__).parent):
        for path in sorted(folder.glob("*.py")):
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _flags() -> str:
    """What this processor can do, since a home folder may be used from several machines."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("ascii", "replace").splitlines():
            if line.startswith(("flags", "Features")):
                return line
    return ""
