"""The ledger on a terminal: headline, what needs someone, the register's side, what was missed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from rich.table import Table

from reports import ledger
from reports.figures import count, moment, size, window
from reports.gaps import Gap, read_gaps
from reports.left_out import read_left_out
from reports.terminal_findings import show_findings
from reports.terminal_page import Page
from reports.terminal_rest import show_gaps, show_limits, show_notes, show_register
from reports.words import (
    NO_VERDICT,
    STATES,
    label,
    rank,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    from rich.console import Console
    from rich.text import Text

ROWS: Final = 15  # of each table; the rest is counted, and is in the report files
# What the headline counts of the assets in use: state, in words, style.
_IN_USE: Final = (
    ("unmanaged", "unmanaged", "bold yellow"),
    ("prohibited", "prohibited", "bold red"),
    ("retired_alive", "retired but alive", "bold red"),
    ("unapproved_use", "in unapproved use", "bold red"),
    ("drifted", "drifted", "bold yellow"),
    ("needs_review", "to review", "bold"),
    ("managed", "managed", "bold green"),
    ("waived", "waived", "bold"),
)


def render(con: duckdb.DuckDBPyConnection, console: Console) -> None:
    """Print the ledger of the latest run. Raises LookupError when the store holds no run."""
    if console.is_terminal:
        _render(con, console)
        return
    with console.capture() as captured:
        _render(con, console)
    for line in (
        captured.get().removesuffix("\n").split("\n")
    ):  # files and pipes get no blanks at line ends
        console.file.write(line.rstrip() + "\n")


def _render(con: duckdb.DuckDBPyConnection, console: Console) -> None:
    page = Page(console, ROWS)
    run = ledger.read_run(con)
    assets = ledger.read(con, ledger.Asset)
    gaps = read_gaps(con)
    left = read_left_out(con)
    _headline(page, run, assets, gaps)
    if left.late:
        page.line(page.own(left.late, "yellow"))
    news = any(asset.new for asset in assets) and not all(asset.new for asset in assets)
    _states(page, assets, news=news)
    show_findings(page, ledger.read_findings(con), assets, news=news)
    show_register(page, ledger.read(con, ledger.Declared), given=run.inventory_digest is not None)
    show_gaps(page, gaps, left)
    show_limits(page, ledger.read(con, ledger.Limit))
    show_notes(page, ledger.read(con, ledger.Problem), ledger.read(con, ledger.Candidate))
    console.print()
    page.line(page.own(NO_VERDICT, "dim"))


def _headline(
    page: Page, run: ledger.Run, assets: Sequence[ledger.Asset], gaps: Sequence[Gap]
) -> None:
    page.line(
        page.own("aicensus  ", "bold"),
        page.data(run.organisation, "bold"),
        page.own(f"  run {run.seq} · {moment(run.ended_at)}", "dim"),
    )
    page.console.print()
    used = Counter(asset.state for asset in assets if asset.in_use)
    parts: list[str | Text] = [page.own(count(run.in_use, "AI asset") + " in use", "bold")]
    between = ": "
    for state, word, style in _IN_USE:
        if used[state]:
            parts += [between, page.own(f"{used[state]:,} {word}", style)]
            between = ", "
    page.line(*parts)
    idle = [
        (run.blocked_only, "only tried and blocked"),
        (run.failed_only, "only tried, every sign-in failed"),
        (run.gone, "no longer seen"),
    ]
    told = [f"{number:,} {word}" for number, word in idle if number]
    if told:
        page.line(page.own(f"besides    {', '.join(told)}", "dim"))
    whole = not gaps
    page.line(
        "looked at  ",
        page.own(
            f"{run.sources_complete:,} of {count(run.sources, 'source')} complete",
            "" if whole else "yellow",
        ),
        f" · {_records(run)} · {window(run.first_time, run.last_time)}",
    )
    if not whole:
        text = f"{count(len(gaps), 'gap')}: what was not read is in none of these numbers"
        page.line(page.own(text, "yellow"))


def _records(run: ledger.Run) -> str:
    lost = [(run.rejected, "rejected"), (run.cut, "cut off"), (run.skipped, "skipped")]
    parts = [count(run.records, "record")] + [
        f"{number:,} {word}" for number, word in lost if number
    ]
    return ", ".join(parts)


def _states(page: Page, assets: Sequence[ledger.Asset], *, news: bool) -> None:
    if not assets:
        return
    totals: dict[str, list[ledger.Asset]] = {}
    for asset in assets:
        totals.setdefault(asset.state or "unmanaged", []).append(asset)
    page.heading("By state")
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, pad_edge=False)
    table.add_column("state", header_style="dim")
    for name in ("assets", "in use", *(["new"] if news else []), "records", "sent", "sizes in"):
        table.add_column(name, justify="right", header_style="dim")
    if page.wide:
        table.add_column("", style="dim")
    for state in sorted(totals, key=lambda word: rank(STATES, word)):
        found = totals[state]
        known = [asset.bytes_out for asset in found if asset.bytes_out is not None]
        cells = [page.data(label(STATES, state)), page.own(f"{len(found):,}")]
        cells += [page.own(f"{sum(asset.in_use for asset in found):,}")]
        if news:
            cells += [page.own(f"{sum(asset.new for asset in found) or ''}")]
        hits = sum(asset.hits for asset in found)
        cells += [page.own(f"{hits:,}"), page.own(size(sum(known) if known else None))]
        cells += [page.own(_of(found, hits) if known else "", "dim")]
        if page.wide:
            cells.append(page.own(STATES[state][1] if state in STATES else ""))
        table.add_row(*cells)
    page.console.print(table)


def _of(assets: Sequence[ledger.Asset], hits: int) -> str:
    """`12 of 70`, or `all`: how many of the records say how much was sent."""
    counted = [asset.sized_out for asset in assets if asset.sized_out is not None]
    told = sum(counted)
    return "all" if told >= hits else f"{told:,} of {hits:,}" if counted else "unknown"
