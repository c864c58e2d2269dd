"""One record under a header to one Declaration, with a remark for everything odd in it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from connectors.declared import cells, dates, words
from connectors.declared.domains import read_host
from connectors.declared.model import Declaration, Remark
from connectors.declared.status import Life, dated_answers, is_date, life_of, short
from connectors.declared.text import fold

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from connectors.declared.grid import Grid, Record
    from connectors.declared.status import Column

_NO_NAME: Final = "(no name)"
_SINCE: Final = {"approved_on": "approved", "retired_on": "retired"}
_ENVIRONMENT_OF: Final = {w: env for env, many in words.ENVIRONMENTS.items() for w in many}


class HostPoison(Exception):
    """A host cell that would match everything below a public suffix."""


@dataclass(slots=True)
class _Row:
    """The cells of one record by field, and the remarks made on the way."""

    by_field: dict[str, list[str]]
    names: dict[str, str]  # field -> the column's own name
    remarks: list[Remark] = field(default_factory=list)

    def remark(self, code: str, text: str, about: str | None = None) -> None:
        self.remarks.append(Remark(code, text, self.names.get(about or "", about)))

    def text(self, name: str) -> str | None:
        return next((v for c in self.by_field.get(name, ()) if (v := cells.value(c))), None)

    def several(self, name: str) -> tuple[str, ...]:
        named = name in words.NAMES
        found = [v for c in self.by_field.get(name, ()) for v in cells.several(c, names=named)]
        return tuple(dict.fromkeys(found))

    def identifiers(self, name: str) -> tuple[str, ...]:
        found = [v for cell in self.by_field.get(name, ()) for v in cells.identifiers(cell)]
        return tuple(dict.fromkeys(found))


def declaration(
    grid: Grid,
    record: Record,
    row: int,
    status: Sequence[Column],
    orders: Mapping[int, dates.Order | None],
    *,
    by_policy: bool,
) -> Declaration:
    """The row of a record. status: the columns that can say one (status_columns.by_content).

    orders: by column position, of slashed dates (dates.order_of). by_policy: see status.life_of.
    Raises StatusUnknown (the row is refused) or HostPoison (the register is).
    """
    found = _Row(
        _by_field(grid, record), {f: n for n, f in reversed(grid.header.mapping().items())}
    )
    life = life_of(status, record.cells, by_policy=by_policy)
    found.remarks += life.remarks
    when = {
        name: _date(found, _date_cells(name, grid, record, status, life), record, name, orders)
        for name in sorted(words.DATES)
    }
    notes = found.text("notes")
    if life.lifecycle == "retired" and when["retired_on"] is None and notes:
        when["retired_on"] = dates.closing_date(notes)
        if when["retired_on"] is not None:
            found.remark(
                "date_from_notes", f"retired on {when['retired_on']} by the notes", "notes"
            )
    if when["retired_on"] is not None and life.lifecycle == "approved":
        life = _ended(found, life, when["retired_on"])
    _twins(found)
    raw = json.dumps(
        dict(zip(grid.header.names, record.cells, strict=True)), ensure_ascii=False, sort_keys=False
    )
    _owners(found)
    return Declaration(
        row=row,
        source=grid.source,
        line=record.line,
        ref=found.text("ref"),
        name=_name(found),
        description=found.text("description"),
        purpose=found.text("purpose"),
        business_owner=found.text("business_owner"),
        technical_owner=found.text("technical_owner"),
        department=found.text("department"),
        vendor=found.several("vendor"),
        product=found.several("product"),
        model=found.several("model"),
        hosting=found.text("hosting"),
        regions=found.several("regions"),
        accounts=found.identifiers("accounts"),
        tenant_ids=found.identifiers("tenant_ids"),
        resource_ids=_resources(found),
        domains=_domains(found),
        environment=_environment(found),
        kind=words.KINDS.get(fold(found.text("kind") or "")),
        lifecycle=life.lifecycle,
        lifecycle_raw=life.raw,
        risk_tier=found.text("risk_tier"),
        data_classes=found.several("data_classes"),
        approved_scope=found.text("approved_scope"),
        approved_by=found.text("approved_by"),
        approved_on=when["approved_on"],
        review_due=when["review_due"],
        retired_on=when["retired_on"],
        notes=notes,
        raw=raw,
        remarks=tuple(str(r) for r in found.remarks),
        row_sha256=hashlib.sha256(raw.encode()).hexdigest(),
    )


def _by_field(grid: Grid, record: Record) -> dict[str, list[str]]:
    by_field: dict[str, list[str]] = {}
    for name, cell in zip(grid.header.fields, record.cells, strict=True):
        if name is not None:
            by_field.setdefault(name, []).append(cell)
    return by_field


def _name(row: _Row) -> str:
    name = row.text("name")
    if name is not None:
        return " ".join(name.split())
    stand_in = next(iter(row.several("product")), None) or row.text("ref")
    row.remark("name_missing", f'no name; called "{stand_in or _NO_NAME}" here', "name")
    return stand_in or _NO_NAME


def _date(
    row: _Row,
    at: Sequence[int],
    record: Record,
    name: str,
    orders: Mapping[int, dates.Order | None],
) -> dt.date | None:
    """The date of the first of some cells that is filled."""
    for position in at:
        cell = cells.value(record.cells[position])
        if cell is None:
            continue
        read = dates.read_date(cell, orders.get(position))
        if read.code is not None:
            row.remark(read.code, read.text or "", name)
        return read.date
    return None


def _date_cells(
    name: str, grid: Grid, record: Record, status: Sequence[Column], life: Life
) -> list[int]:
    """Positions of a field's cells without words that are a status, and of answers with a date."""
    own = [at for at in grid.header.positions(name) if at not in life.used]
    answered = dated_answers(status, _SINCE[name]) if name in _SINCE else []
    return own + [at for at in answered if is_date(record.cells[at])]


