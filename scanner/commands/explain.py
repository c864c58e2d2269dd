"""`aicensus explain`: why a host is, or is not, AI."""

from __future__ import annotations

import click


@click.command()
@click.argument("host")
def explain(host: str) -> None:
    """Which rules speak of HOST, with their evidence."""
    from reports.text import safe_text
    from scanner.load import catalogue
    from scanner.match.observed import answer
    from signatures.compile import compile_catalogue

    loaded = catalogue()
    verdict = answer(compile_catalogue(loaded), {"dst_host": host}, host)
    click.echo(f"{safe_text(host)}: {verdict['confidence']} ({verdict['reason']})")
    signatures = (entry.signature for entry in loaded.entries)
    found = next((one for one in signatures if one.id == verdict["service"]), None)
    if found is None:
        return
    click.echo(f"  {found.name}, {found.kind}, by {found.vendor_name}: {found.summary}")
    fired = {part.partition(":")[2] for part in str(verdict["reason"]).split(", ")}
    for indicator in found.indicators:
        if indicator.value in fired:
            for one in indicator.evidence:
                click.echo(
                    f"  {indicator.type} {indicator.value}: "
                    f"{one.kind} {one.ref} (seen {one.seen or 'never'})"
                )
