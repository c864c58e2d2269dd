"""The numbers of Suricata rules, in the range for local rules, 1000000 to 1999999.

A number comes from a hash of what the rule says, so it does not change when other rules come or
go, or when less is asked for. Four numbers in a row belong to an indicator, one for each place it
is looked for in. What is shipped lies below 1900000; what overlays add above. Two indicators of
one hash are settled in settled.yaml, in favour of the older. A new indicator needs a line there
one time in seventy; a test tells, and this writes it:
    python -m signatures.export >> signatures/export/settled.yaml
Among overlays, the one whose key sorts first keeps the place.
Source: Suricata documentation, "sid (signature ID)"; 1000000-1999999 is reserved for local use.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from signatures.strict_yaml import decode, load_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signatures.model import Indicator

FIRST: Final = 1_000_000
OVERLAYS: Final = 1_900_000
AFTER: Final = 2_000_000
PLACES: Final = 4
SETTLED: Final = Path(__file__).parent / "settled.yaml"


def key_of(service: str, indicator: Indicator) -> str:
    """What an indicator says, in one line that stays as long as it says the same."""
    needs = indicator.needs
    said = needs.model_dump_json(exclude_none=True) if needs is not None else ""
    return f"{service}|{indicator.type}|{indicator.value}|{said}"


def numbers(shipped: Iterable[str], overlays: Iterable[str]) -> dict[str, int]:
    """The first number of each indicator, by its key."""
    settled = read_settled()
    found = _placed(sorted({*shipped}), FIRST, OVERLAYS, settled)
    found.update(_placed(sorted({*overlays} - {*found}), OVERLAYS, AFTER, {}))
    return found


def unsettled(keys: Iterable[str]) -> dict[str, int]:
    """Shipped keys that found their place taken and stand in no line of settled.yaml."""
    settled = read_settled()
    placed = _placed(sorted({*keys}), FIRST, OVERLAYS, settled)
    return {
        key: number
        for key, number in placed.items()
        if key not in settled and number != _home(key, FIRST, OVERLAYS)
    }


def read_settled(path: Path = SETTLED) -> dict[str, int]:
    """Keys to the numbers they were given because their own place was taken."""
    raw = load_yaml(decode(path.read_bytes(), str(path)), str(path))
    return {str(key): int(str(number)) for key, number in raw["settled"].items()}


def _placed(keys: list[str], first: int, after: int, settled: Mapping[str, int]) -> dict[str, int]:
    found = {key: settled[key] for key in keys if key in settled}
    taken = {*settled.values()}
    for key in keys:
        if key in found:
            continue
        number = _home(key, first, after)
        while number in taken:
            number += PLACES
            number = first if number >= after else number
        taken.add(number)
        found[key] = number
    return found


def _home(key: str, first: int, after: int) -> int:
    digest = hashlib.sha256(key.encode()).digest()
    return first + int.from_bytes(digest[:8], "big") % ((after - first) // PLACES) * PLACES


def missing() -> str:
    """The lines that settled.yaml needs for the shipped catalogue; empty when it has them."""
    from signatures.load import load_catalogue
    from signatures.model import TRAFFIC_TYPES

    keys = [
        key_of(entry.signature.id, one)
        for entry in load_catalogue().entries
        for one in entry.signature.indicators
        if one.type in TRAFFIC_TYPES and not entry.nursery
    ]
    return "".join(f"  {json.dumps(key)}: {n}\n" for key, n in sorted(unsettled(keys).items()))
