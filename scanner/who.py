"""Who made a request: a pseudonym, what it stands for, and the department of a known person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from scanner.privacy import UNKNOWN_DEPARTMENT, People, pseudonym

LIMIT: Final = 100_000
Actor: TypeAlias = tuple[str | None, str | None, str | None]  # pseudonym, type, department


@dataclass(frozen=True, slots=True)
class Scan:
    """What stays the same over all pieces of all sources.

    privacy: `strict` leaves out client addresses and departments, `investigation` keeps rejected
    values as they are.
    """

    people: People
    key: bytes
    privacy: str = "standard"
    _known: dict[tuple[object, object, object], Actor] = field(default_factory=dict, compare=False)

    def actor(self, user: object, device: object, address: object) -> Actor:
        """The best of what a record names; remembered, since few people send many requests."""
        key = (user, device, address)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > LIMIT:
                self._known.clear()
            found = self._known[key] = self._actor(user, device, address)
        return found

    def _actor(self, user: object, device: object, address: object) -> Actor:
        if user:
            identity, department = self.people.resolve(str(user))
            unit = None if self.privacy == "strict" else department
            return pseudonym(self.key, "user", identity), "user", unit
        if device:
            name = str(device).casefold()
            return pseudonym(self.key, "device", name), "device", UNKNOWN_DEPARTMENT
        if address and self.privacy != "strict":
            return pseudonym(self.key, "address", str(address)), "address", UNKNOWN_DEPARTMENT
        return None, None, None


def client_of(agent: object) -> str | None:
    """The family of a user agent: `curl` of `curl/8.5`, `OpenAI/Python` of `OpenAI/Python 2.54`."""
    if not agent:
        return None
    text = str(agent)
    if text.startswith("Mozilla/"):
        return "browser"
    parts = text.split(None, 1)
    if not parts:
        return None
    name, _, version = parts[0].partition("/")
    family = name if version[:1].isdigit() or not version else parts[0]
    return family[:64]
