"""Confidence that the kind of indicator cannot carry (DESIGN table 3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from signatures.lint.base import IndicatorLint
from signatures.model import HOST_TYPES, LOG_TYPES, QUIET_SURFACES, RANK
from signatures.patterns import header_parts

if TYPE_CHECKING:
    from signatures.lint.base import Place
    from signatures.model import Indicator

_CRAWLER: Final = re.compile(r"(?i)(?:bot|spider|crawler)\b")
_COMMON_HEADERS: Final = frozenset(
    [
        "accept",
        "accept-encoding",
        "authorization",
        "cache-control",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "date",
        "host",
        "origin",
        "referer",
        "user-agent",
        "x-api-key",
        "api-key",
        "x-forwarded-for",
        "x-request-id",
        "x-requested-with",
    ]
)


def _above(indicator: Indicator, word: str) -> bool:
    return RANK[indicator.confidence] > RANK[word]


def _compound(indicator: Indicator) -> bool:
    """Whether something of another kind must be there too."""
    needs = indicator.needs
    if needs is None:
        return False
    return bool(needs.port or needs.header or needs.user_agent or needs.path)


class QuietSurface(IndicatorLint):
    """Reading a vendor's manual is not using its product."""

    name = "quiet-surface"
    key = "confidence"
    recommendation = "make it low or hint"

    def check(self, at: Place) -> str | None:
        """docs, status, help and marketing above low."""
        if at.indicator.surface not in QUIET_SURFACES or not _above(at.indicator, "low"):
            return None
        return f"{at.indicator.confidence} on a {at.indicator.surface} surface"


class NoSurface(IndicatorLint):
    """A finding names the surface; without one nobody knows whether it was use."""

    name = "no-surface"
    recommendation = "add surface: web, api, cdn, static, auth, docs, status, help, …"

    def check(self, at: Place) -> str | None:
        """Host rules without a surface; a path without one is api."""
        if at.indicator.type not in HOST_TYPES or at.indicator.surface is not None:
            return None
        return f"no surface for {at.indicator.value}"


class ConfirmedByLog(IndicatorLint):
    """Only an API's own answer or a product's banner confirms."""

    name = "confirmed-by-log"
    key = "confidence"
    recommendation = "make it high at most"

    def check(self, at: Place) -> str | None:
        """A type that matches in logs at confirmed."""
        if at.indicator.type not in LOG_TYPES or at.indicator.confidence != "confirmed":
            return None
        return f"a {at.indicator.type} seen in a log cannot confirm"


class PathAlone(IndicatorLint):
    """Other servers copy paths, so one is high only together with something else."""

    name = "path-alone"
    key = "confidence"
    recommendation = "make it medium at most, or add needs.port, needs.header or needs.user_agent"

    def check(self, at: Place) -> str | None:
        """http_path above medium that is no compound."""
        if at.indicator.type != "http_path" or not _above(at.indicator, "medium"):
            return None
        return None if _compound(at.indicator) else f"{at.indicator.confidence} by a path alone"


class AgentAlone(IndicatorLint):
    """Anybody can send any user agent."""

    name = "agent-alone"
    key = "confidence"
    recommendation = "make it medium at most, or add needs.path or needs.port"

    def check(self, at: Place) -> str | None:
        """user_agent above medium that is no compound."""
        if at.indicator.type != "user_agent" or not _above(at.indicator, "medium"):
            return None
        return (
            None if _compound(at.indicator) else f"{at.indicator.confidence} by a user agent alone"
        )


class RangeTooSure(IndicatorLint):
    """Addresses are shared and re-used; only the vendor's own service range reaches medium."""

    name = "range-too-sure"
    key = "confidence"
    recommendation = "make it medium for the vendor's own published service range, else hint"

    def check(self, at: Place) -> str | None:
        """cidr above medium, or medium without the vendor's page."""
        if at.indicator.type != "cidr" or not _above(at.indicator, "hint"):
            return None
        published = any(item.kind == "page" for item in at.indicator.evidence)
        if published and not _above(at.indicator, "medium"):
            return None
        return f"{at.indicator.confidence} by an address range"


class HintOnly(IndicatorLint):
    """A fingerprint of the HTTP stack or a network number names no product."""

    name = "hint-only"
    key = "confidence"
    recommendation = "make it hint"

    def check(self, at: Place) -> str | None:
        """ja4 and asn above hint."""
        if at.indicator.type not in {"ja4", "asn"} or not _above(at.indicator, "hint"):
            return None
        return f"{at.indicator.confidence} by {at.indicator.type}"


class CommonHeader(IndicatorLint):
    """A header that everybody sends says nothing by being there."""

    name = "common-header"
    recommendation = "add a pattern for the value: `name: pattern`"

    def check(self, at: Place) -> str | None:
        """http_header with a common name and no pattern."""
        if at.indicator.type != "http_header":
            return None
        name, pattern = header_parts(at.indicator.value)
        return f"every client sends {name}" if name in _COMMON_HEADERS and not pattern else None


class CrawlerKind(IndicatorLint):
    """A crawler visits us; taking it for an employee's use would accuse somebody."""

    name = "crawler-kind"
    recommendation = "move it to a signature of kind ai_crawler_inbound"

    def check(self, at: Place) -> str | None:
        """A user agent that calls itself a bot, in a signature of another kind."""
        if at.signature.kind == "ai_crawler_inbound" or at.indicator.type != "user_agent":
            return None
        return (
            f"{at.indicator.value!r} is a crawler" if _CRAWLER.search(at.indicator.value) else None
        )


class CrawlerIndicator(IndicatorLint):
    """A host or path in a crawler's signature would turn employee use into a visit."""

    name = "crawler-indicator"
    recommendation = "keep user_agent, cidr and asn here; move the rest to the vendor's service"

    def check(self, at: Place) -> str | None:
        """Anything but who comes and from where, in a crawler's signature."""
        if at.signature.kind != "ai_crawler_inbound":
            return None
        if at.indicator.type in {"user_agent", "cidr", "asn", "ja4"}:
            return None
        return f"{at.indicator.type} in a signature of kind ai_crawler_inbound"
