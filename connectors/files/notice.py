"""What a user must be told about a file."""

import os
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One fact about a file; with level `error` also why it was not (wholly) read.

    `reason` of an error is a word of the coverage table: missing, unreadable, refused, corrupt,
    truncated, malformed, incomplete, empty. Of a warning or note it only groups like with like.
    count: how many times it holds, where `line` is the first; 0 if that is not counted.
    """

    path: str
    level: Level
    reason: str
    message: str
    line: int | None = None
    field: str | None = None
    count: int = 0

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {self.message}"


def shown(name: str) -> str:
    r"""A file name as valid Unicode: bytes that are not UTF-8 become \xNN.

    Control characters stay; whoever prints escapes them.
    """
    return os.fsencode(name).decode("utf-8", "backslashreplace")
