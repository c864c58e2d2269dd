"""The catalogue in the languages of other tools: Zeek, Suricata, Sigma, DNS policy zones, lists.

`export(name, asked)` gives the whole text and the account of it. No clock, no network, nothing
but the catalogue: the same catalogue and the same question give the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from signatures.export.account import Account
from signatures.export.lists import hosts, json_lines
from signatures.export.picks import Asked, Picks
from signatures.export.rpz import lines as zone
from signatures.export.sigma import lines as sigma_rules
from signatures.export.suricata import lines as suricata_rules
from signatures.export.zeek import lines as zeek_indicators

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["FORMATS", "Account", "Asked", "Picks", "export"]

FORMATS: Final[dict[str, Callable[[Picks, Account], Iterator[str]]]] = {
    "zeek": zeek_indicators,
    "suricata": suricata_rules,
    "sigma": sigma_rules,
    "rpz": zone,
    "hosts": hosts,
    "json": json_lines,
}


def export(name: str, asked: Asked) -> tuple[str, Account]:
    """The file in the format `name` (a key of FORMATS), header first, and its account.

    The account holds every indicator of the catalogue exactly once.
    """
    picks = Picks(asked)
    account = Account(picks)
    body = list(FORMATS[name](picks, account))
    account.close()
    header = account.json_header(name) if name == "json" else account.header(name)
    return "".join(f"{line}\n" for line in (*header, *body)), account
