"""The evidence of a finding in plain sentences: each number with what it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scanner.reconcile.applications import applications

if TYPE_CHECKING:
    from scanner.reconcile.facts import AssetFacts
    from scanner.reconcile.model import AssetState, Observed
    from scanner.reconcile.states import Judged

_MODELS: Final = 5  # named in a sentence; the asset lists all of them


def evidence(asset: AssetFacts, judged: Judged) -> str:
    """Why the asset is in its state, and what was seen of it."""
    one = asset.asset
    parts = [judged.state.why[:1].upper() + judged.state.why[1:].rstrip(".") + "."]
    seen = []
    if one.last_seen:
        seen.append(f"last seen {one.last_seen}")
    seen += _who(one)
    if one.bytes_out:
        seen.append(f"{_bytes(one.bytes_out)} sent{_sized(one)}")
    if seen:
        parts.append(", ".join(seen)[:1].upper() + ", ".join(seen)[1:] + ".")
    parts += applications(one)
    parts += _outcome(judged.state, one)
    parts += _asked(asset)
    if judged.state.state == "unmanaged" and judged.state.rejected:
        parts.append(f"Nearest: {judged.state.rejected}.")
    return " ".join(parts)


def _asked(asset: AssetFacts) -> list[str]:
    """The models, with their makers where these are known; and what deployments are called."""
    one = asset.asset
    said = []
    told = {made.name: str(made) for made in asset.made if not made.by_name}
    if one.all_models:
        # one of each family first, so that no maker is lost in the rest
        names = list(dict.fromkeys((*told, *one.all_models)))
        total = len(names) + one.models_more
        shown = ", ".join(told.get(name, name) for name in names[:_MODELS])
        said.append(f"{'Models' if total > 1 else 'Model'}: {shown}{_more(total)}.")
    if one.deployments:
        names = list(one.deployments)
        shown = ", ".join(names[:_MODELS])
        said.append(f"Deployments, by the name they were given: {shown}{_more(len(names))}.")
    return said


def _who(one: Observed) -> list[str]:
    """Users where the log names them, and who only tried; else the clients it shows."""
    if one.users or one.tried:
        said = [(one.users, ""), (one.tried, " who only tried")]
        return [f"{n} user{'s' if n != 1 else ''}{what}" for n, what in said if n]
    if one.clients:
        return [f"{one.clients} client" + ("s" if one.clients != 1 else "") + " (no users logged)"]
    return []


def _sized(one: Observed) -> str:
    """How many of the records say it, when not all do."""
    if one.sized is None or one.sized >= one.hits:
        return ""
    return f" (sizes in {one.sized} of {one.hits} records)"


def _outcome(state: AssetState, one: Observed) -> list[str]:
    """What was blocked, and whether it is still there."""
    said = []
    if "blocked_only" in state.flags:
        said.append(f"Blocked, {one.blocked} attempt{'s' if one.blocked != 1 else ''}.")
    elif "failed_only" in state.flags:
        told = f"{one.hits} attempt{'s' if one.hits != 1 else ''}"
        said.append(f"Every sign-in failed, {told}.")
    elif one.blocked:
        said.append(f"Blocked: {one.blocked} of {one.hits} records.")
    if "gone" in state.flags:
        said.append(f"Gone: unseen on {one.unseen_days} days that were looked at since then.")
    return said


def _more(count: int) -> str:
    return f" and {count - _MODELS} more" if count > _MODELS else ""


def _bytes(count: int) -> str:
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
