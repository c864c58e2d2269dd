"""Everything a run needs to know before it reads the first log: loaded whole, or not at all."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.logs.errors import FormatError
from connectors.logs.load import load_format, load_formats
from connectors.logs.normalise import Normaliser
from connectors.logs.settings import ReadSettings
from scanner.errors import SignaturesError, UsageError
from signatures.compile import Compiled, compile_rows
from signatures.errors import SignatureError
from signatures.governance import Supplier, load_vendors
from signatures.installed import open_pack
from signatures.kept import rows_of_packs
from signatures.load import BUILTIN, Catalogue, load_packs
from signatures.pack import read_folder
from signatures.strict_yaml import StrictYamlError, load_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.logs.model import Format
    from signatures.pack import Pack


@cache
def program_version() -> str:
    """The installed version of aicensus."""
    return version("aicensus")


def packs(overlays: Sequence[Path] = (), keys: Sequence[Path] = ()) -> list[Pack]:
    """The shipped pack and the user's, in memory; raises SignaturesError.

    overlays: folders, signed archives, folders of installed packs. keys: public keys of archives.
    """
    try:
        opened = [read_folder(BUILTIN), *(open_pack(place, keys) for place in overlays)]
    except SignatureError as problem:
        raise SignaturesError(str(problem)) from problem
    if keys and not any(pack.about.signed_by for pack in opened):
        raise UsageError(
            "no signed pack was given", "--signatures-key", "a plain folder carries no signature"
        )
    return opened


def catalogue(overlays: Sequence[Path] = (), keys: Sequence[Path] = ()) -> Catalogue:
    """The shipped signatures and the user's; raises SignaturesError."""
    try:
        return load_packs(packs(overlays, keys))
    except SignatureError as problem:
        raise SignaturesError(str(problem)) from problem


def compiled(overlays: Sequence[Path] = (), keys: Sequence[Path] = ()) -> Compiled:
    """The signatures as look-up tables; raises SignaturesError."""
    try:
        return compile_rows(rows_of_packs(packs(overlays, keys)))
    except SignatureError as problem:
        raise SignaturesError(str(problem)) from problem


def suppliers() -> dict[str, Supplier]:
    """The shipped vendor files by vendor; raises SignaturesError."""
    try:
        return load_vendors()
    except SignatureError as problem:
        raise SignaturesError(str(problem)) from problem


def formats() -> dict[str, Format]:
    """The shipped log formats; raises SignaturesError."""
    try:
        return load_formats(load_yaml)
    except (FormatError, StrictYamlError) as problem:
        raise SignaturesError(str(problem)) from problem


def named_format(name: str, known: dict[str, Format]) -> Format:
    """The format called `name`, or the one in the file of that name; raises UsageError."""
    if name in known:
        return known[name]
    path = Path(name)
    if path.suffix in {".yaml", ".yml"}:
        try:
            return _proven(load_format(load_yaml, path, known), path)
        except (FormatError, StrictYamlError) as problem:
            raise SignaturesError(str(problem)) from problem
        except OSError as problem:
            raise UsageError(f"cannot read the format file: {problem.strerror}", name) from problem
    raise UsageError(
        f"no log format is called {name!r}", "--format", "`aicensus formats list` names them"
    )


def _proven(fmt: Format, path: Path) -> Format:
    """A format whose expressions hold, tried on no rows; raises FormatError."""
    try:
        Normaliser(fmt, ReadSettings()).prove()
    except FormatError as problem:
        raise replace(problem, path=str(path)) from problem
    return fmt
