"""What the matcher says of the catalogue's own cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from signatures.lint.base import LintIssue
from signatures.model import RANK, Case, as_dict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signatures.lint.base import Judge
    from signatures.load import Catalogue

CASE: Final = "case"


def case_results(catalogue: Catalogue, judge: Judge) -> Iterator[LintIssue]:
    """Cases that come out otherwise than their file says."""
    for entry in catalogue.entries:
        for number, case in enumerate(entry.signature.cases):
            said = judge(as_dict(case.observe))
            service, detection = (said.service, said.detection) if said else (None, "none")
            # a candidate's file says how sure it will be once it is proven
            later = entry.nursery and case.match
            wanted = case.model_copy(update={"confidence": None}) if later else case
            wrong = _wrong(wanted, entry.signature.id, service, detection)
            if wrong is not None:
                yield LintIssue(
                    level="error",
                    name=CASE,
                    path=entry.source,
                    line=entry.line("cases", number),
                    key=f"cases[{number}]",
                    detail=wrong,
                    recommendation="correct the indicators, or the case",
                )


def _wrong(case: Case, own: str, service: str | None, detection: str) -> str | None:
    """Why a verdict is not what a case says; None when it is."""
    judged = f"judged {service or 'nothing'} at {detection}"
    if case.match:
        wanted = case.service or own
        if service != wanted:
            return f"{judged}, wanted {wanted}"
        if case.confidence is not None and detection != case.confidence:
            return f"{judged}, wanted {case.confidence}"
        return None
    if case.service is not None and service != case.service:
        return f"{judged}, wanted {case.service}"
    if service == own and RANK[detection] > RANK[case.confidence or "none"]:
        return f"{judged}, wanted {case.confidence or 'no match'}"
    return None
