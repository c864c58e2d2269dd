"""What every row of the ledger is: a class a view, its fields the view's columns in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a view; `ORDER` makes the same store give the same bytes."""

    VIEW: ClassVar[str] = ""
    ORDER: ClassVar[str] = ""
