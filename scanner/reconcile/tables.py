"""The knowledge of reconciliation, read once from tables/*.yaml; see the comments there."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from connectors.declared.text import fold
from signatures.strict_yaml import load_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

_PACKAGE: Final = "scanner.reconcile"


@functools.cache
def read(name: str) -> Mapping[str, Any]:
    """One table as it stands in its file."""
    source = files(_PACKAGE) / "tables" / f"{name}.yaml"
    document = load_yaml(source.read_text(encoding="utf-8"), f"tables/{name}.yaml")
    if not isinstance(document, dict):
        raise TypeError(f"tables/{name}.yaml is no mapping")
    return document


@dataclass(frozen=True, slots=True)
class Words:
    """words.yaml, folded. abbreviations: token -> phrases; synonyms: word -> its group."""

    edition: frozenset[str]
    generic: frozenset[str]
    collective: frozenset[str]
    derived: frozenset[str]
    affix: frozenset[str]
    unseen: frozenset[str]
    network: frozenset[str]
    stop: frozenset[str]
    abbreviations: Mapping[str, tuple[str, ...]]
    synonyms: Mapping[str, int]
    synonym_groups: tuple[tuple[str, ...], ...]
    harmless_scopes: frozenset[str]
    scope_areas: Mapping[str, tuple[str, ...]]


@functools.cache
def words() -> Words:
    """The table words.yaml."""
    table = read("words")
    sets = {
        name: frozenset(fold(word) for word in table[name])
        for name in (
            "edition", "generic", "collective", "derived", "affix", "unseen", "network", "stop",
        )
    }  # fmt: skip
    return Words(
        **sets,
        abbreviations={k: tuple(map(fold, v)) for k, v in table["abbreviations"].items()},
        synonym_groups=tuple(tuple(map(fold, group)) for group in table["synonyms"]),
        synonyms={fold(w): n for n, group in enumerate(table["synonyms"]) for w in group},
        harmless_scopes=frozenset(map(fold, table["scopes"]["harmless"])),
        scope_areas={k: tuple(map(fold, v)) for k, v in table["scopes"]["areas"].items()},
    )


@functools.cache
def shared_domains() -> frozenset[str]:
    """Domains many products live under (signatures/tables/shared_parents.yaml)."""
    source = files("signatures") / "tables" / "shared_parents.yaml"
    document = load_yaml(source.read_text(encoding="utf-8"), "shared_parents.yaml")
    return frozenset(
        domain
        for group in ("parents", "delivery", "hosting")
        for entry in document.get(group, ())
        for domain in entry["domains"]
    )
