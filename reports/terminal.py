"""The ledger on a terminal: headline, what needs someone, the register's side, what was missed."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Final

from rich.table import Table

from reports import ledger
from reports.figures import blocked, count, moment, sentence, size, sized, who, window
from reports.gaps import Gap, read_gaps
from reports.terminal_page import Page
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
    from rich.text import Text

ROWS: Final = 15  # of each table; the rest is counted, and is in the report files
_NAME: Final = 60
_COLOURS: Final = {
    "critical": "bold red",
    "high": "red",
    "medium": "yellow",
    "low": "cyan",
    "info": "dim",
}
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
_NEED_OWNER: Final = ("retired_alive", "needs_review", "declared_not_observed", "duplicate",
                      "not_assessable")  # fmt: skip


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
    page = Page(console)
    run = ledger.read_run(con)
    assets = ledger.read(con, ledger.Asset)
    gaps = read_gaps(con)
    _headline(page, run, assets, gaps)
    news = any(asset.new for asset in assets) and not all(asset.new for asset in assets)
    _states(page, assets, news=news)
    _findings(page, ledger.read_findings(con), assets, news=news)
    _register(page, ledger.read(con, ledger.Declared), given=run.inventory_digest is not None)
    _gaps(page, gaps)
    _limits(page, ledger.read(con, ledger.Limit))
    _notes(page, ledger.read(con, ledger.Problem), ledger.read(con, ledger.Candidate))
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
    idle = [(run.blocked_only, "only tried and blocked"), (run.gone, "no longer seen")]
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
    lost = [(run.rejected, "rejected"), (run.cut, "cut off")]
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


def _findings(
    page: Page,
    findings: Sequence[ledger.Finding],
    assets: Iterable[ledger.Asset],
    *,
    news: bool,
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
            -(pair[1].users or pair[1].clients),
            -pair[1].hits,
        )
    )
    page.heading(
        "Needs someone",
        f"{count(len(listed), 'asset')}, most severe first; who used it, bytes sent",
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
        reasons = [(asset, asset.why or finding.evidence) for finding, asset in group]
        _group(page, reasons, news=news)
    page.more(len(listed) - ROWS)


def _group(page: Page, group: Iterable[tuple[ledger.Asset, str]], *, news: bool) -> None:
    """One line an asset, and under those that share it the sentence that says why."""
    for why, members in groupby(group, key=lambda member: member[1]):
        kinds = ((20, 0),) if page.wide else ()
        table = page.grid((8, 0), (None, 1), *kinds, (10, 0), (8, 0))
        for column in table.columns[-2:]:
            column.justify = "right"
        for asset, _ in members:
            tenant = TENANTS.get(asset.tenant or "", asset.tenant)
            kind = KINDS.get(asset.kind, asset.kind)
            facts: list[str | None] = [] if page.wide else [kind]
            facts += [tenant, asset.account, asset.region, blocked(asset.blocked, asset.hits)]
            facts += ["no longer seen"] if "gone" in asset.flags else []
            facts += [sized(asset.sized_out, asset.hits, asset.bytes_out)]
            where = "".join(f"  {fact}" for fact in facts if fact and fact not in asset.name)
            table.add_row(
                page.own("     new" if news and asset.new else "", "green"),
                page.joined(
                    page.data(asset.name, longest=_NAME), page.data(where, "dim", longest=_NAME)
                ),
                *([page.data(kind, "dim")] if page.wide else []),
                who(asset.users, asset.clients),
                size(asset.bytes_out),
            )
        page.console.print(table)
        said = page.grid((8, 0), (None, 1))
        said.add_row("", page.data(sentence(why), "dim", longest=300))
        page.console.print(said)


def _register(page: Page, declared: Sequence[ledger.Declared], *, given: bool) -> None:
    if not declared and given:
        page.heading("Register", "given, but no row of it could be used")
        return
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
    shown = sorted(
        listed[:ROWS],
        key=lambda row: (rank(DECLARED_STATES, row.state), row.why or "", row.row),
    )
    for (state, why), rows in groupby(shown, key=lambda row: (row.state or "", row.why or "")):
        page.line(
            page.data(label(DECLARED_STATES, state), "bold"),
            page.data(f"  {sentence(why)}", "dim", longest=300),
        )
        table = page.grid((12, 0), (None, 3), (None, 2))
        for row in rows:
            table.add_row(
                page.data(f"  {row.ref or f'row {row.row}'}", longest=24),
                page.data(row.name, longest=_NAME),
                _owner(page, row),
            )
        page.console.print(table)
    page.more(len(listed) - ROWS)


def _owner(page: Page, row: ledger.Declared) -> Text:
    owner = row.business_owner or row.technical_owner
    flags = [FLAGS.get(flag, flag) for flag in row.flags if owner or flag != "owner_missing"]
    return page.joined(
        page.data(owner or "no owner named", "" if owner else "yellow"),
        page.data("".join(f", {flag}" for flag in flags), "yellow"),
    )


def _gaps(page: Page, gaps: Sequence[Gap]) -> None:
    if not gaps:
        page.heading("Everything given was read")
        return
    page.heading("Not read, or not wholly", f"{count(len(gaps), 'gap')}")
    table = page.grid((26, 0), (None, 1))
    for gap in gaps[:ROWS]:
        text = page.joined(page.data(gap.where, "bold"))
        for told in (sentence(gap.message), *gap.examples):
            text.append("\n").append_text(page.data(told, longest=300))
        text.append("\n").append_text(page.data(f"Next: {sentence(gap.next_step)}", "dim"))
        table.add_row(page.data(gap.title, "yellow"), text)
    page.console.print(table)
    page.more(len(gaps) - ROWS)


def _limits(page: Page, limits: Sequence[ledger.Limit]) -> None:
    """What no log of these formats shows, however whole it is."""
    if not limits:
        return
    page.heading("What these logs cannot show")
    by_format = groupby(limits, key=lambda limit: limit.format)
    for name, of_it in [(name, [limit.says for limit in group]) for name, group in by_format]:
        page.line(page.data(f"{name}: ", "dim"), page.data("; ".join(of_it), longest=400))


def _notes(
    page: Page, problems: Sequence[ledger.Problem], weak: Sequence[ledger.Candidate]
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
