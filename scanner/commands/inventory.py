"""`aicensus inventory`: how good the declared register is."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import click

from scanner.commands.options import FILE, json_option
from scanner.errors import RegisterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from connectors.declared.model import Declaration, Inventory, RowProblem

_ROWS = 5  # that are told with their name; the others by number


@click.group()
def inventory() -> None:
    """The declared register: is it good enough to hold anything against?"""


@inventory.command()
@click.argument("paths", nargs=-1, required=True, type=FILE)
@click.option("--policy", type=FILE, metavar="F", help="Policy, for its status words and columns.")
@click.option("--lenient", is_flag=True, help="Leave out bad rows instead of refusing the file.")
@json_option
def check(paths: tuple[Path, ...], policy: Path | None, lenient: bool, as_json: bool) -> None:
    """How the register is understood: columns, status, gaps; what is not read; every remark."""
    from connectors.declared.model import InventoryError
    from connectors.declared.policy import read_policy
    from connectors.declared.read import read_inventories
    from reports.text import safe_text
    from scanner.pipeline import utc_now
    from signatures.strict_yaml import StrictYamlError, load_yaml

    try:
        rules = read_policy(policy, load_yaml) if policy else None
        found = read_inventories(
            paths,
            lenient=lenient,
            status_words=rules.status_words if rules else None,
            columns=rules.columns if rules else None,
            today=utc_now().date(),
        )
    except (InventoryError, StrictYamlError) as problem:
        raise RegisterError(str(problem)) from problem
    notes = [*_notes(found), *_against_each_other(found.rows)]
    if as_json:
        click.echo(json.dumps(_document(found, notes), indent=1))
    else:
        for line in _page(found, notes):
            click.echo(safe_text(line))
    for said in found.problems:
        if said.level == "error":
            click.echo(safe_text(str(said)), err=True)
    raise SystemExit(3 if found.rejected else 0)


def _document(found: Inventory, notes: Sequence[RowProblem]) -> dict[str, Any]:
    remarks = Counter(remark.partition(":")[0] for row in found.rows for remark in row.remarks)
    return {
        "path": found.path,
        "format": found.format,
        "sha256": found.sha256,
        "rows": len(found.rows),
        "rejected": found.rejected,
        "columns": dict(found.columns),
        "columns_not_read": {source: list(names) for source, names in found.unread.items()},
        "filled": _filled(found.rows),
        "lifecycles": _lifecycles(found.rows),
        "remarks": dict(sorted(remarks.items())),
        "notes": [
            {"path": one.path, "line": one.line, "reason": one.reason, "message": one.message}
            for one in notes
        ],
    }


def _page(found: Inventory, notes: Sequence[RowProblem]) -> Iterator[str]:
    rows = found.rows
    yield f"{found.path}: {len(rows)} rows, {found.rejected} not usable"
    for name, count in _filled(rows).items():
        share = count / len(rows) if rows else 0
        yield f"  {name:28} {count:5} of {len(rows)}  {share:4.0%}"
    lives = (f"{count} {name.replace('_', ' ')}" for name, count in _lifecycles(rows).items())
    yield f"  counted as: {', '.join(lives) or 'nothing'}"
    yield "  columns read: " + ", ".join(
        f"{_short(name)} ({field})" for name, field in found.columns.items()
    )
    for source, names in found.unread.items():
        if names:
            yield f"{source}: columns not read: {', '.join(map(_short, names))}{_MAP}"
    for one in notes:
        if one.reason != "columns_not_read":
            yield str(one)
    yield from _remarks(rows)


_MAP = " (map them under `columns` in the policy)"


def _remarks(rows: Sequence[Declaration]) -> Iterator[str]:
    """The first rows of each remark by name, the others by their numbers; status first."""
    said: dict[str, list[tuple[Declaration, str]]] = defaultdict(list)
    for row in rows:
        for remark in row.remarks:
            said[remark.partition(":")[0]].append((row, remark))
    ordered = sorted(said.items(), key=lambda item: not item[0].startswith("status"))
    for code, all_of_it in ordered:
        for row, remark in all_of_it[:_ROWS]:
            yield f"  row {row.row} ({_short(row.name)}): {remark}"
        if rest := [row.row for row, _ in all_of_it[_ROWS:]]:
            yield f"  {code}: rows {_ranges(rest)}, too"


def _ranges(numbers: Sequence[int]) -> str:
    """3, 4, 5, 9 as "3-5, 9"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def _filled(rows: Sequence[Declaration]) -> dict[str, int]:
    return {
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


def _lifecycles(rows: Sequence[Declaration]) -> dict[str, int]:
    from connectors.declared.model import LIFECYCLES

    count = Counter(row.lifecycle for row in rows)
    return {name: count[name] for name in LIFECYCLES if count[name]}


def _notes(found: Inventory) -> list[RowProblem]:
    """What is said of the file; remarks on rows are told row by row."""
    of_rows = {remark.partition(":")[0] for row in found.rows for remark in row.remarks}
    return [p for p in found.problems if p.level != "error" and p.reason not in of_rows]


def _against_each_other(rows: Sequence[Declaration]) -> list[RowProblem]:
    """Rows that contradict or repeat each other, as far as they alone show it."""
    from connectors.declared.model import RowProblem
    from scanner.pipeline import utc_now
    from scanner.reconcile.reconcile import reconcile

    ledger = reconcile([], rows, as_of=utc_now().date())
    by_number = {row.row: row for row in rows}
    repeated = [
        RowProblem(
            by_number[state.row].source,
            "note",
            "duplicate",
            f"row {state.row} repeats row {state.duplicate_of_row}",
            by_number[state.row].line,
        )
        for state in ledger.declared_states
        if state.duplicate_of_row is not None
    ]
    return [*ledger.problems, *repeated]


def _short(name: str) -> str:
    return name if len(name) <= 60 else name[:57] + "..."
