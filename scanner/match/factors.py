"""Literal texts of which one must occur wherever a pattern matches.

A screen looks for these in raw bytes; what it finds is asked again by the pattern itself. So a
factor may be found too often, and never too rarely. Python's own parser reads the pattern: RE2's
language is a part of its, and what it does not read has no factor.
"""

from __future__ import annotations

import re
import warnings
from itertools import product
from typing import Any, Final, TypeAlias

from signatures.patterns import as_python

from re import _constants as ops  # type: ignore[attr-defined]  # isort: skip
from re import _parser  # type: ignore[attr-defined]  # isort: skip

SHORTEST: Final = 4  # bytes; what is shorter stands in too many lines
MOST: Final = 64  # alternatives
LONGEST: Final = 64  # characters that are worth looking for

Texts: TypeAlias = frozenset[str]


def factors(pattern: str) -> Texts | None:
    """Texts (lower case) of which one is in every text the pattern matches; None if none is known.

    pattern: RE2.
    """
    spelled = as_python(pattern)
    if spelled is None:
        return None
    try:
        with warnings.catch_warnings(action="ignore"):  # of signs that Python may read anew one day
            tree = _parser.parse(spelled)
    except (re.error, OverflowError, RecursionError):
        return None
    best = _best(_runs(tree))
    return best if best and _worth(best) >= SHORTEST else None


def _runs(tree: Any) -> list[Texts]:  # noqa: ANN401 - the parser's tree has no types
    """The alternatives at every stretch of a sequence that is text throughout."""
    found: list[Texts] = []
    run: Texts = frozenset({""})
    for op, value in tree:
        exact = _exact(op, value)
        if exact is not None and len(run) * len(exact) <= MOST:
            run = frozenset(a + b for a, b in product(run, exact))
            continue
        found.append(run)
        run = frozenset({""}) if exact is None else exact
        if exact is None:
            found += _within(op, value)
    return [*found, run]


def _exact(op: Any, value: Any) -> Texts | None:  # noqa: ANN401, PLR0911 - see _runs; one an op
    """All texts a piece of a pattern can be, if they are few."""
    if op is ops.LITERAL:
        return frozenset({chr(value).lower()})
    if op is ops.AT:
        return frozenset({""})
    if op is ops.SUBPATTERN:
        return _whole(value[-1])
    if op is ops.BRANCH:
        parts = [_whole(branch) for branch in value[1]]
        if any(part is None for part in parts):
            return None
        texts = frozenset[str]().union(*(part for part in parts if part is not None))
        return texts if len(texts) <= MOST else None
    if op is ops.MAX_REPEAT and value[:2] == (0, 1):
        part = _whole(value[2])
        return None if part is None else part | {""}
    if op is ops.IN and len(value) <= 4 and all(kind is ops.LITERAL for kind, _ in value):
        return frozenset(chr(char).lower() for _, char in value)
    return None


def _whole(tree: Any) -> Texts | None:  # noqa: ANN401 - see _runs
    """All texts a sequence can be, if they are few."""
    texts: Texts = frozenset({""})
    for op, value in tree:
        part = _exact(op, value)
        if part is None or len(texts) * len(part) > MOST:
            return None
        texts = frozenset(a + b for a, b in product(texts, part))
    return texts


def _within(op: Any, value: Any) -> list[Texts]:  # noqa: ANN401 - see _runs
    """What must occur in a piece that is not text throughout."""
    if op is ops.SUBPATTERN:
        return _runs(value[-1])
    if op is ops.BRANCH:
        parts = [_best(_runs(branch)) for branch in value[1]]
        if all(parts):
            return [frozenset[str]().union(*(part for part in parts if part is not None))]
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT) and value[0] > 0:
        return _runs(value[2])
    return []


def _best(runs: list[Texts]) -> Texts | None:
    useful = [run for run in runs if len(run) <= MOST and _worth(run)]
    return max(useful, key=lambda run: (_worth(run), -len(run)), default=None)


def _worth(run: Texts) -> int:
    return min(map(len, run), default=0)
