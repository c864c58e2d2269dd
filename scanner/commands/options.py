"""Options that several commands share, spelled alike everywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from os import PathLike

F = TypeVar("F", bound=Callable[..., Any])


class Named(click.Path):
    """A path with a name: an empty one is what a variable that is not set leaves."""

    def convert(
        self,
        value: str | PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:  # noqa: ANN401 - as click.Path
        """Refuse an empty name."""
        if not str(value).strip():
            self.fail("is empty; give a name, or leave the option out", param, ctx)
        return super().convert(value, param, ctx)


FILE = Named(path_type=Path, dir_okay=False)
FOLDER = Named(path_type=Path, file_okay=False)


class Day(click.ParamType[date]):
    """A calendar day, YYYY-MM-DD."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Read the day."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no date: write YYYY-MM-DD", param, ctx)


class Pack(click.Path):
    """A pack of signatures that is there, perhaps with the digest it must have."""

    def __init__(self) -> None:
        super().__init__(exists=True)

    def convert(
        self,
        value: str | PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path:
        """Look for what stands before the digest."""
        from signatures.installed import pinned

        super().convert(pinned(str(value))[0], param, ctx)
        return Path(value)


class Zone(click.ParamType[str]):
    """The name of a time zone, as Europe/Berlin."""

    name = "zone"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Hold the name against the zones this machine knows."""
        from zoneinfo import available_timezones

        if str(value) not in available_timezones():
            self.fail(f"{value!r} is no time zone: write it as Europe/Berlin or UTC", param, ctx)
        return str(value)


def json_option(command: F) -> F:
    """--json: one JSON object (or one a line) on stdout."""
    return click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")(command)


def signatures_options(command: F) -> F:
    """--signatures: packs on top of the shipped one, and the keys of those that are signed."""
    for option in reversed(
        (
            click.option(
                "--signatures", "overlays", multiple=True, metavar="DIR|PACK.tar.gz", type=Pack(),
                help="Your signatures on top of ours, pinned with @sha256:…; may be repeated.",
            ),
            click.option(
                "--signatures-key", "keys", type=FILE, multiple=True, metavar="PUB",
                help="Public key (PEM, Ed25519) of a packed one; may be repeated.",
            ),
        )
    ):  # fmt: skip
        command = option(command)
    return command


def inventory_options(command: F) -> F:
    """The declared side: register, people, policy."""
    for option in reversed(
        (
            click.option(
                "--inventory", "inventories", type=FILE, multiple=True, metavar="F",
                help="The declared register; may be repeated.",
            ),
            click.option("--people", type=FILE, metavar="F", help="People list (CSV)."),
            click.option("--policy", type=FILE, metavar="F", help="Policy (YAML or JSON)."),
            click.option("--lenient", is_flag=True, help="Leave out bad rows of the register."),
        )
    ):  # fmt: skip
        command = option(command)
    return command
