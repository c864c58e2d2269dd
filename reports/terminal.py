"""The ledger on a terminal: headline, what needs someone, the register's side, what was missed."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from rich.table import Table
from rich.text import Text

from reports import ledger
from reports.figures import count, moment, size, window
from reports.gaps import Gap, read_gaps
from reports.text import safe_text
from reports.words import (
    DECLARED_STATES,
    FLAGS,
    KINDS,
    NO_VERDICT,
    SEVERITIES,
    STATES,
    TENANTS,
    label,
    rank,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import duckdb
    from rich.console import Console

ROWS: Final = 15  # of each table; the rest is counted, and is in the report files
_LONGEST: Final = 160
_NAME: Final = 60
_COLOURS: Final = {
    "critical": "bold red",
    "high": "red",
    "medium": "yellow",
    "low": "cyan",
    "info": "dim",
}
_NEED_OWNER: Final = ("retired_alive", "needs_review", "declared_not_observed", "duplicate",
                      "not_assessable")  # fmt: skip


class _Page:
    """A console that takes text from the outside only through `data`."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.ascii = console.options.ascii_only
        self.wide = console.width >= 110

    def data(self, text: str | None, style: str = "", longest: int = _LONGEST) -> Text:
        """Harmless, unmarked, not endless."""
        shown = safe_text(text or "")
        if len(shown) > longest:
            shown = f"{shown[:longest]}… (+{len(shown) - longest:,} characters)"
        if self.ascii:
            shown = shown.encode("ascii", "backslashreplace").decode("ascii")
        return Text(shown, style=style, overflow="fold")

    def joined(self, *parts: str | Text) -> Text:
        """The parts as one text, each in its own style."""
        text = Text(overflow="fold")
        for part in parts:
            text.append_text(self.own(part) if isinstance(part, str) else part)
        return text

    def line(self, *parts: str | Text) -> None:
        self.console.print(self.joined(*parts))

    def own(self, text: str, style: str = "") -> Text:
        """Our own words; signs the terminal cannot show become plain ones."""
        if self.ascii:
            for sign, plain in (("·", "-"), ("…", "...")):
                text = text.replace(sign, plain)
        return Text(text, style=style)

    def heading(self, text: str, note: str = "") -> None:
        self.console.print()
        self.line(self.own(text, "bold"), self.own(f"  {note}" if note else "", "dim"))

    def grid(self, *columns: tuple[int | None, int]) -> Table:
        """Columns of (fixed width or None, ratio)."""
        table = Table.grid(padding=(0, 2), expand=any(ratio for _, ratio in columns))
        for width, ratio in columns:
            table.add_column(width=width, ratio=ratio or None, overflow="fold", vertical="top")
        return table

    def more(self, left: int) -> None:
        if left > 0:
            self.line(self.own(f"  and {left:,} more: --out DIR writes all of them", "dim"))


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
    page = _Page(console)
    run = ledger.read_run(con)
    assets = ledger.read(con, ledger.Asset)
    gaps = read_gaps(con)
    _headline(page, run, gaps)
    _states(page, assets)
    _findings(page, ledger.read_findings(con), assets)
    _register(page, ledger.read(con, ledger.Declared))
    _gaps(page, gaps)
    _notes(page, ledger.read(con, ledger.Problem), ledger.read(con, ledger.Candidate))
    console.print()
    page.line(page.own(NO_VERDICT, "dim"))


def _headline(page: _Page, run: ledger.Run, gaps: Sequence[Gap]) -> None:
    page.line(
        page.own("aicensus  ", "bold"),
        page.data(run.organisation, "bold"),
        page.own(f"  run {run.seq} · {moment(run.ended_at)}", "dim"),
    )
    page.console.print()
    numbers = [
        (run.unmanaged, "unmanaged", "bold yellow"),
        (run.prohibited, "prohibited", "bold red"),
        (run.retired_alive, "retired but alive", "bold red"),
        (run.unapproved, "in unapproved use", "bold red"),
        (run.drifted, "drifted", "bold yellow"),
        (run.needs_review, "to review", "bold"),
        (run.managed, "managed", "bold green"),
        (run.waived, "waived", "bold"),
    ]
    parts: list[str | Text] = [page.own(count(run.assets, "AI asset") + " seen", "bold")]
    for number, word, style in numbers:
        if number:
            parts += [", ", page.own(f"{number:,} {word}", style)]
    page.line(*parts)
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
    lost = [(run.rejected, "rejected"), (run.cut, "cut off")]
    parts = [count(run.read, "record")] + [f"{number:,} {word}" for number, word in lost if number]
    return ", ".join(parts)


def _states(page: _Page, assets: Sequence[ledger.Asset]) -> None:
    if not assets:
        return
    totals: dict[str, list[int]] = {}
    for asset in assets:
        total = totals.setdefault(asset.state or "unmanaged", [0, 0, 0, 0])
        total[0] += 1
        total[1] += asset.new
        total[2] += asset.hits
        total[3] += asset.bytes_out or 0
    page.heading("By state")
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, pad_edge=False)
    for name, right in (("state", False), ("assets", True), ("new", True), ("hits", True),
                        ("sent", True)):  # fmt: skip
        table.add_column(name, justify="right" if right else "left", header_style="dim")
    if page.wide:
        table.add_column("", style="dim")
    for state in sorted(totals, key=lambda word: rank(STATES, word)):
        found, new, hits, sent = totals[state]
        cells = [page.data(label(STATES, state))]
        cells += map(page.own, (f"{found:,}", f"{new:,}" if new else "", f"{hits:,}", size(sent)))
        if page.wide:
            cells.append(page.own(STATES[state][1] if state in STATES else ""))
        table.add_row(*cells)
    page.console.print(table)


