"""The policy file: sanctioned tenants, deny rules, waivers, status vocabulary (YAML or JSON).

The parser is handed in (`signatures.strict_yaml.load_yaml`), since connectors know nothing of
signatures; any `(text, path) -> object` does. Its mappings may tell lines with `line_of(key)`.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003  pydantic reads it at run time
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Final, Literal, Self

import re2
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from connectors.declared.domains import read_host
from connectors.declared.header import IGNORE
from connectors.declared.model import LIFECYCLES, InventoryError
from connectors.declared.read import read_bytes
from connectors.declared.text import decode
from connectors.declared.words import HEADERS

Parser = Callable[[str, str], object]
Text = Annotated[str, Field(min_length=1)]

_PATTERN: Final = 1000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Match(_Strict):
    """What a rule or waiver is about: a domain and all below it, a name and where it runs, or
    the models of a maker (id, name or alias of a vendor), wherever they are hosted."""

    domain_suffix: Text | None = None
    name_regex: Text | None = None
    account_or_group_regex: Text | None = None
    model_maker: Text | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        if self.model_maker is not None:
            if self.domain_suffix or self.name_regex or self.account_or_group_regex:
                raise ValueError("give model_maker alone")
            return self
        if self.domain_suffix is not None:
            if self.name_regex or self.account_or_group_regex:
                raise ValueError("give domain_suffix or the two regexes, not both")
            host = read_host(self.domain_suffix)
            bare = self.domain_suffix.removeprefix("*").removeprefix(".")
            if bare != self.domain_suffix and read_host(bare).verdict == "host":
                raise ValueError(
                    f'domain_suffix "{self.domain_suffix}" holds for everything below it anyhow; '
                    f'write "{bare}"'
                )
            if host.verdict != "host":
                raise ValueError(f'domain_suffix "{self.domain_suffix}" would match everything')
            if host.text != self.domain_suffix.casefold().strip("."):
                raise ValueError(
                    f'domain_suffix "{self.domain_suffix}" is no bare name; write "{host.text}"'
                )
            return self
        if not (self.name_regex and self.account_or_group_regex):
            raise ValueError(
                "give domain_suffix, model_maker, or name_regex and account_or_group_regex"
            )
        for pattern in (self.name_regex, self.account_or_group_regex):
            _check_pattern(pattern)
        if _matches_all(self.name_regex) and _matches_all(self.account_or_group_regex):
            raise ValueError("both regexes match the empty text: this would match everything")
        return self


class DenyRule(_Strict):
    """Something nobody may use; `confirm: human` makes it a question instead of a verdict."""

    id: Text
    match: Match
    reason: str = ""
    confirm: Literal["human"] | None = None


class Waiver(_Strict):
    """Something accepted until a date. `rule`: the deny rule it lifts, else it lifts none."""

    id: Text
    match: Match
    expires: dt.date
    approved_by: str = ""
    reason: str = ""
    rule: Text | None = None


class Policy(_Strict):
    """The whole policy. status_words None: no vocabulary of its own.

    columns: column of the register as its header has it -> field, or `ignore`.
    """

    sanctioned_tenants: dict[str, tuple[str, ...]] = {}
    prohibited: tuple[DenyRule, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    status_words: dict[str, tuple[str, ...]] | None = None
    columns: dict[str, str] = {}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for name, entries in (("prohibited", self.prohibited), ("waivers", self.waivers)):
            ids = [entry.id for entry in entries]
            twice = sorted({i for i in ids if ids.count(i) > 1})
            if twice:
                raise ValueError(f"{name}: id {twice[0]} occurs twice")
        rules = {rule.id for rule in self.prohibited}
        for waiver in self.waivers:
            if waiver.rule is not None and waiver.rule not in rules:
                raise ValueError(f"waiver {waiver.id} names rule {waiver.rule}, which is not there")
        unknown = set(self.status_words or ()) - set(LIFECYCLES)
        if unknown:
            raise ValueError(f"status_words: {min(unknown)} is none of {', '.join(LIFECYCLES)}")
        for column, name in self.columns.items():
            if name not in HEADERS and name != IGNORE:
                fields = ", ".join((*HEADERS, IGNORE))
                raise ValueError(f'columns: "{column}" cannot be {name}, but one of {fields}')
        return self


def read_policy(path: str | Path, parse: Parser) -> Policy:
    """The policy of a file. Raises InventoryError with line and key; the parser's errors pass."""
    shown = str(path)
    text, _ = decode(read_bytes(Path(path), shown, "policy"), shown)
    return policy_of(parse(text, shown), shown)


