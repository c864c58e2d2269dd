"""Rows that declare the same system twice: the better documented one is the row.

Two rows are one system when they claim the same assets and say the same of themselves: the same
name, or the same product without a scope of its own, or, for in-house systems, a shared telling
word of the name with the same country, department or technique. One deployment that serves two
systems (other names, other purposes) is no duplicate.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from scanner.reconcile.contradictions import opposed
from scanner.reconcile.places import is_code, is_place
from scanner.reconcile.tables import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scanner.reconcile.facts import RowFacts
    from scanner.reconcile.ladder import Choice
    from scanner.reconcile.world import World


def meetings(world: World, choice: Choice) -> list[tuple[RowFacts, RowFacts]]:
    """Every two rows that may describe one system, in the register's order."""
    rows = {facts.row.row: facts for facts in world.rows}
    return [(rows[one], rows[other]) for one, other in sorted(_suspects(world, choice))]


def duplicates(pairs: Iterable[tuple[RowFacts, RowFacts]]) -> dict[int, int]:
    """row -> the row it repeats. Never a chain: the target is no duplicate itself.

    pairs: of meetings. A row that refuses never repeats one that does not, nor a row that has
    ended one that has not.
    """
    found: dict[int, int] = {}
    for one, other in pairs:
        if opposed(one, other) or not same_system(one, other):
            continue
        weak, strong = sorted((one, other), key=lambda f: (f.strength, -f.row.row))
        found.setdefault(weak.row.row, strong.row.row)
    return {weak: _root(strong, found) for weak, strong in found.items()}


def same_system(one: RowFacts, other: RowFacts) -> bool:
    """Whether two rows describe one system, by what they say of themselves."""
    if _apart(one, other):
        return False
    mine, theirs = _core(one), _core(other)
    if mine and (mine == theirs):
        return True
    if one.lines and other.lines and not one.in_house and not other.in_house:
        return _same_product(one, other)
    shared = {w for w in mine & theirs if len(w) > 3}
    same_kind = one.in_house and other.in_house and bool(_technique(one) & _technique(other))
    same_place = _says_same(one.row.department, other.row.department)
    return bool(shared) and same_kind and same_place and bool(one.countries & other.countries)


def same_claim(one: RowFacts, other: RowFacts) -> bool:
    """One system, or the same product with evidence of its own on both sides."""
    if same_system(one, other):
        return True
    bought = one.lines and other.lines and not one.in_house and not other.in_house
    return bool(bought) and not _apart(one, other) and _same_lines(one, other)


def _apart(one: RowFacts, other: RowFacts) -> bool:
    """Too vague to tell, or another caller, environment or country."""
    if one.vague or other.vague or one.callers != other.callers:
        return True
    if one.environment != other.environment and one.environment and other.environment:
        return True
    return _conflict(one.countries, other.countries)


def _same_lines(one: RowFacts, other: RowFacts) -> bool:
    """The same product, which is no platform, of the same vendor."""
    lines = {f.line.id for f in one.lines}, {f.line.id for f in other.lines}
    if lines[0] != lines[1] or not one.vendors & other.vendors:
        return False
    return not any(found.line.platform for found in one.lines)


def _same_product(one: RowFacts, other: RowFacts) -> bool:
    """The same single product of the same vendor; the weaker row has no id, URL or scope."""
    if not _same_lines(one, other):
        return False
    weak = min((one, other), key=lambda f: (f.strength, -f.row.row))
    return weak.strength[0] == 0 and not weak.row.approved_scope and not weak.row.tenant_ids


def _suspects(world: World, choice: Choice) -> set[tuple[int, int]]:
    """Pairs of rows that met: on an asset, over one, or in a product nobody else names."""
    met: set[tuple[int, int]] = {
        (min(a, b), max(a, b)) for a, b in choice.contested.items() if a != b
    }
    for pairs in choice.pairs.values():
        numbers = sorted({c.row.row.row for c in pairs})
        met |= {(a, b) for a in numbers for b in numbers if a < b}
    by_line: Mapping[str, list[int]] = defaultdict(list)
    for facts in world.rows:
        for found in facts.lines:
            if not found.line.platform and not facts.in_house:
                by_line[found.line.id].append(facts.row.row)
        for slug in facts.slugs:
            by_line[f"name:{slug}"].append(facts.row.row)
    for numbers in by_line.values():
        if len(numbers) <= 50:
            met |= {(a, b) for a in numbers for b in numbers if a < b}
    return met


def _core(facts: RowFacts) -> frozenset[str]:
    """Telling words of the name, what stands in parentheses aside."""
    from scanner.reconcile.names import tokens

    outside = facts.row.name.split("(", 1)[0]
    silent = words().stop | (words().generic - {"assist"})
    return frozenset(
        word for word in set(tokens(outside)) - silent if not is_place(word) and not is_code(word)
    )


def _technique(facts: RowFacts) -> set[str]:
    expand = words().abbreviations
    found = set(facts.technique) - words().generic
    return found | {
        w for t in facts.technique for phrase in expand.get(t, ()) for w in phrase.split()
    }


def _says_same(one: str | None, other: str | None) -> bool:
    return bool(one) and bool(other) and (one or "").casefold() == (other or "").casefold()


def _conflict(one: Iterable[str], other: Iterable[str]) -> bool:
    mine, theirs = set(one), set(other)
    return bool(mine and theirs and not mine & theirs)


def _root(row: int, found: Mapping[int, int]) -> int:
    seen = {row}
    while row in found and found[row] not in seen:
        row = found[row]
        seen.add(row)
    return row
