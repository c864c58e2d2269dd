"""The tables every signature is read against: regions, shared names, and what hints at AI.

Data in tables/*.yaml, part of the package and of the catalogue's digest.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from signatures.errors import SignatureError
from signatures.hints import HintsFile, HintTable, hint_table
from signatures.hosts import HostError, normalise_host
from signatures.strict_yaml import StrictYamlError, decode, line_at, load_yaml
from signatures.templates import Regions

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER: Final = Path(__file__).parent / "tables"
MODELS: Final = "models"  # the folder beside it: families of models, read when first asked for
T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Tables:
    """regions: by provider. reason: domain to why it is listed.

    parents may carry no bare suffix rule. Parts of them: delivery, whose names change hands, and
    hosting, below which anybody runs a server. infrastructure is never a finding.
    hints: what looks like AI and is not in the catalogue. digest: sha256 over the four files and
    those that name models.
    """

    regions: dict[str, Regions]
    parents: frozenset[str]
    delivery: frozenset[str]
    hosting: frozenset[str]
    infrastructure: frozenset[str]
    hints: HintTable
    reason: dict[str, str]
    digest: str


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Group(_Strict):
    reason: Annotated[str, Field(min_length=1)]
    domains: Annotated[list[str], Field(min_length=1)]


class _Provider(_Strict):
    source: str
    seen: str
    shape: str
    names: list[str]


class _Regions(_Strict):
    aws: _Provider
    azure: _Provider
    gcp: _Provider


class _Parents(_Strict):
    parents: list[_Group]
    delivery: list[_Group]
    hosting: list[_Group]


class _Infrastructure(_Strict):
    infrastructure: list[_Group]


def load_tables(folder: Path = FOLDER) -> Tables:
    """Read the four tables. Raises SignatureError."""
    digest = hashlib.sha256()
    reason: dict[str, str] = {}
    regions = _read(folder / "regions.yaml", _Regions, digest)
    parents = _read(folder / "shared_parents.yaml", _Parents, digest)
    shared = _read(folder / "shared_infrastructure.yaml", _Infrastructure, digest)
    hints = _read(folder / "hints.yaml", HintsFile, digest)
    for path in model_files(folder):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    hosting = frozenset(_domains(parents.hosting, reason))
    delivery = frozenset(_domains(parents.delivery, reason))
    return Tables(
        regions={
            name: Regions(frozenset(provider.names), provider.shape)
            for name, provider in (
                ("aws", regions.aws),
                ("azure", regions.azure),
                ("gcp", regions.gcp),
            )
        },
        parents=frozenset(_domains(parents.parents, reason)) | delivery | hosting,
        delivery=delivery,
        hosting=hosting,
        infrastructure=frozenset(_domains(shared.infrastructure, reason)),
        hints=hint_table(hints),
        reason=reason,
        digest=digest.hexdigest(),
    )


def model_files(folder: Path = FOLDER) -> list[Path]:
    """The files that name models (model_uris.py, families.py): part of what a run judges by."""
    return [*folder.glob("model_uris.yaml"), *sorted((folder.parent / MODELS).glob("*.yaml"))]


@lru_cache(maxsize=1)
def shipped_tables() -> Tables:
    """The tables of this installation, read once."""
    return load_tables()


def listed_above(host: str, domains: frozenset[str]) -> str | None:
    """The longest of `domains` that a host is or lies below, on whole labels."""
    while host:
        if host in domains:
            return host
        host = host.partition(".")[2]
    return None


def _domains(groups: list[_Group], reason: dict[str, str]) -> Iterator[str]:
    for group in groups:
        for domain in group.domains:
            try:
                normal = normalise_host(domain)
            except HostError as problem:
                raise SignatureError(str(FOLDER), 1, domain, str(problem)) from None
            if normal != domain or domain in reason:
                why = "listed twice" if domain in reason else f"write it as {normal}"
                raise SignatureError(str(FOLDER), 1, domain, why)
            reason[domain] = group.reason
            yield domain


def _read(path: Path, model: type[T], digest: hashlib._Hash) -> T:
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise SignatureError(str(path), 1, "", f"cannot be read: {problem.strerror}") from None
    digest.update(hashlib.sha256(data).digest())
    try:
        raw = load_yaml(decode(data, str(path)), str(path))
        return model.model_validate(raw)
    except StrictYamlError as problem:
        raise SignatureError(problem.path, problem.line, "", problem.problem) from None
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SignatureError(str(path), line_at(raw, first["loc"]), key, first["msg"]) from None
