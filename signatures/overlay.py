"""What an overlay may do, and what is said of what it did.

It may add services, and replace one on purpose. It may not change the tables, and what it takes
from a shipped service is told, since a more exact host rule ends the search for others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signatures.errors import SignatureError
from signatures.model import HOST_TYPES, LEVELS, RANK
from signatures.pack import SHIPPED
from signatures.suffixes import public_suffix
from signatures.templates import example, parse_template

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from signatures.load import Entry
    from signatures.model import Indicator
    from signatures.pack import Pack
    from signatures.tables import Tables
    from signatures.templates import Regions, Template


@dataclass(frozen=True, slots=True)
class Override:
    """An id whose meaning an overlay changed, on purpose. before, after: paths of the files.

    origin: of what was there before. line: where the overlay says that it means it.
    """

    id: str
    before: str
    after: str
    origin: str
    line: int


@dataclass(frozen=True, slots=True)
class Remark:
    """What a run says of its overlays. reason: overlay, override or taken; line counts from 1."""

    path: str
    line: int | None
    reason: str
    message: str


def replaced(entry: Entry, before: Entry | None) -> Override | None:
    """How an entry stands to the one that had its id before it. Raises SignatureError."""
    signature = entry.signature
    if before is None:
        if not signature.override:
            return None
        raise SignatureError(
            entry.source,
            entry.line("override"),
            "override",
            f"there is no {signature.id} to override",
            "check the id, or drop the key",
        )
    there = f"{before.source}:{before.line('id')}"
    if entry.nursery:
        raise SignatureError(
            entry.source,
            entry.line("id"),
            "id",
            f"a candidate cannot replace {before.origin} {signature.id} ({there})",
            "choose another id",
        )
    if not signature.override:
        raise SignatureError(
            entry.source,
            entry.line("id"),
            "id",
            f"overrides {before.origin} {signature.id} ({there})",
            "choose another id, or write `override: true` to mean it",
        )
    line = entry.line("override")
    return Override(signature.id, before.source, entry.source, before.origin, line)


def refuse_tables(pack: Pack) -> None:
    """Shared hosts and regions are the program's: a name added there would hide a vendor."""
    for file in pack.files:
        if file.path.startswith("tables/"):
            raise SignatureError(
                file.source,
                1,
                "",
                "an overlay cannot change the tables",
                "add a signature, override one, or record the decision in the policy",
            )


def refuse_floods(entry: Entry, tables: Tables) -> None:
    """What would call strangers AI; the shipped catalogue is held to it by its lint alone.

    Those checks of the lint that need no other file, since nobody may have linted an overlay.
    """
    from signatures.lint.base import Place
    from signatures.lint.benign import BenignAgent, BenignPath
    from signatures.lint.hosts import PrivateSuffix, SharedParentApex, SharedParentSuffix
    from signatures.lint.strength import CommonHeader

    checks = (
        SharedParentSuffix(),
        SharedParentApex(),
        PrivateSuffix(),
        BenignAgent(),
        BenignPath(),
        CommonHeader(),
    )
    for number, indicator in enumerate(entry.signature.indicators):
        found = _below_public(indicator)
        if found is None:
            place = Place(indicator, entry.signature, tables)
            said = ((check.key, check.check(place), check.recommendation) for check in checks)
            found = next(((key, what, hint) for key, what, hint in said if what), None)
        if found is not None:
            key, problem, hint = found
            where = entry.line("indicators", number, key)
            raise SignatureError(entry.source, where, f"indicators[{number}].{key}", problem, hint)


def _below_public(indicator: Indicator) -> tuple[str, str, str] | None:
    """Key, problem and hint for a host that anybody can register a name at or below."""
    if indicator.type not in HOST_TYPES:
        return None
    name = indicator.value.rpartition("}")[2].partition(".")[2]
    name = name if indicator.type == "host_template" else indicator.value
    if public_suffix(name) != "public":
        return None
    return "value", f"{name} is a public suffix", "name the domain of one vendor"


