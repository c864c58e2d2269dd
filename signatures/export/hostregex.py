"""Host patterns as patterns of text, in the language that PCRE, RE2 and Python share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signatures.export.regex import common, literal
from signatures.templates import PLACEHOLDER, REGION_OF, Regions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signatures.export.picks import Picks


def host_regex(kind: str, value: str, regions: Mapping[str, Regions]) -> str:
    """The pattern of the whole of a host, without ^ and $."""
    if kind == "host_exact":
        return literal(value)
    if kind == "host_suffix":
        return rf"(?:.*\.)?{literal(value)}"
    text, end = "", 0
    for gap in PLACEHOLDER.finditer(value):
        text += literal(value[end : gap.start()])
        text += "[a-z0-9_-]+" if gap[1] == "label" else _region(regions[REGION_OF[gap[1]]])
        end = gap.end()
    return text + literal(value[end:])


def any_host(patterns: Iterable[tuple[str, str]], picks: Picks) -> str:
    """The pattern of a host that is any of these (type, value)."""
    found = (host_regex(kind, value, picks.compiled.regions) for kind, value in patterns)
    return f"(?:{'|'.join(found)})"


def _region(known: Regions) -> str:
    """The shape of a region, and the names that do not have it."""
    shape = common(known.shape).text
    odd = [literal(name) for name in sorted(known.names) if not re.fullmatch(known.shape, name)]
    return f"(?:{'|'.join([*odd, shape])})"
