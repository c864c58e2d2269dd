"""`aicensus scan`: the main job."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scanner.commands.options import (
    FILE,
    FOLDER,
    Day,
    Zone,
    inventory_options,
    json_option,
    signatures_options,
)
from scanner.commands.stores import no_stores, store_options
from scanner.errors import UsageError
from scanner.model import DEPTHS, PRIVACY, SEVERITIES, ScanRequest

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

STATES = (
    "prohibited", "retired_alive", "unapproved_use", "drifted", "needs_review", "unmanaged",
    "declared_not_observed", "not_assessable", "duplicate",
)  # fmt: skip


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@inventory_options
@signatures_options
@click.option("--db", type=FILE, metavar="F", help="Store that remembers assets between runs.")
@click.option("--out", type=FOLDER, metavar="DIR", help="Write report.html and CSV files here.")
@json_option
@click.option(
    "--format", "format_name", metavar="NAME|FILE.yaml", help="Read every file as this log format."
)
@click.option(
    "--depth", type=click.Choice(DEPTHS), default="auto", help="How thoroughly rows are judged."
)
@click.option("--as-of", type=Day(), help="The day the ledger speaks of (default: today).")
@click.option("--timezone", type=Zone(), help="Zone of times that name none (default: UTC).")
@click.option("--reference-date", type=Day(), help="Latest day of times that name no year.")
@click.option("--privacy", type=click.Choice(PRIVACY), default="standard")
@click.option("--organisation", default="default", metavar="NAME", help="Whose store this is.")
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="N",
    help="Seconds to wait for a locked store.",
)
@click.option(
    "--accept-incomplete", is_flag=True, help="Do not end with 3 when something could not be read."
)
@click.option(
    "--fail-on", multiple=True, metavar="STATE|SEVERITY", help="End with 4 when a finding has it."
)
@click.option(
    "--offline", is_flag=True, help="Refuse sources that need a network (files never do)."
)
@store_options
def scan(
    paths: tuple[str, ...],
    inventories: tuple[Path, ...],
    people: Path | None,
    policy: Path | None,
    lenient: bool,
    overlays: tuple[Path, ...],
    keys: tuple[Path, ...],
    db: Path | None,
    out: Path | None,
    as_json: bool,
    format_name: str | None,
    depth: str,
    as_of: date | None,
    timezone: str | None,
    reference_date: date | None,
    privacy: str,
    organisation: str,
    wait: float,
    accept_incomplete: bool,
    fail_on: tuple[str, ...],
    offline: bool,
    endpoint_url: str | None,
    allow_private: bool,
    anonymous: bool,
) -> None:
    """Find AI in PATHS (files, folders, patterns, s3:// gs:// az://; - is stdin) that the register
    does not know.

    \b
    Example: aicensus scan /var/log/squid --inventory ai.csv --out report
    """
    from scanner.commands.output import Output
    from scanner.commands.progress import watcher
    from scanner.pipeline import scan as run
    from scanner.pipeline import utc_now

    if not paths:
        raise UsageError("nothing to scan was given", "PATH", "name files, folders or patterns")
    if offline:
        no_stores(paths)
    if not organisation.strip():
        raise UsageError(
            "is empty", "--organisation", "name whose store this is, or leave the option out"
        )
    unknown = set(fail_on) - {*STATES, *SEVERITIES}
    if unknown:
        raise UsageError(
            f"no state or severity is called {min(unknown)!r}",
            "--fail-on",
            "one of " + ", ".join((*STATES, *SEVERITIES)),
        )
    request = ScanRequest(
        paths=paths,
        now=utc_now(),
        inventories=inventories,
        people=people,
        policy=policy,
        db=db,
        key_file=db.with_name(db.name + ".key") if db else None,
        format=format_name,
        depth=depth,
        as_of=as_of,
        timezone=timezone,
        reference_date=reference_date,
        privacy=privacy,
        organisation=organisation,
        wait=wait,
        lenient=lenient,
        accept_incomplete=accept_incomplete,
        fail_on=frozenset(fail_on),
        overlays=overlays,
        signature_keys=keys,
        endpoint_url=endpoint_url,
        allow_private=allow_private,
        anonymous=anonymous,
    )
    outcome = run(request, watcher(), Output(as_json, out))
    raise SystemExit(int(outcome.exit_code))
