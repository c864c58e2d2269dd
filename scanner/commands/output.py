"""Showing a finished run: terminal ledger, JSON on stdout, report files in a folder."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from reports.text import safe_text
from scanner.errors import NoSpace

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from scanner.model import RunOutcome


@dataclass(frozen=True, slots=True)
class Output:
    """Where a run is shown. as_json: the document on stdout; out: folder for report files."""

    as_json: bool
    out: Path | None

    def __call__(self, con: duckdb.DuckDBPyConnection, outcome: RunOutcome) -> None:
        """Write the report files, then show the run."""
        written = self._files(con)
        try:
            self._show(con)
        except BrokenPipeError:
            raise
        except OSError as problem:
            raise NoSpace(f"cannot write to standard output: {problem.strerror}") from problem
        if self.as_json:
            for reason in outcome.reasons:
                click.echo(f"aicensus: {safe_text(reason)}", err=True)
        for path in written:
            click.echo(f"wrote {path}", err=True)

    def _show(self, con: duckdb.DuckDBPyConnection) -> None:
        if self.as_json:
            from reports import json_document

            click.echo(json_document.text(con))
        else:
            from reports.terminal import render
            from scanner.commands.console import Page

            render(con, Page(file=sys.stdout, highlight=False))

    def _files(self, con: duckdb.DuckDBPyConnection) -> list[Path]:
        if self.out is None:
            return []
        from reports import csv, html

        try:
            return [html.write(con, self.out), *csv.write(con, self.out)]
        except OSError as problem:
            raise NoSpace(
                f"cannot write the report: {problem.strerror}", str(self.out)
            ) from problem
