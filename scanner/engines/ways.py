"""What of a format must be read and how it may be screened, given what the rules speak of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connectors.logs.verbatim import APPS, constants, is_constant, verbatim

if TYPE_CHECKING:
    from connectors.logs.model import Format
    from connectors.logs.verbatim import Verbatim
    from signatures.compile import Compiled


def way(compiled: Compiled, fmt: Format) -> Verbatim | None:
    """How to search in records of a format; None where all must be read.

    So they must where the format itself names an application that a rule speaks of.
    """
    how = verbatim(fmt)
    if how is None or any(speaks(compiled, *said) for said in how.constants):
        return None
    return replace(how, constants=frozenset())


def speaks(compiled: Compiled, column: str, text: str) -> bool:
    """Whether a rule speaks of this text in a column of verbatim.APPS."""
    if column == "app":
        return bool(compiled.app_rules(text) or compiled.oauth_name_rules(text))
    if column == "oauth_client":
        return bool(compiled.client_rules(text))
    return bool(compiled.scope_rules(text))


def silent(compiled: Compiled, fmt: Format) -> frozenset[str]:
    """The columns that hold only texts of the format's own, of which no rule speaks."""
    return frozenset(
        name
        for name in APPS
        if is_constant(fmt, name)
        and not any(speaks(compiled, name, text) for text in constants(fmt, name))
    )
