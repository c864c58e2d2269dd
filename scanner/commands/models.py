"""Models at the command line: which family a name is of, and who makes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from scanner.commands.words import many

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signatures.families import Families, Family


def families() -> Families:
    """The shipped families; raises SignaturesError."""
    from scanner.errors import SignaturesError
    from signatures.errors import SignatureError
    from signatures.families import shipped_families

    try:
        return shipped_families()
    except SignatureError as problem:
        raise SignaturesError(str(problem)) from problem


def list_families(*, as_json: bool) -> None:
    """Every family, one a line."""
    known = families().by_id
    for one in known.values():
        if as_json:
            click.echo(json.dumps(_facts(one)))
        else:
            place = f", {one.country}" if one.country else ""
            click.echo(f"{one.id:44} {one.name} ({one.maker_name}{place})")
    if not as_json:
        makers = many(len({one.maker for one in known.values()}), "maker")
        click.echo(f"{len(known)} families of {makers}", err=True)


def classify_names(names: Iterable[str], *, as_json: bool) -> None:
    """One answer for each name, in order."""
    from reports.text import safe_text
    from signatures.families import as_row

    known = families()
    for name in names:
        row = as_row(known.of(name.strip()), name)
        if as_json:
            click.echo(json.dumps(row))
        else:
            owned = f"{row['name']} ({row['maker_name']})" if row["family"] else "-"
            fields = (row["family"] or "unknown", owned, json.dumps(name))
            click.echo("\t".join(map(safe_text, fields)))


def explained(name: str) -> dict[str, Any] | None:
    """Which family a name is of, who makes it, and why; None for a name nobody knows."""
    from signatures.families import as_row

    known = families()
    why = known.why(name.strip())
    if why is None:
        return None
    return {
        **as_row(known.by_id[why.row.id], name),
        "read_as": why.text,
        "pattern": why.pattern,
        "evidence": [{"kind": one.kind, "ref": one.ref, "seen": one.seen}
                     for one in why.row.evidence],
    }  # fmt: skip


def in_prose(model: Mapping[str, Any]) -> Iterable[str]:
    """What `explained` gives, for people: whose model it is, then why."""
    place = f" ({model['country']})" if model["country"] else ""
    maker = f"made by {model['maker_name']}{place}"
    yield f"{model['input']}: a model of the family {model['name']}, {maker}"
    yield f"  family {model['family']}: {model['read_as']} fits {model['pattern']}"
    for one in model["evidence"]:
        yield f"    {one['kind']} {one['ref']} (seen {one['seen'] or 'never'})"


def show_family(asked: str, *, as_json: bool) -> bool:
    """The family of this id with its patterns and evidence; False when there is none."""
    from reports.text import safe_text

    known = families()
    for loaded in known.loaded:
        for row in loaded.file.families:
            if row.id != asked:
                continue
            if as_json:
                facts = {**_facts(known.by_id[row.id]), **row.model_dump()}
                click.echo(json.dumps(facts))
                return True
            one = known.by_id[row.id]
            click.echo(safe_text(f"{one.id}: {one.name}, models of {one.maker_name}"))
            for title, values in (
                ("pattern", row.patterns), ("such as", row.examples), ("not", row.unlike),
                ("over", row.over),
            ):  # fmt: skip
                for value in values:
                    click.echo(safe_text(f"  {title}: {value}"))
            for item in row.evidence:
                click.echo(safe_text(f"  {item.kind} {item.ref} (seen {item.seen})"))
            return True
    return False


def _facts(one: Family) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "maker": one.maker,
        "maker_name": one.maker_name,
        "country": one.country,
    }
