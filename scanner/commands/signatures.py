"""`aicensus signatures`: look at the catalogue, check it, ask it."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, get_args

import click

from scanner.commands.export import export
from scanner.commands.options import json_option, signatures_options
from scanner.commands.pack import install, verify
from scanner.errors import SignaturesError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


@click.group()
def signatures() -> None:
    """What AI looks like: the catalogue and its language."""


signatures.add_command(verify)
signatures.add_command(install)


signatures.add_command(export)


@signatures.command("list")
@click.option("--kind", help="Only services of this kind.")
@signatures_options
@json_option
def list_(
    kind: str | None, overlays: tuple[Path, ...], keys: tuple[Path, ...], as_json: bool
) -> None:
    """Every service in the catalogue, one a line, and where those of overlays come from."""
    from reports.text import safe_text
    from scanner.load import compiled
    from signatures.model import Kind

    kinds_ = get_args(Kind)
    if kind is not None and kind not in kinds_:
        raise UsageError(f"no kind is called {kind!r}", "--kind", "one of " + ", ".join(kinds_))
    tables = compiled(overlays, keys)
    services = [one for one in tables.services.values() if kind in {None, one.kind}]
    for one in sorted(services, key=lambda service: service.id):
        if as_json:
            facts = {
                "id": one.id,
                "kind": one.kind,
                "vendor": one.vendor,
                "product": one.product,
                "origin": one.origin,
                "nursery": one.nursery,
            }
            click.echo(json.dumps(facts))
        else:
            origin = f" [{one.origin}]" if one.origin != "shipped" else ""
            origin += " [candidate]" if one.nursery else ""
            click.echo(safe_text(f"{one.id:44} {one.product} ({one.vendor_name}){origin}"))
    if not as_json:
        kinds = Counter(one.kind for one in services)
        click.echo(
            f"{len(services)} services: {', '.join(f'{n} {k}' for k, n in sorted(kinds.items()))}",
            err=True,
        )
    for remark in tables.remarks:
        at = f":{remark.line}" if remark.line is not None else ""
        click.echo(safe_text(f"{remark.path}{at}: {remark.message}"), err=True)


@signatures.command()
@click.argument("service")
@signatures_options
@json_option
def show(service: str, overlays: tuple[Path, ...], keys: tuple[Path, ...], as_json: bool) -> None:
    """The file of one SERVICE, with its evidence, its cases and what is known of its supplier."""
    from scanner.load import catalogue, suppliers
    from signatures.governance import merged

    signatures_ = (entry.signature for entry in catalogue(overlays, keys).entries)
    found = next((one for one in signatures_ if one.id == service), None)
    if found is None:
        raise UsageError("no such service", service, "`aicensus signatures list` names them")
    vendor = suppliers().get(found.vendor)
    facts = merged(vendor.facts if vendor is not None else None, found.governance)
    shown = {**found.model_dump(exclude_none=True), "governance": facts}
    click.echo(json.dumps(shown, indent=None if as_json else 2))


@signatures.command()
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path, exists=True, file_okay=False))
@signatures_options
def lint(folders: tuple[Path, ...], overlays: tuple[Path, ...], keys: tuple[Path, ...]) -> None:
    """Check the catalogue (and FOLDERS of your own on top): language, evidence, cases."""
    from scanner.load import catalogue, suppliers
    from scanner.match.observed import judge_observed
    from signatures.compile import compile_catalogue
    from signatures.lint import lint as check

    loaded = catalogue((*folders, *overlays), keys)
    tables = compile_catalogue(loaded)
    issues = check(loaded, lambda observed: judge_observed(tables, observed), suppliers())
    for issue in issues:
        click.echo(str(issue))
    count = len(loaded.entries)
    click.echo(f"{count} signatures, {len(tables.rules)} rules, {len(issues)} issues", err=True)
    errors = sum(issue.level == "error" for issue in issues)
    if errors:
        raise SignaturesError(f"{errors} errors", "signatures", "mend the lines above")


@signatures.command()
@click.argument("hosts", nargs=-1, required=True)
@signatures_options
@json_option
def test(
    hosts: tuple[str, ...], overlays: tuple[Path, ...], keys: tuple[Path, ...], as_json: bool
) -> None:
    """The verdict on each of HOSTS, and what lost to it or came near."""
    from reports.text import safe_text
    from scanner.commands.explain import document, lines
    from scanner.load import compiled
    from scanner.match.observed import answer
    from scanner.match.why import explain_host
    from signatures.tables import shipped_tables

    tables = compiled(overlays, keys)
    for host in hosts:
        verdict = answer(tables, {"dst_host": host}, host)
        found = explain_host(tables, host, shipped_tables().reason)
        if as_json:
            click.echo(json.dumps(document(verdict, found)))
            continue
        words = (verdict["confidence"], verdict["service"], verdict["reason"])
        click.echo(safe_text(f"{host}: {' '.join(str(word) for word in words if word)}"))
        for line in lines(found):
            if not line.startswith("won: "):
                click.echo(safe_text(f"  {line}"))


@signatures.command()
@click.argument("source", type=click.File("rb"), default="-", metavar="[F|-]")
@click.option("--http", is_flag=True, help="Lines are JSON requests, not host names.")
@signatures_options
@json_option
def classify(
    source: IO[bytes],
    http: bool,
    overlays: tuple[Path, ...],
    keys: tuple[Path, ...],
    as_json: bool,
) -> None:
    """One verdict for each line, in order: host names, or with --http JSON requests."""
    from scanner.load import compiled
    from scanner.match.observed import answer

    tables = compiled(overlays, keys)
    out = sys.stdout
    for raw in source:
        text = raw.decode("utf-8", "backslashreplace").rstrip("\r\n")
        shown: object = text
        observed: Mapping[str, Any] | None = {"dst_host": text.strip()}
        if http:
            observed = _request(text)
            shown = observed if observed is not None else text
        verdict = answer(tables, observed, shown) if observed is not None else _unreadable(text)
        if as_json:
            out.write(json.dumps(verdict) + "\n")
        else:
            out.write(
                f"{verdict['confidence']}\t{verdict['service'] or '-'}\t{json.dumps(shown)}\n"
            )


def _request(text: str) -> Mapping[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _unreadable(text: str) -> dict[str, Any]:
    return {
        "input": text, "confidence": "none", "kind": None, "vendor": None, "service": None,
        "surface": None, "tags": [], "signature": None, "reason": "not a JSON object",
    }  # fmt: skip
