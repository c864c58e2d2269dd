"""Findings of the HTML page grouped by severity, state and next step."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from reports.words import SEVERITIES, STATES, rank

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports import ledger

_STEPS_APART: Final = 4  # more next steps than this in a group stand with the assets


@dataclass(frozen=True, slots=True)
class Member:
    """A finding with the asset it is about, if there is one."""

    finding: ledger.Finding
    asset: ledger.Asset | None

    @property
    def why(self) -> str:
        """The sentence that says why."""
        return (self.asset.why if self.asset else None) or self.finding.evidence


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one severity and state, most used first."""

    severity: str
    state: str
    size: int
    next_step: str | None  # if it is the same for all of them
    reasons: list[tuple[str, list[Member]]]
    left: int


def groups(
    findings: Iterable[ledger.Finding], assets: Iterable[ledger.Asset], shown: int
) -> list[Group]:
    """Findings about assets by severity, state and next step, worst first; `shown` of each.

    Where next steps differ from asset to asset, they stand with the assets.
    """
    by_id = {asset.asset_id: asset for asset in assets}
    members = [
        Member(finding, by_id.get(finding.asset_id or ""))
        for finding in findings
        if finding.declared_row is None or finding.asset_id is not None
    ]
    steps: dict[tuple[int, int], set[str]] = {}
    for member in members:
        steps.setdefault(_urgent(member)[:2], set()).add(member.finding.remediation)

    def kept_together(member: Member) -> tuple[int, int, str]:
        urgent = _urgent(member)[:2]
        return (*urgent, member.finding.remediation if len(steps[urgent]) <= _STEPS_APART else "")

    members.sort(key=lambda member: (kept_together(member), _urgent(member)))
    return [
        _group(list(same), step, shown) for (_, _, step), same in groupby(members, kept_together)
    ]


def _group(members: list[Member], next_step: str, shown: int) -> Group:
    listed = members[:shown]
    reasons: dict[str, list[Member]] = {}
    for member in listed:
        reasons.setdefault(member.why, []).append(member)
    return Group(
        severity=members[0].finding.severity,
        state=members[0].finding.state,
        size=len(members),
        next_step=next_step or None,
        reasons=list(reasons.items()),
        left=len(members) - len(listed),
    )


def _urgent(member: Member) -> tuple[int, int, int, int]:
    asset = member.asset
    return (
        rank(SEVERITIES, member.finding.severity),
        rank(STATES, member.finding.state),
        -(asset.users or asset.clients) if asset else 0,
        -asset.hits if asset else 0,
    )