def _ended(row: _Row, life: Life, day: dt.date) -> Life:
    """A row with a last day is retired from then on, unless its status says that it goes on."""
    if life.raw is None:
        row.remark(
            "retired_without_status", f"no status; ends on {day}, retired then", "retired_on"
        )
        return replace(life, lifecycle="retired", raw=f"ends on {day}")
    text = f"ends on {day}, but its status does not say retired; counts as approved"
    row.remark("retired_without_status", text, "retired_on")
    return life


def _twins(row: _Row) -> None:
    """Columns of the very same name: the first that is filled counts, another value is told."""
    for name, found in row.by_field.items():
        if name in words.LISTS or name == "lifecycle" or len(found) == 1:
            continue
        filled = list(dict.fromkeys(v for cell in found if (v := cells.value(cell)) is not None))
        if len(filled) > 1:
            column = short(row.names[name])
            text = f'"{column}" stands twice: "{short(filled[0])}" counts, '
            row.remark("column_twice", text + f'"{short(filled[1])}" does not', name)


def _owners(row: _Row) -> None:
    if row.text("business_owner") is None and row.text("technical_owner") is None:
        row.remark("owner_missing", "no owner", "business_owner")


def _environment(row: _Row) -> str | None:
    cell = row.text("environment")
    if cell is None:
        return None
    folded = fold(cell)
    known = _ENVIRONMENT_OF.get(folded) or _ENVIRONMENT_OF.get(folded.removesuffix(" only"))
    if known is None:
        first = folded.split(" ", 1)[0]
        known = _ENVIRONMENT_OF.get(first)
    if known is None:
        row.remark("environment_unknown", f'environment "{cell[:40]}" is not known', "environment")
    return known


def _resources(row: _Row) -> tuple[str, ...]:
    """Resource cells as they stand, one value a line: ids may hold "/" and blanks, prose too."""
    lines = [line for c in row.by_field.get("resource_ids", ()) for line in c.splitlines()]
    parts = [part for line in lines for part in line.split(";")]
    return tuple(dict.fromkeys(v for part in parts if (v := cells.value(part)) is not None))


def _domains(row: _Row) -> tuple[str, ...]:
    found: list[str] = []
    for text in row.identifiers("domains"):
        host = read_host(text)
        if host.verdict == "poison":
            raise HostPoison(text)
        if host.verdict == "unusable":
            row.remark("domain_unusable", f'"{text[:60]}" is no host or URL', "domains")
            continue
        if host.verdict == "below":
            row.remark("domain_wildcard", f'"{text[:60]}" read as {host.text}', "domains")
        found.append(host.text)
    return tuple(dict.fromkeys(found))
