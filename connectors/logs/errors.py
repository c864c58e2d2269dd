"""Errors of this package: one, a format file that cannot be used."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(eq=False)
class FormatError(Exception):
    """A format file that cannot be used; `line` counts from 1, 0 when nothing is known."""

    path: str
    line: int
    key: str
    problem: str
    hint: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.key}: {self.problem}; {self.hint}"
