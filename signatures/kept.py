"""The rows of a catalogue, kept between runs: checking a thousand files costs most of a second,
hashing them a thirtieth of it.

The name of a copy says what it was made of: the bytes of every signature and table and of the code
that reads them. They are hashed anew by every run. cache.py says when a copy is not used.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from signatures import cache
from signatures.load import BUILTIN, load_packs
from signatures.pack import read_folder
from signatures.rows import Rows, from_json, rows_of, to_json
from signatures.tables import FOLDER, model_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signatures.pack import Pack

KIND: Final = "catalogue"


def load_rows(folders: Sequence[Path] = (BUILTIN,)) -> Rows:
    """What `rows_of(load_catalogue(folders))` gives. Raises SignatureError."""
    return rows_of_packs([read_folder(folder) for folder in folders])


def rows_of_packs(packs: Sequence[Pack]) -> Rows:
    """What `rows_of(load_packs(packs))` gives. Raises SignatureError."""
    made_of = _made_of(packs)
    rows = _rows(cache.read(KIND, made_of))
    if rows is None:
        rows = rows_of(load_packs(packs))
        data = json.dumps(to_json(rows), separators=(",", ":")).encode()
        cache.write(KIND, made_of, data)
    return rows


def _rows(data: bytes | None) -> Rows | None:
    if data is None:
        return None
    try:
        return from_json(json.loads(data))
    except (ValueError, KeyError, TypeError):
        return None


def _made_of(packs: Sequence[Pack]) -> str:
    """A hash over everything the rows depend on: code, tables, and each pack with its place."""
    digest = hashlib.sha256()
    code = sorted(Path(__file__).parent.glob("*.py"))
    for path in (*code, *sorted(FOLDER.glob("*.yaml")), *model_files()):
        try:
            content = path.read_bytes()
        except OSError:
            content = b""  # whoever loads it says so
        digest.update(os.fsencode(path) + b"\0" + hashlib.sha256(content).digest())
    for pack in packs:
        digest.update(repr((pack.about, pack.files[0].source)).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
