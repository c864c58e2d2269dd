"""Vendors under one id: legal forms, abbreviations and owners aside."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.declared.text import fold
from scanner.reconcile.tables import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LETTERS = re.compile(r"\b\w(?: \w\b)+")  # "l l c", "s p a"
_PROSE = 6  # words; a longer cell is a sentence
_PARENTHESES = re.compile(r"\(([^()]*)\)")  # the innermost: in time that grows as the text


@dataclass(frozen=True, slots=True)
class _Vendors:
    ids: Mapping[str, str]
    owner_of: Mapping[str, str]
    in_house: frozenset[str]
    no_vendor: frozenset[str]
    legal: frozenset[str]


@functools.cache
def _table() -> _Vendors:
    table = read("vendors")
    ids = {fold(name): vendor for vendor, many in table["vendors"].items() for name in many}
    ids |= {fold(vendor): vendor for vendor in table["vendors"]}
    return _Vendors(
        ids,
        {entry["company"]: entry["owner"] for entry in table["owners"]},
        frozenset(map(fold, table["in_house"])),
        frozenset(map(fold, table["no_vendor"])),
        frozenset(map(fold, table["legal"])),
    )


@dataclass(frozen=True, slots=True)
class Named:
    """What a row's vendor cells say. ids: vendors; in_house: it says nobody sold this."""

    ids: frozenset[str] = frozenset()
    in_house: bool = False


@functools.lru_cache(maxsize=1 << 16)
def vendor_id(name: str) -> str:
    """One id for a vendor's name; an unknown one is its words without legal forms. "" for none."""
    table = _table()
    words = _LETTERS.sub(lambda hit: hit[0].replace(" ", ""), fold(name)).split()
    while words:
        known = table.ids.get(" ".join(words))
        if known:
            return known
        if len(words) == 1 or words[-1] not in table.legal:
            break
        words.pop()
    return " ".join(words)


def named(cells: Iterable[str]) -> Named:
    """The vendors of a row's cells, those in parentheses too; none for "various" and the like."""
    table = _table()
    found: set[str] = set()
    in_house = False
    for cell in cells:
        outside = _PARENTHESES.sub(" ", cell)
        for part in (outside, *_PARENTHESES.findall(cell)):
            folded = fold(part)
            if folded in table.in_house:
                in_house = True
            elif len(folded.split()) > _PROSE:
                found |= _within(folded)
            elif _names_one(folded):
                found.add(vendor_id(part))
    return Named(frozenset(found - {""}), in_house and not found)


def sellers(name: str) -> frozenset[str]:
    """The vendors an asset's vendor name holds: "Kaggle (Google)" is sold by either."""
    return named([name]).ids or frozenset({vendor_id(name)} - {""})


def _names_one(folded: str) -> bool:
    """Not a word for no vendor, and not a date or number that strayed into the cell."""
    table = _table()
    telling = any(letter.isalpha() for letter in folded)
    return telling and folded not in table.no_vendor and folded not in table.legal


def _within(prose: str) -> set[str]:
    """Known vendors named in a sentence."""
    table = _table()
    padded = f" {prose} "
    return {vendor for name, vendor in table.ids.items() if len(name) > 3 and f" {name} " in padded}


def family(vendor: str) -> frozenset[str]:
    """A vendor, its owner, and the companies it owns."""
    owners = _table().owner_of
    mine = {vendor, owners.get(vendor, vendor)}
    return frozenset(mine | {company for company, owner in owners.items() if owner in mine})


def agree(row: Iterable[str], asset: str) -> bool:
    """Whether one of a row's vendors is the asset's, under any name, or owns it."""
    if not asset:
        return False
    mine = family(asset)
    return any(vendor in mine or _part_of(vendor, asset) for vendor in row)


def agree_with_any(row: Iterable[str], asset: Iterable[str]) -> bool:
    """`agree` for an asset of several names: its own vendor and the one in parentheses."""
    said = tuple(row)
    return any(agree(said, one) for one in asset)


def _part_of(one: str, other: str) -> bool:
    """The shorter name stands in the longer, word by word: "tabnine", "bought of tabnine"."""
    short, long = sorted((one, other), key=len)
    return len(short) > 3 and f" {short} " in f" {long} "
