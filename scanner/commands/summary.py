"""One service in a page: what a person asks before the details."""

from __future__ import annotations

import shutil
import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from signatures.model import (
    APP_TYPES,
    LEVELS,
    LOG_TYPES,
    OAUTH_TYPES,
    QUIET_SURFACES,
    Indicator,
    as_dict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from signatures.load import Entry

_LABEL: Final = 14
_SHOWN: Final = 6  # patterns of one kind and level
_LONG: Final = 52  # characters of a pattern; --json has the rest
_TRAINING: Final = {
    "no": "no, what users enter is not used",
    "opt_in": "opt_in, only if one agrees",
    "opt_out": "opt_out, unless one objects",
    "yes": "yes, no way out was seen",
}
_FACTS: Final = {
    "legal_entity": "entity",
    "jurisdiction": "jurisdiction",
    "licence": "licence",
    "terms_url": "terms",
    "privacy_url": "privacy",
    "dpa_url": "processing",
    "trains_on_input": "training",
    "retention": "retention",
    "data_residency": "residency",
    "certifications": "certificates",
}
_HOSTS: Final = ("host_exact", "host_suffix", "host_template")
_GROUPS: Final = {
    "hosts": _HOSTS,
    "paths": ("http_path",),
    "applications": ("app_id",),
    "sign-ins": tuple(sorted(OAUTH_TYPES)),
    "other traffic": tuple(sorted(LOG_TYPES.difference(_HOSTS, APP_TYPES, {"http_path"}))),
}


def summary(entry: Entry, facts: Mapping[str, Any]) -> Iterator[str]:
    """Lines for people, wrapped for the terminal. facts: as `signatures.governance.merged` says."""
    width = max(40, shutil.get_terminal_size().columns)
    found = entry.signature
    yield f"{found.name} ({found.id})"
    yield from textwrap.wrap(found.summary, width, break_on_hyphens=False)
    if entry.nursery:
        yield "A candidate of the nursery: what it says is a hint, for review."
    yield ""
    for label, text in _said(entry, facts):
        yield from _row(label, text, width)


def _row(label: str, text: str, width: int) -> list[str]:
    """A label and its text beside it; an address longer than the line stays whole."""
    return textwrap.wrap(
        text,
        width,
        initial_indent=f"{label:{_LABEL}}",
        subsequent_indent=" " * _LABEL,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _said(entry: Entry, facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    found = entry.signature
    yield "kind", found.kind
    country = f", {found.country}" if found.country else ""
    yield "vendor", f"{found.vendor_name or found.vendor} ({found.vendor}){country}"
    for label, values in (("aliases", found.aliases), ("tags", found.tags)):
        if values:
            yield label, ", ".join(values)
    for key, label in _FACTS.items():
        held = facts[key]
        held = held if isinstance(held, list) else [held] if held is not None else []
        for number, text in enumerate(_values(key, held)):
            yield "" if number else label, text
    unknown = [label for key, label in _FACTS.items() if not facts[key] and key != "licence"]
    if unknown:
        yield "not known", ", ".join(unknown)
    yield from _patterns(found.indicators)
    yield "cases", str(len(found.cases))
    origin = "" if entry.origin == "shipped" else f" (of overlay {entry.origin})"
    yield "file", f"{entry.source}{origin}"
    yield "more", "--json has each indicator with its evidence, and the source of each fact"


def _values(key: str, held: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A line for each value and source; plans, and certificates, of one source share it."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for fact in held:
        if key == "certifications":
            groups.setdefault(("", _source(fact), _note(fact)), []).append(fact["value"])
        else:
            value = _TRAINING.get(fact["value"], fact["value"]) if "plan" in fact else fact["value"]
            groups.setdefault((value, _day(fact), _note(fact)), []).append(fact.get("plan", "any"))
    for (value, source, note), names in groups.items():
        plans = ", ".join(name for name in names if name != "any")
        text = f"{plans}: {value}" if plans and value else plans or value
        yield f"{text} ({source}){note}"


def _day(fact: Mapping[str, Any]) -> str:
    return f"{fact['kind']}, {fact['seen']}"


def _source(fact: Mapping[str, Any]) -> str:
    ref = f" {fact['ref']}" if fact["ref"] else ""
    return f"{fact['kind']}{ref}, {fact['seen']}"


def _note(fact: Mapping[str, Any]) -> str:
    return f"; {fact['note']}" if fact.get("note") else ""


def _patterns(indicators: Iterable[Indicator]) -> Iterator[tuple[str, str]]:
    """Patterns by confidence, the surest first, a few of each; what is no traffic is counted."""
    held = [*indicators]
    for group, types in _GROUPS.items():
        label = group
        for level in reversed(LEVELS):
            values = [_shown(one) for one in held if one.type in types and one.confidence == level]
            if values:
                more = f"; {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
                yield label, f"{level}: {', '.join(values[:_SHOWN])}{more}"
                label = ""
    rest = Counter(one.type for one in held if one.type not in LOG_TYPES)
    if rest:
        yield "elsewhere", ", ".join(f"{number} {kind}" for kind, number in sorted(rest.items()))


def _shown(one: Indicator) -> str:
    value = one.value if len(one.value) <= _LONG else f"{one.value[:_LONG]}…"
    if one.type not in {*_HOSTS, "http_path"}:
        value = f"{one.type} {value}"
    marks = ["and below"] if one.type == "host_suffix" else []
    marks += [one.surface] if one.surface in QUIET_SURFACES else []
    if one.needs is not None:
        marks.append("needs " + ", ".join(as_dict(one.needs)))
    return f"{value} ({', '.join(marks)})" if marks else value
