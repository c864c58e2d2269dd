"""What a format file may say. One YAML file a format; the path is the id.

map, drop and learn hold SQL expressions over the record's own fields; expressions.py says which
SQL that may be. docs/formats.md explains each key to people who write formats.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Any, Final, Literal, TypeAlias

import re2
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from connectors.logs.expressions import Expressions, parse_expressions
from connectors.observation import BY_NAME

PROVEN: Final = "proven"  # context of formats whose patterns tests have compiled
AUTO: Final = "auto"  # a delimiter that the header tells
GENERIC: Final = ("generic_csv", "generic_json", "generic_kv")
PROVENANCE: Final = frozenset({"source", "path", "line", "event"})  # the reader's, not the format's

Kind = Literal[
    "header_tsv", "csv", "split", "kv", "cef", "leef", "regex", "ndjson", "json_doc", "parquet"
]
# Whose workspaces `tenant` names: vendor ids, or those of the service that was called.
TenantOf: TypeAlias = Literal["service"] | list[str] | None
Texts = Annotated[list[str], Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Detect(_Strict):
    """How to know a log by its beginning. Everything that is said must hold.

    first_line: RE2, searched in the first line that is not blank. first_bytes: RE2, searched in
    the first 64 KiB. header_has: names in the header line, any case. json_has: keys of the first
    object, dots lead inside. none_of: keys it must not have. weak: the log of many products, so
    that a format for one of them is preferred.
    """

    first_line: str | None = None
    first_bytes: str | None = None
    header_has: list[str] = []
    json_has: list[str] = []
    none_of: list[str] = []
    weak: bool = False

    @field_validator("first_line", "first_bytes")
    @classmethod
    def _is_re2(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.context != PROVEN:
            _compiled(value)
        return value


class Split(_Strict):
    """How to part a text that is an element of a list: its fields, in order."""

    delim: str = ","
    into: Texts


class Reader(_Strict):
    """How to cut a record into fields.

    fields: for split, in order; for JSON, names with their paths where the path is not just the
    name (a path that begins with `json:` is taken as JSON text, lists and all).
    absorb: the one field of a split record that may hold blanks. missing: words for no value.
    header: yes, no (fields or default_columns apply) or auto (a first line of known names).
    comment: lines that begin so are comments. end: a line that is exactly this ends the table.
    unwrap: path(s) to the object or JSON text that is the record. syslog: a syslog prefix may stand
    in front. each: lists in lists whose innermost elements are the records, and split what parts
    them if they are texts; a path in fields that begins `1$` begins in one of the first list.
    pair: the sign between key and value of kv; delim: one that parts its pairs as blanks do.
    ragged: rows of a table may be shorter or longer than its columns. patterns: several instead of
    one; the first that fits a line counts. dotted: a name with dots is a key as it stands, or leads
    into objects. skip_blanks: a blank may stand before the opening quote of a field of csv.
    repeats: free text that the vendor itself may give twice in a record; the first is read.
    """

    kind: Kind
    delim: str = ","
    quote: str = '"'
    header: Literal["yes", "no", "auto"] = "yes"
    fields: list[str] | dict[str, str] = []
    default_columns: list[str] = []
    absorb: str | None = None
    missing: list[str] = ["", "-"]
    comment: str | None = None
    end: str | None = None
    pattern: str | None = None
    patterns: list[str] = []
    ragged: bool = False
    skip_blanks: bool = False
    repeats: list[str] = []
    dotted: bool = False
    pair: str = "="
    unwrap: str | list[str] = []
    each: list[str] = []
    split: Split | None = None
    syslog: bool = False

    @property
    def wrappers(self) -> tuple[str, ...]:
        """The paths in unwrap."""
        return (self.unwrap,) if isinstance(self.unwrap, str) else tuple(self.unwrap)

    @property
    def parts(self) -> str:
        """The sign that parts pairs of kv besides blanks; empty unless the format names one."""
        return self.delim if self.kind == "kv" and "delim" in self.model_fields_set else ""

    @property
    def all_patterns(self) -> list[str]:
        """The patterns of a regex reader, in order."""
        return self.patterns or ([self.pattern] if self.pattern is not None else [])

    @field_validator("pair")
    @classmethod
    def _one_sign(cls, value: str) -> str:
        if len(value) != 1 or not value.isascii() or value.isalnum() or value in '"\\ \t\r\n':
            raise ValueError("must be one ASCII sign, and no quote, backslash or blank")
        return value

    @field_validator("delim")
    @classmethod
    def _one_byte(cls, value: str) -> str:
        if value == AUTO:
            return value
        if len(value) != 1 or not value.isascii() or value in '"\r\n':
            raise ValueError("must be one ASCII character, and no quote or line end")
        return value

    @field_validator("quote")
    @classmethod
    def _quote_or_none(cls, value: str) -> str:
        if value not in ('"', "'", ""):
            raise ValueError("must be a quote character, or empty for none")
        return value

    @model_validator(mode="after")
    def _what_the_kind_needs(self, info: ValidationInfo) -> Reader:
        if self.kind == "split" and not self.fields:
            raise ValueError("a split reader needs fields")
        if self.kind == "regex" and bool(self.pattern) == bool(self.patterns):
            raise ValueError("a regex reader needs a pattern, or patterns")
        for pattern in self.all_patterns if info.context != PROVEN else ():
            _check_pattern(pattern)
        if self.parts and (self.parts in (AUTO, self.pair) or self.parts.isalnum()):
            raise ValueError("delim of kv must be one sign, and not that of pairs")
        if self.each and self.kind not in {"ndjson", "json_doc"}:
            raise ValueError("each needs a reader of JSON")
        if self.split is not None and not self.each:
            raise ValueError("split parts the elements of each")
        if self.absorb is not None and self.absorb not in self.fields:
            raise ValueError(f"absorb names no field: {self.absorb!r}")
        return self


def _compiled(pattern: str) -> Any:  # noqa: ANN401 - re2 ships no types
    try:
        return re2.compile(pattern)
    except re2.error as problem:
        raise ValueError(f"pattern is not RE2: {problem}") from None


def _check_pattern(pattern: str) -> None:
    found = _compiled(pattern)
    if not found.groups or found.groups != len(found.groupindex):
        raise ValueError("every group of a pattern needs a name: (?P<name>…) or (?:…)")


class Learn(_Strict):
    """Which addresses a record says a name has (an answer); ip may give a list.

    key: records with the same key answer one question, and the host is that of their first.
    """

    ip: str
    host: str
    key: str | None = None


class Format(_Strict):
    """One log format.

    map: observation column -> expressions; those whose fields exist are coalesced in order.
    drop: name -> condition of records that are no event; they are counted under that name.
    incomplete_when: names in drop that mean the source itself lost records. require: columns a
    record must have, `a|b` for either. like: another format that says what this one leaves out.
    tenant_of: whose workspaces `tenant` names, as vendor ids; `service`: of what was called, also
    where an identity provider names it. Without it a sign-in has none (decision 17).
    """

    id: str
    about: str
    reference: str = ""
    like: str | None = None
    detect: Detect = Detect()
    reader: Reader
    map: dict[str, Texts] = {}
    drop: dict[str, str] = {}
    incomplete_when: list[str] = []
    require: list[str] = ["time"]
    limits: list[str] = []
    learn: Learn | None = None
    tenant_of: TenantOf = None
    _file: str = PrivateAttr(default="")

    def of_file(self, path: str) -> Format:
        """The same format, known to come from a file that is not shipped."""
        copy = self.model_copy()
        copy._file = path  # noqa: SLF001 - its own
        return copy

    @property
    def file(self) -> str:
        """The file it comes from; empty for a shipped format."""
        return self._file

    @field_validator("id")
    @classmethod
    def _plain_id(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", value):
            raise ValueError("must be lower-case letters, digits and underscores")
        return value

    @field_validator("map")
    @classmethod
    def _known_columns(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        for column in value:
            if column not in BY_NAME or column in PROVENANCE:
                raise ValueError(f"{column!r} is no observation column a format fills")
        return value

    @field_validator("require")
    @classmethod
    def _known_requirements(cls, value: list[str]) -> list[str]:
        for column in (name for item in value for name in item.split("|")):
            if column not in BY_NAME:
                raise ValueError(f"{column!r} is no observation column")
        return value

    @model_validator(mode="after")
    def _incomplete_is_dropped(self) -> Format:
        if unknown := set(self.incomplete_when) - set(self.drop):
            raise ValueError(f"incomplete_when names what drop does not: {sorted(unknown)}")
        if "time" not in self.map or "time" not in self.require:
            raise ValueError("time must be mapped and required")
        return self

    @cached_property
    def expressions(self) -> Expressions:
        """The parsed SQL. Raises ExpressionError, which names the key."""
        learn = self.learn.model_dump() if self.learn else {}
        return parse_expressions(self.map, self.drop, learn)

    @property
    def shows(self) -> tuple[str, ...]:
        """The observation columns this format can fill."""
        return tuple(self.map)
