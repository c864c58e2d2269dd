"""What of the catalogue comes near a host that no rule speaks of, and why it does not hold.

For people who ask why. It reads every rule, so it is not for the many hosts of a scan.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from unicodedata import combining

from signatures.model import HOST_TYPES
from signatures.suffixes import public_suffix
from signatures.templates import PLACEHOLDER, parse_template

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signatures.compile import Compiled
    from signatures.rules import Rule

MOST: Final = 5
ALIKE: Final = 0.84  # of difflib: one letter in seven
SHORT: Final = 5  # letters; shorter names are alike by chance
# Letters that are drawn as these, of Cyrillic and Greek, and with a stroke, which no decomposition
# takes off; from Unicode TR 39, "confusables".
_DRAWN: Final = str.maketrans(
    {
        "\u0430": "a", "\u0435": "e", "\u043e": "o", "\u0440": "p", "\u0441": "c", "\u0443": "y",
        "\u0445": "x", "\u0456": "i", "\u0455": "s", "\u0501": "d", "\u04bb": "h", "\u0458": "j",
        "\u051b": "q", "\u051d": "w", "\u0475": "v", "\u043a": "k", "\u0433": "r", "\u03b1": "a",
        "\u03bf": "o", "\u03bd": "v", "\u03b9": "i", "\u03ba": "k", "\u03c1": "p", "\u03c4": "t",
        "\u03c5": "u", "0": "o", "1": "l", "\u0261": "g", "\u0131": "i", "\u217c": "l",
        "\u0142": "l", "\u00f8": "o", "\u0111": "d", "\u0127": "h", "\u0167": "t", "\u0268": "i",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Near:
    """A pattern near a host, the service it speaks for, and why it does not hold."""

    value: str
    service: str
    why: str


def nearest(compiled: Compiled, host: str) -> tuple[Near, ...]:
    """At most MOST, the most telling first; host is normalised and no address."""
    found: dict[str, Near] = {}
    rules = [rule for rule in compiled.rules if rule.type in HOST_TYPES]
    rules.sort(key=lambda rule: (rule.needs is not None, len(rule.value), rule.value))
    for near in _all(compiled, rules, host):
        if near.value != host:
            found.setdefault(near.value, near)
        if len(found) == MOST:
            break
    return tuple(found.values())


def _all(compiled: Compiled, rules: list[Rule], host: str) -> Iterator[Near]:
    yield from _inside(rules, host)
    yield from _almost(compiled, rules, host)
    yield from _around(compiled, rules, host)
    yield from _alike(compiled, rules, host)


def _inside(rules: list[Rule], host: str) -> Iterator[Near]:
    """Names that the host has in it, at the wrong place."""
    owner = _registrable(host)
    for rule in sorted(rules, key=lambda one: -len(one.value)):
        value = rule.value
        if rule.type == "host_template":
            continue
        if f".{value}." in f".{host}":
            yield Near(value, rule.service, f"in front of the domain, which is {owner}")
            continue
        ends = host.endswith(value) and not f".{host}".endswith(f".{value}")
        if ends and owner != _registrable(value):
            yield Near(value, rule.service, f"ends so, but not at a dot: it is {owner}")


def _almost(compiled: Compiled, rules: list[Rule], host: str) -> Iterator[Near]:
    """Templates of which the fixed labels fit, and exact names that the host lies below."""
    labels = tuple(host.split("."))
    for rule in rules:
        if rule.type == "host_exact" and host.endswith(f".{rule.value}"):
            yield Near(rule.value, rule.service, "that name alone, not what lies below it")
        if rule.type != "host_template":
            continue
        template = parse_template(rule.value, compiled.regions)
        if not host.endswith(f".{template.suffix}"):
            continue
        wanted = len(template.fixed)
        if wanted != len(labels):
            if _shares(rule.value, labels, template.suffix):
                said = f"has {wanted} labels, the host {len(labels)}"
                yield Near(rule.value, rule.service, said)
            continue
        if all(fixed in {None, label} for fixed, label in zip(template.fixed, labels, strict=True)):
            for at, pattern, _ in template.gaps:
                if pattern.fullmatch(labels[at]) is None:
                    gap = rule.value.split(".")[at]
                    yield Near(rule.value, rule.service, f'"{labels[at]}" is no {gap}')
                    break


def _shares(template: str, labels: Iterable[str], suffix: str) -> bool:
    """Whether a template has a fixed text before its end that is a label of the host, or none."""
    before = template.removesuffix(suffix)
    fixed = [part for part in PLACEHOLDER.sub("", before).split(".") if part]
    return not fixed or not {*fixed}.isdisjoint(labels)


def _around(compiled: Compiled, rules: list[Rule], host: str) -> Iterator[Near]:
    """Names below the host, and names beside it in one domain."""
    domain = _registrable(host)
    if domain is None:
        return
    below = [one for one in rules if one.value.endswith(f".{host}")]
    yield from (Near(one.value, one.service, "lies below the host") for one in below[:2])
    if domain in compiled.shared_parents:
        return
    beside = (
        one for one in rules
        if one.type != "host_template"
        and (one.value == domain or one.value.endswith(f".{domain}"))
        and one not in below
    )  # fmt: skip
    close = sorted(beside, key=lambda one: (-_alikeness(one.value, host), one.value))
    yield from (Near(one.value, one.service, f"another name of {domain}") for one in close[:2])


def _alike(compiled: Compiled, rules: list[Rule], host: str) -> Iterator[Near]:
    """Domains that look like that of the host."""
    domain = _registrable(host)
    if domain is None or domain in compiled.shared_parents:
        return
    owners: dict[str, str] = {}
    rules_of: Counter[str] = Counter()
    for rule in rules:
        if rule.type != "host_template":
            own = ".".join(rule.value.split(".")[-2:])
            if own not in compiled.shared_parents:
                owners.setdefault(own, rule.service)
                rules_of[own] += 1
    drawn = _drawn(domain)
    if drawn != domain and drawn in owners:
        yield Near(drawn, owners[drawn], "drawn alike, written with other letters")
    names: dict[str, str] = {}
    for own, _ in rules_of.most_common():
        names.setdefault(own.partition(".")[0], own)
    label = domain.partition(".")[0]
    if len(label) >= SHORT:
        for name in difflib.get_close_matches(label, names, 2, ALIKE):
            if names[name] != domain:
                said = f"looks alike, but {domain} is another domain"
                yield Near(names[name], owners[names[name]], said)


def _drawn(domain: str) -> str:
    """What a reader sees of a name with letters beyond ASCII, at a glance: without accents too."""
    seen = []
    for label in domain.split("."):
        try:
            text = label[4:].encode().decode("punycode") if label.startswith("xn--") else label
        except UnicodeError:
            text = label
        bare = (char for char in unicodedata.normalize("NFKD", text) if not combining(char))
        seen.append("".join(bare).translate(_DRAWN))
    return ".".join(seen)


def _alikeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def _registrable(host: str) -> str | None:
    """The domain somebody registered: the shortest end of a host that is no public suffix."""
    labels = host.split(".")
    for count in range(1, len(labels) + 1):
        name = ".".join(labels[-count:])
        if count > 1 and public_suffix(name) is None:
            return name
    return None