def policy_of(document: object, path: str) -> Policy:
    """The policy of a parsed document. Raises InventoryError naming line and key."""
    if not isinstance(document, dict):
        raise InventoryError(path, 1, "", "wants a mapping", "see docs: policy")
    try:
        return Policy.model_validate(document)
    except ValidationError as error:
        raise located(error, document, path) from error


def located(error: ValidationError, document: object, path: str) -> InventoryError:
    """The first pydantic error as one line, with the line of the nearest key that knows it."""
    found = error.errors()
    # a mistyped key is also a missing one; what was typed tells more
    first = next((one for one in found if one["type"] == "extra_forbidden"), found[0])
    line: int | None = None
    at, key = document, ""
    for step in first["loc"]:
        key += f"[{step}]" if isinstance(step, int) else f".{step}" if key else str(step)
        line = _line_of(at, step) or line
        try:
            at = at[step]  # type: ignore[index]  # a step of the error's own path
        except (KeyError, IndexError, TypeError):
            break
    message = _WANTED.get(first["type"]) or first["msg"].removeprefix("Value error, ")
    if first["type"] in _WANTED and first["input"] is None:
        message = f"is empty, and {message}"
    if first["type"] == "extra_forbidden":
        return InventoryError(path, line or 1, key, "unknown key", _nearest(first["loc"]))
    hint = "a waiver must end some day" if first["type"] == "missing" and "expires" in key else ""
    return InventoryError(path, line or 1, key, message, hint or "correct the value")


# What pydantic calls by its types, in the words of the file.
_WANTED: Final = {
    "tuple_type": "wants a list",
    "dict_type": "wants a mapping",
    "model_type": "wants a mapping",
    "model_attributes_type": "wants a mapping",
    "string_type": "wants text",
    "date_type": "wants a date such as 2027-01-31",
    "date_parsing": "wants a date such as 2027-01-31",
    "date_from_datetime_parsing": "wants a date such as 2027-01-31",
}


def _nearest(place: tuple[str | int, ...]) -> str:
    """The known key that an unknown one is most like, or all that could stand in its place."""
    *around, typed = place
    names = [step for step in around if isinstance(step, str)]
    known = list(_HOLDERS.get(names[-1] if names else "", Policy).model_fields)
    like = get_close_matches(str(typed).casefold(), known, 1)
    return f'did you mean "{like[0]}"?' if like else f"one of {', '.join(known)}"


_HOLDERS: Final[dict[str, type[_Strict]]] = {
    "prohibited": DenyRule,
    "waivers": Waiver,
    "match": Match,
}


def _line_of(mapping: object, key: object) -> int | None:
    tell = getattr(mapping, "line_of", None)
    if tell is None:
        return None
    try:
        line = tell(key)
    except (KeyError, TypeError):
        return None
    return line if isinstance(line, int) else None


def _check_pattern(pattern: str) -> None:
    if len(pattern) > _PATTERN:
        raise ValueError(f"regex is longer than {_PATTERN} characters")
    try:
        re2.compile(pattern)
    except re2.error as error:
        raise ValueError(f"no RE2 regex: {pattern[:60]} ({error})") from error


def _matches_all(pattern: str) -> bool:
    return re2.search(pattern, "") is not None
