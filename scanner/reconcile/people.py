"""Owners as people: every spelling of a person leads to the same one, an unclear one to several."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from connectors.declared.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from connectors.declared.model import Person

_SUFFIX = re.compile(r"\s*(?:/|\||\(|\[| - ).*$")
_MANY = re.compile(r"\s*(?:;|&|\n|\band\b|\bund\b|\bet\b)\s*")
_LONGEST = 300  # an owner cell that is longer names nobody


class People:
    """An index over the people list. `who` gives positions in it; none, one or several."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.people = tuple(people)
        self._known: dict[str, frozenset[int]] = {}
        self._exact: dict[str, set[int]] = defaultdict(set)
        self._spoken: dict[str, set[int]] = defaultdict(set)
        for at, person in enumerate(self.people):
            for key in (person.mail, person.login, person.mail.split("@", 1)[0]):
                if key:
                    self._exact[key.casefold()].add(at)
            for name in (person.display_name, *person.aliases):
                if "@" in name:
                    self._exact[name.casefold()].add(at)
                for spelling in _spellings(name):
                    self._spoken[spelling].add(at)

    def who(self, cell: str | None) -> frozenset[int]:
        """Everyone a cell can mean: mail or login first, then names, then initials.

        "Weber, Matthias", "M. Weber", "mweber", "Matthias Weber / IT-38" are one; "G. Rossi" is
        everyone of that name. Empty when nobody fits (a team mailbox, "tbd").
        """
        if not cell:
            return frozenset()
        if cell not in self._known:
            self._known[cell] = self._who(cell[:_LONGEST])
        return self._known[cell]

    def _who(self, cell: str) -> frozenset[int]:
        whole = self._one(cell)
        if whole:
            return whole
        parts = [part for part in _MANY.split(cell) if part.strip()]
        if len(parts) < 2:
            return frozenset()
        return frozenset().union(*(self._one(part) for part in parts))

    def active(self, found: Iterable[int]) -> bool:
        """Whether any of them is still here."""
        return any(self.people[at].active for at in found)

    def names(self, found: Iterable[int]) -> str:
        """Their names, for a sentence."""
        return " or ".join(self.people[at].display_name for at in sorted(found))

    def _one(self, cell: str) -> frozenset[int]:
        text = cell.strip().casefold().removeprefix("mailto:").removeprefix("user:")
        for candidate in (text, _SUFFIX.sub("", text)):
            if candidate in self._exact:
                return frozenset(self._exact[candidate])
        spoken = fold(_SUFFIX.sub("", cell))
        return frozenset(self._spoken.get(spoken, ()))


def _spellings(name: str) -> set[str]:
    """first last, last first, f last, last f: for every way a name divides in two."""
    words = fold(name).split()
    if len(words) < 2:
        return {" ".join(words)} - {""}
    found = {" ".join(words)}
    for at in range(1, len(words)):
        first, last = words[:at], words[at:]
        found.add(" ".join(last + first))
        initials = "".join(word[0] for word in first)
        for short in {initials[0], initials, " ".join(initials)}:
            found.add(" ".join([short, *last]))
            found.add(" ".join([*last, short]))
        found.add(f"{first[0]} {words[-1]}")
        found.add(f"{first[0][0]} {words[-1]}")
    return found
