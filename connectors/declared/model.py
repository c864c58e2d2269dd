"""The values that declared files become, and the error of a file that cannot be used.

`Declaration` has the columns of the store table `declaration` (without run_id), in its order,
so that a list of them is inserted as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

Lifecycle = Literal["approved", "not_yet", "retired", "refused", "exception"]
LIFECYCLES: Final[tuple[Lifecycle, ...]] = (
    "approved",
    "not_yet",
    "retired",
    "refused",
    "exception",
)
MAX_LINES_NAMED = 5


@dataclass(eq=False)
class InventoryError(Exception):
    """A register, people list, policy or scope that cannot be used (exit 15).

    line: from 1, or None where the file has no lines (a workbook part, a JSON value).
    more: further lines with the same problem. rejected: rows the problem costs.
    """

    path: str
    line: int | None
    field: str
    problem: str
    hint: str
    more: tuple[int, ...] = ()
    rejected: int = 0
    column: int | None = None

    def __str__(self) -> str:
        where = self.path
        if self.line is not None:
            where += f":{self.line}" + (f":{self.column}" if self.column is not None else "")
        also = f" (also line {lines_named(self.more)})" if self.more else ""
        what = f"{self.field}: " if self.field else ""
        return one_line(f"{where}: {what}{self.problem}{also}; {self.hint}")


def one_line(text: str) -> str:
    """Text of a cell for a message: what is not printable is shown escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def lines_named(numbers: tuple[int, ...]) -> str:
    """The first few line numbers, and how many more there are."""
    shown = ", ".join(str(n) for n in numbers[:MAX_LINES_NAMED])
    rest = len(numbers) - MAX_LINES_NAMED
    return shown + (f" and {rest} more" if rest > 0 else "")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about the quality of one row: what stands there and what was made of it.

    code: a word of REMARK_CODES; text: one sentence without the code.
    """

    code: str
    text: str
    field: str | None = None

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Something to tell about a file or some of its rows.

    level `error`: the row was not taken; `warning`, `note`: it was. line: of the first row
    concerned; lines: all of them.
    """

    path: str
    level: Literal["error", "warning", "note"]
    reason: str
    message: str
    line: int | None = None
    field: str | None = None
    lines: tuple[int, ...] = ()

    def __str__(self) -> str:
        where = self.path + (f":{self.line}" if self.line is not None else "")
        what = f"{self.field}: " if self.field else ""
        return one_line(f"{where}: {what}{self.message}")


@dataclass(frozen=True, slots=True)
class Declaration:
    """One row of the declared register, normalised; `raw` keeps every cell as it stood.

    row: 1-based over data records. lifecycle: one of LIFECYCLES, None when nobody could tell.
    raw: JSON object column -> cell. remarks: `code: sentence`, see Remark.
    """

    row: int
    source: str
    line: int | None
    ref: str | None
    name: str
    description: str | None = None
    purpose: str | None = None
    business_owner: str | None = None
    technical_owner: str | None = None
    department: str | None = None
    vendor: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    hosting: str | None = None
    regions: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    tenant_ids: tuple[str, ...] = ()
    resource_ids: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    environment: str | None = None
    kind: str | None = None
    lifecycle: str | None = None
    lifecycle_raw: str | None = None
    risk_tier: str | None = None
    data_classes: tuple[str, ...] = ()
    approved_scope: str | None = None
    approved_by: str | None = None
    approved_on: dt.date | None = None
    review_due: dt.date | None = None
    retired_on: dt.date | None = None
    notes: str | None = None
    raw: str = "{}"
    remarks: tuple[str, ...] = ()
    row_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Inventory:
    """A register that was read: its rows, what to say about them, and its fingerprint.

    rejected: rows not taken, each named by an `error` in problems. records: data records in the
    file, so that len(rows) + rejected + blank == records. columns: name -> field. unread: file or
    file!sheet -> names of its columns that no field takes. names: of all columns.
    """

    path: str
    format: str
    sha256: str
    rows: tuple[Declaration, ...]
    problems: tuple[RowProblem, ...] = ()
    records: int = 0
    rejected: int = 0
    blank: int = 0
    columns: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the identity provider's export."""

    display_name: str
    mail: str = ""
    login: str = ""
    active: bool = True
    department: str = ""
    aliases: tuple[str, ...] = ()
