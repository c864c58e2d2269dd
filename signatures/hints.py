"""What looks like AI and is not in the catalogue: words in names, last labels, ends of paths.

A hint is for a person to look at, never a detection. The data is tables/hints.yaml; words count
between boundaries only, so that rail, email and openair-california stay what they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST: Final = 3
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
Ending = Annotated[str, Field(pattern=r"^[/:][A-Za-z0-9_./-]+$", max_length=60)]
Segment = Annotated[str, Field(pattern=r"^[a-z0-9_-]+$")]
Domain = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]
Reason = Annotated[str, Field(min_length=1, pattern=r"^[^:\n]+$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Words(_Strict):
    reason: Reason
    words: Annotated[list[Word], Field(min_length=1)]
    unless: list[Word] = []


class _Paths(_Strict):
    reason: Reason
    paths: Annotated[list[Ending], Field(min_length=1)]


class _Silent(_Strict):
    reason: Reason
    domains: Annotated[list[Domain], Field(min_length=1)]


class HintsFile(_Strict):
    """tables/hints.yaml."""

    words: Annotated[list[_Words], Field(min_length=1)]
    endings: Annotated[list[_Words], Field(min_length=1)]
    domains: Annotated[list[_Words], Field(min_length=1)]
    paths: Annotated[list[_Paths], Field(min_length=1)]
    segments: list[Segment]
    silent: list[_Silent]


@dataclass(frozen=True, slots=True)
class Hint:
    """value: what a name or path has. reason: what that speaks for. unless: words against it."""

    value: str
    reason: str
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HintTable:
    """hints.yaml as plain values, in its order. segments: of paths that are only about models."""

    words: tuple[Hint, ...]
    endings: tuple[Hint, ...]
    domains: tuple[Hint, ...]
    paths: tuple[Hint, ...]
    segments: tuple[str, ...]
    silent: tuple[str, ...]


def hint_table(file: HintsFile) -> HintTable:
    """The table of a file that was read."""

    def rows(groups: Iterable[_Words]) -> tuple[Hint, ...]:
        return tuple(
            Hint(word, group.reason, tuple(group.unless))
            for group in groups
            for word in group.words
        )

    return HintTable(
        words=rows(file.words),
        endings=rows(file.endings),
        domains=rows(file.domains),
        paths=tuple(Hint(path, group.reason) for group in file.paths for path in group.paths),
        segments=tuple(file.segments),
        silent=tuple(domain for group in file.silent for domain in group.domains),
    )


def hint_table_from(data: Mapping[str, list[object]]) -> HintTable:
    """The table again from what `dataclasses.asdict` and JSON made of it."""
    rows = {
        name: tuple(
            Hint(str(one["value"]), str(one["reason"]), tuple(one["unless"]))  # type: ignore[index]
            for one in data[name]
        )
        for name in ("words", "endings", "domains", "paths")
    }
    return HintTable(
        **rows,
        segments=tuple(map(str, data["segments"])),
        silent=tuple(map(str, data["silent"])),
    )


class Hints:
    """A HintTable to ask millions of names.

    screen, path_screen: RE2 found in every text that may have a hint, once normalised; what they
    find is asked again here.
    """

    def __init__(self, table: HintTable) -> None:
        self._words = {hint.value: (rank, hint) for rank, hint in enumerate(table.words)}
        self._domains = {hint.value: hint for hint in table.domains}
        self._paths = {hint.value: hint for hint in table.paths}
        self._path_ends = tuple(self._paths)
        self._segments = frozenset(table.segments)
        self._silent = frozenset(table.silent)
        words, ends, last = (
            _any(self._words),
            _any(one.value for one in table.endings),
            _any(self._domains),
        )
        # In a look-ahead, so that words may overlap: the longest at each place.
        self._found = re.compile(rf"(?<![a-z0-9])(?=({words})(?![a-z]))").findall
        self._ends = [
            (re.compile(f"[a-z]{{2}}{re.escape(one.value)}(?![a-z])").search, one)
            for one in table.endings
        ]
        self.screen: Final = "|".join(
            [
                r"[^\x00-\x7f]",  # what it is mapped to, only the normal form tells
                f"(?i:(?:^|[^a-z0-9])(?:{words})(?:[^a-z]|$))",
                f"(?i:[a-z]{{2}}(?:{ends})(?:[^a-z]|$))",
                rf"(?i:\.(?:{last})(?:[^a-z0-9_-]|$))",
            ]
        )
        self.path_screen: Final = f"(?:{_any(self._paths)})/?$"

    def of_host(self, host: str) -> tuple[str, ...]:
        """Why a normalised name looks like AI, in plain words; empty when it does not."""
        before, _, last = host.rpartition(".")
        text = before or last
        if "xn--" in text:
            text = ".".join(label for label in text.split(".") if not label.startswith("xn--"))
        found = self._by_word(text)
        if not found:
            ends = (one for search, one in self._ends if search(text) is not None)
            found = [f'has a word that ends in "{h.value}" ({h.reason})' for h in islice(ends, 1)]
        if before and last in self._domains:
            found.append(f"is under .{last} ({self._domains[last].reason})")
        if found and self.is_silent(host):
            return ()
        return tuple(found[:MOST])

    def _by_word(self, text: str) -> list[str]:
        words = self._found(text)
        if not words:
            return []
        whole = {word for word in words if not any(word in more and word != more for more in words)}
        beside = set(re.split("[^a-z]+", text))
        return [
            f'has the word "{hint.value}" ({hint.reason})'
            for _, hint in sorted((self._words[word] for word in whole), key=lambda one: one[0])
            if beside.isdisjoint(hint.unless)
        ]

    def of_path(self, path: str) -> tuple[str, ...]:
        """Why a path (without query) looks like AI; empty when it does not."""
        bare = path.removesuffix("/")
        if not bare.endswith(self._path_ends) or not self._segments.isdisjoint(bare.split("/")):
            return ()
        found = [hint for value, hint in self._paths.items() if bare.endswith(value)]
        return tuple(f'ends in "{h.value}" ({h.reason})' for h in found[:MOST])

    def is_silent(self, host: str) -> bool:
        """Whether a normalised name is one in which AI words mean something else."""
        while host:
            if host in self._silent:
                return True
            host = host.partition(".")[2]
        return False


def _any(texts: Iterable[str]) -> str:
    """A pattern for any of some texts, the longest first."""
    return "|".join(map(re.escape, sorted(texts, key=lambda text: (-len(text), text))))
