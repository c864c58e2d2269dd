"""On a terminal: the assets that need someone, most severe first, grouped by what to do next."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from reports.figures import blocked, count, models, sentence, size, sized, some, who
from reports.terminal_page import NAME
from reports.words import KINDS, SEVERITIES, STATES, TENANTS, label, rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reports import ledger
    from reports.terminal_page import Page

_COLOURS: Final = {
    "critical": "bold red",
    "high": "red",
    "medium": "yellow",
    "low": "cyan",
    "info": "dim",
}


def show_findings(
    page: Page,
    findings: Sequence[ledger.Finding],
    assets: Iterable[ledger.Asset],
    *,
    news: bool,
) -> None:
    """Print the findings about assets; news: whether some assets are new and others are not."""
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
    shown = listed[: page.rows]
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
    page.more(len(listed) - page.rows)


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
            facts += [tenant, asset.account or some(asset.accounts, "account")]
            facts += [asset.region or some(asset.regions, "region")]
            facts += [blocked(asset.blocked, asset.hits)]
            facts += [models(asset.models, asset.models_more)]
            facts += ["no longer seen"] if "gone" in asset.flags else []
            facts += [sized(asset.sized_out, asset.hits, asset.bytes_out)]
            where = "".join(f"  {fact}" for fact in facts if fact and fact not in asset.name)
            table.add_row(
                page.own("     new" if news and asset.new else "", "green"),
                page.joined(
                    page.data(asset.name, longest=NAME), page.data(where, "dim", longest=NAME)
                ),
                *([page.data(kind, "dim")] if page.wide else []),
                who(asset.users, asset.clients),
                size(asset.bytes_out),
            )
        page.console.print(table)
        said = page.grid((8, 0), (None, 1))
        said.add_row("", page.data(sentence(why), "dim", longest=300))
        page.console.print(said)
