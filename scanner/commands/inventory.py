"""`aicensus inventory`: how good the declared register is."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import click

from scanner.commands.options import FILE, json_option
from scanner.errors import RegisterError

if TYPE_CHECKING:
    from pathlib import Path


@click.group()
def inventory() -> None:
    """The declared register: is it good enough to hold anything against?"""


@inventory.command()
@click.argument("paths", nargs=-1, required=True, type=FILE)
@click.option("--policy", type=FILE, metavar="F", help="Policy, for its status words.")
@click.option("--lenient", is_flag=True, help="Leave out bad rows instead of refusing the file.")
@json_option
def check(paths: tuple[Path, ...], policy: Path | None, lenient: bool, as_json: bool) -> None:
    """Share of rows with owner, date, life-cycle and something to match by; every remark."""
    from connectors.declared.model import InventoryError
    from connectors.declared.policy import read_policy
    from connectors.declared.read import read_inventories
    from reports.text import safe_text
    from signatures.strict_yaml import StrictYamlError, load_yaml

    try:
        words = read_policy(policy, load_yaml).status_words if policy else None
        found = read_inventories(paths, lenient=lenient, status_words=words)
    except (InventoryError, StrictYamlError) as problem:
        raise RegisterError(str(problem)) from problem
    rows = found.rows
    facts = {
        "owner": sum(bool(row.business_owner or row.technical_owner) for row in rows),
        "department": sum(bool(row.department) for row in rows),
        "vendor or product": sum(bool(row.vendor or row.product) for row in rows),
        "domain, resource or tenant": sum(
            bool(row.domains or row.resource_ids or row.tenant_ids) for row in rows
        ),
        "life-cycle": sum(bool(row.lifecycle_raw) for row in rows),
        "approval date": sum(row.approved_on is not None for row in rows),
        "review date": sum(row.review_due is not None for row in rows),
    }
    remarks = Counter(remark.partition(":")[0] for row in rows for remark in row.remarks)
    if as_json:
        document = {
            "path": found.path,
            "format": found.format,
            "sha256": found.sha256,
            "rows": len(rows),
            "rejected": found.rejected,
            "columns": dict(found.columns),
            "filled": facts,
            "remarks": dict(sorted(remarks.items())),
        }
        click.echo(json.dumps(document, indent=1))
    else:
        click.echo(f"{safe_text(found.path)}: {len(rows)} rows, {found.rejected} not usable")
        for name, count in facts.items():
            share = count / len(rows) if rows else 0
            click.echo(f"  {name:28} {count:5} of {len(rows)}  {share:4.0%}")
        for row in rows:
            for remark in row.remarks:
                click.echo(safe_text(f"  row {row.row} ({row.name}): {remark}"))
    for said in found.problems:
        if said.level != "note":
            click.echo(safe_text(str(said)), err=True)
    raise SystemExit(3 if found.rejected else 0)
