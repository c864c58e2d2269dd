"""Files that contradict each other."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from signatures.apps import client_id, display_name, traffic_name
from signatures.lint.base import CatalogueLint, SignatureLint
from signatures.pack import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signatures.lint.base import Where
    from signatures.load import Catalogue, Entry
    from signatures.model import Indicator

_ANY_CASE: Final = frozenset({"user_agent", "http_header", "package", "image_prefix"})

_AS_COMPARED: Final = {
    "app_id": traffic_name,
    "oauth_client_id": client_id,
    "oauth_name": display_name,
}


class DuplicateInFile(SignatureLint):
    """The same pattern twice: one of the two is not what its author thinks."""

    name = "duplicate-indicator"
    recommendation = "drop one, or give them different needs"

    def check(self, entry: Entry) -> Iterator[tuple[Where, str]]:
        """Same type, value and needs in one file."""
        seen: set[str] = set()
        for number, indicator in enumerate(entry.signature.indicators):
            key = f"{indicator.type} {_folded(indicator)} {indicator.needs}"
            if key in seen:
                yield ("indicators", number, "value"), f"{indicator.value} stands here twice"
            seen.add(key)


class TwoOwners(CatalogueLint):
    """Two services claim the same thing, so which one is named is chance."""

    name = "two-owners"
    recommendation = "keep it in one of them, or give them different needs"

    def check(self, catalogue: Catalogue) -> Iterator[tuple[Entry, Where, str]]:
        """Same type, value and needs in two files."""
        owner: dict[tuple[str, str, str], Entry] = {}
        for entry in _settled_first(catalogue):
            for number, item in enumerate(entry.signature.indicators):
                first = owner.setdefault((item.type, _folded(item), str(item.needs)), entry)
                if first is not entry:
                    where = ("indicators", number, "value")
                    yield entry, where, f"{item.value} is {first.signature.id}'s too"


def _settled_first(catalogue: Catalogue) -> list[Entry]:
    """Shipped before overlays and candidates last: who comes later is at fault."""
    return sorted(catalogue.entries, key=lambda one: (one.nursery, one.origin != SHIPPED))


def _folded(item: Indicator) -> str:
    """The value as it is compared: user agents, packages and names of applications in any case."""
    if item.type in _AS_COMPARED:
        return _AS_COMPARED[item.type](item.value) or item.value
    return item.value.casefold() if item.type in _ANY_CASE else item.value


class VendorSpelling(CatalogueLint):
    """Reports group by vendor; two display names for one id look like two vendors."""

    name = "vendor-spelling"
    recommendation = (
        "write the vendor_name as most files do, or give the unit a vendor id of its own"
    )

    def check(self, catalogue: Catalogue) -> Iterator[tuple[Entry, Where, str]]:
        """A vendor_name that is not the most common one of its vendor id."""
        names: dict[str, Counter[str]] = {}
        for entry in catalogue.entries:
            if entry.signature.vendor_name is not None:
                counter = names.setdefault(entry.signature.vendor, Counter())
                counter[entry.signature.vendor_name] += 1
        for entry in catalogue.entries:
            signature = entry.signature
            if signature.vendor_name is None:
                continue
            usual = names[signature.vendor].most_common(1)[0][0]
            if signature.vendor_name != usual:
                detail = f"{signature.vendor} is {usual!r} in most files"
                yield entry, ("vendor_name",), detail


class SameName(CatalogueLint):
    """A policy names products; a name that two services answer to decides for both."""

    name = "same-name"
    level = "warning"
    recommendation = "make the names differ, or drop the alias"

    def check(self, catalogue: Catalogue) -> Iterator[tuple[Entry, Where, str]]:
        """A name or alias that another service has."""
        owner: dict[str, Entry] = {}
        for entry in _settled_first(catalogue):
            for text in (entry.signature.name, *entry.signature.aliases):
                first = owner.setdefault(text.casefold(), entry)
                if first is not entry:
                    where = ("name",) if text == entry.signature.name else ("aliases",)
                    yield entry, where, f"{text!r} is a name of {first.signature.id} too"
