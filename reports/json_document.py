"""The whole ledger as one JSON document: what `scan --json` prints."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from reports import ledger
from reports.left_out import skipped_by

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

SCHEMA_VERSION: Final = 1
# Rejected records listed a source; the rest is counted in `rejects_left_out` and in `rows`.
REJECTS_LISTED: Final = 100

JsonObject = dict[str, Any]  # what json.dumps takes; its values are made in this file only


def moment(value: date | datetime) -> str:
    """ISO 8601: a date as it is, a time with Z. A time without a zone is UTC."""
    if not isinstance(value, datetime):
        return value.isoformat()
    if value.tzinfo is not None:
        value = value.astimezone(UTC).replace(tzinfo=None)
    return f"{value.isoformat()}Z"


def _object(row: ledger.Row, *, without: Iterable[str] = ()) -> JsonObject:
    left_out = set(without)
    values = {f.name: getattr(row, f.name) for f in fields(row) if f.name not in left_out}
    return {
        name: moment(value) if isinstance(value, date) else value for name, value in values.items()
    }


def _objects(rows: Iterable[ledger.Row]) -> list[JsonObject]:
    return [_object(row) for row in rows]


def _sources(con: duckdb.DuckDBPyConnection) -> tuple[list[JsonObject], list[JsonObject]]:
    """(sources with their problems and rejects, problems of inputs that became no source)."""
    problems = defaultdict(list)
    for problem in ledger.read(con, ledger.Problem):
        problems[problem.source, problem.path].append(problem)
    rejects = defaultdict(list)
    for reject in ledger.read_rejects(con, REJECTS_LISTED):
        rejects[reject.source, reject.path].append(reject)
    limits = defaultdict(list)
    for limit in ledger.read(con, ledger.Limit):
        limits[limit.format].append(limit.says)
    skips = skipped_by(con)
    sources = []
    for source in ledger.read(con, ledger.Source):
        place = (source.source, source.path)
        listed = rejects.get(place, [])
        sources.append(
            {
                **_object(source, without=ledger.COUNTS),
                "limits": limits.get(source.format or "", []),
                "rows": {name: getattr(source, name) for name in ledger.COUNTS},
                "skipped_by": skips.get(place, {}),
                "problems": [
                    _object(problem, without=("source", "path"))
                    for problem in problems.pop(place, [])
                ],
                "rejects": [_object(reject, without=("source", "path")) for reject in listed],
                "rejects_left_out": max(0, source.rejected - len(listed)),
            }
        )
    return sources, _objects(problem for group in problems.values() for problem in group)


def _assets(con: duckdb.DuckDBPyConnection) -> list[JsonObject]:
    evidence = defaultdict(list)
    for item in ledger.read(con, ledger.Evidence):
        evidence[item.asset_id].append(_object(item, without=("asset_id",)))
    pairs = defaultdict(list)
    for pair in ledger.read(con, ledger.Pair):
        pairs[pair.asset_id].append(_object(pair, without=("asset_id",)))
    return [
        {
            **_object(asset),
            "pairs": pairs.get(asset.asset_id, []),
            "evidence": evidence.get(asset.asset_id, []),
        }
        for asset in ledger.read(con, ledger.Asset)
    ]


def document(con: duckdb.DuckDBPyConnection) -> JsonObject:
    """The ledger of the latest run as plain values for `json.dumps`.

    Keys: schema_version, run, exit_reasons, totals, sources, problems, coverage, assets,
    declared, findings, for_review. Texts are as they came in, secrets masked. Raises LookupError
    when the store holds no run.
    """
    run = ledger.read_run(con)
    sources, problems = _sources(con)
    return {
        "schema_version": SCHEMA_VERSION,
        "run": _object(run, without=("exit_reasons",)),
        "exit_reasons": run.exit_reasons,
        "totals": {name: sum(source["rows"][name] for source in sources) for name in ledger.COUNTS},
        "sources": sources,
        "problems": problems,
        "coverage": _objects(ledger.read(con, ledger.Coverage)),
        "assets": _assets(con),
        "declared": _objects(ledger.read(con, ledger.Declared)),
        "findings": _objects(ledger.read_findings(con)),
        "for_review": _objects(ledger.read(con, ledger.Candidate)),
    }


def text(con: duckdb.DuckDBPyConnection) -> str:
    """The document as JSON text in ASCII: nothing in it can steer a terminal.

    Reading it back gives every text as it came in.
    """
    return json.dumps(document(con), ensure_ascii=True, allow_nan=False)
