"""`aicensus demo`: the whole job on a bundled, made-up organisation."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime
from importlib.resources import files
from os.path import relpath
from pathlib import Path

import click

from scanner.commands.options import FOLDER
from scanner.errors import UsageError
from scanner.model import ScanRequest

# The day after the last recorded one: the ledger of the demo is the same on any day.
AS_OF = date(2026, 3, 16)


@click.command()
@click.option("--out", type=FOLDER, metavar="DIR", help="Where the report goes.")
def demo(out: Path | None) -> None:
    """Scan the logs of a made-up freight company and hold them against its register."""
    from scanner.commands.output import Output
    from scanner.commands.progress import watcher
    from scanner.pipeline import scan

    folder = organisation()
    out = out or Path(tempfile.mkdtemp(prefix="aicensus-demo-"))
    outcome = scan(request(folder), watcher(), Output(as_json=False, out=out))
    click.echo(f"\nOpen {out / 'report.html'} in a browser.", err=True)
    raise SystemExit(int(outcome.exit_code))


def organisation() -> Path:
    """The folder of the bundled organisation: in the wheel, or in a checkout."""
    for root in (Path(str(files("scanner"))) / "organisation", _checkout()):
        if (root / "register.csv").is_file():
            return root
    raise UsageError("the bundled organisation is not installed", "demo", "install aicensus again")


def _checkout() -> Path:
    return Path(str(files("scanner"))).parent / "fixtures" / "organisation"


def request(folder: Path) -> ScanRequest:
    """The scan of the bundled organisation."""
    return ScanRequest(
        paths=(relpath(folder / "logs"),),
        now=datetime.combine(AS_OF, datetime.min.time(), UTC).replace(tzinfo=None),
        inventories=(folder / "register.csv",),
        people=folder / "people.csv",
        policy=folder / "policy.yaml",
        organisation="demo",
        as_of=AS_OF,
        reference_date=AS_OF,  # the resolver's log names no year
    )
