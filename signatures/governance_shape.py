"""What is known of a supplier, for an assessment: each value with its source and its day.

Nothing is required and nothing is inferred. A value that no page supports is left out.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=300)]
Link: TypeAlias = Annotated[str, Field(pattern=r"^https?://[^\s<>\"]+$", max_length=300)]
Country: TypeAlias = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Vendor: TypeAlias = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Day: TypeAlias = Annotated[str, Field(pattern=r"^20[0-9]{2}-[01][0-9]-[0-3][0-9]$")]
# page: the vendor's own, or for open source the project's repository. archive: a public archive's
# copy of it. list: a page of somebody else.
SourceKind: TypeAlias = Literal["page", "archive", "list", "unverified"]
Plan: TypeAlias = Literal[
    "any", "free", "paid", "consumer", "team", "business", "enterprise", "education", "api"
]
# no: not used. opt_in: only who agrees. opt_out: unless one objects. yes: no way out was seen.
Training: TypeAlias = Literal["no", "opt_in", "opt_out", "yes"]
Certificate: TypeAlias = Literal[
    "SOC 1",
    "SOC 2",
    "SOC 2 Type I",
    "SOC 2 Type II",
    "SOC 3",
    "ISO/IEC 27001",
    "ISO/IEC 27017",
    "ISO/IEC 27018",
    "ISO/IEC 27701",
    "ISO/IEC 42001",
    "ISO 9001",
    "BSI C5",
    "CSA STAR",
    "FedRAMP",
    "HITRUST",
    "PCI DSS",
    "TISAX",
]
# What may be said from general knowledge: what a wrong entry of costs a look-up, not a decision.
MAY_BE_UNVERIFIED: Final = frozenset({"legal_entity", "jurisdiction", "terms_url"})


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Sourced(_Strict):
    """Where a value is from. ref: the page that was read; seen: the day it was."""

    kind: SourceKind
    ref: Link | None = None
    seen: Day
    note: Text | None = None


class TextFact(Sourced):
    """A name or a short statement."""

    value: Text


class CountryFact(Sourced):
    """ISO 3166-1 alpha-2, of the legal entity."""

    value: Country


class LinkFact(Sourced):
    """An address for a person to open."""

    value: Link


class TrainingFact(Sourced):
    """Whether what users enter trains models, on one plan."""

    plan: Plan = "any"
    value: Training


class PlanFact(Sourced):
    """A short statement about one plan."""

    plan: Plan = "any"
    value: Text


class CertificateFact(Sourced):
    """A certificate or report that the source says the supplier holds; we saw no certificate."""

    value: Certificate


class Governance(_Strict):
    """The facts of one supplier or one service; what is not there is not known."""

    legal_entity: TextFact | None = None
    jurisdiction: CountryFact | None = None
    licence: TextFact | None = None
    terms_url: LinkFact | None = None
    privacy_url: LinkFact | None = None
    dpa_url: LinkFact | None = None
    trains_on_input: list[TrainingFact] = []
    retention: list[PlanFact] = []
    certifications: list[CertificateFact] = []
    data_residency: list[PlanFact] = []


class VendorFile(Governance):
    """`vendors/<vendor>.yaml`: what holds for all services of a vendor."""

    vendor: Vendor


# Which model stands at each key, for "did you mean".
FACTS: Final[dict[str, type[BaseModel]]] = {
    "legal_entity": TextFact,
    "jurisdiction": CountryFact,
    "licence": TextFact,
    "terms_url": LinkFact,
    "privacy_url": LinkFact,
    "dpa_url": LinkFact,
    "trains_on_input": TrainingFact,
    "retention": PlanFact,
    "certifications": CertificateFact,
    "data_residency": PlanFact,
}
