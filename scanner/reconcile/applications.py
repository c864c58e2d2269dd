"""What account systems and firewalls called an asset, in plain sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from scanner.reconcile.model import Observed

_SHOWN: Final = 3  # of a kind in a sentence
_QUOTES: Final = ("\u2018", "\u2019")


def applications(one: Observed) -> list[str]:
    """A sentence for each kind of name, and what was done there."""
    tried = one.hits <= one.blocked + one.failed
    done = "asked for" if tried else "signed in to"
    said = {
        "oauth_name": ("OAuth app", done),
        "oauth_client_id": ("OAuth client", done),
        "oauth_scope": ("OAuth scope", "asked for" if tried else "granted"),
        "app_id": ("Application", "named so by a firewall, proxy or CASB"),
        "other_app_id": ("Application", "named by the log too; the host says otherwise and counts"),
    }
    found: dict[str, list[str]] = {}
    for sign in one.applications:
        kind, _, value = sign.partition(":")
        found.setdefault(kind, []).append(value)
    return [f"{what} {_listed(found[kind])} {how}." for kind, (what, how) in said.items()
            if kind in found]  # fmt: skip


def _listed(values: list[str]) -> str:
    shown = ", ".join(value.join(_QUOTES) for value in values[:_SHOWN])
    return shown + (f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else "")
