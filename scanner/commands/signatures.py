"""`aicensus signatures`: look at the catalogue, check it, ask it."""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
from collections import Counter
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, get_args

import click

from scanner.commands.export import export
from scanner.commands.models import classify_names, families, list_families
from scanner.commands.options import json_option, signatures_options
from scanner.commands.pack import install, verify
from scanner.commands.show import show
from scanner.commands.words import many
from scanner.errors import SignaturesError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signatures.rules import Service


@click.group()
def signatures() -> None:
    """What AI looks like: the catalogue and its language."""


for _command in (show, export, verify, install):
    signatures.add_command(_command)


@signatures.command("list", short_help="Every service, one a line, and whose it is.")
@click.option("--kind", help="Only services of this kind.")
@click.option("--models", "of_models", is_flag=True, help="Families of models instead.")
@signatures_options
@json_option
def list_(
    kind: str | None,
    of_models: bool,
    overlays: tuple[Path, ...],
    keys: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Every service in the catalogue, one a line, and where those of overlays come from."""
    from reports.text import safe_text
    from scanner.load import compiled
    from signatures.model import Kind

    if of_models:
        list_families(as_json=as_json)
        return
    kinds_ = get_args(Kind)
    if kind is not None and kind not in kinds_:
        raise UsageError(f"no kind is called {kind!r}", "--kind", "one of " + ", ".join(kinds_))
    tables = compiled(overlays, keys)
    room = _room()
    services = [one for one in tables.services.values() if kind in {None, one.kind}]
    for one in sorted(services, key=lambda service: service.id):
        if as_json:
            facts = {
                "id": one.id,
                "kind": one.kind,
                "vendor": one.vendor,
                "product": one.product,
                "country": one.country,
                "origin": one.origin,
                "nursery": one.nursery,
            }
            click.echo(json.dumps(facts))
        else:
            click.echo(_line(one, room))
    if not as_json:
        kinds = sorted(Counter(one.kind for one in services).items())
        said = f"{many(len(services), 'service')}: {', '.join(f'{n} {k}' for k, n in kinds)}"
        for line in textwrap.wrap(said, room or len(said)):
            click.echo(line, err=True)
    for remark in tables.remarks:
        at = f":{remark.line}" if remark.line is not None else ""
        click.echo(safe_text(f"{remark.path}{at}: {remark.message}"), err=True)


def _line(one: Service, room: int | None) -> str:
    """A service in one line; the name is cut to the room there is, never the id or its mark."""
    from reports.text import safe_text

    mark = f" [{one.origin}]" if one.origin != "shipped" else ""
    mark = safe_text(mark + (" [candidate]" if one.nursery else ""))
    start = f"{one.id:44} "
    name = safe_text(f"{one.product} ({one.vendor_name})")
    if room is not None and len(start) + len(name) + len(mark) > room:
        name = f"{name[: max(0, room - len(start) - len(mark) - 1)]}…"
    return f"{start}{name}{mark}"


def _room() -> int | None:
    """The columns of a terminal; None where the output goes elsewhere, which has no edge."""
    told = "COLUMNS" in os.environ or sys.stdout.isatty()
    return shutil.get_terminal_size().columns if told else None


@signatures.command(short_help="Check the catalogue, and yours on top.")
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path, exists=True, file_okay=False))
@signatures_options
def lint(folders: tuple[Path, ...], overlays: tuple[Path, ...], keys: tuple[Path, ...]) -> None:
    """Check the catalogue (and FOLDERS of your own on top): language, evidence, cases."""
    from scanner.load import catalogue, suppliers
    from scanner.match.observed import judge_observed
    from signatures.compile import compile_catalogue
    from signatures.lint import lint as check
    from signatures.lint.models import model_issues
    from signatures.model_uris import shipped_uris

    loaded = catalogue((*folders, *overlays), keys)
    tables = compile_catalogue(loaded)
    issues = check(loaded, lambda observed: judge_observed(tables, observed), suppliers())
    issues += model_issues(families(), shipped_uris(), loaded)
    for issue in issues:
        click.echo(str(issue))
    count = len(loaded.entries)
    click.echo(
        f"{many(count, 'signature')}, {many(len(tables.rules), 'rule')},"
        f" {len(families().by_id)} families of models, {many(len(issues), 'issue')}",
        err=True,
    )
    errors = sum(issue.level == "error" for issue in issues)
    if errors:
        raise SignaturesError(many(errors, "error"), "signatures", "mend the lines above")


@signatures.command()
@click.argument("hosts", nargs=-1, required=True)
@click.option("--models", "of_models", is_flag=True, help="HOSTS are names of models.")
@signatures_options
@json_option
def test(
    hosts: tuple[str, ...],
    of_models: bool,
    overlays: tuple[Path, ...],
    keys: tuple[Path, ...],
    as_json: bool,
) -> None:
    """The verdict on each of HOSTS, and what lost to it or came near."""
    if of_models:
        classify_names(hosts, as_json=as_json)
        return
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


@signatures.command(short_help="A verdict for each line of a file: hosts, or requests.")
@click.argument("source", type=click.File("rb"), default="-", metavar="[F|-]")
@click.option("--http", is_flag=True, help="Lines are JSON requests, not host names.")
@click.option("--models", "of_models", is_flag=True, help="Lines are names of models.")
@signatures_options
@json_option
def classify(
    source: IO[bytes],
    http: bool,
    of_models: bool,
    overlays: tuple[Path, ...],
    keys: tuple[Path, ...],
    as_json: bool,
) -> None:
    """One verdict for each line, in order: host names, or with --http JSON requests.

    With --models names of models, and for each its family and maker.
    """
    from scanner.load import compiled
    from scanner.match.observed import answer

    if of_models:
        lines = (raw.decode("utf-8", "backslashreplace").rstrip("\r\n") for raw in source)
        classify_names(lines, as_json=as_json)
        return
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
