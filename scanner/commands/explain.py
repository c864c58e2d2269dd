"""`aicensus explain`: why a host is, or is not, AI; whose a model is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from scanner.commands.options import json_option, signatures_options
from scanner.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scanner.match.why import Explanation, Said
    from signatures.load import Catalogue, Entry
    from signatures.model import Evidence


@click.command()
@click.argument("host", required=False)
@click.option("--app", help="The application, as a firewall or an identity provider names it.")
@click.option("--oauth-client", help="The id of an OAuth client.")
@click.option("--oauth-scope", multiple=True, help="A scope that was granted; may be repeated.")
@signatures_options
@json_option
def explain(
    host: str | None,
    app: str | None,
    oauth_client: str | None,
    oauth_scope: tuple[str, ...],
    overlays: tuple[Path, ...],
    keys: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Which rules speak of HOST and which of them wins, with their evidence.

    Where none speaks: what comes near, and why it does not hold. An application may be asked for
    in place of a host, or with it; and the name of a model: which family it is of, and whose.
    """
    from reports.text import safe_text
    from scanner.commands.models import explained, in_prose
    from scanner.load import catalogue
    from scanner.match.observed import answer
    from scanner.match.why import explain_application, explain_host
    from signatures.compile import compile_catalogue

    given = {"app": app, "oauth_client": oauth_client, "oauth_scopes": [*oauth_scope]}
    named = {name: value for name, value in given.items() if value}
    if not named and not (host or "").strip():
        raise UsageError("no host was given", "HOST", "name one, such as api.openai.com")
    loaded = catalogue(overlays, keys)
    compiled = compile_catalogue(loaded)
    observed = {"dst_host": host, **named} if host else named
    shown = ", ".join([*([host] if host else []), *map(_shown, named.values())])
    verdict = answer(compiled, observed, shown)
    found = (
        explain_application(compiled, observed)
        if named
        else explain_host(compiled, host or "", loaded.tables.reason)
    )
    model = explained(host) if host and not named and verdict["service"] is None else None
    if as_json:
        told = {"model": model} if model else {}
        click.echo(json.dumps({**document(verdict, found, loaded), **told}))
        return
    for line in in_prose(model) if model else ():
        click.echo(safe_text(line))
    if model and (verdict["confidence"] == "none" or "." not in shown or "/" in shown):
        return  # no host either way
    click.echo(f"{safe_text(shown)}: {verdict['confidence']} ({safe_text(verdict['reason'])})")
    entry = next((one for one in loaded.entries if one.signature.id == verdict["service"]), None)
    for line in (*_service(entry), *lines(found, loaded)):
        click.echo(safe_text(f"  {line}"))


def lines(found: Explanation, loaded: Catalogue | None = None) -> Iterator[str]:
    """What an explanation says, one thing a line; with the catalogue also the evidence."""
    for said in found.won:
        yield f"won: {_rule(said)}: {said.why}"
        for one in _evidence(loaded, said):
            yield f"  {one.kind} {one.ref} (seen {one.seen or 'never'})"
    for said in found.lost:
        yield f"lost: {_rule(said)}, of {said.rule.service}: {said.why}"
    yield from (f"note: {one}" for one in found.notes if not one.startswith("not a host name"))
    for near in found.near:
        yield f"near: {near.value}, of {near.service}: {near.why}"


def document(
    verdict: dict[str, Any], found: Explanation, loaded: Catalogue | None = None
) -> dict[str, Any]:
    """The line of `classify` for the host, with the rules behind it."""
    return {
        **verdict,
        "host": found.host,
        "won": [_said(one, loaded) for one in found.won],
        "lost": [_said(one, loaded) for one in found.lost],
        "notes": list(found.notes),
        "near": [
            {"value": one.value, "service": one.service, "why": one.why} for one in found.near
        ],
    }


def _shown(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _service(entry: Entry | None) -> Iterator[str]:
    """Who is behind the verdict."""
    if entry is None:
        return
    found = entry.signature
    yield f"{found.name}, {found.kind}, by {found.vendor_name or found.vendor}: {found.summary}"
    if entry.nursery:
        yield "a candidate of the nursery: what it says is a hint, for review"
    if entry.origin != "shipped":
        yield f"of overlay {entry.origin}: {entry.source}"


def _rule(said: Said) -> str:
    surface = f", surface {said.rule.surface}" if said.rule.surface else ""
    return f"{said.rule.type} {said.rule.value}, {said.rule.confidence}{surface}"


def _said(said: Said, loaded: Catalogue | None) -> dict[str, Any]:
    rule = said.rule
    return {
        "service": rule.service,
        "type": rule.type,
        "value": rule.value,
        "confidence": rule.confidence,
        "surface": rule.surface,
        "why": said.why,
        "evidence": [
            {"kind": one.kind, "ref": one.ref, "seen": one.seen} for one in _evidence(loaded, said)
        ],
    }


def _evidence(loaded: Catalogue | None, said: Said) -> list[Evidence]:
    """How a rule is known."""
    rule = said.rule
    if loaded is None:
        return []
    (entry,) = (one for one in loaded.entries if one.signature.id == rule.service)
    found = (
        one
        for one in entry.signature.indicators
        if (one.type, one.value) == (rule.type, rule.value)
        and (one.needs is None) == (rule.needs is None)
    )
    return [evidence for one in found for evidence in one.evidence]
