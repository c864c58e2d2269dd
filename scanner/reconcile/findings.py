"""What needs someone: one finding for each asset or row in a state that does, in plain words."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import uuid5

from scanner.reconcile.evidence import evidence
from scanner.reconcile.model import NAMESPACE, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from scanner.reconcile.facts import AssetFacts, RowFacts
    from scanner.reconcile.model import DeclaredState
    from scanner.reconcile.states import Judged

_URGENT_KINDS: Final = frozenset({"agent", "mcp_server", "credential"})
_URGENT_FIELDS: Final = frozenset({"region", "status"})
# States that are one story over time: a finding keeps its id while it moves within a family.
_FAMILY: Final = {
    "prohibited": "use", "retired_alive": "use", "unapproved_use": "use", "drifted": "drift",
    "needs_review": "cover", "unmanaged": "cover", "duplicate": "register",
    "not_assessable": "sight", "declared_not_observed": "sight", "waived": "waiver",
}  # fmt: skip
_TITLES: Final = {
    "prohibited": "Prohibited AI in use: {name}",
    "retired_alive": "Retired AI still in use: {name}",
    "unapproved_use": "{name} is used outside its approval ({fields})",
    "drifted": "{name} differs from the register ({fields})",
    "needs_review": "{name} may be a declared system: please confirm",
    "unmanaged": "Undeclared AI: {name}",
    "waived": "Waiver has ended: {name}",
}
# Known and not in use. The state stays; title, severity and next step say what is left to do:
# docs/decisions/0007-attempts-are-not-use.md.
_IDLE: Final[Mapping[str, tuple[str, str]]] = {
    "blocked_only": (
        "Tried and blocked: {name} ({state})",
        "Nothing got through. Keep the block; ask for a register row if the need is real.",
    ),
    "failed_only": (
        "Tried, every sign-in failed: {name} ({state})",
        "Nobody got in. Ask who tried, and for a register row if the need is real.",
    ),
    "gone": (
        "No longer seen: {name} ({state})",
        "Confirm that it has ended, and close it in the register if it is there.",
    ),
}
_WHAT_TO_DO: Final = {
    "prohibited": "Stop the use, or have the rule's owner waive it by name and until a date.",
    "retired_alive": "Switch it off, or correct the register if it is still needed.",
    "drifted": "Correct the register, or bring the system back to what was approved.",
    "needs_review": "Confirm the match once; it is remembered. Or say that it is another system.",
    "unmanaged": "Find who runs it, then register, replace or stop it.",
    "waived": "Renew the waiver, or end the use.",
}
_UNAPPROVED: Final = {
    "status": "The register refuses this use: stop it, or have it approved.",
    "waiver_expired": "Renew the exception, or end the use.",
    "tenant": "Move users to the sanctioned workspace, or have this one approved.",
    "scope": "Withdraw the extra permissions or users, or extend the approval.",
}
_ROW_TITLES: Final = {
    "duplicate": "Row {row} repeats row {of}: {name}",
    "needs_review": "Row {row} may be seen already: {name}",
    "not_assessable": "Row {row} cannot be checked by this scan: {name}",
    "declared_not_observed": "Declared, but not seen where we looked: {name}",
}
_ROW_TO_DO: Final = {
    "duplicate": "Merge the two rows.",
    "needs_review": "Confirm or refuse the suggested match.",
    "not_assessable": "Add a product, host or resource id, or connect a source that can show it.",
    "declared_not_observed": "Ask the owner whether it is still used; if not, retire the row.",
}
_ROW_SEVERITY: Final = {
    "duplicate": "low",
    "needs_review": "low",
    "not_assessable": "info",
    "declared_not_observed": "low",
}


def findings(
    assets: Sequence[AssetFacts],
    judged: Sequence[Judged],
    rows: Sequence[RowFacts],
    states: Sequence[DeclaredState],
) -> list[Finding]:
    """All findings: assets first, each side in its order."""
    by_asset = (
        finding
        for asset, one in zip(assets, judged, strict=True)
        if (finding := _of_asset(asset, one)) is not None
    )
    asked = {
        c.row.row.row for one in judged for c in one.pairs if one.state.state == "needs_review"
    }
    by_row = (
        finding
        for row, state in zip(rows, states, strict=True)
        if (finding := _of_row(row, state, asked)) is not None
    )
    return list(_apart((*by_asset, *by_row)))


def _apart(found: Iterable[Finding]) -> Iterator[Finding]:
    """Rows that share a reference share a key: the later ones are told apart by their order."""
    seen = Counter[str]()
    for finding in found:
        again = seen[finding.finding_id]
        seen[finding.finding_id] += 1
        key = f"{finding.finding_id}|{again}"
        yield replace(finding, finding_id=str(uuid5(NAMESPACE, key))) if again else finding


def _of_asset(asset: AssetFacts, judged: Judged) -> Finding | None:
    state = judged.state
    name = asset.name
    pair = judged.pairs[0].row.row if judged.pairs else None
    if state.state in ("managed", "waived", "not_ai"):
        return None
    idle = next((flag for flag in _IDLE if flag in state.flags), None)
    title = _TITLES[state.state] if idle is None else _IDLE[idle][0]
    return Finding(
        finding_id=_id(state.state, asset.asset.asset_id),
        state=state.state,
        severity=_severity(asset, judged) if idle is None else _idle_severity(state.state, idle),
        title=title.format(
            name=name, fields=", ".join(state.fields), state=state.state.replace("_", " ")
        ),
        asset_id=asset.asset.asset_id,
        declared_row=pair.row if pair else None,
        ref=pair.ref if pair else None,
        evidence=evidence(asset, judged),
        remediation=_remediation(judged) if idle is None else _IDLE[idle][1],
    )


def _idle_severity(state: str, idle: str) -> str:
    """An attempt on something forbidden is worth a word with people; nothing else is."""
    return "low" if state == "prohibited" and idle != "gone" else "info"


def _severity(asset: AssetFacts, judged: Judged) -> str:
    state, fields = judged.state.state, set(judged.state.fields)
    if state == "prohibited":
        return "critical"
    if state in ("retired_alive", "unapproved_use"):
        return "high"
    if state == "drifted":
        return "high" if fields & _URGENT_FIELDS else "medium"
    if state == "needs_review":
        return "low"
    one = asset.asset
    urgent = (
        "maker_refused" in judged.state.flags
        or "personal" in one.all_tenants
        or "upload" in one.usages
        or one.kind in _URGENT_KINDS
    )
    return "high" if urgent else "low" if one.kind == "embedded_ai" else "medium"


def _remediation(judged: Judged) -> str:
    state = judged.state
    if state.state == "unapproved_use":
        return " ".join(_UNAPPROVED[field] for field in state.fields)
    if state.state == "prohibited" and "needs_confirmation" in state.flags:
        return f"A person has to confirm this. {_WHAT_TO_DO['prohibited']}"
    return _WHAT_TO_DO[state.state]


def _of_row(row: RowFacts, state: DeclaredState, asked: Iterable[int]) -> Finding | None:
    if state.state not in _ROW_TITLES or (state.state == "needs_review" and row.row.row in asked):
        return None  # the asset's own finding asks the same question
    declared = row.row
    values: Mapping[str, object] = {
        "row": declared.row,
        "of": state.duplicate_of_row,
        "name": declared.name,
    }
    return Finding(
        finding_id=_id(state.state, f"row:{_row_key(row)}"),
        state=state.state,
        severity=_ROW_SEVERITY[state.state],
        title=_ROW_TITLES[state.state].format_map(dict(values)),
        asset_id=None,
        declared_row=declared.row,
        ref=declared.ref,
        evidence=state.why[:1].upper() + state.why[1:].rstrip(".") + ".",
        remediation=_ROW_TO_DO[state.state],
    )


def _row_key(row: RowFacts) -> str:
    """What a row keeps when rows move: its reference, else its name with its place in the file."""
    declared = row.row
    return declared.ref or f"{declared.name}|{declared.department or ''}|{declared.row}"


def _id(state: str, key: str) -> str:
    return str(uuid5(NAMESPACE, f"{_FAMILY[state]}|{key}"))
