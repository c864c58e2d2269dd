"""Model names: which family, which member, which version; and whether one covers another."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connectors.declared.text import fold
from scanner.reconcile.tables import read
from signatures.families import shipped_families

if TYPE_CHECKING:
    from collections.abc import Iterable

_GLUED = re.compile(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])")
_DATE = re.compile(r"20\d{6}|20\d{2}-\d{2}-\d{2}")
_SIZE = re.compile(r"(?<![a-z0-9])a?\d+(?:\.\d+)?[bm](?![a-z0-9])")  # 70b, 1.5b, a3b
_PACKAGING = re.compile(r"v\d+(?::\d+)?$|:\d+$")
_LONGEST_FAMILY: Final = 2


@dataclass(frozen=True, slots=True)
class Model:
    """A model as named. version: its digits, "4.1"; "" when none is given."""

    family: str
    version: str
    variants: frozenset[str]
    text: str


@functools.cache
def _words() -> tuple[dict[str, str], frozenset[str], frozenset[str]]:
    table = read("models")
    families = {fold(str(name)): fold(str(name)) for name in table["families"]}
    return (
        families,
        frozenset(map(fold, map(str, table["variants"]))),
        frozenset(map(fold, map(str, table["providers"]))),
    )


def models(text: str) -> list[Model]:
    """The models a text names, in order: "gpt-4.1, gpt-4.1-mini", "Claude 3.5 Haiku on Bedrock".

    A text without a known family names none ("XGBoost", "rules + BERT").
    """
    found = []
    for piece in re.split(r"[,;/\n+]| and | und | or ", text):
        found += _one(piece)
    return found


def covers(declared: Iterable[Model], observed: str) -> bool | None:
    """Whether an observed model id is among the declared models; None when that cannot be said.

    A family without version covers all its versions, without member word all its members; a
    version without member word means the plain member.
    """
    wanted = list(declared)
    if not wanted or not observed.strip():
        return None
    seen = _one(_PACKAGING.sub("", observed.casefold()))
    if not seen:
        return _other_family(wanted, observed)
    return any(_covers(one, seen[0]) for one in wanted)


def _other_family(declared: Iterable[Model], observed: str) -> bool | None:
    """False for a model of a family that is surely none of the declared; else nobody can say."""
    family = shipped_families().of(observed)
    known = [shipped_families().of(one.text) for one in declared]
    others = [one for one in known if one is not None and one != family]
    return False if family is not None and len(others) == len(known) else None


def _covers(declared: Model, seen: Model) -> bool:
    if declared.family != seen.family:
        return False
    if declared.version and declared.version != seen.version:
        return False
    if declared.variants:
        return declared.variants <= seen.variants
    return not (declared.version and seen.variants - {"chat", "preview", "instruct"})


def _one(text: str) -> list[Model]:
    families, variants, providers = _words()
    plain = _SIZE.sub(" ", _DATE.sub(" ", text.casefold()))
    plain = re.sub(r"(\d)[.-](\d)(?!\d)", r"\1_\2", plain)
    words = [w for raw in re.split(r"[^a-z0-9_]+", plain) for w in _GLUED.sub(" ", raw).split()]
    words = [w.strip("_") for w in words if w.strip("_")]
    words = _rejoin(words, families, variants)
    starts = [
        (at, length)
        for at in range(len(words))
        for length in range(_LONGEST_FAMILY, 0, -1)
        if " ".join(words[at : at + length]) in families
    ]
    if not starts:
        return []
    # the first family that is not itself a provider's prefix ("cohere embed", "mistral codestral")
    at, length = next(
        ((a, n) for a, n in starts if words[a] not in providers or len(starts) == 1), starts[0]
    )
    family = " ".join(words[at : at + length])
    version, members = "", set[str]()
    for word in words[at + length :]:
        if re.fullmatch(r"\d+(?:_\d+)?", word):
            if not version and len(word) <= 4:
                version = word.replace("_", ".")
        elif word in variants:
            members.add(word)
    return [Model(family, version, frozenset(members), text.strip())]


def _rejoin(words: list[str], families: dict[str, str], variants: frozenset[str]) -> list[str]:
    """Names that hold a digit of their own (o4, r1, v3) come back together."""
    joined: list[str] = []
    for word in words:
        if joined and word.isdigit() and joined[-1] + word in families | dict.fromkeys(variants):
            joined[-1] += word
        else:
            joined.append(word)
    return joined