def _findings(
    page: _Page, findings: Sequence[ledger.Finding], assets: Iterable[ledger.Asset]
) -> None:
    by_id = {asset.asset_id: asset for asset in assets}
    listed = [
        (finding, by_id[finding.asset_id]) for finding in findings if finding.asset_id in by_id
    ]
    if not listed:
        page.heading("Nothing that was seen needs someone")
        return
    listed.sort(
        key=lambda pair: (
            rank(SEVERITIES, pair[0].severity),
            rank(STATES, pair[0].state),
            pair[0].remediation,
            pair[0].evidence if pair[1].why is None else pair[1].why,
            -pair[1].users,
            -pair[1].hits,
        )
    )
    page.heading(
        "Needs someone", f"{count(len(listed), 'asset')}, most severe first; users, bytes sent"
    )
    shown = listed[:ROWS]
    groups = groupby(shown, key=lambda pair: (pair[0].severity, pair[0].state, pair[0].remediation))
    for (severity, state, remediation), group in groups:
        head = page.grid((8, 0), (None, 1))
        head.add_row(
            page.data(severity, _COLOURS.get(severity, "")),
            page.joined(
                page.data(label(STATES, state), "bold"), page.data(f"  next: {remediation}", "dim")
            ),
        )
        page.console.print(head)
        _group(page, [(asset, asset.why or finding.evidence) for finding, asset in group])
    page.more(len(listed) - ROWS)


def _group(page: _Page, group: Iterable[tuple[ledger.Asset, str]]) -> None:
    """One line an asset, and under those that share it the sentence that says why."""
    for why, members in groupby(group, key=lambda member: member[1]):
        table = page.grid((8, 0), (None, 1), (20 if page.wide else 18, 0), (9, 0), (8, 0))
        for column in table.columns[3:]:
            column.justify = "right"
        for asset, _ in members:
            tenant = TENANTS.get(asset.tenant or "", asset.tenant)
            where = "".join(f"  {part}" for part in (tenant, asset.account, asset.region) if part)
            table.add_row(
                page.own("     new" if asset.new else "", "green"),
                page.joined(
                    page.data(asset.name, longest=_NAME), page.data(where, "dim", longest=_NAME)
                ),
                page.data(KINDS.get(asset.kind, asset.kind), "dim"),
                count(asset.users, "user"),
                size(asset.bytes_out),
            )
        page.console.print(table)
        sentence = page.grid((8, 0), (None, 1))
        sentence.add_row("", page.data(why, "dim", longest=300))
        page.console.print(sentence)


def _register(page: _Page, declared: Sequence[ledger.Declared]) -> None:
    if not declared:
        page.heading("Register", "none given: without --inventory everything seen is unmanaged")
        return
    totals: dict[str, int] = {}
    for row in declared:
        totals[row.state or ""] = totals.get(row.state or "", 0) + 1
    order = sorted(totals, key=lambda word: rank(DECLARED_STATES, word))
    page.heading("Register", f"{count(len(declared), 'row')}")
    said = [f"{totals[word]:,} {label(DECLARED_STATES, word).lower()}" for word in order]
    page.line(page.data(" · ".join(said), longest=1000))
    listed = [row for row in declared if row.state in _NEED_OWNER or row.flags]
    if not listed:
        return
    listed.sort(key=lambda row: (rank(DECLARED_STATES, row.state), row.row))
    page.heading("Rows that need their owner", count(len(listed), "row"))
    table = page.grid((8, 0), (16, 0), (None, 1))
    for row in listed[:ROWS]:
        owner = row.business_owner or row.technical_owner
        flags = [FLAGS.get(flag, flag) for flag in row.flags if owner or flag != "owner_missing"]
        why = " ".join([row.why or "", *(f"{flag.capitalize()}." for flag in flags)])
        text = page.joined(
            page.data(row.name, "bold"),
            page.data(f"  {owner or 'no owner'}", "dim"),
            "\n",
            page.data(why.strip(), longest=300),
        )
        table.add_row(
            page.data(row.ref or f"row {row.row}", longest=24),
            page.data(label(DECLARED_STATES, row.state or "")),
            text,
        )
    page.console.print(table)
    page.more(len(listed) - ROWS)


def _gaps(page: _Page, gaps: Sequence[Gap]) -> None:
    if not gaps:
        page.heading("Everything given was read")
        return
    page.heading("Not read, or not wholly", f"{count(len(gaps), 'gap')}")
    table = page.grid((26, 0), (None, 1))
    for gap in gaps[:ROWS]:
        text = page.joined(page.data(gap.where, "bold"))
        for told in (gap.message, *gap.examples):
            text.append("\n").append_text(page.data(told, longest=300))
        text.append("\n").append_text(page.data(f"Next: {gap.next_step}", "dim"))
        table.add_row(page.data(gap.title, "yellow"), text)
    page.console.print(table)
    page.more(len(gaps) - ROWS)


def _notes(
    page: _Page, problems: Sequence[ledger.Problem], weak: Sequence[ledger.Candidate]
) -> None:
    notes = [problem for problem in problems if problem.level != "error"]
    if not notes and not weak:
        return
    page.heading("Also")
    for note in notes[:ROWS]:
        at = "" if note.line is None else f":{note.line}"
        page.line(
            page.data(f"{note.path or note.source}{at}: "), page.data(note.message, longest=300)
        )
    page.more(len(notes) - ROWS)
    if weak:
        hosts = count(len(weak), "weak sign")
        page.line(f"{hosts} for review, in none of these numbers: --json or --out DIR lists them")
