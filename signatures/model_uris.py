"""Which part of a path names the model, for the services whose paths do: tables/model_uris.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import re2
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from signatures.errors import SignatureError
from signatures.explain import located
from signatures.load import parse_file
from signatures.model import (  # noqa: TC001  pydantic reads them at run time
    Evidence,
    Pattern,
    Text,
)
from signatures.model_names import GIVEN, LONGEST, from_path
from signatures.strict_yaml import line_at

if TYPE_CHECKING:
    from typing import Self

    from signatures.strict_yaml import LineDict

FILE: Final = Path(__file__).parent / "tables" / "model_uris.yaml"
LONGEST_PATH: Final = 2048  # a longer one names no model
_READ: Final = ("model", "deployment", "account", "region", "tag")
CAPTURES: Final = frozenset(_READ)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class UriCase(_Strict):
    """A path and what must come of it; without model and deployment: nothing."""

    path: Text
    model: Text | None = None
    deployment: Text | None = None
    account: Text | None = None
    region: Text | None = None


class UriRule(_Strict):
    """Paths of some services. path: RE2 from the start, with a capture `model` or `deployment`.

    A deployment is a name that the customer gave: it is kept as that, and says no model. Captures
    `tag` (of a model), `account` and `region` may stand beside it. except: names that are none,
    or how such begin when they end in `/`.
    """

    about: Text
    services: Annotated[list[Text], Field(min_length=1)]
    path: Pattern
    except_: Annotated[list[Text], Field(alias="except")] = []
    evidence: Annotated[list[Evidence], Field(min_length=1)]
    cases: Annotated[list[UriCase], Field(min_length=2)]

    @model_validator(mode="after")
    def _usable(self) -> Self:
        try:
            names = set(_compiled(self.path).groupindex)
        except re2.error as problem:
            raise ValueError(f"path: {problem}") from None
        if not self.path.startswith("^"):
            raise ValueError("path: begin it with ^")
        if not names <= CAPTURES or len(names & {"model", "deployment"}) != 1:
            raise ValueError("path: capture (?P<model>…) or (?P<deployment>…), and no other name")
        return self


class _File(_Strict):
    rules: Annotated[list[UriRule], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Named:
    """What a path names; one of model and deployment is given."""

    model: str | None = None
    deployment: str | None = None
    account: str | None = None
    region: str | None = None


class Uris:
    """The rules, asked by service and path."""

    def __init__(self, rules: tuple[UriRule, ...], source: str, raw: LineDict) -> None:
        self.rules = rules
        self.source = source
        self._raw = raw
        self._of: dict[str, list[tuple[Any, frozenset[str]]]] = {}
        for rule in rules:
            known = (_compiled(rule.path), frozenset(rule.except_))
            for service in rule.services:
                self._of.setdefault(service, []).append(known)
        self.services = frozenset(self._of)

    def line(self, *keys: str | int) -> int:
        """The line on which a key stands."""
        return line_at(self._raw, keys)

    def named(self, service: str, path: str) -> Named | None:
        """What a path of this service names, by the first rule that fits; None when nothing."""
        if len(path) > LONGEST_PATH:
            return None
        for compiled, none in self._of.get(service, ()):
            found = compiled.search(path)
            if found is not None:
                return _named(found.groupdict(), none)
        return None


def load_uris(path: Path = FILE) -> Uris:
    """The rules of a file. Raises SignatureError."""
    source = str(path)
    try:
        raw = parse_file(path.read_bytes(), source, "begin with `rules:`")
    except OSError as problem:
        raise SignatureError(source, 1, "", f"cannot be read: {problem.strerror}") from None
    try:
        return Uris(tuple(_File.model_validate(raw).rules), source, raw)
    except ValidationError as problem:
        raise located(problem, raw, source, _File) from None


@lru_cache(maxsize=1)
def shipped_uris() -> Uris:
    """The rules of this installation, read once and when first asked for."""
    return load_uris()


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:  # noqa: ANN401 - re2 ships no types
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def _name(text: str | None) -> str | None:
    return from_path(text) if text else None


def _named(found: dict[str, str | None], none: frozenset[str]) -> Named | None:
    model, given, account, region, tag = (_name(found.get(name)) for name in _READ)
    name = model or given
    if name is None or name in none or name.partition("/")[0] + "/" in none:
        return None
    if model is not None and GIVEN.match(model):
        model, given = None, model
    if model is not None and tag is not None and tag != "latest":
        model = f"{model}:{tag}"[:LONGEST]
    return Named(model, given, account, region)
