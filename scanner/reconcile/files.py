"""`aicensus reconcile`: the ledger of files alone, as one JSON document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectors.declared.people import people_of
from connectors.declared.policy import Policy, read_policy
from connectors.declared.read import read_inventories
from connectors.declared.scope import ScanScope, read_scope
from scanner.reconcile.covered import coverage_of
from scanner.reconcile.identity import IdentityStore, MemoryIdentities, identify
from scanner.reconcile.imported import read_assets
from scanner.reconcile.makers import checked_makers
from scanner.reconcile.model import Ledger
from scanner.reconcile.reconcile import reconcile
from signatures.strict_yaml import load_yaml

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from connectors.declared.model import Inventory, RowProblem
    from scanner.reconcile.model import AssetState

SCHEMA = "aicensus.reconcile/1"


@dataclass(frozen=True, slots=True)
class FileLedger:
    """The ledger, its JSON document, and what to tell about the register's rows."""

    ledger: Ledger
    document: dict[str, Any]
    inventory: Inventory

    @property
    def problems(self) -> tuple[RowProblem, ...]:
        """Rows left out (level `error`: the result is incomplete, exit 3) and remarks."""
        return (*self.inventory.problems, *self.ledger.problems)


def reconcile_files(
    assets_path: Path | str,
    inventory_path: Path | str | Sequence[Path],
    people_path: Path | str | None = None,
    scope_path: Path | str | None = None,
    policy_path: Path | str | None = None,
    as_of: dt.date | None = None,
    identity_store: IdentityStore | None = None,
    *,
    lenient: bool = False,
) -> FileLedger:
    """Read the files, reconcile, and give the document of schema aicensus.reconcile/1.

    as_of: "today"; None: of the scope. identity_store: where ids are kept between runs; None:
    every run starts from nothing. Raises InventoryError or StrictYamlError (exit 15).
    """
    policy = read_policy(policy_path, load_yaml) if policy_path else Policy()
    checked_makers(policy, str(policy_path))
    scope = read_scope(scope_path, load_yaml) if scope_path else ScanScope()
    day = as_of or scope.as_of
    if day is None:
        raise ValueError("as_of is neither given nor in the scope")
    paths = [inventory_path] if isinstance(inventory_path, str | Path) else list(inventory_path)
    inventory = read_inventories(
        paths,
        lenient=lenient,
        status_words=policy.status_words,
        columns=policy.columns,
        today=day,
    )
    assets = read_assets(assets_path)
    people, told = people_of(people_path) if people_path else ([], [])
    inventory = replace(inventory, problems=(*inventory.problems, *told))
    identity = identify(assets, identity_store or MemoryIdentities())
    kept = [replace(asset, asset_id=identity[asset.asset_id]) for asset in assets]
    found = reconcile(kept, inventory.rows, people, policy, coverage_of(scope), as_of=day)
    ledger = _as_in_the_file(found, {kept: own for own, kept in identity.items()})
    return FileLedger(ledger, document(ledger, inventory, identity, day), inventory)


def _as_in_the_file(ledger: Ledger, own: dict[str, str]) -> Ledger:
    """The ledger with the file's ids again; findings keep ids that are made of the kept ones."""
    return Ledger(
        pairs=tuple(replace(one, asset_id=own[one.asset_id]) for one in ledger.pairs),
        asset_states=tuple(replace(one, asset_id=own[one.asset_id]) for one in ledger.asset_states),
        declared_states=ledger.declared_states,
        findings=tuple(
            replace(one, asset_id=own[one.asset_id]) if one.asset_id else one
            for one in ledger.findings
        ),
        problems=ledger.problems,
    )


def document(
    ledger: Ledger, inventory: Inventory, identity: dict[str, str], as_of: dt.date
) -> dict[str, Any]:
    """The JSON document: assets and rows in their order, findings, identity."""
    refs = {row.row: row.ref or "" for row in inventory.rows}
    names = {row.row: row.name for row in inventory.rows}
    matches: dict[str, list[dict[str, Any]]] = {}
    for pair in ledger.pairs:
        matches.setdefault(pair.asset_id, []).append(
            {
                "row": pair.row,
                "ref": refs[pair.row],
                "band": pair.band,
                "confidence": pair.confidence,
                "rule_ids": list(pair.rule_ids),
                "why": pair.sentence,
            }
        )
    return {
        "schema": SCHEMA,
        "as_of": as_of.isoformat(),
        "assets": [_asset(s, matches.get(s.asset_id, [])) for s in ledger.asset_states],
        "declared": [
            {
                "row": state.row,
                "ref": refs[state.row],
                "name": names[state.row],
                "state": state.state,
                "duplicate_of_row": state.duplicate_of_row,
                "flags": list(state.flags),
                "why": state.why,
            }
            for state in ledger.declared_states
        ],
        "findings": [
            {
                "finding_id": finding.finding_id,
                "state": finding.state,
                "severity": finding.severity,
                "title": finding.title,
                "asset_id": finding.asset_id,
                "declared_row": finding.declared_row,
                "ref": finding.ref,
                "evidence": finding.evidence,
                "remediation": finding.remediation,
            }
            for finding in ledger.findings
        ],
        "problems": [
            {
                "path": problem.path,
                "line": problem.line,
                "field": problem.field,
                "level": problem.level,
                "reason": problem.reason,
                "message": problem.message,
            }
            for problem in (*inventory.problems, *ledger.problems)
        ],
        "identity": identity,
    }


def _asset(state: AssetState, matches: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "asset_id": state.asset_id,
        "state": state.state,
        "matches": matches,
        "fields": list(state.fields),
        "rule_ids": list(state.rule_ids),
        "confidence": state.confidence,
        "flags": list(state.flags),
        "why": state.why,
        "rejected": state.rejected,
    }
