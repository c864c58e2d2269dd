"""What can be wrong with the catalogue, and where.

ValueError
+-- SignatureError   one file (or table) that cannot be used; the whole pack is refused
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(eq=False)
class SignatureError(ValueError):
    """A signature file that cannot be used.

    line counts from 1; key is a path such as `indicators[0].value`, empty for the whole file.
    """

    path: str
    line: int
    key: str
    problem: str
    hint: str = ""

    def __str__(self) -> str:
        key = f"{self.key}: " if self.key else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.path}:{self.line}: {key}{self.problem}{hint}"
