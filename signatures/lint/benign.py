"""Patterns that also match what has nothing to do with AI."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from signatures.lint.base import IndicatorLint
from signatures.model import RANK
from signatures.patterns import agent_pattern, path_lies_below, path_pattern, regexp
from signatures.strict_yaml import load_yaml

if TYPE_CHECKING:
    from signatures.lint.base import Place


@lru_cache(maxsize=1)
def corpus() -> dict[str, list[str]]:
    """`agents` and `paths` that have nothing to do with AI, from benign.yaml."""
    path = Path(__file__).with_name("benign.yaml")
    loaded: dict[str, list[str]] = load_yaml(path.read_text("utf-8"), str(path))
    return loaded


class BenignAgent(IndicatorLint):
    """A user agent that ordinary clients send too flags everybody."""

    name = "benign-agent"
    recommendation = "name the product and the slash after it, such as `Vendor/Python`"

    def check(self, at: Place) -> str | None:
        """A user_agent that matches an ordinary client."""
        if at.indicator.type != "user_agent":
            return None
        pattern = regexp(agent_pattern(at.indicator.value))
        found = next(
            (agent for agent in corpus()["agents"] if pattern.search(agent) is not None), None
        )
        return f"matches {found!r}" if found is not None else None


class BenignPath(IndicatorLint):
    """A path that any web server may have says nothing without something beside it."""

    name = "benign-path"
    recommendation = "name a longer path, or add needs.port, needs.header or needs.user_agent"

    def check(self, at: Place) -> str | None:
        """An http_path above hint that matches an ordinary path, with nothing else needed."""
        if at.indicator.type != "http_path" or RANK[at.indicator.confidence] <= RANK["hint"]:
            return None
        needs = at.indicator.needs
        if needs is not None and (needs.port or needs.header or needs.user_agent):
            return None
        text = path_pattern(at.indicator.value)
        pattern = regexp(text) if text is not None else None
        for path in corpus()["paths"]:
            if pattern is not None:
                hit = pattern.search(path) is not None
            else:
                hit = path_lies_below(path, at.indicator.value)
            if hit:
                return f"matches {path}"
        return None
