"""What a rule yields, and what it may look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from scanner.reconcile.facts import AssetFacts, RowFacts
    from scanner.reconcile.world import World

AUTO: Final = 0.8  # from here a pair is acted on without a person
REVIEW: Final = 0.55  # from here it is offered to one
MARGIN: Final = 0.05  # between the best and the second candidate of a guess


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule's reason to pair an asset with a row.

    why: half a sentence with both values. exclusive: a guess by likeness, of which a row has one
    and an asset has one.
    """

    asset: AssetFacts
    row: RowFacts
    rule: str
    confidence: float
    why: str
    exclusive: bool = False


Rule = Callable[["RowFacts", "World"], Iterator[Hit]]
