"""The state of an asset: the first of `_verdict` that applies, and the flags beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from scanner.reconcile.drift import department_fault, drifted, scope_fault
from scanner.reconcile.looked import DAYS_TO_BE_GONE
from scanner.reconcile.makers import does, refused
from scanner.reconcile.model import AssetState
from scanner.reconcile.rulings import Ruling, forbidden_model, own_service, ruling, tenant_fault

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence, Set

    from connectors.declared.policy import DenyRule
    from scanner.reconcile.facts import AssetFacts, RowFacts
    from scanner.reconcile.ladder import Candidate, Choice
    from scanner.reconcile.world import World

GRACE: Final = timedelta(days=7)  # a retired system may be seen this long after its last day
LOW: Final = 0.5  # below, a detection alone does not make an asset


@dataclass(frozen=True, slots=True)
class Judged:
    """An asset's state with what findings need of it. details: field -> how it differs."""

    state: AssetState
    details: Mapping[str, str]
    ruling: Ruling
    pairs: tuple[Candidate, ...]


def judge(
    asset: AssetFacts, choice: Choice, silent: Set[int], world: World, as_of: dt.date
) -> Judged:
    """The state of one asset. silent: rows for which another speaks: duplicates, and overruled."""
    found = choice.taken(asset.asset.asset_id)
    pairs = [c for c in found if c.band == "auto"]
    speaking = [c.row for c in pairs if c.row.row.row not in silent] or [c.row for c in pairs]
    said = ruling(asset, world.policy, as_of)
    verdict = _verdict(asset, speaking, found, said, world, as_of)
    state = AssetState(
        asset_id=asset.asset.asset_id,
        state=verdict.state,
        fields=tuple(verdict.details) if verdict.state in ("unapproved_use", "drifted") else (),
        flags=_flags(asset, speaking, said, world, as_of),
        rule_ids=verdict.rules,
        confidence=_confidence(verdict, pairs, found),
        why=verdict.why,
        rejected=_rejected(choice, asset),
    )
    return Judged(state, verdict.details, said, tuple(found))


@dataclass(frozen=True, slots=True)
class _Verdict:
    state: str
    why: str
    rules: tuple[str, ...] = ()
    details: Mapping[str, str] = ()  # type: ignore[assignment]  # an empty mapping in all but type

    def __post_init__(self) -> None:
        if not self.details:
            object.__setattr__(self, "details", {})


def _verdict(  # noqa: PLR0911  one return a state, in their order
    asset: AssetFacts,
    rows: Sequence[RowFacts],
    found: Sequence[Candidate],
    said: Ruling,
    world: World,
    as_of: dt.date,
) -> _Verdict:
    if said.denied is not None:
        reason = f": {said.denied.reason}" if said.denied.reason else ""
        model = forbidden_model(said.denied.match, asset)
        runs = f"; it {does(asset)} {model}" if model is not None else ""
        if model is None and own_service(said.denied.match, asset):
            runs = "; it is the maker's own service"
        why = f"rule {said.denied.id} forbids it{reason}{runs}"
        return _Verdict("prohibited", why, (said.denied.id,))
    late = _retired(asset, rows, as_of)
    if late is not None:
        return _Verdict("retired_alive", late)
    if said.waived is not None:
        why = f"waiver {said.waived.id} of {said.waived.approved_by or 'nobody named'}"
        return _Verdict("waived", f"{why} until {said.waived.expires}", (said.waived.id,))
    if rows:
        reasons = _unapproved(asset, rows, world)
        if reasons:
            return _Verdict("unapproved_use", "; ".join(reasons.values()), (), reasons)
        different = drifted(asset, rows, world)
        if different:
            return _Verdict("drifted", "; ".join(different.values()), (), different)
        return _Verdict("managed", found[0].sentence)
    made = refused(asset, rows, world.refusals)
    beside = f"; {made[0]}" if made is not None else ""
    if found:
        return _Verdict("needs_review", f"perhaps: {found[0].sentence}{beside}")
    if asset.asset.confidence < LOW:
        why = "the detection is weak and nothing else speaks for it"
        return _Verdict("needs_review", f"{why}{beside}")
    return _Verdict("unmanaged", f"no row of the register covers it{beside}")


