"""Sightings that memory has no room for wait in a file.

The file has no name: it is unlinked as it is made, so nothing stays behind whatever ends the
process. It is compressed and holds what the store holds: pseudonyms, no raw line.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, Self

import pyarrow as pa

from scanner.errors import NoSpace

if TYPE_CHECKING:
    from typing import NoReturn

ROOM: Final = 16 << 20  # bytes of tables that wait in memory
_COMPRESSED: Final = pa.ipc.IpcWriteOptions(compression="lz4")


@dataclass(frozen=True, slots=True)
class Parked:
    """A table that waits: here, or at a place in the file."""

    rows: int
    here: pa.Table | None = None
    spill: Spill | None = None
    offset: int = 0
    length: int = 0

    def table(self) -> pa.Table:
        """The table, read anew each time if it is on disk."""
        if self.here is not None or self.spill is None:
            return self.here
        return self.spill.read(self.offset, self.length)


def kept(table: pa.Table) -> Parked:
    """A table that stays in memory."""
    return Parked(table.num_rows, table)


class Spill:
    """The waiting room of one scan; use it as a context, from one thread."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._file: IO[bytes] | None = None
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def park(self, table: pa.Table) -> Parked:
        """Keep a table in memory while there is room, else on disk."""
        if table.nbytes <= self._room:
            self._room -= table.nbytes
            return kept(table)
        return self.write(table)

    def write(self, table: pa.Table) -> Parked:
        """Keep a table on disk. Raises NoSpace."""
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema, options=_COMPRESSED) as stream:
            stream.write_table(table)
        data = sink.getvalue()
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - __exit__ closes it
            self._file.seek(self._end)
            self._file.write(data)
            self._file.flush()
        except OSError as problem:
            _no_room(problem)
        place = Parked(table.num_rows, None, self, self._end, len(data))
        self._end += len(data)
        return place

    def read(self, offset: int, length: int) -> pa.Table:
        """What `write` put there."""
        if self._file is None:
            raise ValueError("nothing was written")
        self._file.seek(offset)
        return pa.ipc.open_stream(pa.py_buffer(self._file.read(length))).read_all()


def _no_room(problem: OSError) -> NoReturn:
    try:
        where = tempfile.gettempdir()
    except FileNotFoundError:
        where = "temporary folder"
    raise NoSpace(
        f"no room for what a scan must set aside: {problem.strerror or problem}",
        where,
        "make room there or name another folder with TMPDIR",
    ) from problem
