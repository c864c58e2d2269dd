"""Host templates: names with typed gaps, such as `bedrock-runtime.{aws_region}.amazonaws.com`.

{label} is one or more characters within one DNS label; a region must have the provider's shape,
and one that is not in the table still matches but is said to be unknown: a new region must not
blind us.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

PLACEHOLDER: Final = re.compile(r"\{([a-z_]*)\}")
REGION_OF: Final = {"aws_region": "aws", "azure_region": "azure", "gcp_region": "gcp"}
PLACEHOLDERS: Final = ("label", *REGION_OF)
_LABEL: Final = "[a-z0-9_-]+"


@dataclass(frozen=True, slots=True)
class Regions:
    """One provider's region names, and the shape that names of new ones have."""

    names: frozenset[str]
    shape: str


@dataclass(frozen=True, slots=True)
class Template:
    """A template, split at its label boundaries.

    fixed: per label the text, or None where it has a gap. suffix: the labels after the last gap.
    gaps: (position, pattern) of the others; a pattern's groups are the regions in it.
    """

    fixed: tuple[str | None, ...]
    suffix: str
    gaps: tuple[tuple[int, re.Pattern[str], tuple[str, ...]], ...]

    @property
    def exactness(self) -> tuple[int, int, bool]:
        """How specific: length of the fixed end, fixed labels, no gap for just any label."""
        return (
            len(self.suffix),
            sum(label is not None for label in self.fixed),
            all(pattern.pattern != _LABEL for _, pattern, _ in self.gaps),
        )

    def fit(self, labels: tuple[str, ...], tables: Mapping[str, Regions]) -> Fit | None:
        """How the labels of a host fit the gaps, or None; fixed labels are not looked at."""
        region: str | None = None
        unknown = False
        for position, pattern, providers in self.gaps:
            found = pattern.fullmatch(labels[position])
            if found is None:
                return None
            for provider, text in zip(providers, found.groups(), strict=True):
                region = text
                unknown = unknown or text not in tables[provider].names
        return Fit(region, unknown)


@dataclass(frozen=True, slots=True)
class Fit:
    """A host fits a template: the region in it, and whether that region is not in the table."""

    region: str | None
    unknown: bool


def parse_template(value: str, tables: Mapping[str, Regions]) -> Template:
    """A template value as a Template.

    Raises ValueError, saying why: an unknown placeholder, none at all, or none of the last two
    labels fixed.
    """
    labels = value.split(".")
    fixed: list[str | None] = []
    gaps: list[tuple[int, re.Pattern[str], tuple[str, ...]]] = []
    for position, label in enumerate(labels):
        if "{" not in label and "}" not in label:
            fixed.append(label)
            continue
        fixed.append(None)
        gaps.append((position, *_gap(label, tables)))
    if not gaps:
        raise ValueError("no placeholder; a name without one is a host_exact")
    suffix = labels[gaps[-1][0] + 1 :]
    if len(suffix) < 2:
        raise ValueError("the last two labels must be fixed")
    return Template(tuple(fixed), ".".join(suffix), tuple(gaps))


def example(value: str, tables: Mapping[str, Regions]) -> str:
    """A host that fits a template value, for checks and documentation."""
    return PLACEHOLDER.sub(
        lambda gap: min(tables[REGION_OF[gap[1]]].names) if gap[1] in REGION_OF else "x1", value
    )


@cache
def _any_of(regions: Regions) -> str:
    """A pattern for a region; the longest first: `us` is a name too, and begins many others."""
    longest = sorted(regions.names, key=lambda name: (-len(name), name))
    names = "|".join(map(re.escape, longest))
    return f"({names}|{regions.shape})"


def _gap(label: str, tables: Mapping[str, Regions]) -> tuple[re.Pattern[str], tuple[str, ...]]:
    if set("{}") & set(PLACEHOLDER.sub("", label)):
        raise ValueError("a brace that belongs to no placeholder")
    pattern = ""
    providers: list[str] = []
    end = 0
    for gap in PLACEHOLDER.finditer(label):
        pattern += re.escape(label[end : gap.start()])
        end = gap.end()
        if gap[1] == "label":
            pattern += _LABEL
        elif gap[1] in REGION_OF:
            provider = REGION_OF[gap[1]]
            pattern += _any_of(tables[provider])
            providers.append(provider)
        else:
            known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            raise ValueError(f"unknown placeholder {gap[0]}; there are {known}")
    return re.compile(pattern + re.escape(label[end:])), tuple(providers)
