"""On a terminal: the register's side, what was not read, and notes."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from reports.figures import count, sentence
from reports.left_out import notes_of
from reports.terminal_page import NAME
from reports.words import DECLARED_STATES, FLAGS, label, rank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from reports import ledger
    from reports.gaps import Gap
    from reports.left_out import LeftOut
    from reports.terminal_page import Page

_UNKNOWN: Final = 5  # hosts that look like AI, in one line
_NEED_OWNER: Final = ("retired_alive", "needs_review", "declared_not_observed", "duplicate",
                      "not_assessable")  # fmt: skip


def show_register(page: Page, declared: Sequence[ledger.Declared], *, given: bool) -> None:
    """Print the states of the rows, then those that need their owner."""
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
        listed[: page.rows],
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
                page.data(row.name, longest=NAME),
                _owner(page, row),
            )
        page.console.print(table)
    page.more(len(listed) - page.rows)


def _owner(page: Page, row: ledger.Declared) -> Text:
    owner = row.business_owner or row.technical_owner
    flags = [FLAGS.get(flag, flag) for flag in row.flags if owner or flag != "owner_missing"]
    return page.joined(
        page.data(owner or "no owner named", "" if owner else "yellow"),
        page.data("".join(f", {flag}" for flag in flags), "yellow"),
    )


def show_gaps(page: Page, gaps: Sequence[Gap], left: LeftOut) -> None:
    """Print what was not read, or not wholly, and what was left out by rule."""
    if not gaps:
        page.heading(left.summary)
    else:
        _gaps(page, gaps)
        if left.told:
            page.heading(f"Besides, {'; '.join(left.told)}")
    for one in left.skipped[: page.rows]:
        page.line(page.data(f"{one.path}: "), page.data(one.told, longest=400))
    page.more(len(left.skipped) - page.rows)


def _gaps(page: Page, gaps: Sequence[Gap]) -> None:
    page.heading("Not read, or not wholly", f"{count(len(gaps), 'gap')}")
    table = page.grid((26, 0), (None, 1))
    for gap in gaps[: page.rows]:
        text = page.joined(page.data(gap.where, "bold"))
        for told in (sentence(gap.message), *gap.examples):
            text.append("\n").append_text(page.data(told, longest=300))
        text.append("\n").append_text(page.data(f"Next: {sentence(gap.next_step)}", "dim"))
        table.add_row(page.data(gap.title, "yellow"), text)
    page.console.print(table)
    page.more(len(gaps) - page.rows)


def show_limits(page: Page, limits: Sequence[ledger.Limit]) -> None:
    """What no log of these formats shows, however whole it is."""
    if not limits:
        return
    page.heading("What these logs cannot show")
    by_format = groupby(limits, key=lambda limit: limit.format)
    for name, of_it in [(name, [limit.says for limit in group]) for name, group in by_format]:
        page.line(page.data(f"{name}: ", "dim"), page.data("; ".join(of_it), longest=400))


def show_notes(
    page: Page, problems: Sequence[ledger.Problem], weak: Sequence[ledger.Candidate]
) -> None:
    """Print warnings and notes, and how many weak signs there are."""
    notes = notes_of(problems)
    if not notes and not weak:
        return
    page.heading("Also")
    for note in notes[: page.rows]:
        at = "" if note.line is None else f":{note.line}"
        page.line(
            page.data(f"{note.path or note.source}{at}: "), page.data(note.message, longest=300)
        )
    page.more(len(notes) - page.rows)
    if weak:
        hosts = count(len(weak), "weak sign")
        page.line(f"{hosts} for review, in none of these numbers: --json or --out DIR lists them")
    unknown = [one.dst_host or "no host" for one in weak if one.service is None]
    if unknown:
        shown = page.data(", ".join(unknown[:_UNKNOWN]), longest=300)
        left = f" and {len(unknown) - _UNKNOWN:,} more" if len(unknown) > _UNKNOWN else ""
        page.line("Looks like AI, not in the catalogue: ", shown, left)
