"""What was asked for, and what the catalogue says of a host when nothing but the host is known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Final

from signatures.compile import compile_catalogue
from signatures.export.sids import key_of
from signatures.model import HOST_TYPES, LOG_TYPES, RANK
from signatures.pack import SHIPPED
from signatures.tables import listed_above
from signatures.templates import PLACEHOLDER, REGION_OF, parse_template

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from signatures.load import Catalogue
    from signatures.model import Indicator
    from signatures.rules import Rule, Service

MOST_NAMES: Final = 20_000  # that one template may stand for


@dataclass(frozen=True, slots=True)
class Asked:
    """What to export.

    at_least: a word of the confidence ladder. kinds: empty for all. widen: where a format has no
    single free label, everything below the fixed part of a template that begins with one.
    serial, action: of a policy zone.
    """

    catalogue: Catalogue
    version: str
    licence: str
    at_least: str = "medium"
    kinds: tuple[str, ...] = ()
    widen: bool = False
    serial: int | None = None
    action: str = "log-only"


@dataclass(frozen=True, slots=True, eq=False)
class Pick:
    """An indicator of the catalogue with its service. rule: None if it does not match in logs."""

    number: int
    service: Service
    indicator: Indicator
    rule: Rule | None

    @property
    def type(self) -> str:
        """The indicator's type."""
        return self.indicator.type

    @property
    def value(self) -> str:
        """The indicator's value."""
        return self.indicator.value

    @property
    def conditional(self) -> bool:
        """Whether something else must be on the same observation."""
        return self.indicator.needs is not None

    @property
    def page(self) -> str | None:
        """The first page of its evidence."""
        return next((one.ref for one in self.indicator.evidence if one.kind == "page"), None)

    @property
    def key(self) -> str:
        """What it says, in one line that stays as long as it says the same."""
        return key_of(self.service.id, self.indicator)


