"""Host rules that would name the wrong party."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signatures.lint.base import IndicatorLint
from signatures.model import HOST_TYPES, RANK
from signatures.suffixes import public_suffix
from signatures.tables import listed_above

if TYPE_CHECKING:
    from signatures.lint.base import Place
    from signatures.model import Indicator


def _weak(indicator: Indicator) -> bool:
    return RANK[indicator.confidence] <= RANK["low"]


def _needs_path(indicator: Indicator) -> bool:
    return indicator.needs is not None and indicator.needs.path is not None


class SharedParentSuffix(IndicatorLint):
    """A suffix rule on a shared parent would call everything below it AI."""

    name = "shared-parent-suffix"
    recommendation = "name the exact hosts, use a host_template, or add needs.path"

    def check(self, at: Place) -> str | None:
        """host_suffix on a listed parent, unless it needs a path or is AI inside a product."""
        if at.indicator.type != "host_suffix" or at.indicator.value not in at.tables.parents:
            return None
        if _needs_path(at.indicator) or (
            at.signature.kind == "embedded_ai" and _weak(at.indicator)
        ):
            return None
        return f"{at.indicator.value} is a shared parent ({at.tables.reason[at.indicator.value]})"


class SharedParentApex(IndicatorLint):
    """The front door of a shared parent is everybody's, not the AI product's."""

    name = "shared-parent-apex"
    recommendation = "add needs.path, or make it low in an embedded_ai signature"

    def check(self, at: Place) -> str | None:
        """host_exact for a listed parent itself or its www."""
        apex = at.indicator.value.removeprefix("www.")
        if at.indicator.type != "host_exact" or apex not in at.tables.parents:
            return None
        if _needs_path(at.indicator) or (
            at.signature.kind == "embedded_ai" and _weak(at.indicator)
        ):
            return None
        return f"{apex} is a shared parent ({at.tables.reason[apex]})"


class SharedParentTemplate(IndicatorLint):
    """A template of nothing but gaps below a shared parent is a suffix rule in disguise."""

    name = "shared-parent-template"
    recommendation = "fix a label that only the AI product has, lower it to medium, or add needs"

    def check(self, at: Place) -> str | None:
        """host_template stronger than medium, without needs, whose labels are all {label}."""
        if at.indicator.type != "host_template" or at.indicator.needs is not None:
            return None
        parent = at.indicator.value
        while parent.startswith("{label}."):
            parent = parent.removeprefix("{label}.")
        if parent not in at.tables.parents or RANK[at.indicator.confidence] <= RANK["medium"]:
            return None
        return f"any name below {parent}, a shared parent ({at.tables.reason[parent]})"


class SharedDeliveryHost(IndicatorLint):
    """A bucket or cache name can be given up and taken by somebody else."""

    name = "shared-delivery-host"
    key = "confidence"
    recommendation = "lower the confidence to medium"

    def check(self, at: Place) -> str | None:
        """Any host rule below a delivery or hosting domain, stronger than medium."""
        if at.indicator.type not in HOST_TYPES or RANK[at.indicator.confidence] <= RANK["medium"]:
            return None
        if at.indicator.needs is not None:
            return None
        shared = listed_above(at.indicator.value, at.tables.delivery | at.tables.hosting)
        return f"{at.indicator.value} lies under {shared}" if shared is not None else None


class PublicSuffix(IndicatorLint):
    """Strangers register below a public suffix."""

    name = "public-suffix"
    recommendation = "name the domain of one vendor"

    def check(self, at: Place) -> str | None:
        """host_suffix that is a public suffix of the shipped list."""
        if at.indicator.type != "host_suffix" or public_suffix(at.indicator.value) != "public":
            return None
        return f"{at.indicator.value} is a public suffix"


class PrivateSuffix(IndicatorLint):
    """Customers publish what they like below a private suffix, so the vendor did not write it."""

    name = "private-suffix"
    key = "confidence"
    recommendation = "lower the confidence to medium, or name the exact hosts"

    def check(self, at: Place) -> str | None:
        """host_suffix that is a private suffix of the shipped list, stronger than medium."""
        if at.indicator.type != "host_suffix" or RANK[at.indicator.confidence] <= RANK["medium"]:
            return None
        if public_suffix(at.indicator.value) != "private":
            return None
        return f"below {at.indicator.value} customers publish what they like"
