"""`aicensus explain`: why a host is, or is not, AI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scanner.commands.options import signatures_options

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("host")
@signatures_options
def explain(host: str, overlays: tuple[Path, ...], keys: tuple[Path, ...]) -> None:
    """Which rules speak of HOST, with their evidence."""
    from reports.text import safe_text
    from scanner.load import catalogue
    from scanner.match.observed import answer
    from signatures.compile import compile_catalogue

    loaded = catalogue(overlays, keys)
    verdict = answer(compile_catalogue(loaded), {"dst_host": host}, host)
    click.echo(f"{safe_text(host)}: {verdict['confidence']} ({verdict['reason']})")
    entry = next((one for one in loaded.entries if one.signature.id == verdict["service"]), None)
    if entry is None:
        return
    found = entry.signature
    click.echo(f"  {found.name}, {found.kind}, by {found.vendor_name}: {found.summary}")
    if entry.nursery:
        click.echo("  a candidate of the nursery: what it says is a hint, for review")
    if entry.origin != "shipped":
        click.echo(f"  of overlay {safe_text(entry.origin)}: {safe_text(entry.source)}")
    fired = {part.partition(":")[2] for part in str(verdict["reason"]).split(", ")}
    for indicator in found.indicators:
        if indicator.value in fired:
            for one in indicator.evidence:
                click.echo(
                    f"  {indicator.type} {indicator.value}: "
                    f"{one.kind} {one.ref} (seen {one.seen or 'never'})"
                )
