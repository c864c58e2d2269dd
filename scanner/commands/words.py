"""Numbers as people say them."""

from __future__ import annotations


def many(number: int, thing: str) -> str:
    """`1 issue`, `2 issues`. thing: its name for one, that takes an s for more."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
