"""The console of terminal pages."""

from __future__ import annotations

from typing import NoReturn

from rich.console import Console


class Page(Console):
    """A console that tells when its reader has left; rich would end the program with 1."""

    def on_broken_pipe(self) -> NoReturn:
        """Let scanner.cli end the program."""
        raise BrokenPipeError
