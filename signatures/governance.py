"""The governance of a service: what its vendor's file says, and its own block value by value.

Read late and apart from the tables that match: a scan that reports no supplier opens none of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from signatures.errors import SignatureError
from signatures.explain import located
from signatures.governance_shape import Governance, VendorFile
from signatures.load import BUILTIN, parse_file, read_signature
from signatures.strict_yaml import line_at
from signatures.tables import shipped_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signatures.governance_shape import Sourced
    from signatures.strict_yaml import LineDict

VENDORS: Final = Path(__file__).parent / "vendors"
FIELDS: Final = tuple(Governance.model_fields)
_NOTHING: Final = Governance()


@dataclass(frozen=True, slots=True)
class Supplier:
    """One vendor file and where it stands; raw keeps the lines of keys."""

    vendor: str
    facts: Governance
    source: str
    raw: LineDict

    def line(self, *keys: str | int) -> int:
        """The line on which a key stands."""
        return line_at(self.raw, keys)


def load_vendors(folder: Path = VENDORS) -> dict[str, Supplier]:
    """Every vendor file by its vendor. Raises SignatureError for the first that is wrong."""
    return {path.stem: read_vendor(path) for path in sorted(folder.glob("*.yaml"))}


def read_vendor(path: Path) -> Supplier:
    """One vendor file. Raises SignatureError."""
    source = str(path)
    try:
        raw = parse_file(path.read_bytes(), source)
    except OSError as problem:
        raise SignatureError(source, 1, "", f"cannot be read: {problem.strerror}") from None
    try:
        file = VendorFile.model_validate(raw)
    except ValidationError as problem:
        raise located(problem, raw, source, VendorFile) from None
    if file.vendor != path.stem:
        raise SignatureError(
            source,
            line_at(raw, ("vendor",)),
            "vendor",
            f"{file.vendor!r} is not what the file is called",
            f"save it as {file.vendor}.yaml or write {path.stem}",
        )
    return Supplier(file.vendor, file, source, raw)


def governance_of(
    service: str, vendor: str, folders: Sequence[Path] = (BUILTIN,), vendors: Path = VENDORS
) -> dict[str, Any]:
    """The merged governance of one service, from its files; the same form as `merged`.

    service, vendor: their ids; folders: as for `load_catalogue`, the last that has the service
    counts. A vendor without a file and a service without a block say nothing. Raises
    SignatureError.
    """
    path = vendors / f"{vendor}.yaml"
    held = read_vendor(path).facts if path.is_file() else None
    own = None
    for folder in reversed(folders):
        file = folder / f"{service}.yaml"
        if file.is_file():
            data = file.read_bytes()
            if b"governance" in data:  # most have no block, and reading one costs milliseconds
                own = read_signature(data, str(file), shipped_tables()).signature.governance
            break
    return merged(held, own)


def merged(vendor: Governance | None, service: Governance | None) -> dict[str, Any]:
    """Plain values: one key for each fact, None or [] where nothing is known.

    A fact is a dict of value, kind, ref, seen, of ("vendor" or "service") and, where there is one,
    note and plan. A key the service speaks of is the service's alone, lists too.
    """
    vendor, service = vendor or _NOTHING, service or _NOTHING
    facts: dict[str, Any] = {}
    for key in FIELDS:
        own = getattr(service, key)
        level, value = ("service", own) if own else ("vendor", getattr(vendor, key))
        if isinstance(value, list):
            facts[key] = [_plain(one, level) for one in value]
        else:
            facts[key] = _plain(value, level) if value is not None else None
    return facts


def _plain(fact: Sourced, level: str) -> dict[str, Any]:
    said = fact.model_dump()
    if said["note"] is None:
        del said["note"]
    return {**said, "of": level}
