"""`aicensus reconcile`: the ledger alone, from a file of assets and a register."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import click

from scanner.commands.options import FILE, Day, inventory_options, json_option
from scanner.errors import NoSpace, RegisterError, UsageError

if TYPE_CHECKING:
    from datetime import date


@click.command()
@click.option("--assets", type=FILE, required=True, metavar="F", help="Assets (JSON).")
@inventory_options
@click.option("--scope", type=FILE, metavar="F", help="What was looked at (JSON or YAML).")
@click.option("--as-of", type=Day(), help="The day the ledger speaks of.")
@click.option("--db", type=FILE, metavar="F", help="Store that remembers assets between runs.")
@click.option("--output", type=FILE, metavar="F", help="Write the JSON to this file.")
@json_option
def reconcile(
    assets: Path,
    inventories: tuple[Path, ...],
    people: Path | None,
    policy: Path | None,
    lenient: bool,
    scope: Path | None,
    as_of: date | None,
    db: Path | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """Hold ASSETS against the register: which are declared, and as what."""
    from connectors.declared.model import InventoryError
    from reports.text import safe_text
    from scanner.identities import StoredIdentities
    from scanner.pipeline import utc_now
    from scanner.reconcile.files import reconcile_files
    from scanner.store import open_store
    from signatures.strict_yaml import StrictYamlError

    if not inventories:
        raise UsageError("no register was given", "--inventory", "name the file")
    with open_store(db) as store, store.transaction() as con:
        try:
            found = reconcile_files(
                assets,
                inventories,
                people,
                scope,
                policy,
                as_of or utc_now().date(),
                StoredIdentities(con, str(uuid4())),
                lenient=lenient,
            )
        except (InventoryError, StrictYamlError) as problem:
            raise RegisterError(str(problem)) from problem
    text = json.dumps(found.document, indent=1)
    if output is not None:
        write_whole(output, text + "\n")
    if as_json or output is None:
        click.echo(text)
    for said in found.problems:
        click.echo(safe_text(str(said)), err=True)
    raise SystemExit(3 if any(said.level == "error" for said in found.problems) else 0)


def write_whole(path: Path, text: str) -> None:
    """The file is there with all of its text, or as it was before."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError as problem:
        raise NoSpace(f"cannot write: {problem.strerror}", str(path)) from problem
