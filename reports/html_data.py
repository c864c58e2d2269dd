"""The rows that the HTML report's own script shows: columns of plain values for one JSON block.

A column is `{"values": [...]}`, or with `"index"` when few values repeat. Texts are made visible
(`safe_text`) here; the script puts them on the page as text only.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from reports.text import safe_text
from reports.words import COVERAGE, DECLARED_STATES, FLAGS, KINDS, SEVERITIES, STATES, TENANTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reports import ledger

# Lines of evidence shown an asset; the rest is counted there and is in evidence.csv.
EVIDENCE_SHOWN: Final = 50

Column = dict[str, list[Any]]  # JSON values; json.dumps is their edge


def shown(text: str) -> str:
    """`text` for a page: what cannot be seen is written out, line breaks stay."""
    return safe_text(text, keep="\n\t")


def plain(value: object) -> object:
    """A value of a row as JSON takes it; times to the minute, in UTC."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else value


def column(values: Sequence[object]) -> Column:
    """`values`, each distinct one written once if that is shorter."""
    out = [plain(value) for value in values]
    keys = [repr(value) for value in out] if any(isinstance(v, list) for v in out) else out
    places: dict[object, int] = {}
    index = [places.setdefault(key, len(places)) for key in keys]
    if len(places) * 2 >= len(out):
        return {"values": out}
    distinct: list[object] = [None] * len(places)
    for place, value in zip(index, out, strict=True):
        distinct[place] = value
    return {"values": distinct, "index": index}


def columns(rows: Sequence[ledger.Row], names: Iterable[str]) -> dict[str, Column]:
    """The columns `names` of `rows`."""
    return {name: column([getattr(row, name) for row in rows]) for name in names}


def _names(kind: type[ledger.Row], without: Iterable[str] = ()) -> list[str]:
    left_out = set(without)
    return [field.name for field in fields(kind) if field.name not in left_out]


def _table(rows: Sequence[ledger.Row], without: Iterable[str], places: list[int]) -> dict[str, Any]:
    """Rows that belong to the asset or declared row at `places`."""
    kept = columns(rows, _names(type(rows[0]), without)) if rows else {}
    return {"length": len(rows), "columns": {**kept, "of": {"values": places}}}


def page_data(
    assets: Sequence[ledger.Asset],
    evidence: Iterable[ledger.Evidence],
    findings: Iterable[ledger.Finding],
    pairs: Iterable[ledger.Pair],
    declared: Sequence[ledger.Declared],
) -> dict[str, Any]:
    """Tables assets, declared, evidence, findings, pairs; `of` is the place of the asset or row.

    `more` counts, for each asset, the evidence beyond EVIDENCE_SHOWN.
    """
    place = {asset.asset_id: at for at, asset in enumerate(assets)}
    rows = {row.row: at for at, row in enumerate(declared)}
    groups: dict[int, list[ledger.Evidence]] = defaultdict(list)
    for item in evidence:
        if item.asset_id in place:
            groups[place[item.asset_id]].append(item)
    proof = [(at, item) for at in sorted(groups) for item in groups[at][:EVIDENCE_SHOWN]]
    found = [item for item in findings if item.asset_id in place]
    held = [item for item in findings if item.asset_id is None and item.declared_row in rows]
    matched = [item for item in pairs if item.asset_id in place]
    return {
        "words": {
            "states": {word: list(texts) for word, texts in STATES.items()},
            "declared": {word: list(texts) for word, texts in DECLARED_STATES.items()},
            "kinds": KINDS,
            "flags": FLAGS,
            "tenants": TENANTS,
            "coverage": {word: texts[0] for word, texts in COVERAGE.items()},
            "severities": list(SEVERITIES),
        },
        "assets": {
            "length": len(assets),
            "columns": columns(assets, _names(type(assets[0])) if assets else ()),
        },
        "more": {
            at: len(group) - EVIDENCE_SHOWN
            for at, group in groups.items()
            if len(group) > EVIDENCE_SHOWN
        },
        "evidence": _table([item for _, item in proof], ("asset_id",), [at for at, _ in proof]),
        "findings": _table(found, ("asset_id",), [place[item.asset_id or ""] for item in found]),
        "pairs": _table(matched, ("asset_id",), [place[item.asset_id] for item in matched]),
        "declared": {
            "length": len(declared),
            "columns": columns(declared, _names(type(declared[0])) if declared else ()),
        },
        "asked": _table(held, ("asset_id",), [rows[item.declared_row or 0] for item in held]),
    }
