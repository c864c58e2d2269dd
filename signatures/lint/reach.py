"""Rules that never have a say, and rules that have one where they should not.

Each rule is tried on what it was written for, and each name on look-alikes made from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from signatures.explain import dotted
from signatures.lint.base import LintIssue, overlay_at_fault, spoke
from signatures.lint.observe import observations
from signatures.model import HOST_TYPES, LOG_TYPES
from signatures.templates import example

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signatures.lint.base import Judge, Judged, Level
    from signatures.load import Catalogue, Entry
    from signatures.model import Indicator

DEAD: Final = "dead-indicator"
UNREACHABLE: Final = "unreachable"
LOOK_ALIKE: Final = "look-alike"


class _Fault(NamedTuple):
    """What is wrong with a rule, and the verdict that shows it."""

    level: Level
    name: str
    detail: str
    recommendation: str
    said: Judged | None = None


def reach(catalogue: Catalogue, judge: Judge) -> Iterator[LintIssue]:
    """Rules that do not fire on what they were written for, or never name their service there."""
    for entry in catalogue.entries:
        if entry.nursery:  # others are meant to win over it
            continue
        for number, indicator in enumerate(entry.signature.indicators):
            if indicator.type not in LOG_TYPES:
                continue
            found = _tried(entry, indicator, catalogue, judge)
            if found is not None:
                yield _taken(catalogue, entry, number, found) or _issue(
                    entry, number, found.level, found.name, found.detail, found.recommendation
                )


def look_alikes(catalogue: Catalogue, judge: Judge) -> Iterator[LintIssue]:
    """Host rules that fire on a name that only looks like theirs."""
    for entry in catalogue.entries:
        for number, indicator in enumerate(entry.signature.indicators):
            if indicator.type not in HOST_TYPES:
                continue
            gaps, dot, fixed = _halves(indicator.value)
            for fake in fakes(example(gaps, catalogue.tables.regions) + dot, fixed):
                said = judge({"dst_host": fake, "dst_port": 443})
                if said is not None and _speaks(said, indicator):
                    yield _issue(
                        entry, number, "error", LOOK_ALIKE, f"{fake} is judged {said.service}",
                        "a rule ends at a dot; mend the matcher, or the value",
                    )  # fmt: skip


def fakes(free: str, fixed: str) -> tuple[str, ...]:
    """Names that hold all letters of a name and are not it, nor below it.

    fixed: its labels from the last gap of a template on; free: what stands before them.
    """
    return (
        f"{free}x{fixed}",
        f"{free}my-{fixed}",
        f"{free}{fixed}.look-alike.example",
        f"{free}{fixed}x",
        f"{free}{fixed}".replace(".", "-") + ".example",
    )


def _halves(value: str) -> tuple[str, str, str]:
    """A value at the dot after its last gap: what has gaps, the dot, and the fixed labels."""
    last = value.rfind("}")
    if last < 0:
        return "", "", value
    dot = value.index(".", last)
    return value[:dot], ".", value[dot + 1 :]


def _taken(catalogue: Catalogue, entry: Entry, number: int, found: _Fault) -> LintIssue | None:
    """The issue at the rule of an overlay that always wins over a shipped one; else None."""
    service = found.said.service if found.said is not None else None
    fault = overlay_at_fault(catalogue, entry, service)
    if fault is None:
        return None
    keys = spoke(fault, found.said)
    there = f"{entry.source}:{entry.line('indicators', number, 'value')}"
    return LintIssue(
        level=found.level,
        name=found.name,
        path=fault.source,
        line=fault.line(*keys),
        key=dotted(keys),
        detail=f"takes a rule of {entry.signature.id} ({there}): {found.detail}",
        recommendation="narrow the rule, or override that service",
    )


def _tried(entry: Entry, indicator: Indicator, catalogue: Catalogue, judge: Judge) -> _Fault | None:
    """What is wrong with a rule, or None when it fires on one of what it is for."""
    own = entry.signature.indicators
    try:
        seen = observations(indicator, own, catalogue.tables.regions)
    except ValueError as problem:
        return _Fault("warning", DEAD, f"cannot be tried: {problem}", "write a simpler pattern")
    faults = [_fault(entry, indicator, judge(one), _shown(one)) for one in seen]
    return faults[0] if all(faults) else None


def _fault(entry: Entry, indicator: Indicator, said: Judged | None, shown: str) -> _Fault | None:
    """What is wrong with a verdict; None where the rule does what it is for."""
    if said is not None and said.service == entry.signature.id:
        if _speaks(said, indicator):
            return None
        return _Fault(
            "error", DEAD, f"{indicator.value} does not fire on {shown}",
            "a more specific rule of this file always wins: drop one of them",
        )  # fmt: skip
    service = said.service if said is not None else None
    host = indicator.type in HOST_TYPES and indicator.needs is None
    return _Fault(
        "error" if host or service is None else "warning",
        UNREACHABLE,
        f"{shown} is judged {service or 'nothing'}",
        "another rule is as specific and stronger: drop one of them"
        if service
        else "the rule can never fire: mend it, or drop it",
        said,
    )


def _speaks(said: Judged, indicator: Indicator) -> bool:
    return f"{indicator.type}:{indicator.value}" in said.indicators


def _shown(seen: dict[str, object]) -> str:
    """The columns of an observation but the usual port, in one line."""
    return ", ".join(
        f"{value}" if name == "dst_host" else f"{name} {value}"
        for name, value in sorted(seen.items())
        if (name, value) != ("dst_port", 443)
    )


def _issue(
    entry: Entry, number: int, level: Level, name: str, detail: str, recommendation: str
) -> LintIssue:
    return LintIssue(
        level=level,
        name=name,
        path=entry.source,
        line=entry.line("indicators", number, "value"),
        key=f"indicators[{number}].value",
        detail=detail,
        recommendation=recommendation,
    )
