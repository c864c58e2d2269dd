"""Families of models and who makes them: models/<maker>.yaml, one file a maker.

A name is of the family whose pattern it fits. Hosting changes neither: Claude on Bedrock, and
DeepSeek in an Ollama library, are their makers' models.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import re2
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from signatures.errors import SignatureError
from signatures.explain import located
from signatures.load import parse_file
from signatures.model import (  # noqa: TC001  pydantic reads them at run time
    Evidence,
    Text,
    Vendor,
)
from signatures.model_names import inner, spellings
from signatures.patterns import PatternError, escapes_its_anchor, options, regexp
from signatures.strict_yaml import line_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signatures.strict_yaml import LineDict

FOLDER: Final = Path(__file__).parent / "models"
LONGEST_TEXT: Final = 480
SET_MEMORY: Final = 64 << 20  # a set that runs out of it finds nothing and says nothing
FamilyId = Annotated[str, Field(pattern=r"^[a-z0-9-]+/[a-z0-9]+([.-][a-z0-9]+)*$", max_length=80)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class FamilyRow(_Strict):
    """One family. patterns: RE2 from the start of a name, in lower case. over: families it beats.

    examples: names that must be of it; unlike: look-alikes that must not.
    """

    id: FamilyId
    name: Text
    patterns: Annotated[list[Text], Field(min_length=1)]
    over: list[FamilyId] = []
    examples: Annotated[list[Text], Field(min_length=1)]
    unlike: Annotated[list[Text], Field(min_length=1)]
    evidence: Annotated[list[Evidence], Field(min_length=1)]


class MakerFile(_Strict):
    """One maker and its families. maker: the vendor's id; aliases: other names of it."""

    maker: Vendor
    name: Text
    aliases: list[Text] = []
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    families: Annotated[list[FamilyRow], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Family:
    """A family of models. maker: vendor id; maker_names: what the maker is called, first first."""

    id: str
    name: str
    maker: str
    maker_names: tuple[str, ...]
    country: str | None

    @property
    def maker_name(self) -> str:
        """The display name of the maker."""
        return self.maker_names[0]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A maker's file and where it stands; raw keeps the lines of keys."""

    file: MakerFile
    source: str
    raw: LineDict

    def line(self, *keys: str | int) -> int:
        """The line on which a key stands."""
        return line_at(self.raw, keys)


@dataclass(frozen=True, slots=True)
class Why:
    """The family a name is of, the spelling in which it fits, and the pattern it fits there."""

    row: FamilyRow
    text: str
    pattern: str


class Families:
    """All families, asked by the name of a model."""

    def __init__(self, loaded: Iterable[Loaded]) -> None:
        """Raises SignatureError for patterns that cannot be used and for twins."""
        self.loaded = tuple(loaded)
        self.by_id: dict[str, Family] = {}
        self._over: dict[str, frozenset[str]] = {}
        settings = options()
        settings.max_mem = SET_MEMORY
        self._set = re2.Set.SearchSet(settings)
        self._of_pattern: list[str] = []
        for one in self.loaded:
            for number, row in enumerate(one.file.families):
                self._add(one, number, row)
        if self._of_pattern:
            self._set.Compile()

    def _add(self, one: Loaded, number: int, row: FamilyRow) -> None:
        file = one.file
        at = ("families", number)
        if not row.id.startswith(f"{file.maker}/") or row.id in self.by_id:
            why = "stands twice" if row.id in self.by_id else f"does not begin with {file.maker}/"
            raise SignatureError(
                one.source, one.line(*at, "id"), f"families[{number}].id", f"{row.id!r} {why}"
            )
        names = (file.name, *file.aliases)
        self.by_id[row.id] = Family(row.id, row.name, file.maker, names, file.country)
        self._over[row.id] = frozenset(row.over)
        for place, pattern in enumerate(row.patterns):
            problem = _fault(pattern)
            if problem is not None:
                raise SignatureError(
                    one.source,
                    one.line(*at, "patterns", place),
                    f"families[{number}].patterns[{place}]",
                    problem,
                )
            self._set.Add(pattern)
            self._of_pattern.append(row.id)

    def all_of(self, name: str) -> tuple[Family, ...]:
        """Every family a name fits that no other of them beats, by id."""
        if len(name) > LONGEST_TEXT or not self._of_pattern:
            return ()
        name = name.encode("utf-8", "replace").decode()  # JSON may hold half a surrogate pair
        found = self._fitting(spellings(name)) or self._fitting(inner(name))
        beaten = frozenset().union(*(self._over[one] for one in found))
        return tuple(self.by_id[one] for one in sorted(found - beaten))

    def _fitting(self, texts: Iterable[str]) -> set[str]:
        return {self._of_pattern[i] for text in texts for i in self._set.Match(text) or ()}

    def why(self, name: str) -> Why | None:
        """Why a name is of its family; None for one nobody knows."""
        family = self.of(name)
        if family is None:
            return None
        name = name.encode("utf-8", "replace").decode()
        rows = {row.id: row for one in self.loaded for row in one.file.families}
        row = rows[family.id]
        return next(
            Why(row, text, pattern)
            for text in (*spellings(name), *inner(name))
            for pattern in row.patterns
            if regexp(pattern).search(text) is not None
        )

    def of(self, name: str) -> Family | None:
        """The family of a model's name, in any usual spelling; None for one nobody knows."""
        return _first(self, name)


@lru_cache(maxsize=1 << 14)
def _first(families: Families, name: str) -> Family | None:
    found = families.all_of(name)
    return found[0] if found else None


def read_maker(path: Path) -> Loaded:
    """One maker's file. Raises SignatureError."""
    source = str(path)
    try:
        raw = parse_file(path.read_bytes(), source, "begin with `maker: <vendor>`")
    except OSError as problem:
        raise SignatureError(source, 1, "", f"cannot be read: {problem.strerror}") from None
    try:
        file = MakerFile.model_validate(raw)
    except ValidationError as problem:
        raise located(problem, raw, source, MakerFile) from None
    if file.maker != path.stem:
        raise SignatureError(
            source,
            line_at(raw, ("maker",)),
            "maker",
            f"{file.maker!r} is not what the file is called",
            f"save it as {file.maker}.yaml or write {path.stem}",
        )
    return Loaded(file, source, raw)


def load_families(folder: Path = FOLDER) -> Families:
    """Every maker's file in a folder. Raises SignatureError for the first that is wrong."""
    return Families(read_maker(path) for path in sorted(folder.glob("*.yaml")))


@lru_cache(maxsize=1)
def shipped_families() -> Families:
    """The families of this installation, read once and when first asked for."""
    return load_families()


def as_row(family: Family | None, name: str) -> dict[str, Any]:
    """The answer on one name: `input`, `family` and `maker` (ids), and what people call them."""
    return {
        "input": name,
        "family": family.id if family else None,
        "maker": family.maker if family else None,
        "maker_name": family.maker_name if family else None,
        "country": family.country if family else None,
        "name": family.name if family else None,
    }


def _fault(pattern: str) -> str | None:
    """Why a pattern cannot stand, or None."""
    if not pattern.startswith("^"):
        return "pattern: begin it with ^"
    if escapes_its_anchor(pattern):
        return "pattern: a | outside a group loses the ^; write ^(?:…|…)"
    try:
        regexp(pattern)
    except PatternError as problem:
        return f"pattern: {problem}"
    return None
