"""What the matcher says of the catalogue's own cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from signatures.explain import dotted
from signatures.lint.base import LintIssue, overlay_at_fault, spoke
from signatures.model import RANK, Case, as_dict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signatures.lint.base import Judge, Judged
    from signatures.load import Catalogue, Entry

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
                yield _broken(catalogue, entry, number, said) or LintIssue(
                    level="error",
                    name=CASE,
                    path=entry.source,
                    line=entry.line("cases", number),
                    key=f"cases[{number}]",
                    detail=wrong,
                    recommendation="correct the indicators, or the case",
                )


def _broken(
    catalogue: Catalogue, entry: Entry, number: int, said: Judged | None
) -> LintIssue | None:
    """A shipped case that an overlay breaks, at the rule that speaks there or does so no more."""
    case = entry.signature.cases[number]
    fault = overlay_at_fault(catalogue, entry, said.service if said is not None else None)
    keys = spoke(fault, said) if fault is not None else ("override",)
    fault = fault or overlay_at_fault(catalogue, entry, case.service)
    if fault is None:
        return None
    judged = f"{said.service or 'nothing'} at {said.detection}" if said is not None else "nothing"
    case_at = f"{entry.source}:{entry.line('cases', number)}"
    return LintIssue(
        level="error",
        name=CASE,
        path=fault.source,
        line=fault.line(*keys),
        key=dotted(keys),
        detail=f"breaks a case of {entry.signature.id} ({case_at}), which is judged {judged}",
        recommendation="narrow the rule, or override that service",
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
