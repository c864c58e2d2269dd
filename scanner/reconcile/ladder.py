"""From hits to pairs: vetoes, what is good enough, and what is too close to call.

A pair is acted on (`auto`) from hits.AUTO. A guess by likeness is exclusive: a row has one such
asset and an asset one such row, the best must lead the second by hits.MARGIN, and it gives way to
any firmer pair on either side. What is left between REVIEW and AUTO is offered to a person.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scanner.reconcile.hits import AUTO, MARGIN, REVIEW, Hit
from scanner.reconcile.rules import LADDER
from scanner.reconcile.vetoes import veto

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from scanner.reconcile.facts import AssetFacts, RowFacts
    from scanner.reconcile.world import World

    SameSystem = Callable[[RowFacts, RowFacts], bool]

_OWN_IDS = frozenset({"K0", "K1", "K2", "K3", "K5"})
_MORE = 0.01  # each further rung that agrees


@dataclass(slots=True, eq=False)
class Candidate:
    """All that speaks for one asset and one row, and what came of it."""

    asset: AssetFacts
    row: RowFacts
    hits: list[Hit]
    band: str = "auto"
    refused: str | None = None

    @property
    def best(self) -> Hit:
        """The strongest hit."""
        return max(self.hits, key=lambda hit: (hit.confidence, hit.rule))

    @property
    def exclusive(self) -> bool:
        """Nothing firmer than a likeness speaks for it."""
        return all(hit.exclusive for hit in self.hits)

    @property
    def confidence(self) -> float:
        """Of the strongest hit, a little more for every further rung; 1 only when bound."""
        best = self.best.confidence
        if best >= 1.0:
            return 1.0
        rungs = len({hit.rule for hit in self.hits})
        return round(min(best + _MORE * (rungs - 1), 0.99), 3)

    @property
    def rules(self) -> tuple[str, ...]:
        """The rungs that speak for it, strongest first."""
        ordered = sorted(self.hits, key=lambda hit: (-hit.confidence, hit.rule))
        return tuple(dict.fromkeys(hit.rule for hit in ordered))

    @property
    def sentence(self) -> str:
        """Why, in one sentence."""
        ref = f" ({self.row.row.ref})" if self.row.row.ref else ""
        return f'Row {self.row.row.row}{ref} "{self.row.row.name}": {self.best.why}.'


@dataclass(slots=True)
class Choice:
    """Pairs by asset, and for each asset the strongest candidate that was not taken.

    contested: row -> the row that got the asset both wanted (material for duplicates).
    """

    pairs: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    rejected: dict[str, Candidate] = field(default_factory=dict)
    contested: dict[int, int] = field(default_factory=dict)

    def without_repeats(self, repeated: Mapping[int, int]) -> None:
        """A duplicate row keeps only the pairs its own ids make, beside the row it repeats."""
        for found in self.pairs.values():
            found[:] = [
                c for c in found if c.row.row.row not in repeated or _OWN_IDS & set(c.rules)
            ]

    def taken(self, asset_id: str) -> list[Candidate]:
        """The pairs of an asset, strongest first."""
        return self.pairs.get(asset_id, [])


def climb(world: World, same_system: SameSystem) -> Choice:
    """Run the ladder for every row and choose.

    same_system: whether two rows declare one system, so that they are no rivals.
    """
    candidates = [c for row in world.rows for c in _candidates(row, world)]
    choice = Choice()
    standing = []
    for candidate in candidates:
        if candidate.refused is None:
            standing.append(candidate)
        else:
            _reject(choice, candidate)
    firm = [c for c in standing if not c.exclusive]
    guesses = [c for c in standing if c.exclusive]
    for candidate in firm:
        candidate.band = "auto" if candidate.confidence >= AUTO else "review"
    _settle(guesses, firm, choice, same_system)
    chosen = [c for c in (*firm, *guesses) if c.refused is None]
    _keep(chosen, choice)
    return choice


def _candidates(row: RowFacts, world: World) -> list[Candidate]:
    """One Candidate for each asset that some rung reached; `refused` when no hit stands."""
    standing: dict[str, list[Hit]] = defaultdict(list)
    refused: dict[str, tuple[Hit, str]] = {}
    for rule in LADDER:
        for hit in rule(row, world):
            reason = veto(hit)
            asset_id = hit.asset.asset.asset_id
            if reason is None:
                standing[asset_id].append(hit)
            elif asset_id not in refused or refused[asset_id][0].confidence < hit.confidence:
                refused[asset_id] = (hit, reason)
    found = [Candidate(hits[0].asset, row, hits) for hits in standing.values()]
    found += [
        Candidate(hit.asset, row, [hit], refused=reason)
        for asset_id, (hit, reason) in refused.items()
        if asset_id not in standing
    ]
    return [c for c in found if c.refused or c.confidence >= REVIEW]


def _settle(
    guesses: list[Candidate], firm: Iterable[Candidate], choice: Choice, same_system: SameSystem
) -> None:
    """Decide among the guesses: firm pairs first, then margins on both sides."""
    firm_auto = [c for c in firm if c.band == "auto"]
    row_done = {c.row.row.row for c in firm_auto}
    asset_done = {c.asset.asset.asset_id: c.row.row.row for c in firm_auto}
    open_guesses = []
    for guess in guesses:
        asset_id = guess.asset.asset.asset_id
        if guess.row.row.row in row_done:
            guess.refused = "the row has a firmer match"
        elif asset_id in asset_done:
            guess.refused = f"row {asset_done[asset_id]} is the firmer match"
            choice.contested.setdefault(guess.row.row.row, asset_done[asset_id])
        else:
            open_guesses.append(guess)
            continue
        _reject(choice, guess)
    _rounds(sorted(open_guesses, key=_order), choice, same_system)


def _order(candidate: Candidate) -> tuple[float, int, str]:
    return (-candidate.confidence, candidate.row.row.row, candidate.asset.asset.asset_id)


def _rounds(ordered: list[Candidate], choice: Choice, same_system: SameSystem) -> None:
    """Best first: what it takes is gone for the rest; a close second makes it a question."""
    by_row: dict[int, list[Candidate]] = defaultdict(list)
    by_asset: dict[str, list[Candidate]] = defaultdict(list)
    for guess in ordered:
        by_row[guess.row.row.row].append(guess)
        by_asset[guess.asset.asset.asset_id].append(guess)
    rows: set[int] = set()
    assets: dict[str, int] = {}
    for guess in ordered:
        row, asset_id = guess.row.row.row, guess.asset.asset.asset_id
        if row in rows:
            guess.refused = "the row has a better match"
        elif asset_id in assets:
            guess.refused = f"row {assets[asset_id]} is the better match"
            choice.contested.setdefault(row, assets[asset_id])
        else:
            others = [c for c in by_row[row] if c.asset.asset.asset_id not in assets]
            close_asset = _second(guess, others)
            rivals = [c for c in by_asset[asset_id] if c.row.row.row not in rows]
            close_row = _second(guess, rivals)
            rows.add(row)
            assets[asset_id] = row
            guess.band = "auto"
            if (
                guess.confidence < AUTO
                or close_asset
                or (close_row and not _weaker(close_row, guess, same_system))
            ):
                guess.band = "review"
            continue
        _reject(choice, guess)


def _second(best: Candidate, others: Iterable[Candidate]) -> Candidate | None:
    """Another candidate within the margin of the best; None when it leads."""
    return next(
        (c for c in others if c is not best and best.confidence - c.confidence < MARGIN), None
    )


def _weaker(rival: Candidate, best: Candidate, same_system: SameSystem) -> bool:
    """The rival row says the same thing with less evidence: a duplicate, not a second claim."""
    return same_system(rival.row, best.row) and rival.row.strength <= best.row.strength


def _keep(chosen: list[Candidate], choice: Choice) -> None:
    """Group by asset; a question beside a firm answer is not asked."""
    by_asset: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in sorted(chosen, key=_order):
        by_asset[candidate.asset.asset.asset_id].append(candidate)
    for asset_id, found in by_asset.items():
        firm = [c for c in found if c.band == "auto"]
        kept = firm or found[:1]
        choice.pairs[asset_id] = kept
        for candidate in found:
            if candidate not in kept:
                candidate.refused = "a firmer match exists" if firm else "another row is closer"
                _reject(choice, candidate)


def _reject(choice: Choice, candidate: Candidate) -> None:
    asset_id = candidate.asset.asset.asset_id
    known = choice.rejected.get(asset_id)
    if known is None or known.confidence < candidate.confidence:
        choice.rejected[asset_id] = candidate
