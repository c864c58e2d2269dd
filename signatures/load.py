"""Reading the catalogue: whole or not at all.

A pack holds `<kind>/<service>.yaml`, and the path is the id. Later packs (overlays) may add
services; one that carries an id that is already there must say `override: true`, and is told.
Candidates stand in `nursery/`: all they say is a hint.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from signatures.errors import SignatureError
from signatures.explain import dotted, located
from signatures.model import Signature
from signatures.overlay import Override, refuse_floods, refuse_tables, remarks, replaced
from signatures.pack import BUILTIN, NURSERY, SHIPPED, read_folder
from signatures.strict_yaml import LineDict, StrictYamlError, decode, line_at, load_yaml
from signatures.tables import Tables, shipped_tables
from signatures.values import faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from signatures.overlay import Remark
    from signatures.pack import About, Pack, PackFile

__all__ = [
    "BUILTIN",
    "Catalogue",
    "Entry",
    "Override",
    "load_catalogue",
    "load_packs",
    "parse_file",
    "read_signature",
]


@dataclass(frozen=True, slots=True)
class Entry:
    """One signature and where it stands. source: its path as text; raw keeps the lines of keys.

    origin: SHIPPED, or the name of the overlay. nursery: a candidate, of which all is a hint.
    """

    signature: Signature
    source: str
    raw: LineDict
    origin: str = SHIPPED
    nursery: bool = False

    def line(self, *keys: str | int) -> int:
        """The line on which a key stands, such as ("indicators", 0, "value")."""
        return line_at(self.raw, keys)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All signatures, sorted by id. digest: sha256 over the packs and the tables.

    packs: the shipped one first. remarks: what a run must say of the others.
    """

    entries: tuple[Entry, ...]
    overrides: tuple[Override, ...]
    tables: Tables
    digest: str
    packs: tuple[About, ...] = ()
    remarks: tuple[Remark, ...] = ()


def load_catalogue(folders: Sequence[Path] = (BUILTIN,)) -> Catalogue:
    """Read all folders, the first is what is shipped and later ones are overlays.

    Raises SignatureError for the first thing that is wrong in any file.
    """
    return load_packs([read_folder(folder) for folder in folders])


def load_packs(packs: Sequence[Pack]) -> Catalogue:
    """The catalogue of some packs: the first is what is shipped and later ones are overlays.

    Raises SignatureError for the first thing that is wrong in any file.
    """
    tables = shipped_tables()
    found: dict[str, Entry] = {}
    overrides: list[Override] = []
    for number, pack in enumerate(packs):
        if number:
            refuse_tables(pack)
        here: dict[str, Entry] = {}
        for file in pack.files:
            entry = _entry(file, pack.about.name if number else SHIPPED, tables)
            _refuse_twin(here, entry)
            here[entry.signature.id] = entry
            _refuse_other_path(entry, file)
            if number:
                refuse_floods(entry, tables)
            override = replaced(entry, found.get(entry.signature.id))
            if override is not None:
                overrides.append(override)
        found |= here
    entries = tuple(found[name] for name in sorted(found))
    digest = hashlib.sha256(tables.digest.encode("ascii"))
    for pack in packs:
        digest.update(pack.about.sha256.encode("ascii"))
    return Catalogue(
        entries=entries,
        overrides=tuple(overrides),
        tables=tables,
        digest=digest.hexdigest(),
        packs=tuple(pack.about for pack in packs),
        remarks=remarks(packs, entries, overrides, tables.regions),
    )


def read_signature(data: bytes, source: str, tables: Tables) -> Entry:
    """One signature from the bytes of its file. Raises SignatureError; does not know the path."""
    raw = parse_file(data, source, "begin with `id: <kind>/<service>`")
    try:
        signature = Signature.model_validate(raw)
    except ValidationError as problem:
        raise located(problem, raw, source) from None
    entry = Entry(signature, source, raw)
    kind = signature.id.partition("/")[0]
    if kind != signature.kind:
        raise SignatureError(
            source,
            entry.line("kind"),
            "kind",
            f"{signature.kind} is not the kind in the id",
            f"write {kind}, or change the id",
        )
    for number, indicator in enumerate(signature.indicators):
        for fault in faults(indicator, tables):
            keys: tuple[str | int, ...] = ("indicators", number, *fault.key.split("."))
            raise SignatureError(source, entry.line(*keys), dotted(keys), fault.problem, fault.hint)
    return entry


def parse_file(data: bytes, source: str, hint: str = "") -> LineDict:
    """The mapping in the bytes of a file, of printable text only. Raises SignatureError.

    hint: how a file that is no mapping should begin.
    """
    try:
        raw = load_yaml(decode(data, source), source)
    except StrictYamlError as problem:
        raise SignatureError(source, problem.line, "", problem.problem) from None
    if not isinstance(raw, LineDict):
        raise SignatureError(source, 1, "", "not a mapping", hint)
    for keys, text in _texts(raw):
        if not text.isprintable():
            raise SignatureError(
                source,
                line_at(raw, keys),
                dotted(keys),
                "control or invisible character",
                "use printable characters only",
            )
    return raw


def _entry(file: PackFile, origin: str, tables: Tables) -> Entry:
    """The signature in a file of a pack; a candidate's indicators are hints, whatever they say."""
    entry = replace(read_signature(file.data, file.source, tables), origin=origin)
    if not file.path.startswith(NURSERY):
        return entry
    hints = [one.model_copy(update={"confidence": "hint"}) for one in entry.signature.indicators]
    signature = entry.signature.model_copy(update={"indicators": hints})
    return replace(entry, signature=signature, nursery=True)


def _refuse_other_path(entry: Entry, file: PackFile) -> None:
    inside = file.path.removeprefix(NURSERY).removesuffix(".yaml")
    if inside != entry.signature.id:
        folder = NURSERY if entry.nursery else ""
        raise SignatureError(
            entry.source,
            entry.line("id"),
            "id",
            f"{entry.signature.id!r} is not what the path says",
            f"save it as {folder}{entry.signature.id}.yaml or write {inside}",
        )


def _refuse_twin(here: Mapping[str, Entry], entry: Entry) -> None:
    twin = here.get(entry.signature.id)
    if twin is not None:
        raise SignatureError(
            entry.source,
            entry.line("id"),
            "id",
            f"{entry.signature.id!r} stands in {twin.source}:{twin.line('id')} too",
            "give one of them another id",
        )


def _texts(value: object, keys: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, str]]:
    if isinstance(value, str):
        yield keys, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield (*keys, key), key
            yield from _texts(item, (*keys, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts(item, (*keys, number))
