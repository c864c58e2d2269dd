"""What makes a signature a good one: small checks, each with what to do about it.

What cannot be loaded at all is refused earlier (values.py); this is the author's second reader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from signatures.explain import dotted
from signatures.lint.apps import GenericName, NameAlone, ScopeAlone
from signatures.lint.base import CatalogueLint, IndicatorLint, Lint, LintIssue, Place, SignatureLint
from signatures.lint.benign import BenignAgent, BenignPath
from signatures.lint.corpus import false_alarms
from signatures.lint.hosts import (
    PrivateSuffix,
    PublicSuffix,
    SharedDeliveryHost,
    SharedParentApex,
    SharedParentSuffix,
    SharedParentTemplate,
)
from signatures.lint.proof import (
    EmptyCase,
    EvidencePlace,
    MissingNegative,
    MissingPositive,
    NoEvidence,
    ThinEvidence,
)
from signatures.lint.reach import look_alikes, reach
from signatures.lint.redundant import RedundantAgent, RedundantHost, RedundantPath, RedundantRange
from signatures.lint.strength import (
    AgentAlone,
    CommonHeader,
    ConfirmedByLog,
    CrawlerIndicator,
    CrawlerKind,
    HintOnly,
    NoSurface,
    PathAlone,
    QuietSurface,
    RangeTooSure,
)
from signatures.lint.suppliers import supplier_issues
from signatures.lint.together import (
    DuplicateInFile,
    SameName,
    TwoOwners,
    VendorSpelling,
)
from signatures.lint.verdicts import case_results

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signatures.governance import Supplier
    from signatures.lint.base import Judge
    from signatures.load import Catalogue, Entry

__all__ = ["LINTS", "LintIssue", "lint"]

LINTS: Final[tuple[Lint, ...]] = (
    SharedParentSuffix(),
    SharedParentApex(),
    SharedParentTemplate(),
    SharedDeliveryHost(),
    PublicSuffix(),
    PrivateSuffix(),
    BenignAgent(),
    BenignPath(),
    NoEvidence(),
    ThinEvidence(),
    EvidencePlace(),
    QuietSurface(),
    NoSurface(),
    ConfirmedByLog(),
    PathAlone(),
    AgentAlone(),
    RangeTooSure(),
    GenericName(),
    NameAlone(),
    ScopeAlone(),
    HintOnly(),
    CommonHeader(),
    CrawlerKind(),
    CrawlerIndicator(),
    MissingPositive(),
    MissingNegative(),
    EmptyCase(),
    DuplicateInFile(),
    RedundantHost(),
    RedundantPath(),
    RedundantRange(),
    RedundantAgent(),
    TwoOwners(),
    VendorSpelling(),
    SameName(),
)


# What a candidate may still lack; it must have it to leave the nursery.
_LATER: Final = frozenset(
    {
        "no-evidence",
        "no-surface",
        "missing-positive",
        "missing-negative",
        "two-owners",
        "vendor-spelling",
    }
)


def lint(
    catalogue: Catalogue,
    judge: Judge | None = None,
    vendors: Mapping[str, Supplier] | None = None,
) -> list[LintIssue]:
    """All that is to mend, by file and line.

    judge: the matcher over this catalogue, from an observation (column to value) to its verdict;
    without it neither cases nor names are tried. vendors: the vendor files (none unless given).
    """
    issues = [issue for check in LINTS for issue in _run(check, catalogue)]
    if judge is not None:
        issues += case_results(catalogue, judge)
        issues += reach(catalogue, judge)
        issues += look_alikes(catalogue, judge)
        issues += false_alarms(catalogue, judge)
    issues += supplier_issues(catalogue, vendors or {})
    return sorted(issues, key=lambda issue: (issue.path, issue.line, issue.name))


def _run(check: Lint, catalogue: Catalogue) -> Iterator[LintIssue]:
    if isinstance(check, CatalogueLint):
        for entry, keys, detail in check.check(catalogue):
            yield _issue(check, entry, keys, detail)
    elif isinstance(check, SignatureLint):
        for entry in catalogue.entries:
            for keys, detail in check.check(entry):
                yield _issue(check, entry, keys, detail)
    elif isinstance(check, IndicatorLint):
        for entry in catalogue.entries:
            for number, indicator in enumerate(entry.signature.indicators):
                found = check.check(Place(indicator, entry.signature, catalogue.tables))
                if found is not None:
                    yield _issue(check, entry, ("indicators", number, check.key), found)


def _issue(check: Lint, entry: Entry, keys: tuple[str | int, ...], detail: str) -> LintIssue:
    return LintIssue(
        level="warning" if entry.nursery and check.name in _LATER else check.level,
        name=check.name,
        path=entry.source,
        line=entry.line(*keys),
        key=dotted(keys),
        detail=detail,
        recommendation=check.recommendation,
    )
