"""`aicensus signatures verify` and `install`: packs that come from elsewhere."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import click

from scanner.commands.options import FILE, FOLDER, json_option
from scanner.commands.words import many
from scanner.errors import NoSpace, SignaturesError

if TYPE_CHECKING:
    from pathlib import Path

    from signatures.lint import LintIssue
    from signatures.pack import Pack

_KEY = click.option(
    "--key", "keys", type=FILE, multiple=True, required=True, metavar="PUB",
    help="Public key (PEM, Ed25519) of the pack's maker; may be repeated.",
)  # fmt: skip
_PACK = click.argument("pack", type=FILE, metavar="PACK.tar.gz")


@click.command(short_help="Whether a pack is what its maker signed, and sound.")
@_PACK
@_KEY
@json_option
def verify(pack: Path, keys: tuple[Path, ...], as_json: bool) -> None:
    """Whether PACK is what its maker signed, loads whole and keeps the catalogue's rules.

    The signature is PACK.sig beside it.
    """
    from signatures.archive import read_archive
    from signatures.errors import SignatureError

    try:
        found = read_archive(pack, keys)
    except SignatureError as problem:
        raise SignaturesError(str(problem)) from problem
    refuse_broken(found)
    _tell(found, "", as_json)


@click.command(short_help="Verify a pack and put it into use.")
@_PACK
@_KEY
@click.option(
    "--into", type=FOLDER, required=True, metavar="DIR", help="The folder of this pack in use."
)
@click.option(
    "--older", is_flag=True,
    help="Also an older version than is in use, or other content under the same version.",
)  # fmt: skip
@click.option("--other-pack", is_flag=True, help="Also a pack of another name than is in use.")
@json_option
def install(
    pack: Path,
    keys: tuple[Path, ...],
    into: Path,
    older: bool,
    other_pack: bool,
    as_json: bool,
) -> None:
    """Verify PACK and put it into use in DIR, or refuse it and leave what is in use.

    \b
    Example:
      aicensus signatures install acme.tar.gz --key acme.pem --into packs/acme
      aicensus scan logs --signatures packs/acme
    """
    from signatures.errors import SignatureError
    from signatures.installed import install as put

    opened: list[Pack] = []

    def check(found: Pack) -> None:
        refuse_broken(found)
        opened.append(found)

    try:
        done = put(pack, keys, into, check, older=older, other=other_pack)
    except SignatureError as problem:
        raise SignaturesError(str(problem)) from problem
    except OSError as problem:
        raise NoSpace(f"cannot be written: {problem.strerror}", str(into)) from problem
    _tell(opened[0], f"installed in {into}, after {done.before or 'nothing'}: ", as_json)


def refuse_broken(pack: Pack) -> None:
    """Load a pack on top of what is shipped and lint it; raises SignaturesError.

    A version in the future is refused: until that day the maker's own updates would be older.
    """
    from scanner import pipeline
    from scanner.load import packs, suppliers
    from scanner.match.observed import judge_observed
    from signatures.compile import compile_catalogue
    from signatures.errors import SignatureError
    from signatures.lint import lint
    from signatures.load import load_packs

    _refuse_day(pack, pipeline.utc_now().date())
    try:
        loaded = load_packs([*packs(), pack])
    except SignatureError as problem:
        raise SignaturesError(str(problem)) from problem
    tables = compile_catalogue(loaded)
    own = {file.source for file in pack.files}
    errors: list[LintIssue] = [
        issue
        for issue in lint(loaded, lambda seen: judge_observed(tables, seen), suppliers())
        if issue.level == "error" and (issue.path in own or issue.name in {"case", "unreachable"})
    ]
    for issue in errors:
        click.echo(str(issue))
    if errors:
        raise SignaturesError(
            many(len(errors), "error"),
            pack.about.place,
            "nothing was changed; mend the lines above",
        )


def _refuse_day(pack: Pack, today: date) -> None:
    """Raises SignaturesError for a version that is no day, or one after tomorrow.

    Tomorrow is today somewhere else.
    """
    version, place = pack.about.version, f"{pack.about.place}!pack.yaml"
    if version is None:
        return
    year, month, day = (int(part) for part in version.split(".")[:3])
    try:
        made = date(year, month, day)
    except ValueError as problem:
        raise SignaturesError(f"version {version} is no day: {problem}", place) from None
    if made > today + timedelta(days=1):
        raise SignaturesError(
            f"version {version} lies in the future, today is {today}",
            place,
            "mend the version, or this machine's clock",
        )


def _tell(pack: Pack, done: str, as_json: bool) -> None:
    about = pack.about
    if as_json:
        click.echo(
            json.dumps(
                {
                    "name": about.name,
                    "version": about.version,
                    "sha256": about.sha256,
                    "signed_by": about.signed_by,
                    "signatures": len(pack.files),
                }
            )
        )
        return
    click.echo(
        f"{done}{about.name} {about.version}: {pack.size},"
        f" sha256 {about.sha256}, signed by key {about.signed_by}"
    )
