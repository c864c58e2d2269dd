"""Where a row says it runs and where an asset runs: regions, countries, providers."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connectors.declared.text import fold
from scanner.reconcile.tables import read

if TYPE_CHECKING:
    from collections.abc import Mapping

_CLOUDS: Final = ("aws", "azure", "gcp")
_REGION_IN_HOST = re.compile(r"(?<![a-z])(?:[a-z]{2,4}(?:-[a-z]+)+-?\d{1,2})(?![a-z0-9])")
_CODE_AT_END = re.compile(r"(?:[-\u2013\u2014/(]\s*|\s)([A-Z]{2})\)?$")


@dataclass(frozen=True, slots=True)
class _Places:
    country_of: Mapping[str, str]  # region -> country
    cloud_of: Mapping[str, str]  # region -> aws azure gcp
    words: Mapping[str, frozenset[str]]  # word -> regions
    codes: frozenset[str]
    countries: Mapping[str, str]  # word -> country
    providers: Mapping[str, str]  # word -> provider


@functools.cache
def _places() -> _Places:
    table = read("places")
    country_of: dict[str, str] = {}
    cloud_of: dict[str, str] = {}
    named: dict[str, set[str]] = {}
    for cloud in _CLOUDS:
        for region, (country, *called) in table[cloud].items():
            country_of[region], cloud_of[region] = country, cloud
            for word in {fold(region), *map(fold, called)}:
                named.setdefault(word, set()).add(region)
    countries = {fold(w): code for code, many in table["countries"].items() for w in many}
    providers = {fold(w): name for name, many in table["providers"].items() for w in many}
    return _Places(
        country_of,
        cloud_of,
        {word: frozenset(regions) for word, regions in named.items()},
        frozenset(table["countries"]),
        countries,
        providers,
    )


@dataclass(frozen=True, slots=True)
class Where:
    """What a text says about places. regions: any of them would fit; empty: it names none.

    how: the words that said it. countries: named, whether or not a region is.
    """

    regions: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    how: str = ""


def where(text: str) -> Where:
    """Regions, countries and providers a free text names ("AWS Milano", "Azure DE", "GCP").

    A region or city narrows to its regions; a country alone means any region of it. Providers
    narrow both when the text names one.
    """
    places = _places()
    words = fold(text).split()
    runs = [" ".join(words[i : i + n]) for n in (4, 3, 2, 1) for i in range(len(words) - n + 1)]
    providers = frozenset(places.providers[r] for r in runs if r in places.providers)
    clouds = providers & frozenset(_CLOUDS)
    countries = {places.countries[r] for r in runs if r in places.countries}
    countries |= _codes(text, clouds)
    found: set[str] = set()
    how = ""
    for run in runs:
        regions = _of(places.words.get(run, frozenset()), clouds)
        if regions and not found & regions:
            found |= regions
            how = how or run
    if found:
        countries |= {places.country_of[region] for region in found}
        return Where(frozenset(found), frozenset(countries), providers, how)
    if countries:
        regions = frozenset(r for r, c in places.country_of.items() if c in countries)
        return Where(
            _of(regions, clouds) if clouds else regions,
            frozenset(countries),
            providers,
            ", ".join(sorted(countries)).upper(),
        )
    return Where(providers=providers)


def _of(regions: frozenset[str], clouds: frozenset[str]) -> frozenset[str]:
    if not clouds:
        return regions
    return frozenset(r for r in regions if _places().cloud_of[r] in clouds)


def _codes(text: str, clouds: frozenset[str]) -> set[str]:
    """A two-letter code right after a provider ("Azure DE"); bare it could be any word."""
    hit = _CODE_AT_END.search(text.strip())
    if hit is None or not clouds:
        return set()
    return {hit[1].lower()} & _places().codes


def edition(name: str) -> frozenset[str]:
    """The country a system's name says it is for: "Sepsis alarm (Spain)", "No-show - DE".

    A two-letter code counts only in capitals at the very end, since "it" and "in" are words.
    """
    places = _places()
    words = fold(name).split()
    runs = [" ".join(words[i : i + n]) for n in (3, 2, 1) for i in range(len(words) - n + 1)]
    found = {places.countries[r] for r in runs if r in places.countries}
    hit = _CODE_AT_END.search(name.strip())
    if hit and not found:
        found = {hit[1].lower()} & places.codes
    return frozenset(found)


def country_of(region: str | None) -> str | None:
    """The country a region is in; None when unknown."""
    return _places().country_of.get((region or "").casefold())


def placeless(host: str) -> str:
    """A host with its region taken out, so that regional twins of one endpoint are equal."""
    return _REGION_IN_HOST.sub("*", host)


def is_code(token: str) -> bool:
    """A country code we know."""
    return token in _places().codes


def is_place(token: str) -> bool:
    """A word that names a place."""
    places = _places()
    return token in places.words or token in places.countries


def regions_in(countries: frozenset[str]) -> frozenset[str]:
    """All regions of these countries."""
    return frozenset(r for r, c in _places().country_of.items() if c in countries)
