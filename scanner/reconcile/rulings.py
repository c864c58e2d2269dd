"""What the policy says about an asset: deny rules, waivers, tenants."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import re2

from scanner.reconcile.makers import maker_id
from scanner.reconcile.rules.k4_tenant import NO_TENANT

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from connectors.declared.policy import DenyRule, Match, Policy, Waiver
    from scanner.reconcile.facts import AssetFacts
    from scanner.reconcile.makers import Made

_ANY_CASE: Final = re2.Options()
_ANY_CASE.case_sensitive = False
# Not hubs, gateways, clouds and platforms: there a customer chooses whose model it is.
_RUN_THEIR_OWN: Final = frozenset(
    {"saas_chat", "saas_app", "model_api", "coding_assistant", "browser_extension"}
)


@dataclass(frozen=True, slots=True)
class Ruling:
    """denied: the deny rule in force; waived: the waiver in date; expired: waivers that are not."""

    denied: DenyRule | None
    waived: Waiver | None
    expired: tuple[Waiver, ...]


def ruling(asset: AssetFacts, policy: Policy, as_of: dt.date) -> Ruling:
    """Which rules apply to an asset on a day. A waiver lifts a deny rule only by naming it."""
    waivers = [waiver for waiver in policy.waivers if applies(waiver.match, asset)]
    in_date = [waiver for waiver in waivers if waiver.expires >= as_of]
    lifted = {waiver.rule for waiver in in_date if waiver.rule}
    denied = next(
        (r for r in policy.prohibited if r.id not in lifted and applies(r.match, asset)), None
    )
    expired = tuple(waiver for waiver in waivers if waiver.expires < as_of)
    return Ruling(denied, in_date[0] if in_date else None, expired)


def applies(match: Match, asset: AssetFacts) -> bool:
    """Whether a match is about this asset."""
    if match.model_maker is not None:
        return forbidden_model(match, asset) is not None or own_service(match, asset)
    if match.domain_suffix is not None:
        suffix = match.domain_suffix.casefold().strip(".")
        return any(host == suffix or host.endswith(f".{suffix}") for host in asset.domains)
    if match.name_regex is None or match.account_or_group_regex is None:
        return False
    where = [*(asset.asset.all_accounts or ("",)), *asset.groups]
    return _found(match.name_regex, asset.name) and any(
        _found(match.account_or_group_regex, text) for text in where
    )


def forbidden_model(match: Match, asset: AssetFacts) -> Made | None:
    """The model a rule about a maker is about; one that is known by more than its name first."""
    maker = maker_id(match.model_maker or "")
    found = [one for one in asset.made if one.family.maker == maker]
    return min(found, key=lambda one: one.by_name, default=None)


def own_service(match: Match, asset: AssetFacts) -> bool:
    """Whether it is a service of the maker a rule is about, which runs the maker's models.

    Models of others alone that were seen there say otherwise: some makers host those, too.
    """
    one = asset.asset
    maker = maker_id(match.model_maker or "")
    if (
        maker is None
        or one.kind not in _RUN_THEIR_OWN
        or (asset.made and not any(made.family.maker == maker for made in asset.made))
    ):
        return False
    return maker in {maker_id(name) for name in (one.vendor, one.vendor_name) if name}


def tenant_fault(asset: AssetFacts, policy: Policy) -> str | None:
    """Why the asset's tenant is not one the organisation allows; None when nothing says so.

    Private accounts never are. A vendor is compared as id, name and product, ignoring case; one
    without a list has no rule, and a tenant nobody saw is no mismatch.
    """
    tenants = {tenant.casefold(): tenant for tenant in asset.asset.all_tenants}
    if "personal" in tenants:
        return "private accounts"
    allowed = _sanctioned(asset, policy)
    if allowed is None or not (other := tenants.keys() - NO_TENANT - allowed):
        return None
    return f"tenant {tenants[min(other)]}, sanctioned are {', '.join(sorted(allowed))}"


def _sanctioned(asset: AssetFacts, policy: Policy) -> frozenset[str] | None:
    names = {
        name.casefold()
        for name in (asset.asset.vendor, asset.asset.vendor_name, *_without_blank(asset))
        if name
    }
    lists = [
        tenants
        for vendor, tenants in policy.sanctioned_tenants.items()
        if vendor.casefold() in names
    ]
    if not lists:
        return None
    return frozenset(tenant.casefold() for tenants in lists for tenant in tenants)


def _without_blank(asset: AssetFacts) -> Iterable[str]:
    return (asset.vendor, asset.vendor.replace(" ", "-"))


@functools.cache
def _pattern(pattern: str) -> re2._Regexp:
    return re2.compile(pattern, _ANY_CASE)


def _found(pattern: str, text: str) -> bool:
    return _pattern(pattern).search(text) is not None