class Picks:
    """Every indicator of the catalogue in order, and which of them were asked for."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        catalogue = asked.catalogue
        self.compiled = compile_catalogue(catalogue)
        services = self.compiled.services
        rules = iter(self.compiled.rules)
        self.all: list[Pick] = []
        for entry in catalogue.entries:
            # The order in which rows_of numbers the rules.
            for indicator in sorted(entry.signature.indicators, key=lambda one: one.needs is None):
                rule = next(rules) if indicator.type in LOG_TYPES else None
                service = services[entry.signature.id]
                self.all.append(Pick(len(self.all), service, indicator, rule))
        self.by_rule = {one.rule.rule_id: one for one in self.all if one.rule is not None}

    def wanted(self, pick: Pick) -> bool:
        """Whether kind and confidence are what was asked for."""
        kinds = self.asked.kinds
        enough = RANK[pick.indicator.confidence] >= RANK[self.asked.at_least]
        return enough and (not kinds or pick.service.kind in kinds)

    def asked_for(self, pick: Pick) -> bool:
        """Whether it is wanted and no candidate of the nursery, which other tools cannot weigh."""
        return self.wanted(pick) and not pick.service.nursery

    def of(self, *types: str) -> list[Pick]:
        """Those asked for of these types, by value, then service."""
        found = (one for one in self.all if one.type in types and self.asked_for(one))
        return sorted(found, key=lambda one: (one.value, one.key))

    def named(self, host: str) -> Pick | None:
        """Whom a host belongs to by its name alone, if asked for.

        As the matcher has it: of the services whose rules hold, the surest; between equals the
        longer pattern, then the service id.
        """
        winner = self.winner(host)
        return winner if winner is not None and self.asked_for(winner) else None

    def winner(self, host: str) -> Pick | None:
        """As `named`, whether asked for or not."""
        return self._surest(self.compiled.host_rules(host).rule_ids)

    def below(self, domain: str) -> Pick | None:
        """Whom names below `domain` belong to by a suffix, if asked for; shared ones to nobody."""
        if self.shared(domain) is not None:
            return None
        name = domain
        while name:
            owner = self._surest(self.compiled.suffix.get(name, ()))
            if owner is not None:
                return owner if self.asked_for(owner) else None
            name = name.partition(".")[2]
        return None

    def _surest(self, rule_ids: Iterable[int]) -> Pick | None:
        rules = map(self.by_rule.__getitem__, rule_ids)
        held = [one for one in rules if not (one.conditional or one.service.nursery)]
        best: dict[str, int] = {}
        for one in held:
            rank = RANK[one.indicator.confidence]
            best[one.service.id] = max(rank, best.get(one.service.id, 0))
        return min(
            held,
            key=lambda one: (-best[one.service.id], -len(one.value), one.service.id),
            default=None,
        )

    def expanded(self, template: str) -> list[str] | None:
        """The hosts a template stands for, if its gaps are known regions; None if they are not."""
        gaps = [gap[1] for gap in PLACEHOLDER.finditer(template)]
        if any(gap not in REGION_OF for gap in gaps):
            return None
        names = [sorted(self.compiled.regions[REGION_OF[gap]].names) for gap in gaps]
        hosts = [_filled(template, regions) for regions in product(*names)]
        return hosts if len(hosts) <= MOST_NAMES else None

    def above(self, pick: Pick) -> list[tuple[str, str]]:
        """What takes hosts away from a host pattern: (type, value) of more exact patterns.

        Exact names, templates and suffixes that hold without conditions, and shared
        infrastructure (as suffixes). Some may not meet the pattern at all; that does no harm.
        """
        kind, value = pick.type, pick.value
        if kind == "host_exact":
            return []
        template = parse_template(value, self.compiled.regions) if kind == "host_template" else None
        end = template.suffix if template else value
        found: set[tuple[str, str]] = set()
        for other in self._by_end.get(end, ()):
            if other == (kind, value):
                continue
            if template is None:
                shorter = other[0] == "host_suffix" and other[1] == end
                if not shorter:
                    found.add(other)
            elif other[0] == "host_exact":
                labels = tuple(other[1].split("."))
                fits = len(labels) == len(template.fixed) and all(
                    fixed in {None, label}
                    for fixed, label in zip(template.fixed, labels, strict=True)
                )
                if fits and template.fit(labels, self.compiled.regions):
                    found.add(other)
            elif other[0] == "host_template":
                rival = parse_template(other[1], self.compiled.regions)
                same = len(rival.fixed) == len(template.fixed)
                if same and rival.exactness > template.exactness:
                    found.add(other)
        for domain in self.compiled.shared_infrastructure:
            if domain.endswith(f".{end}"):
                found.add(("host_suffix", domain))
        return sorted(found)

    @cached_property
    def _by_end(self) -> dict[str, list[tuple[str, str]]]:
        """Host patterns that hold without conditions, by every domain they end in."""
        found: dict[str, list[tuple[str, str]]] = {}
        for one in self.all:
            if one.type in HOST_TYPES and not (one.conditional or one.service.nursery):
                end = one.value
                if one.type == "host_template":
                    end = parse_template(one.value, self.compiled.regions).suffix
                while end:
                    found.setdefault(end, []).append((one.type, one.value))
                    end = end.partition(".")[2]
        return found

    @cached_property
    def leaders(self) -> dict[tuple[str, str], Pick]:
        """Of several services with the same unconditional host pattern, the one that is named."""
        best: dict[tuple[str, str], Pick] = {}
        for one in self.all:
            if one.type in HOST_TYPES and not (one.conditional or one.service.nursery):
                place = (one.type, one.value)
                old = best.get(place)
                if old is None or _order(one) < _order(old):
                    best[place] = one
        return best

    def is_shipped(self, service: str) -> bool:
        """Whether a service is from the catalogue as it is shipped, not from an overlay."""
        return self.compiled.services[service].origin == SHIPPED

    def shared(self, host: str) -> str | None:
        """The shared infrastructure a host lies below."""
        return listed_above(host, self.compiled.shared_infrastructure)


def under(host: str, domains: Collection[str]) -> bool:
    """Whether a host is one of these domains or lies below one, on whole labels."""
    while host:
        if host in domains:
            return True
        host = host.partition(".")[2]
    return False


def fixed_end(template: str) -> str:
    """The labels after the last gap."""
    return template.rpartition("}")[2].partition(".")[2]


def widened(picks: Picks, pick: Pick) -> str | None:
    """The domain to take all of in place of a template, if it was asked for and can be."""
    head, _, rest = pick.value.partition(".")
    fits = pick.type == "host_template" and head == "{label}" and "{" not in rest
    usable = fits and not pick.conditional and picks.asked.widen and picks.asked_for(pick)
    return rest if usable else None


def _order(pick: Pick) -> tuple[int, str]:
    return (-RANK[pick.indicator.confidence], pick.service.id)


def _filled(template: str, regions: tuple[str, ...]) -> str:
    left = iter(regions)
    return PLACEHOLDER.sub(lambda _: next(left), template)
