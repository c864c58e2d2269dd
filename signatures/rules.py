"""One rule: an indicator that matches in logs, ready to be tested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signatures.patterns import (
    Regexp,
    agent_pattern,
    header_parts,
    path_lies_below,
    path_pattern,
    regexp,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signatures.model import Needs


@dataclass(frozen=True, slots=True)
class Service:
    """Who and what a signature names.

    origin: shipped, or the overlay it is of. nursery: a candidate, of which nothing is sure.
    """

    id: str
    kind: str
    vendor: str
    vendor_name: str
    product: str
    summary: str
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    usage: str | None
    country: str | None
    origin: str = "shipped"
    nursery: bool = False


@dataclass(frozen=True, slots=True)
class Conditions:
    """The `needs` of a rule: the text as written, and what is tested.

    port, method: any of them. path, unless_path: plain or RE2. header: `name` or `name: pattern`.
    host: "unknown" when no other service and no shared parent may own the host.
    """

    port: tuple[int, ...] | None
    path: str | None
    method: tuple[str, ...] | None
    header: str | None
    user_agent: str | None
    host: str | None
    path_test: Regexp | None
    agent_test: Regexp | None
    header_test: tuple[str, Regexp | None] | None
    unless_path: str | None = None
    unless_test: Regexp | None = None

    def hold(
        self,
        *,
        port: int | None = None,
        path: str | None = None,
        method: str | None = None,
        headers: Iterable[tuple[str, str]] = (),
        agent: str | None = None,
    ) -> bool:
        """Whether all but `host` hold; what the observation does not say does not hold.

        Only `unless_path` holds of an observation without a path.

        headers: names in lower case.
        """
        if self.port is not None and port not in self.port:
            return False
        if self.method is not None and (method is None or method.upper() not in self.method):
            return False
        if not self._path_holds(path):
            return False
        if self.agent_test is not None and (agent is None or not self.agent_test.search(agent)):
            return False
        if self.header_test is not None:
            name, pattern = self.header_test
            return any(
                key == name and (pattern is None or bool(pattern.search(value)))
                for key, value in headers
            )
        return True

    def _path_holds(self, path: str | None) -> bool:
        if path is None:
            return self.path is None
        wanted = self.path is None or _is_at(path, self.path, self.path_test)
        ruled_out = self.unless_path is not None and _is_at(
            path, self.unless_path, self.unless_test
        )
        return wanted and not ruled_out


@dataclass(frozen=True, slots=True)
class Rule:
    """One indicator that matches in logs."""

    rule_id: int
    service: str
    type: str
    value: str
    surface: str | None
    usage: str | None
    confidence: str
    distinctive: bool
    needs: Conditions | None


def _is_at(path: str, value: str, test: Regexp | None) -> bool:
    """Whether a path is, or lies below, a plain value; or fits its pattern."""
    return bool(test.search(path)) if test is not None else path_lies_below(path, value)


def conditions(needs: Needs) -> Conditions:
    """The compiled form of `needs`."""
    header = None
    if needs.header is not None:
        name, pattern = header_parts(needs.header)
        header = (name, regexp(pattern) if pattern is not None else None)
    path_text = path_pattern(needs.path) if needs.path is not None else None
    unless = path_pattern(needs.unless_path) if needs.unless_path is not None else None
    return Conditions(
        port=tuple(needs.port) if needs.port is not None else None,
        path=needs.path,
        method=tuple(needs.method) if needs.method is not None else None,
        header=needs.header,
        user_agent=needs.user_agent,
        host=needs.host,
        path_test=regexp(path_text) if path_text is not None else None,
        agent_test=regexp(agent_pattern(needs.user_agent)) if needs.user_agent else None,
        header_test=header,
        unless_path=needs.unless_path,
        unless_test=regexp(unless) if unless is not None else None,
    )
