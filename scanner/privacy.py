"""Pseudonyms: people, devices and client addresses leave a scan only as keyed hashes.

A spelling is resolved against the people list first, so that one person is one pseudonym
(display name, mail, login, DOMAIN\\login, aliases). HMAC-SHA256 with a key outside the store;
keyed hashes remain personal data (GDPR Art. 4(5)), so the key is what retention turns on.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from scanner.errors import NoSpace, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

UNKNOWN_DEPARTMENT = "unknown"
_KEY_BYTES = 32


class PersonLike(Protocol):
    """What the people list says of one person."""

    @property
    def display_name(self) -> str:
        """Full name."""

    @property
    def mail(self) -> str:
        """Address, or empty."""

    @property
    def login(self) -> str:
        """Account name, or empty."""

    @property
    def department(self) -> str:
        """Unit, or empty."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other spellings."""


def spelling(text: str) -> str:
    """One spelling of a user, folded: case, blanks, percent escapes of '@', DOMAIN\\ prefix."""
    folded = re.sub(r"\s+", " ", text.replace("%40", "@")).strip().casefold()
    return folded.rpartition("\\")[2]


@dataclass(frozen=True, slots=True)
class People:
    """The people list as a look-up: folded spelling to (identity, department).

    A spelling that fits two people is nobody's: it stays itself, department unknown.
    """

    by_spelling: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, people: Iterable[PersonLike]) -> People:
        """Build the look-up; identity is mail, else login, else display name."""
        found: dict[str, tuple[str, str]] = {}
        shared: set[str] = set()
        for person in people:
            identity = spelling(person.mail or person.login or person.display_name)
            entry = (identity, person.department or UNKNOWN_DEPARTMENT)
            names = {person.mail, person.login, person.display_name, *person.aliases}
            for name in {spelling(name) for name in names if name}:
                if found.setdefault(name, entry) != entry:
                    shared.add(name)
        return cls({name: entry for name, entry in found.items() if name not in shared})

    def resolve(self, text: str) -> tuple[str, str]:
        """(identity, department) of a spelling; unresolved: itself and `unknown`."""
        name = spelling(text)
        return self.by_spelling.get(name, (name, UNKNOWN_DEPARTMENT))


def pseudonym(key: bytes, actor_type: str, identity: str) -> str:
    """20 hexadecimal digits; the same person under the same key is the same text."""
    return hmac.new(key, f"{actor_type}:{identity}".encode(), sha256).hexdigest()[:20]


def load_key(path: Path | None) -> bytes:
    """The pseudonym key: from `path` (made there, mode 0600, at first use), else for this run only.

    Raises UsageError for a key file that others can read or that is too short, NoSpace when it
    cannot be written.
    """
    if path is None:
        return secrets.token_bytes(_KEY_BYTES)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_key(path)
    except OSError as problem:
        raise NoSpace(f"cannot write the key file: {problem.strerror}", str(path)) from problem
    with os.fdopen(descriptor, "wb") as file:
        key = secrets.token_bytes(_KEY_BYTES)
        file.write(key.hex().encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return key


def _read_key(path: Path) -> bytes:
    try:
        if path.stat().st_mode & 0o077:
            raise UsageError(
                "others can read the pseudonym key", str(path), "chmod 600 it, or name another"
            )
        key = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError) as problem:
        raise UsageError("not a key file of this program", str(path), "name another") from problem
    if len(key) < _KEY_BYTES:
        raise UsageError("the pseudonym key is too short", str(path), "32 bytes in hexadecimal")
    return key


# A row is rejected because its fields are out of place, so the column hardly says what a value
# is: only what cannot name a person, an address or a secret is kept whole.
_NUMBER = re.compile(r"[+-]?\d[\w:., +-]{0,40}|NaN|nan|inf|https?|null|none|-?")
_ADDRESS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9]*(:[0-9]*){3,}")
_HOST = re.compile(r"[^\s@|,;\"{}]*")
_SESSION = re.compile(r"(:assumed-role/[^/]+)/.+")


def masked(column: str | None, value: str | None) -> str | None:
    """A rejected value as it may be kept: a number or a host whole, else its beginning."""
    if value is None or value == "":
        return value
    if column == "dst_host":
        user, at, host = value.rpartition("@")
        if _HOST.fullmatch(host):
            return f"…@{host}" if at and user else value
    elif _NUMBER.fullmatch(value) and (column == "dst_ip" or not _ADDRESS.fullmatch(value)):
        return value
    return f"{value[:3] if len(value) > 6 else ''}… ({len(value)} characters)"


def role_of(principal: object) -> str | None:
    """A calling identity without the session in it, which is a person's name or address."""
    return _SESSION.sub(r"\1", str(principal)) if principal else None
