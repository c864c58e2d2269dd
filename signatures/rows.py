"""What matching needs of a catalogue, as plain values that can be written down and read again."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from signatures.hints import hint_table_from
from signatures.model import LOG_TYPES, OAUTH_TYPES, Needs
from signatures.overlay import Remark
from signatures.pack import SHIPPED, About
from signatures.rules import Service
from signatures.tables import Tables
from signatures.templates import Regions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signatures.load import Catalogue, Entry
    from signatures.model import Indicator, Signature


class RuleRow(NamedTuple):
    """An indicator of a service that matches in logs; needs: as the file says them."""

    service: str
    type: str
    value: str
    surface: str | None
    usage: str | None
    confidence: str
    distinctive: bool
    needs: Needs | None


@dataclass(frozen=True, slots=True)
class Rows:
    """Services by id, rules in the order of their numbers, and the tables they are read against."""

    services: tuple[Service, ...]
    rules: tuple[RuleRow, ...]
    tables: Tables
    digest: str
    packs: tuple[About, ...] = ()
    remarks: tuple[Remark, ...] = ()


def rows_of(catalogue: Catalogue) -> Rows:
    """The rows of a loaded catalogue.

    Within a service, rules with `needs` come first: they are more specific.
    """
    ours = (one for one in catalogue.entries if one.origin == SHIPPED and not one.nursery)
    vendors = _vendor_names(entry.signature for entry in catalogue.entries) | _vendor_names(
        one.signature for one in ours
    )
    return Rows(
        services=tuple(_service(entry, vendors) for entry in catalogue.entries),
        rules=tuple(
            _rule(entry.signature, indicator)
            for entry in catalogue.entries
            for indicator in sorted(entry.signature.indicators, key=lambda item: item.needs is None)
            if indicator.type in LOG_TYPES
        ),
        tables=catalogue.tables,
        digest=catalogue.digest,
        packs=catalogue.packs,
        remarks=catalogue.remarks,
    )


def to_json(rows: Rows) -> dict[str, Any]:
    """The rows in values that JSON has."""
    tables = rows.tables
    return {
        "services": [asdict(service) for service in rows.services],
        "rules": [
            (*rule[:-1], rule.needs.model_dump(exclude_none=True) if rule.needs else None)
            for rule in rows.rules
        ],
        "tables": {
            "regions": {
                name: {"names": sorted(region.names), "shape": region.shape}
                for name, region in tables.regions.items()
            },
            "parents": sorted(tables.parents),
            "delivery": sorted(tables.delivery),
            "hosting": sorted(tables.hosting),
            "infrastructure": sorted(tables.infrastructure),
            "hints": asdict(tables.hints),
            "reason": tables.reason,
            "digest": tables.digest,
        },
        "digest": rows.digest,
        "packs": [asdict(pack) for pack in rows.packs],
        "remarks": [asdict(remark) for remark in rows.remarks],
    }


def from_json(data: Mapping[str, Any]) -> Rows:
    """What `to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    tables = data["tables"]
    return Rows(
        services=tuple(
            Service(**{**one, "aliases": tuple(one["aliases"]), "tags": tuple(one["tags"])})
            for one in data["services"]
        ),
        rules=tuple(
            RuleRow._make([*rule[:7], Needs.model_validate(rule[7]) if rule[7] else None])
            for rule in data["rules"]
        ),
        tables=Tables(
            regions={
                name: Regions(frozenset(region["names"]), region["shape"])
                for name, region in tables["regions"].items()
            },
            parents=frozenset(tables["parents"]),
            delivery=frozenset(tables["delivery"]),
            hosting=frozenset(tables["hosting"]),
            infrastructure=frozenset(tables["infrastructure"]),
            hints=hint_table_from(tables["hints"]),
            reason=tables["reason"],
            digest=tables["digest"],
        ),
        digest=data["digest"],
        packs=tuple(About(**one) for one in data["packs"]),
        remarks=tuple(Remark(**one) for one in data["remarks"]),
    )


def _service(entry: Entry, vendors: Mapping[str, str]) -> Service:
    signature = entry.signature
    return Service(
        id=signature.id,
        kind=signature.kind,
        vendor=signature.vendor,
        vendor_name=signature.vendor_name or vendors[signature.vendor],
        product=signature.name,
        summary=signature.summary,
        aliases=tuple(signature.aliases),
        tags=tuple(signature.tags),
        usage=signature.usage,
        country=signature.country,
        origin=entry.origin,
        nursery=entry.nursery,
    )


def _vendor_names(signatures: Iterable[Signature]) -> dict[str, str]:
    """The usual display name of each vendor; where no file gives one, made from its id."""
    given: dict[str, Counter[str]] = {}
    for signature in signatures:
        names = given.setdefault(signature.vendor, Counter())
        if signature.vendor_name is not None:
            names[signature.vendor_name] += 1
    return {
        vendor: names.most_common(1)[0][0] if names else vendor.replace("-", " ").title()
        for vendor, names in given.items()
    }


def _rule(signature: Signature, indicator: Indicator) -> RuleRow:
    surface = {"http_path": "api", **dict.fromkeys(OAUTH_TYPES, "auth")}.get(indicator.type)
    signs_in = indicator.type in OAUTH_TYPES  # what is done then, an account system does not see
    return RuleRow(
        service=signature.id,
        type=indicator.type,
        value=indicator.value,
        surface=indicator.surface or surface,
        usage=indicator.usage or ("login" if signs_in else signature.usage),
        confidence=indicator.confidence,
        distinctive=indicator.distinctive,
        needs=indicator.needs,
    )