def remarks(
    packs: Sequence[Pack],
    entries: Sequence[Entry],
    overrides: Sequence[Override],
    regions: Mapping[str, Regions],
) -> tuple[Remark, ...]:
    """What a run must say of the packs after the first."""
    if len(packs) < 2:
        return ()
    said = []
    for pack in packs[1:]:
        about = pack.about
        of = f"{about.name} {about.version}" if about.version else about.name
        by = f", signed by key {about.signed_by}" if about.signed_by else ""
        message = f"{of} is used too: {pack.size}, sha256 {about.sha256}{by}"
        said.append(Remark(about.place, None, "overlay", message))
    said += [
        Remark(one.after, one.line, "override", f"replaces {one.origin} {one.id}")
        for one in overrides
    ]
    return (*said, *_taken(entries, regions))


def _taken(entries: Sequence[Entry], regions: Mapping[str, Regions]) -> Iterator[Remark]:
    """Host rules of overlays on hosts that a shipped service answers for.

    Raises SignatureError for one that would end the search before a surer shipped rule: it would
    hide what that one sees. Whoever means it overrides the service.
    """
    shipped = _Shipped(entries, regions)
    for entry in entries:
        if entry.origin == SHIPPED or entry.nursery:
            continue
        for number, indicator in enumerate(entry.signature.indicators):
            if indicator.type not in HOST_TYPES:
                continue
            rules = [one for one in shipped.rules(indicator) if one.id != entry.signature.id]
            if not rules:
                continue
            owners = ", ".join(sorted({one.id for one in rules}))
            line = entry.line("indicators", number, "value")
            surer = max((one for one in rules if one.later), default=None, key=lambda one: one.rank)
            beside = (one.rank for one in rules if not one.later)
            rank = max(RANK[indicator.confidence], *beside, 0)
            if indicator.needs is None and surer and surer.rank > rank:
                raise SignatureError(
                    entry.source,
                    entry.line("indicators", number, "confidence"),
                    f"indicators[{number}].confidence",
                    f"{indicator.value} at {indicator.confidence} would hide shipped {surer.id},"
                    f" which is {LEVELS[surer.rank]} there",
                    f"override {surer.id}, or be as sure as it is",
                )
            yield Remark(
                entry.source,
                line,
                "taken",
                f"{indicator.value} is of shipped {owners} too; the more exact rule decides",
            )


@dataclass(frozen=True, slots=True)
class _Owner:
    """A shipped rule for a host. later: whether it is asked only after the overlay's."""

    id: str
    rank: int
    later: bool


class _Shipped:
    """The host rules of the shipped services."""

    def __init__(self, entries: Sequence[Entry], regions: Mapping[str, Regions]) -> None:
        self._regions = regions
        self._named: dict[tuple[str, str], list[tuple[str, int]]] = {}
        self._templates: list[tuple[Template, str, int]] = []
        for entry in entries:
            if entry.origin != SHIPPED:
                continue
            for indicator in entry.signature.indicators:
                rank = RANK[indicator.confidence]
                key = (indicator.type, indicator.value)
                self._named.setdefault(key, []).append((entry.signature.id, rank))
                if indicator.type == "host_template":
                    made = parse_template(indicator.value, regions)
                    self._templates.append((made, entry.signature.id, rank))

    def rules(self, indicator: Indicator) -> Iterator[_Owner]:
        """Those for the host, or an example of the hosts, that an indicator names."""
        exact = indicator.type == "host_exact"
        host = example(indicator.value, self._regions)
        for owner, rank in self._named.get(("host_exact", host), ()):
            yield _Owner(owner, rank, later=False)
        for made, owner, rank in self._templates:
            if _fits(made, host, self._regions):
                yield _Owner(owner, rank, later=exact or indicator.type == "host_template")
        name = host
        while name:
            for owner, rank in self._named.get(("host_suffix", name), ()):
                yield _Owner(owner, rank, later=name != host or indicator.type != "host_suffix")
            name = name.partition(".")[2]


def _fits(template: Template, host: str, regions: Mapping[str, Regions]) -> bool:
    labels = tuple(host.split("."))
    return (
        len(labels) == len(template.fixed)
        and all(one in {None, label} for one, label in zip(template.fixed, labels, strict=True))
        and template.fit(labels, regions) is not None
    )
