"""How far a scan is: a bar with rate and remaining time on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from reports.text import safe_text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from scanner.pipeline import Watcher


class Quiet:
    """Says nothing."""

    def begin(self, total: int) -> None:
        """Nothing."""

    def advance(self, count: int) -> None:
        """Nothing."""

    def source(self, path: str) -> None:
        """Nothing."""

    def end(self) -> None:
        """Nothing."""


class Bar:
    """A rich progress bar on stderr."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def begin(self, total: int) -> None:
        """Draw the bar."""
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._task = self._progress.add_task("reading", total=total or None)
        self._progress.start()

    def advance(self, count: int) -> None:
        """Move the bar by `count` bytes."""
        if self._progress is not None and self._task is not None:
            self._progress.advance(self._task, count)

    def source(self, path: str) -> None:
        """Show the file just finished."""
        if self._progress is not None and self._task is not None:
            name = safe_text(path)
            self._progress.update(
                self._task, description=name if len(name) < 32 else f"…{name[-31:]}"
            )

    def end(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()


def watcher() -> Watcher:
    """A bar when a person watches stderr, else silence."""
    if not sys.stderr.isatty():
        return Quiet()  # without rich, which takes a fifth of a second to import
    from rich.console import Console

    console = Console(stderr=True)
    return Bar(console) if console.is_terminal else Quiet()
