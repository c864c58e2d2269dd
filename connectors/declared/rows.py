"""One record under a header to one Declaration, with a remark for everything odd in it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from connectors.declared import cells, dates, words
from connectors.declared.domains import read_host
from connectors.declared.model import Declaration, Remark
from connectors.declared.text import fold

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from connectors.declared.grid import Grid, Record

_EXPLAINED = re.compile(r"\s[\u2013\u2014\x96\xa4-]\s")  # "Pilot - what a pilot is"
_NO_NAME: Final = "(no name)"
_ENVIRONMENT_OF: Final = {w: env for env, many in words.ENVIRONMENTS.items() for w in many}


class StatusUnknown(Exception):
    """A status word that no list holds, and no policy that would say what it counts as."""


class HostPoison(Exception):
    """A host cell that would match everything below a public suffix."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Status word -> life-cycle; `by_policy`: unknown words count as approved, with a remark."""

    of: Mapping[str, str]
    by_policy: bool

    @classmethod
    def build(cls, status_words: Mapping[str, Sequence[str]] | None) -> Vocabulary:
        """From a policy's `status_words`, or our own when there are none.

        A policy's words are compared after trimming, ignoring case; ours also without accents
        and punctuation, since nobody chose them.
        """
        source = words.STATUS_WORDS if status_words is None else status_words
        key = _loose if status_words is None else _exact
        return cls(
            {key(w): life for life, many in source.items() for w in many}, status_words is not None
        )

    def lookup(self, cell: str) -> str | None:
        """Life-cycle of a status cell; None when no list holds it."""
        return self.of.get((_exact if self.by_policy else _loose)(cell))


def _exact(word: str) -> str:
    return " ".join(word.split()).casefold()


def _loose(word: str) -> str:
    return fold(_EXPLAINED.split(cells.without_option(word), maxsplit=1)[0])


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
        found = [v for cell in self.by_field.get(name, ()) for v in cells.several(cell)]
        return tuple(dict.fromkeys(found))

    def identifiers(self, name: str) -> tuple[str, ...]:
        found = [v for cell in self.by_field.get(name, ()) for v in cells.identifiers(cell)]
        return tuple(dict.fromkeys(found))


def declaration(
    grid: Grid,
    record: Record,
    row: int,
    vocabulary: Vocabulary,
    orders: Mapping[int, dates.Order | None],
) -> Declaration:
    """The row of a record. orders: by column position, of slashed dates (dates.order_of).

    Raises StatusUnknown (the row is refused) or HostPoison (the register is).
    """
    found = _Row(_by_field(grid, record), {f: n for n, f in grid.header.mapping().items()})
    lifecycle = _lifecycle(found, vocabulary)
    when = {name: _date(found, grid, name, orders) for name in sorted(words.DATES)}
    notes = found.text("notes")
    if lifecycle == "retired" and when["retired_on"] is None and notes:
        when["retired_on"] = dates.closing_date(notes)
        if when["retired_on"] is not None:
            found.remark(
                "date_from_notes", f"retired on {when['retired_on']} by the notes", "notes"
            )
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
        lifecycle=lifecycle,
        lifecycle_raw=found.text("lifecycle"),
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


def _lifecycle(row: _Row, vocabulary: Vocabulary) -> str | None:
    cell = next(iter(row.by_field.get("lifecycle", ())), "").strip()
    known = vocabulary.lookup(cell)
    if known is not None:
        return known
    if not cells.value(cell):
        if "lifecycle" in row.by_field:
            row.remark("status_missing", "no status; counts as approved", "lifecycle")
        return "approved"
    if not vocabulary.by_policy:
        raise StatusUnknown(cell)
    row.remark(
        "status_unknown", f'status "{cell[:60]}" is in no list; counts as approved', "lifecycle"
    )
    return "approved"


def _date(
    row: _Row, grid: Grid, name: str, orders: Mapping[int, dates.Order | None]
) -> dt.date | None:
    cell = row.text(name)
    if cell is None:
        return None
    read = dates.read_date(cell, orders.get(grid.header.first(name)))
    if read.code is not None:
        row.remark(read.code, read.text or "", name)
    return read.date


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
