"""The people list: an identity provider's export as CSV or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from connectors.declared import cells, csv_file, json_file
from connectors.declared.model import InventoryError, Person, RowProblem
from connectors.declared.read import read_bytes
from connectors.declared.status import short
from connectors.declared.text import decode, fold

if TYPE_CHECKING:
    from connectors.declared.grid import Record

_HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "display_name": ("display name", "displayname", "name", "full name", "person"),
    "mail": ("mail", "email", "e mail", "user principal name", "userprincipalname", "upn"),
    "login": ("login", "user", "username", "user name", "account", "sam account name", "uid"),
    "active": ("active", "enabled", "account enabled", "accountenabled", "status", "state"),
    "department": ("department", "dept", "team", "unit", "organisation unit", "abteilung"),
    "aliases": ("aliases", "alias", "other names", "other mails", "proxy addresses"),
}
_NAMED: Final = 20  # columns not read that are named
_FIELD_OF: Final = {synonym: name for name, many in _HEADERS.items() for synonym in many}
_INACTIVE: Final = frozenset(
    {
        "0",
        "false",
        "no",
        "n",
        "inactive",
        "disabled",
        "left",
        "leaver",
        "deprovisioned",
        "suspended",
    }
)
_ACTIVE: Final = frozenset({"", "1", "true", "yes", "y", "active", "enabled", "provisioned"})


def read_people(path: str | Path) -> list[Person]:
    """People in the file's order.

    Columns: display_name, mail, login, active, department, aliases (";" between several), in any
    order and under usual synonyms; without `active` everyone is. Raises InventoryError, also when
    two people share a mail or a login: then no owner could be told for sure.
    """
    return people_of(path)[0]


def people_of(path: str | Path) -> tuple[list[Person], list[RowProblem]]:
    """As read_people, and a note that names the columns taken when there are others, too.

    A log has a column "user": whoever gave one as people should see it.
    """
    shown = str(path)
    text, _ = decode(read_bytes(Path(path), shown, "people list"), shown)
    if text.lstrip()[:1] in ("[", "{"):
        records = json_file.records_of(text, shown)
    else:
        override = dict.fromkeys(_HEADERS["display_name"], "name")
        records = csv_file.records_of(text, shown, override)
    fields = [_FIELD_OF.get(fold(cell)) for cell in records[0].cells] if records else []
    if "display_name" not in fields and "mail" not in fields and "login" not in fields:
        line = records[0].line if records else None
        raise InventoryError(
            shown, line, "", "no column names people", "call one display_name, mail or login"
        )
    even, _ = csv_file.even(records[1:], len(fields), shown, lenient=False)
    people = [(r.line, _person(fields, r, shown)) for r in even if r is not None and not r.blank]
    _check_unique(people, shown)
    return [person for _, person in people], _columns(records[0], fields, shown)


def _columns(header: Record, fields: list[str | None], path: str) -> list[RowProblem]:
    pairs = [(short(n.strip()), f) for n, f in zip(header.cells, fields, strict=True) if n.strip()]
    left = [name for name, field in pairs if field is None]
    if not left:
        return []
    taken = ", ".join(f"{name} ({field})" for name, field in pairs if field is not None)
    more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
    message = f"people read from {taken}; not read: {', '.join(left[:_NAMED])}{more}"
    return [RowProblem(path, "note", "people_columns", message, header.line)]


def _person(fields: list[str | None], record: Record, path: str) -> Person:
    cell = dict(zip(reversed(fields), reversed(record.cells), strict=True))
    text = {name: cells.value(cell.get(name, "")) or "" for name in _HEADERS}
    name = text["display_name"] or text["mail"].split("@", 1)[0] or text["login"]
    if not name:
        raise InventoryError(path, record.line, "", "a person without a name", "fill display_name")
    return Person(
        display_name=name,
        mail=text["mail"].casefold(),
        login=text["login"].casefold(),
        active=_active(cell.get("active", ""), record, path),
        department=text["department"],
        aliases=cells.several(cell.get("aliases", "")),
    )


def _active(cell: str, record: Record, path: str) -> bool:
    word = fold(cell)
    if word in _INACTIVE:
        return False
    if word in _ACTIVE:
        return True
    raise InventoryError(
        path, record.line, "active", f'"{cell[:40]}" is neither yes nor no', "write 1 or 0"
    )


def _check_unique(people: list[tuple[int | None, Person]], path: str) -> None:
    for field in ("mail", "login"):
        seen: dict[str, Person] = {}
        for line, person in people:
            key = getattr(person, field)
            if key and key in seen:
                raise InventoryError(
                    path,
                    line,
                    field,
                    f'"{key}" is of two people, {seen[key].display_name} and {person.display_name}',
                    "leave one of them out",
                )
            seen[key] = person
