"""Who makes the models an asset runs, wherever they are hosted; and who refuses that maker.

A maker is refused by a deny rule that names it (`model_maker`), which is a verdict, or by a row
of the register that refuses the maker or a family as such ("DeepSeek", not "DeepSeek app for
Android"). What a customer called a deployment is no proof of the model in it.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from connectors.declared.model import InventoryError
from connectors.declared.text import fold
from scanner.reconcile.modelnames import covers
from scanner.reconcile.tables import read
from scanner.reconcile.vendors import vendor_id
from signatures.families import shipped_families

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from connectors.declared.policy import Policy
    from scanner.reconcile.facts import AssetFacts, RowFacts
    from scanner.reconcile.model import Observed
    from signatures.families import Family

_VERSION: Final = re.compile(r"[vrk]?\d+(?:[ .]\d+)*[a-z]?")


@dataclass(frozen=True, slots=True)
class Made:
    """A model on an asset whose family is known. by_name: only a deployment's name says so."""

    name: str
    family: Family
    by_name: bool = False

    def __str__(self) -> str:
        what, maker = self.family.name, self.family.maker_name
        owned = what if what.startswith(maker) else f"{maker} {what}"
        if self.by_name:
            return f'deployment "{self.name}", by its name {owned}'
        return f"{self.name} ({owned})"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row or rule that refuses a maker, or only families of it. firm: a row's own word."""

    makers: frozenset[str]
    families: frozenset[str]
    said: str
    firm: bool
    row: int | None = None

    def hits(self, one: Made) -> bool:
        """Whether a model is of what is refused."""
        return one.family.maker in self.makers or one.family.id in self.families


def made(asset: Observed) -> tuple[Made, ...]:
    """One model for each family on an asset; models first, then what deployments are called."""
    found: dict[str, Made] = {}
    names = [(name, False) for name in asset.all_models]
    for name, by_name in (*names, *((name, True) for name in asset.deployments)):
        family = shipped_families().of(name)
        if family is not None:
            found.setdefault(family.id, Made(name, family, by_name))
    return tuple(found.values())


def maker_id(name: str) -> str | None:
    """The maker of models a person means, by id, name or alias; None for nobody we know."""
    makers = _makers()
    return makers.get(fold(name)) or makers.get(fold(vendor_id(name)))


def checked_makers(policy: Policy, path: str) -> Policy:
    """The policy. Raises InventoryError for a rule about a maker nobody is: it would never hold."""
    for group, entries in (("prohibited", policy.prohibited), ("waivers", policy.waivers)):
        for entry in entries:
            name = entry.match.model_maker
            if name is not None and maker_id(name) is None:
                near = get_close_matches(fold(name), _makers(), 1)
                hint = f'did you mean "{near[0]}"?' if near else "see `signatures list --models`"
                key = f"{group}: {entry.id}: model_maker"
                raise InventoryError(path, 1, key, f'no maker of models is called "{name}"', hint)
    return policy


def refusals(rows: Iterable[RowFacts], policy: Policy) -> tuple[Refusal, ...]:
    """What the register and the policy's domain rules refuse, where it is a maker or a family."""
    out = []
    for facts in rows:
        if facts.row.lifecycle != "refused":
            continue
        cells = (facts.row.name, *facts.row.product, *facts.row.model)
        cells += () if facts.row.product or facts.row.model else tuple(facts.row.vendor)
        makers, families = _meant(cells)
        if makers or families:
            said = f'row {facts.row.row} "{facts.row.name}" refuses'
            out.append(Refusal(makers, families, said, firm=True, row=facts.row.row))
    for rule in policy.prohibited:
        suffix = rule.match.domain_suffix
        maker = maker_id(suffix.strip(".").split(".")[-2]) if suffix and "." in suffix else None
        if maker is not None:
            said = f"rule {rule.id} forbids {suffix}, the site of"
            out.append(Refusal(frozenset({maker}), frozenset(), said, firm=False))
    return tuple(out)


def refused(
    asset: AssetFacts, rows: Sequence[RowFacts], known: Sequence[Refusal]
) -> tuple[str, bool] | None:
    """Half a sentence on a refused maker's model that runs here, and whether it is sure; or None.

    rows: that speak for the asset; one that declares the model, or approves its maker's, settles
    it. A rule about a site says nothing of what a row approves.
    """
    for one in sorted(asset.made, key=lambda made: made.by_name):
        if any(_settles(row, one) for row in rows):
            continue
        for refusal in known:
            if not refusal.hits(one) or any(refusal.row == row.row.row for row in rows):
                continue
            if refusal.firm or not any(row.row.lifecycle == "approved" for row in rows):
                sure = refusal.firm and not one.by_name
                return f"{does(asset)} {one}, and {refusal.said} {one.family.maker_name}", sure
    return None


def does(asset: AssetFacts) -> str:
    """What an asset does with its models: a hub is where they are fetched."""
    return "fetches" if asset.asset.kind == "model_hub" else "runs"


def _settles(row: RowFacts, one: Made) -> bool:
    if row.row.lifecycle == "refused":
        return False
    return bool(covers(row.models, one.name)) or one.family.maker in row.vendors


@functools.cache
def _makers() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for family in shipped_families().by_id.values():
        for name in (family.maker, *family.maker_names):
            found.setdefault(fold(name), family.maker)
    return found


@functools.cache
def _beside() -> frozenset[str]:
    """Words beside a maker's name that narrow nothing."""
    return frozenset(map(fold, map(str, read("models")["beside"])))


@functools.cache
def _family_words() -> tuple[tuple[str, str, frozenset[str], frozenset[str]], ...]:
    """Family, maker, the words of the family's name, and those of its maker's names."""
    return tuple(
        (
            one.id,
            one.maker,
            frozenset(fold(one.name).split()),
            frozenset(word for name in one.maker_names for word in fold(name).split()),
        )
        for one in shipped_families().by_id.values()
    )


def _meant(cells: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The makers and the families that cells name with nothing beside."""
    makers, families = set(), set()
    beside = _beside()
    for cell in cells:
        folded = fold(cell)
        plain = [w for w in folded.split() if w not in beside and not _VERSION.fullmatch(w)]
        maker = _makers().get(folded) or _makers().get(" ".join(plain))
        if maker is not None:
            makers.add(maker)
        words = frozenset(plain)
        families |= {
            family for family, _, own, around in _family_words() if own <= words <= own | around
        }
    return frozenset(makers), frozenset(families)
