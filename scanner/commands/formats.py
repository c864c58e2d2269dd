"""`aicensus formats`: which logs are read, and what comes out of them. Nothing is stored."""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING, Any

import click

from scanner.commands.options import Day, Zone, json_option
from scanner.commands.stores import store_options
from scanner.errors import NothingToScan, SignaturesError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from connectors.files.notice import Notice
    from connectors.files.objects.access import Access
    from connectors.files.stream import Stream
    from connectors.logs.model import Format
    from scanner.sources import Reading


@click.group()
def formats() -> None:
    """The logs that are read, each described by one YAML file."""


@formats.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Every format, and what it can show."""
    from scanner.load import formats as load
    from scanner.sources import visibility

    for fmt in load().values():
        shows = visibility(fmt)
        if as_json:
            click.echo(
                json.dumps({"id": fmt.id, "about": fmt.about, "shows": shows, "limits": fmt.limits})
            )
        else:
            click.echo(f"{fmt.id:20} {fmt.about}  [{' '.join(shows)}]")


@formats.command()
@click.argument("name")
def show(name: str) -> None:
    """The file of one format: a beginning for a format of one's own."""
    from connectors.logs.load import BUILTIN
    from scanner.load import formats as load
    from scanner.load import named_format

    found = named_format(name, load())
    if found.file:
        raise UsageError("is a file of your own", name, "name a shipped format")
    click.echo((BUILTIN / f"{found.id}.yaml").read_text(encoding="utf-8"), nl=False)


@formats.command()
@click.argument("paths", nargs=-1, required=True)
@store_options
@json_option
def detect(
    paths: tuple[str, ...],
    endpoint_url: str | None,
    allow_private: bool,
    anonymous: bool,
    as_json: bool,
) -> None:
    """The format of each file, or why it is unknown (and then the exit code is 3)."""
    from reports.text import safe_text

    failed = False
    access = _access(endpoint_url, allow_private=allow_private, anonymous=anonymous)
    for path, stream, notice in _streams(paths, reading := _reading(None, None, None), access):
        name, why = None, notice.message if notice else ""
        if stream is not None:
            fmt, why, _ = reading.recognise(stream)
            name = fmt.id if fmt else None
        failed = failed or name is None
        if as_json:
            click.echo(json.dumps({"path": path, "format": name, "why": why}))
        else:
            click.echo(safe_text(f"{path}: {name or 'unknown'} ({why})"))
    raise SystemExit(3 if failed else 0)


@formats.command()
@click.argument("paths", nargs=-1, required=True)
@click.option("--format", "format_name", metavar="NAME|FILE.yaml")
@click.option("--timezone", type=Zone())
@click.option("--reference-date", type=Day())
@store_options
@json_option
def parse(
    paths: tuple[str, ...],
    format_name: str | None,
    timezone: str | None,
    reference_date: date | None,
    endpoint_url: str | None,
    allow_private: bool,
    anonymous: bool,
    as_json: bool,
) -> None:
    """The normalised rows of each file in clear, one a line. Nothing is stored."""
    from reports.text import safe_text
    from scanner.parse import Lines

    reading = _reading(format_name, timezone, reference_date)
    access = _access(endpoint_url, allow_private=allow_private, anonymous=anonymous)
    failed = False
    for path, stream, notice in _streams(paths, reading, access):
        if stream is None:
            click.echo(safe_text(f"{path}: {notice.message if notice else ''}"), err=True)
            failed = True
            continue
        lines = Lines(stream, reading)
        for row in lines.rows():
            click.echo(json.dumps(row) if as_json else _plain(row))
        for line in lines.said:
            click.echo(safe_text(line), err=True)
        failed = failed or lines.incomplete
    raise SystemExit(3 if failed else 0)


@formats.command()
@click.argument("name", required=False, metavar="[NAME|FILE.yaml]")
@click.argument("logs", nargs=-1)
@click.option("--timezone", type=Zone())
@click.option("--reference-date", type=Day())
@json_option
def test(
    name: str | None,
    logs: tuple[str, ...],
    timezone: str | None,
    reference_date: date | None,
    as_json: bool,
) -> None:
    """Compile the SQL of every format, or of one; with a log show field by field what is read."""
    from connectors.logs.errors import FormatError
    from connectors.logs.normalise import Normaliser

    reading = _reading(name, timezone, reference_date)
    chosen = [reading.forced] if reading.forced else [*reading.formats.values()]
    for fmt in chosen:
        try:
            Normaliser(fmt, reading.settings).prove()
        except FormatError as problem:
            raise SignaturesError(str(problem)) from problem
    failed = [_try(fmt, logs, reading, as_json=as_json) for fmt in chosen if logs]
    if not logs:
        click.echo(f"{len(chosen)} format{'' if len(chosen) == 1 else 's'}", err=True)
    raise SystemExit(3 if any(failed) else 0)


def _try(fmt: Format, logs: tuple[str, ...], reading: Reading, *, as_json: bool) -> bool:
    """Show what a format reads in logs; whether anything was not read."""
    from reports.text import safe_text
    from scanner.trial import try_out

    failed = False
    for path, stream, notice in _streams(logs, reading):
        if stream is None:
            click.echo(safe_text(f"{path}: {notice.message if notice else ''}"), err=True)
            failed = True
            continue
        trial = try_out(fmt, stream, reading.settings)
        for line in [json.dumps(trial.document())] if as_json else trial.lines():
            click.echo(line if as_json else safe_text(line))
        bad = any(note.level == "error" for note in trial.notices)
        failed = failed or bad or trial.counts.rejected > 0
    return failed


def _reading(name: str | None, timezone: str | None, reference: date | None) -> Reading:
    from connectors.files.limits import Limits
    from connectors.logs.settings import ReadSettings
    from scanner.load import formats as load
    from scanner.load import named_format
    from scanner.pipeline import utc_now
    from scanner.sources import Reading

    known = load()
    return Reading(
        formats=known,
        limits=Limits(),
        settings=ReadSettings(
            timezone=timezone, reference_date=reference, now=utc_now().replace(tzinfo=UTC)
        ),
        forced=named_format(name, known) if name else None,
    )


def _access(endpoint_url: str | None, *, allow_private: bool, anonymous: bool) -> Access:
    from connectors.files.objects.access import Access

    return Access(endpoint_url, allow_private, anonymous)


def _streams(
    paths: tuple[str, ...], reading: Reading, access: Access | None = None
) -> Iterator[tuple[str, Stream | None, Notice | None]]:
    from connectors.files.notice import Notice
    from connectors.files.stream import open_streams
    from scanner.sources import find

    found, notices = find(paths, access)
    if not found and not notices:
        raise NothingToScan("no file to read", ", ".join(paths))
    for notice in notices:
        yield notice.path, None, notice
    for one in found:
        for item in open_streams(one, reading.limits):
            if isinstance(item, Notice):
                yield item.path, None, item
            else:
                with item as stream:
                    yield stream.path, stream, None


def _plain(row: dict[str, Any]) -> str:
    from reports.text import safe_text

    return safe_text("  ".join(f"{key}={value}" for key, value in row.items() if value is not None))
