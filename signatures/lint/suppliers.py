"""What makes a supplier's facts ones that an assessor can follow up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from signatures.explain import dotted
from signatures.governance import FIELDS
from signatures.governance_shape import MAY_BE_UNVERIFIED, Sourced
from signatures.lint.base import LintIssue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from signatures.governance import Supplier
    from signatures.governance_shape import Governance
    from signatures.lint.base import Level, Where
    from signatures.load import Catalogue

UNUSED: Final = "unused-vendor"
EMPTY: Final = "empty-governance"
SOURCE: Final = "governance-source"
DAY: Final = "governance-day"
TWICE: Final = "governance-twice"


def supplier_issues(
    catalogue: Catalogue, vendors: Mapping[str, Supplier], today: date | None = None
) -> Iterator[LintIssue]:
    """Vendor files nobody uses, and facts without a source, from tomorrow or said twice.

    today: the day that is not yet over, in UTC unless given.
    """
    today = today or datetime.now(UTC).date()
    used = {entry.signature.vendor for entry in catalogue.entries}
    for supplier in vendors.values():
        if supplier.vendor not in used:
            yield LintIssue(
                level="error",
                name=UNUSED,
                path=supplier.source,
                line=supplier.line("vendor"),
                key="vendor",
                detail=f"no signature has the vendor {supplier.vendor}",
                recommendation="correct the vendor, or remove the file",
            )
        yield from _issues(supplier.facts, (), supplier.source, supplier.line, today)
    for entry in catalogue.entries:
        signature = entry.signature
        if signature.governance is not None:
            where = ("governance",)
            yield from _issues(signature.governance, where, entry.source, entry.line, today)


def _issues(
    facts: Governance, above: Where, path: str, line: Callable[..., int], today: date
) -> Iterator[LintIssue]:
    """What is wrong in one block."""

    def issue(name: str, where: Where, detail: str, recommendation: str) -> LintIssue:
        level: Level = "error"
        return LintIssue(level, name, path, line(*where), dotted(where), detail, recommendation)

    said = list(_facts(facts))
    if not said:
        yield issue(EMPTY, above, "says nothing", "fill in what a page supports, or remove it")
    seen: set[object] = set()
    for keys, fact in said:
        where = (*above, *keys)
        if fact.kind != "unverified" and fact.ref is None:
            yield issue(SOURCE, where, f"a {fact.kind} without its address", "add ref")
        if fact.kind == "unverified" and keys[0] not in MAY_BE_UNVERIFIED:
            yield issue(SOURCE, where, "unverified", "name the page, or leave it out")
        try:
            late = date.fromisoformat(fact.seen) > today
        except ValueError:
            late = True
        if late:
            yield issue(
                DAY,
                (*where, "seen"),
                f"{fact.seen} is no day that has come",
                "write the day it was read",
            )
        same = (keys[0], getattr(fact, "plan", fact.value))  # type: ignore[attr-defined]
        if same in seen:
            yield issue(TWICE, where, f"{same[1]} stands here twice", "keep one")
        seen.add(same)


def _facts(facts: Governance) -> Iterator[tuple[Where, Sourced]]:
    """Each fact of a block and its keys in it."""
    for key in FIELDS:
        value = getattr(facts, key)
        if isinstance(value, list):
            for number, one in enumerate(value):
                yield (key, number), one
        elif value is not None:
            yield (key,), value
