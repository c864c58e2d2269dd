"""Which asset of a file is one we knew: ids that survive renaming, case, moves and new versions.

Resolved in this order: the canonical native id; a Kubernetes workload in another namespace; a
resource whose name differs only by its version suffix, in the same account and region, while the
predecessor is gone. A new name beside a living predecessor is a new asset. Owner, version, model,
status and display name never take part.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from uuid import uuid5

from scanner.reconcile.ids import ResourceId, parse
from scanner.reconcile.model import NAMESPACE
from scanner.reconcile.names import stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scanner.reconcile.model import Observed


@dataclass(frozen=True, slots=True)
class IdentityKey:
    """One key an asset is known by; (key_type, key_value) is unique. Columns of asset_identity."""

    asset_id: str
    key_type: str
    key_value: str


class IdentityStore(Protocol):
    """Where identity keys are kept between runs."""

    def read(self) -> Sequence[IdentityKey]:
        """All keys known."""

    def write(self, keys: Sequence[IdentityKey]) -> None:
        """Keep these; a key that was another asset's is this one's from now on."""


class MemoryIdentities:
    """Identity keys of this process only: every run starts from nothing."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], str] = {}

    def read(self) -> list[IdentityKey]:
        """All keys known."""
        return [IdentityKey(asset, *key) for key, asset in self._keys.items()]

    def write(self, keys: Iterable[IdentityKey]) -> None:
        """Keep these."""
        self._keys |= {(key.key_type, key.key_value): key.asset_id for key in keys}


@dataclass(frozen=True, slots=True)
class _Keys:
    native: str
    loose: str | None
    stem: str | None


def identify(assets: Sequence[Observed], store: IdentityStore) -> dict[str, str]:
    """asset_id of the file -> id that is kept; the store learns the keys of this run."""
    known = {(key.key_type, key.key_value): key.asset_id for key in store.read()}
    keys = {asset.asset_id: _keys(asset) for asset in assets}
    present = {one.native for one in keys.values()}
    gone = _gone(known, present)
    loose = Counter(one.loose for one in keys.values() if one.loose)
    stems = Counter(
        one.stem for one in keys.values() if one.stem and ("native", one.native) not in known
    )
    found: dict[str, str] = {}
    taken: set[str] = set()
    for asset_id, one in keys.items():
        kept = known.get(("native", one.native))
        if kept is None and one.loose and loose[one.loose] == 1:
            kept = _if_gone(known.get(("loose", one.loose)), gone)
        if kept is None and one.stem and stems[one.stem] == 1:
            kept = _if_gone(known.get(("stem", one.stem)), gone)
        if kept in taken and ("native", one.native) not in known:
            kept = None
        found[asset_id] = kept or str(uuid5(NAMESPACE, f"asset|{one.native}"))
        taken.add(found[asset_id])
    store.write([key for asset_id, one in keys.items() for key in _rows(found[asset_id], one)])
    return found


def _gone(known: Mapping[tuple[str, str], str], present: set[str]) -> frozenset[str]:
    """Assets none of whose native keys is in this run."""
    alive = {a for (kind, value), a in known.items() if kind == "native" and value in present}
    return frozenset(known.values()) - alive


def _if_gone(asset_id: str | None, gone: frozenset[str]) -> str | None:
    return asset_id if asset_id in gone else None


def _keys(asset: Observed) -> _Keys:
    if not asset.native_ids:
        parts = (
            asset.kind,
            asset.service or asset.product,
            asset.name,
            asset.tenant,
            asset.account,
        )
        return _Keys("|".join(str(part or "") for part in parts).casefold(), None, None)
    parsed = parse(asset.native_ids[0])
    return _Keys(parsed.key, parsed.loose or None, _stem(asset, parsed))


def _stem(asset: Observed, parsed: ResourceId) -> str | None:
    if not parsed.is_resource or parsed.provider in ("k8s", "uc"):
        return None
    parent = parsed.parents[0].key if parsed.parents else ""
    parts = (parsed.account, parsed.region or asset.region or "", asset.kind, parent)
    return "|".join((*parts, stem(parsed.name))).casefold()


def _rows(asset_id: str, keys: _Keys) -> Iterable[IdentityKey]:
    yield IdentityKey(asset_id, "native", keys.native)
    if keys.loose:
        yield IdentityKey(asset_id, "loose", keys.loose)
    if keys.stem:
        yield IdentityKey(asset_id, "stem", keys.stem)
