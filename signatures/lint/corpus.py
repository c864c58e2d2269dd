"""Thousands of names that have nothing to do with AI: the catalogue is silent on all of them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from signatures.lint.base import LintIssue
from signatures.model import RANK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signatures.lint.base import Judge, Judged
    from signatures.load import Catalogue, Entry
    from signatures.templates import Regions

NAMES: Final = Path(__file__).with_name("names.txt")
FALSE_ALARM: Final = "benign-name"
MANY_HINTS: Final = "many-hints"
_GAP: Final = "{aws_region}"
_REGIONS: Final = 6
HINTS_IN_1000: Final = 5


@lru_cache(maxsize=1)
def _lines() -> tuple[tuple[int, str], ...]:
    text = NAMES.read_text("ascii")
    numbered = enumerate(text.splitlines(), 1)
    return tuple((number, line) for number, line in numbered if line and line[0] != "#")


def names(regions: Mapping[str, Regions]) -> Iterator[tuple[int, str]]:
    """Line in names.txt and name; a line with {aws_region} gives one name for each of six."""
    some = sorted(regions["aws"].names)[:: len(regions["aws"].names) // _REGIONS]
    for number, line in _lines():
        if _GAP in line:
            yield from ((number, line.replace(_GAP, region)) for region in some)
        else:
            yield number, line


def false_alarms(catalogue: Catalogue, judge: Judge) -> Iterator[LintIssue]:
    """Rules that speak of a benign name, and hints if there are too many.

    AI inside a product that has such a name may be low.
    """
    owners = {entry.signature.id: entry for entry in catalogue.entries}
    hinted: list[tuple[int, str]] = []
    count = 0
    for line, name in names(catalogue.tables.regions):
        count += 1
        said = judge({"dst_host": name, "dst_port": 443})
        if said is None:
            continue
        entry = owners.get(said.service or "")
        if entry is None:
            hinted.append((line, name))
        elif RANK[said.detection] > RANK["low"] or entry.signature.kind != "embedded_ai":
            yield _alarm(entry, said, line, name)
    if len(hinted) * 1000 > count * HINTS_IN_1000:
        shown = ", ".join(name for _, name in hinted[:5])
        yield LintIssue(
            level="error",
            name=MANY_HINTS,
            path=str(NAMES),
            line=hinted[0][0],
            key="",
            detail=f"{len(hinted)} of {count} benign names are hints, such as {shown}",
            recommendation="drop a word of tables/hints.yaml, or say `unless` what",
        )


def _alarm(entry: Entry, said: Judged, line: int, name: str) -> LintIssue:
    """The issue, at the rule that spoke."""
    number = next(
        (
            number
            for number, one in enumerate(entry.signature.indicators)
            if f"{one.type}:{one.value}" in said.indicators
        ),
        0,
    )
    return LintIssue(
        level="error",
        name=FALSE_ALARM,
        path=entry.source,
        line=entry.line("indicators", number, "value"),
        key=f"indicators[{number}].value",
        detail=f"{name} (names.txt:{line}) is judged {said.detection}",
        recommendation="narrow the rule; if the name is AI after all, take it out of names.txt",
    )
