"""Reading the catalogue: whole or not at all.

A folder holds `<kind>/<service>.yaml`, and the path is the id. Later folders (overlays) may add
services; one that carries an id that is already there must say `override: true`, and is listed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from signatures.errors import SignatureError
from signatures.explain import dotted, located
from signatures.model import Signature
from signatures.strict_yaml import LineDict, StrictYamlError, decode, line_at, load_yaml
from signatures.suffixes import public_suffix
from signatures.tables import Tables, shipped_tables
from signatures.values import faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

BUILTIN: Final = Path(__file__).parent / "catalogue"
MAX_FILES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One signature and where it stands. source: its path as text; raw keeps the lines of keys."""

    signature: Signature
    source: str
    raw: LineDict

    def line(self, *keys: str | int) -> int:
        """The line on which a key stands, such as ("indicators", 0, "value")."""
        return line_at(self.raw, keys)


@dataclass(frozen=True, slots=True)
class Override:
    """An id whose meaning an overlay changed, on purpose."""

    id: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All signatures, sorted by id. digest: sha256 over ids, contents and tables."""

    entries: tuple[Entry, ...]
    overrides: tuple[Override, ...]
    tables: Tables
    digest: str


def load_catalogue(folders: Sequence[Path] = (BUILTIN,)) -> Catalogue:
    """Read all folders, the first is what is shipped and later ones are overlays.

    Raises SignatureError for the first thing that is wrong in any file.
    """
    tables = shipped_tables()
    found: dict[str, tuple[Entry, bytes]] = {}
    overrides: list[Override] = []
    for folder in folders:
        here: dict[str, Entry] = {}
        for path in signature_files(folder):
            entry, content = _read(path, tables)
            signature = entry.signature
            _refuse_twin(here, entry)
            here[signature.id] = entry
            if path.relative_to(folder).with_suffix("").as_posix() != signature.id:
                raise SignatureError(
                    entry.source,
                    entry.line("id"),
                    "id",
                    f"{signature.id!r} is not what the path says",
                    f"save it as {signature.id}.yaml or write"
                    f" {path.relative_to(folder).with_suffix('').as_posix()}",
                )
            if folder != folders[0]:
                _refuse_public_suffix(entry)
            before = found.get(signature.id)
            if before is not None:
                if not signature.override:
                    raise SignatureError(
                        entry.source,
                        entry.line("id"),
                        "id",
                        f"overrides shipped {signature.id} ({before[0].source}:"
                        f"{before[0].line('id')})",
                        "choose another id, or write `override: true` to mean it",
                    )
                overrides.append(Override(signature.id, before[0].source, entry.source))
            elif signature.override:
                raise SignatureError(
                    entry.source,
                    entry.line("override"),
                    "override",
                    f"there is no {signature.id} to override",
                    "check the id, or drop the key",
                )
            found[signature.id] = (entry, content)
    digest = hashlib.sha256(tables.digest.encode("ascii"))
    for name in sorted(found):
        digest.update(name.encode("ascii") + b"\0" + found[name][1])
    return Catalogue(
        entries=tuple(found[name][0] for name in sorted(found)),
        overrides=tuple(overrides),
        tables=tables,
        digest=digest.hexdigest(),
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


def signature_files(folder: Path) -> list[Path]:
    """The files of a folder of signatures, sorted. Raises SignatureError."""
    if not folder.is_dir():
        raise SignatureError(str(folder), 1, "", "not a folder", "name a folder of signatures")
    paths = sorted(p for p in folder.rglob("*") if p.suffix in {".yaml", ".yml"} and p.is_file())
    if not paths:
        raise SignatureError(str(folder), 1, "", "no signature file in it", "expected */*.yaml")
    if len(paths) > MAX_FILES:
        raise SignatureError(str(folder), 1, "", f"more than {MAX_FILES} signature files")
    for path in paths:
        if path.suffix == ".yml":
            raise SignatureError(str(path), 1, "", "ends in .yml", "rename it to .yaml")
    return paths


def _read(path: Path, tables: Tables) -> tuple[Entry, bytes]:
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise SignatureError(str(path), 1, "", f"cannot be read: {problem.strerror}") from None
    return read_signature(data, str(path), tables), hashlib.sha256(data).digest()


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


def _refuse_public_suffix(entry: Entry) -> None:
    """For overlays; the shipped catalogue is held to it by its lint, which costs no start-up."""
    for number, indicator in enumerate(entry.signature.indicators):
        if indicator.type == "host_suffix" and public_suffix(indicator.value) == "public":
            raise SignatureError(
                entry.source,
                entry.line("indicators", number, "value"),
                f"indicators[{number}].value",
                f"{indicator.value} is a public suffix",
                "name the domain of one vendor",
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
