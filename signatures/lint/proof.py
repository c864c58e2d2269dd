"""Evidence and cases: how we know, and whether the signature does what it says."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from signatures.lint.base import IndicatorLint, SignatureLint
from signatures.model import LOG_TYPES, RANK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signatures.lint.base import Place, Where
    from signatures.load import Entry
    from signatures.model import Evidence

_PACKAGE: Final = re.compile(r"\S+ \S*[0-9]")


class NoEvidence(IndicatorLint):
    """What nobody can look up, nobody can correct."""

    name = "no-evidence"
    recommendation = "add evidence: [{kind: page, ref: …, seen: …}], or kind: unverified"

    def check(self, at: Place) -> str | None:
        """An indicator without evidence."""
        return None if at.indicator.evidence else f"no evidence for {at.indicator.value}"


class ThinEvidence(IndicatorLint):
    """High means that the vendor says so, or that two independent lists do."""

    name = "thin-evidence"
    key = "confidence"
    recommendation = "cite the vendor's page or package, or a second list, or make it medium"

    def check(self, at: Place) -> str | None:
        """High or confirmed without a page, a package or two lists."""
        if RANK[at.indicator.confidence] < RANK["high"] or not at.indicator.evidence:
            return None
        kinds = [item.kind for item in at.indicator.evidence]
        lists = {item.ref for item in at.indicator.evidence if item.kind == "list"}
        if "page" in kinds or "package" in kinds or len(lists) > 1:
            return None
        return f"{at.indicator.confidence} by {', '.join(sorted(set(kinds)))} alone"


class EvidencePlace(IndicatorLint):
    """A reference must lead somewhere."""

    name = "evidence-place"
    key = "evidence"
    recommendation = "page: an https address; package: name and version; seen: a real day"

    def check(self, at: Place) -> str | None:
        """The first reference that leads nowhere."""
        return next(filter(None, map(nowhere, at.indicator.evidence)), None)


class MissingPositive(SignatureLint):
    """Without one, the signature may never fire and nobody would notice."""

    name = "missing-positive"
    recommendation = "add a case with match: true"

    def check(self, entry: Entry) -> Iterator[tuple[Where, str]]:
        """Something matches in logs, and no case shows it."""
        if _matches_in_logs(entry) and not any(case.match for case in entry.signature.cases):
            yield ("cases",), "no case that must match"


class MissingNegative(SignatureLint):
    """Without one, nothing keeps the next edit from matching a look-alike."""

    name = "missing-negative"
    recommendation = "add a look-alike with match: false"

    def check(self, entry: Entry) -> Iterator[tuple[Where, str]]:
        """Something matches in logs, and no case shows what must not."""
        if _matches_in_logs(entry) and all(case.match for case in entry.signature.cases):
            yield ("cases",), "no case that must not match"


class EmptyCase(SignatureLint):
    """An observation of nothing proves nothing."""

    name = "empty-case"
    recommendation = "say what is observed, such as dst_host"

    def check(self, entry: Entry) -> Iterator[tuple[Where, str]]:
        """A case whose observation has no field."""
        for number, case in enumerate(entry.signature.cases):
            if not case.observe.model_fields_set:
                yield ("cases", number, "observe"), "nothing observed"


def _matches_in_logs(entry: Entry) -> bool:
    return any(indicator.type in LOG_TYPES for indicator in entry.signature.indicators)


def nowhere(item: Evidence) -> str | None:
    """Why a reference leads nowhere, or None."""
    if item.kind == "page" and not item.ref.startswith(("https://", "http://")):
        return f"{item.ref!r} is no address"
    if item.kind == "package" and not _PACKAGE.match(item.ref):
        return f"{item.ref!r} names no version"
    try:
        date.fromisoformat(item.seen)
    except ValueError:
        return f"{item.seen} is no day"
    return None
