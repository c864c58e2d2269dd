"""The options that say how object stores are reached."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from connectors.files.objects.access import ANY_STORE
from scanner.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])


def store_options(command: F) -> F:
    """--endpoint-url, --allow-private, --anonymous."""
    for option in reversed(
        (
            click.option(
                "--endpoint-url", metavar="URL", help="Another object store than the provider's."
            ),
            click.option(
                "--allow-private", is_flag=True,
                help="That store may speak http or have a private address.",
            ),
            click.option(
                "--anonymous", is_flag=True, help="Ask object stores without credentials."
            ),
        )
    ):  # fmt: skip
        command = option(command)
    return command


def no_stores(paths: Sequence[str]) -> None:
    """Refuse addresses of object stores. Raises UsageError."""
    for path in paths:
        if path.startswith(ANY_STORE):
            raise UsageError("needs a network", path, "leave out --offline, or copy it here first")
