"""Parquet files into segments. They are read by a child process (parquet_child.py), never here.

The file is put into a nameless temporary file first, since Parquet begins at its end. A file that
the child cannot read, or dies of, is one refused source.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from typing import IO, TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from connectors.files.notice import Notice
from connectors.logs.footer import END, MAGIC, footer_size
from connectors.logs.readers.jsontext import AS_JSON
from connectors.logs.readers.twice import path_steps
from connectors.logs.values import Segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.files.stream import Stream
    from connectors.logs.model import Format

CHILD: Final = "connectors.logs.parquet_child"
MEMORY: Final = 4 << 30  # bytes of address space for the child; Arrow's libraries take half of it
SAID: Final = 400  # characters of a message


def ending_of(head: bytes, stream: Stream) -> bytes:
    """The footer of a Parquet file, which names its columns; nothing of any other file."""
    if not head.startswith(MAGIC):
        return b""
    size = footer_size(stream.tail(END))
    return stream.tail(size) if size else b""


def parquet_segments(fmt: Format, stream: Stream) -> Iterator[Segment]:
    """The rows of a Parquet file, each with the fields of the format as text; line is the row."""
    with tempfile.TemporaryFile() as file:
        for piece in stream.chunks():
            file.write(piece)
        file.flush()
        file.seek(0)
        command = [sys.executable, "-I", "-m", CHILD, json.dumps(_order(fmt))]
        with subprocess.Popen(  # noqa: S603 - our own module, and names from a format
            command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={}
        ) as child:
            broken = False
            try:
                yield from _segments(child)
            except (pa.ArrowException, OSError):
                broken = True  # the child says why, or died
            finally:
                if child.poll() is None and child.stdout is not None:
                    child.stdout.close()
            said = child.stderr.read().decode("utf-8", "replace") if child.stderr else ""
            if child.wait() or broken:
                yield _refusal(stream.path, said, child.returncode)


def _segments(child: subprocess.Popen[bytes]) -> Iterator[Segment]:
    if child.stdout is None:
        raise AssertionError("the child writes to a pipe")
    row = 1
    with pa.ipc.open_stream(_whole(child.stdout)) as batches:
        for batch in batches:
            batch.validate(full=True)
            table = pa.Table.from_batches([batch])
            yield _segment(table, row)
            row += table.num_rows


def _whole(pipe: IO[bytes]) -> pa.PythonFile:
    return pa.PythonFile(pipe, "r")


def _segment(table: pa.Table, row: int) -> Segment:
    none = np.zeros(table.num_rows, np.int64)
    rows = np.arange(row, row + table.num_rows, dtype=np.int64)
    return Segment(b"", none, none, rows, rows - 1, table=table)


def _refusal(path: str, said: str, code: int) -> Segment:
    lines = said.strip().splitlines()
    last = lines[-1] if lines and code == 3 else "reading it ended in a fault"
    none = np.empty(0, np.int64)
    notice = Notice(path, "error", "refused", f"Parquet: {last[:SAID]}")
    return Segment(b"", none, none, none, none, notices=[notice])


def _order(fmt: Format) -> dict[str, object]:
    """What the child is to read: where each field may be, and what cannot be missing."""
    rule = fmt.reader
    given = rule.fields if isinstance(rule.fields, dict) else {}
    fields: dict[str, list[object]] = {}
    for name in fmt.expressions.fields():
        path = given.get(name)
        if path is None:
            ways = [[name], name.split(".")] if rule.dotted and "." in name else [[name]]
            fields[name] = [False, *ways]
        else:
            steps = [step if index is None else index for step, index in path_steps(path)]
            fields[name] = [path.startswith(AS_JSON), steps]
    needs = {
        item: [list(e.fields) for c in item.split("|") for e in fmt.expressions.map.get(c, ())]
        for item in fmt.require
    }
    return {"fields": fields, "needs": needs, "memory": MEMORY}