def _retired(asset: AssetFacts, rows: Sequence[RowFacts], as_of: dt.date) -> str | None:
    if not rows or any(row.row.lifecycle != "retired" for row in rows):
        return None
    closed = [row.row.retired_on for row in rows if row.row.retired_on is not None]
    seen = asset.asset.last_seen or as_of
    if not closed:
        return f"the register says it is retired, seen {seen}"
    last = max(closed)
    return f"retired on {last}, still seen {seen}" if seen > last + GRACE else None


def _unapproved(asset: AssetFacts, rows: Sequence[RowFacts], world: World) -> dict[str, str]:
    reasons: dict[str, str] = {}
    lives = {row.row.lifecycle for row in rows}
    if lives == {"refused"}:
        reasons["status"] = f'the register refuses it: "{rows[0].row.lifecycle_raw}"'
    if lives == {"exception"}:
        reasons["waiver_expired"] = "it is an exception and no waiver is in date"
    made = refused(asset, rows, world.refusals)
    if made is not None and made[1]:
        reasons.setdefault("status", made[0])
    tenant = tenant_fault(asset, world.policy) or _row_tenants(asset, rows)
    if tenant is not None:
        reasons["tenant"] = tenant
    faults = [scope_fault(asset, row) or department_fault(asset, row) for row in rows]
    if faults and all(faults):
        reasons["scope"] = faults[0] or ""
    return reasons


def _row_tenants(asset: AssetFacts, rows: Sequence[RowFacts]) -> str | None:
    """The rows name tenants, and the asset's is none of them."""
    named = {tenant.casefold() for row in rows for tenant in row.row.tenant_ids}
    seen = [one for one in asset.asset.all_tenants if one.casefold() not in ("", "unknown")]
    other = next((one for one in seen if one.casefold() not in named), None)
    if not named or other is None or any(not row.row.tenant_ids for row in rows):
        return None
    return f"tenant {other}, approved is {', '.join(sorted(named))}"


def _flags(
    asset: AssetFacts, rows: Sequence[RowFacts], said: Ruling, world: World, as_of: dt.date
) -> tuple[str, ...]:
    declared = frozenset().union(*(row.owners for row in rows))
    owners = declared | asset.owners
    approved = [row.row for row in rows if row.row.lifecycle == "approved"]
    flags = {
        "owner_missing": not owners and not asset.asset.owner and not any(map(_owned, rows)),
        "owner_inactive": bool(owners) and not world.people.active(declared or owners),
        "review_overdue": any(r.review_due is not None and r.review_due < as_of for r in approved),
        "approval_missing": bool(approved)
        and not any(r.approved_on or r.approved_by for r in approved),
        "low_confidence_detection": asset.asset.confidence < LOW,
        "needs_confirmation": said.denied is not None and _asks(asset, said.denied),
        "waiver_expired": bool(said.expired) and said.waived is None,
        "maker_refused": refused(asset, rows, world.refusals) is not None,
        "blocked_only": asset.asset.blocked > 0 and _nothing_through(asset),
        "failed_only": _failed_only(asset),
        "gone": asset.asset.unseen_days >= DAYS_TO_BE_GONE and not asset.asset.native_ids,
    }
    return tuple(name for name, holds in flags.items() if holds)


def _asks(asset: AssetFacts, denied: DenyRule) -> bool:
    """The rule wants a person's word, or only the name of a deployment speaks for it."""
    model = forbidden_model(denied.match, asset)
    by_name = model is not None and model.by_name and not own_service(denied.match, asset)
    return denied.confirm == "human" or by_name


def _nothing_through(asset: AssetFacts) -> bool:
    one = asset.asset
    return one.blocked + one.failed >= one.hits


def _failed_only(asset: AssetFacts) -> bool:
    """Nobody signed in: a request that failed alone may still have left data behind."""
    one = asset.asset
    return not one.blocked and one.failed_sign_ins > 0 and _nothing_through(asset)


def _owned(row: RowFacts) -> bool:
    return bool(row.row.business_owner or row.row.technical_owner)


def _confidence(verdict: _Verdict, pairs: Sequence[Candidate], found: Sequence[Candidate]) -> float:
    if verdict.rules:
        return 1.0
    if pairs:
        return max(c.confidence for c in pairs)
    return found[0].confidence if found else 0.0


def _rejected(choice: Choice, asset: AssetFacts) -> str | None:
    other = choice.rejected.get(asset.asset.asset_id)
    if other is None or other.refused is None:
        return None
    row = other.row.row
    return f'row {row.row} "{row.name}" ({other.best.rule}): {other.refused}'
