"""`aicensus signatures show`: one service, for people in a page and for programs in full."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any

import click

from scanner.commands.options import json_option, signatures_options
from scanner.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from signatures.load import Entry

_NEAR = 3  # words; each may be of several services
_MOST = 5
_ALIKE = 0.6  # of difflib, its own default


@click.command()
@click.argument("service")
@signatures_options
@json_option
def show(service: str, overlays: tuple[Path, ...], keys: tuple[Path, ...], as_json: bool) -> None:
    """What SERVICE is, who stands behind it and how it is recognised.

    SERVICE is an id, or the name or an alias of a product in any case; or the id of a family of
    models. With --json the whole file, with its evidence and cases, and all that is known of its
    supplier.

    \b
    Example: aicensus signatures show ChatGPT
    """
    from reports.text import safe_text
    from scanner.commands.models import show_family
    from scanner.commands.summary import summary
    from scanner.load import catalogue, suppliers
    from signatures.governance import merged

    if "/" in service and show_family(service, as_json=as_json):
        return
    entry = _named(service, catalogue(overlays, keys).entries)
    found = entry.signature
    vendor = suppliers().get(found.vendor)
    facts = merged(vendor.facts if vendor is not None else None, found.governance)
    if as_json:
        shown: dict[str, Any] = {**found.model_dump(exclude_none=True), "governance": facts}
        click.echo(json.dumps(shown))
        return
    for line in summary(entry, facts):
        click.echo(safe_text(line))


def _named(asked: str, entries: Sequence[Entry]) -> Entry:
    """The one service of an id, name or alias; raises UsageError."""
    exact = next((entry for entry in entries if entry.signature.id == asked), None)
    if exact is not None:
        return exact
    wanted = asked.strip().casefold()
    words: dict[str, list[Entry]] = {}
    for entry in entries:
        one = entry.signature
        for word in {text.casefold() for text in (one.id, one.name, *one.aliases)}:
            words.setdefault(word, []).append(entry)
    found = words.get(wanted, [])
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(entry.signature.id for entry in found)
        raise UsageError(f"a name of {len(found)} services", asked, f"say which: {ids}")
    for entry in entries:  # after the names, so that an id never stands before one
        words.setdefault(entry.signature.id.partition("/")[2], []).append(entry)
    near = {
        entry.signature.id: None
        for word in difflib.get_close_matches(wanted, words, _NEAR, _ALIKE)
        for entry in words[word]
    }
    hint = "`aicensus signatures list` names them"
    if near:
        hint = f"did you mean {', '.join([*near][:_MOST])}? {hint}"
    raise UsageError("no such service", asked or "''", hint)
