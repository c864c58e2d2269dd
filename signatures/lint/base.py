"""What a lint is: a name, what to do about it, and a small check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol, TypeAlias

from signatures.pack import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from signatures.load import Catalogue, Entry
    from signatures.model import Indicator, Signature
    from signatures.tables import Tables

Level = Literal["error", "warning"]


class Judged(Protocol):
    """What we read of a matcher's verdict.

    service: None for a hint without one. detection: a confidence word. indicators: what spoke, each
    as type:value.
    """

    @property
    def service(self) -> str | None: ...  # noqa: D102 - the name says it

    @property
    def detection(self) -> str: ...  # noqa: D102 - the name says it

    @property
    def indicators(self) -> tuple[str, ...]: ...  # noqa: D102 - the name says it


# An observation (column to value) in, the verdict or None out; the matcher is handed in.
Judge: TypeAlias = "Callable[[Mapping[str, object]], Judged | None]"
# The keys that lead to a place in a file, such as ("indicators", 0, "value").
Where: TypeAlias = "tuple[str | int, ...]"


@dataclass(frozen=True, slots=True)
class LintIssue:
    """One thing to mend. line counts from 1; key is a path such as indicators[0].value."""

    level: Level
    name: str
    path: str
    line: int
    key: str
    detail: str
    recommendation: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}: {self.key}"
        return f"{place}: {self.level} {self.name}: {self.detail}; {self.recommendation}"


@dataclass(frozen=True, slots=True)
class Place:
    """One indicator, the signature it stands in, and the tables."""

    indicator: Indicator
    signature: Signature
    tables: Tables


def overlay_at_fault(catalogue: Catalogue, entry: Entry, service: str | None) -> Entry | None:
    """The entry of a service when it is an overlay's and `entry` is shipped; else None."""
    if entry.origin != SHIPPED:
        return None
    found = (one for one in catalogue.entries if one.signature.id == service)
    return next((one for one in found if one.origin != SHIPPED), None)


def spoke(entry: Entry, said: Judged | None) -> Where:
    """The keys of the first indicator of a file that spoke; those of its id when none did."""
    for number, one in enumerate(entry.signature.indicators):
        if said is not None and f"{one.type}:{one.value}" in said.indicators:
            return ("indicators", number, "value")
    return ("id",)


class Lint:
    """The common part: what it is called and what to do. The docstring says why it matters."""

    name: ClassVar[str]
    recommendation: ClassVar[str]
    level: ClassVar[Level] = "error"


class IndicatorLint(Lint):
    """Looks at one indicator."""

    key: ClassVar[str] = "value"

    def check(self, at: Place) -> str | None:
        """What is wrong, or None."""
        raise NotImplementedError


class SignatureLint(Lint):
    """Looks at one file."""

    def check(self, entry: Entry) -> Iterator[tuple[Where, str]]:
        """Where (keys) and what is wrong."""
        raise NotImplementedError


class CatalogueLint(Lint):
    """Looks at all files together."""

    def check(self, catalogue: Catalogue) -> Iterator[tuple[Entry, Where, str]]:
        """In which file, where and what is wrong."""
        raise NotImplementedError
