"""Hosts for formats that know whole names, or names and all below them, and nothing finer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from signatures.model import HOST_TYPES

if TYPE_CHECKING:
    from signatures.export.account import Account
    from signatures.export.picks import Pick, Picks

NEEDS: Final = "conditions (a path, port or user agent) that this format does not show"
TAKEN: Final = "names that another service of the catalogue owns more surely"
KNOWN: Final = "templates: the regions known today"


def settle_names(picks: Picks, account: Account, *, suffix: str, free: str) -> dict[str, Pick]:
    """Every single name the host indicators stand for, with whom it belongs to.

    Writes the account of all host indicators asked for: suffix says what is missing of a suffix
    whose domain is in the list, free why a template with a free label is not.
    """
    found: dict[str, Pick] = {}

    def add(host: str) -> bool:
        owner = picks.named(host)
        if owner is not None:
            found[host] = owner
        return owner is not None

    for pick in picks.of(*HOST_TYPES):
        hosts = [pick.value]
        if pick.type == "host_template":
            hosts = picks.expanded(pick.value) or []
        owned = 0 if pick.conditional else sum(map(add, hosts))
        if pick.conditional:
            account.out(pick, NEEDS)
        elif not hosts:
            account.out(pick, free)
        elif not owned:
            account.out(pick, TAKEN)
        elif pick.type == "host_exact":
            account.whole(pick)
        else:
            account.part(pick, KNOWN if pick.type == "host_template" else suffix)
    return found
