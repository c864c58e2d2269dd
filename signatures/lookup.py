"""The catalogue as look-up tables, for judging millions of distinct values.

Which host rule wins: the exact name, else a template, else the longest suffix. A rule with
`needs` may turn out not to hold, so rules that all have needs are followed by those of the next
layer; the first layer with an unconditional rule ends the walk.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from signatures.apps import client_id, display_name, scope, traffic_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signatures.hints import Hints, HintTable
    from signatures.overlay import Remark
    from signatures.pack import About
    from signatures.patterns import Regexp
    from signatures.rules import Rule, Service
    from signatures.templates import Fit, Regions, Template


@dataclass(frozen=True, slots=True)
class HostMatch:
    """What the tables say of a host.

    rule_ids: the most specific first. region: of a template; region_unknown: not in the table.
    shared: shared infrastructure, never a verdict. known_parent: below a shared parent, so a
    generic path says nothing there.
    """

    rule_ids: tuple[int, ...] = ()
    region: str | None = None
    shared: bool = False
    known_parent: bool = False
    region_unknown: bool = False


NO_HOST: Final = HostMatch()
_SHARED: Final = HostMatch(shared=True)
_PARENT: Final = HostMatch(known_parent=True)


@dataclass(frozen=True, slots=True)
class Node:
    """What is known at one domain: rules and tables that hold for what lies below it.

    shapes: templates whose fixed ending is this domain, by which labels before it are fixed:
    number of labels, positions of the fixed ones, and those labels to (template, rule ids).
    """

    suffix: tuple[int, ...]
    shapes: tuple[
        tuple[
            int,
            tuple[int, ...],
            dict[tuple[str, ...], tuple[tuple[Template, tuple[int, ...]], ...]],
        ],
        ...,
    ]
    parent: bool | None
    shared: bool


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """The catalogue as tables. Read-only, so it may be shared between threads.

    unconditional: rules that end a walk; a candidate's never do. nursery: services that are
    candidates. packs, remarks: what a run says of what it judged by.
    """

    rules: tuple[Rule, ...]
    services: dict[str, Service]
    digest: str
    exact: dict[str, tuple[int, ...]]
    suffix: dict[str, tuple[int, ...]]
    nodes: dict[str, Node]
    regions: Mapping[str, Regions]
    shared_parents: frozenset[str]
    hosting: frozenset[str]
    shared_infrastructure: frozenset[str]
    hints: Hints
    hint_table: HintTable
    port_numbers: frozenset[int]
    header_names: frozenset[str]
    ports: dict[int, tuple[int, ...]]
    headers: dict[str, tuple[tuple[int, Regexp | None], ...]]
    paths: tuple[tuple[int, Regexp], ...]
    agents: tuple[tuple[int, Regexp], ...]
    plain_paths: dict[str, tuple[int, ...]]
    longest_path: int
    unconditional: frozenset[int]
    cidrs: tuple[Ranges, Ranges]
    path_set: PatternSet
    agent_set: PatternSet
    app_ids: dict[str, tuple[int, ...]]
    oauth_names: dict[str, tuple[int, ...]]
    oauth_clients: dict[str, tuple[int, ...]]
    oauth_scopes: dict[str, tuple[int, ...]]
    nursery: frozenset[str] = frozenset()
    packs: tuple[About, ...] = ()
    remarks: tuple[Remark, ...] = ()

    def host_rules(self, host: str) -> HostMatch:
        """What the tables say of a normalised host name (not an address)."""
        nodes = self.nodes
        found: list[Node] | None = None
        name = host
        while True:
            node = nodes.get(name)
            if node is not None:
                found = [node] if found is None else [*found, node]
            dot = name.find(".")
            if dot < 0:
                break
            name = name[dot + 1 :]
        exact = self.exact.get(host)
        if found is None and exact is None:
            return NO_HOST
        return self._walk(host, exact, found or [])

    def _walk(self, host: str, exact: tuple[int, ...] | None, found: list[Node]) -> HostMatch:
        if any(node.shared for node in found):
            return _SHARED
        parent = next((node.parent for node in found if node.parent is not None), False)
        ids = exact or ()
        region: str | None = None
        unknown = False
        if self.unconditional.isdisjoint(ids):
            layer: tuple[int, int, bool] | None = None
            for template, fit, more in self._templates(host, found):
                if layer != template.exactness and not self.unconditional.isdisjoint(ids):
                    break
                layer = template.exactness
                if region is None:
                    region, unknown = fit.region, fit.unknown
                ids += more
        if self.unconditional.isdisjoint(ids):
            for node in found:
                ids += node.suffix
                if not self.unconditional.isdisjoint(node.suffix):
                    break
        if not ids:
            return _PARENT if parent else NO_HOST
        return HostMatch(ids, region, known_parent=parent, region_unknown=unknown)

    def _templates(
        self, host: str, found: list[Node]
    ) -> list[tuple[Template, Fit, tuple[int, ...]]]:
        """The templates a host fits with their rules, the most exact first."""
        fits: list[tuple[Template, Fit, tuple[int, ...]]] = []
        labels: tuple[str, ...] = ()
        for node in found:
            for count, positions, table in node.shapes:
                labels = labels or tuple(host.split("."))
                if len(labels) != count:
                    continue
                for template, ids in table.get(tuple([labels[i] for i in positions]), ()):
                    fit = template.fit(labels, self.regions)
                    if fit is not None:
                        fits.append((template, fit, ids))
        return sorted(fits, key=lambda item: item[0].exactness, reverse=True)

    def path_rules(self, path: str) -> tuple[int, ...]:
        """Rules whose path pattern matches; `path` has no query."""
        ids = self.path_set.match(path)
        plain = self.plain_paths
        known = plain.get(path)
        if known is not None:
            ids += known
        slash = path.find("/", 1)
        while 0 < slash <= self.longest_path:  # else a path of slashes costs their square
            known = plain.get(path[:slash])
            if known is not None:
                ids += known
            known = plain.get(path[: slash + 1])
            if known is not None and slash + 1 < len(path):
                ids += known
            slash = path.find("/", slash + 1)
        return tuple(sorted(ids))

    def agent_rules(self, agent: str) -> tuple[int, ...]:
        """Rules whose user agent pattern is found."""
        return tuple(sorted(self.agent_set.match(agent)))

    def app_rules(self, name: str) -> tuple[int, ...]:
        """Rules for what a firewall, proxy or CASB calls the application."""
        return self.app_ids.get(traffic_name(name) or "", ())

    def oauth_name_rules(self, name: str) -> tuple[int, ...]:
        """Rules for the display name of an application in an identity provider."""
        return self.oauth_names.get(display_name(name) or "", ())

    def client_rules(self, client: str) -> tuple[int, ...]:
        """Rules for the id of an OAuth client."""
        return self.oauth_clients.get(client_id(client) or "", ())

    def scope_rules(self, text: str) -> tuple[int, ...]:
        """Rules for one OAuth scope."""
        return self.oauth_scopes.get(scope(text) or "", ())

    def header_rules(self, name: str, value: str) -> tuple[int, ...]:
        """Rules for a request header; the name in any case."""
        return tuple(
            rule_id
            for rule_id, pattern in self.headers.get(name.lower(), ())
            if pattern is None or pattern.search(value) is not None
        )

    def cidr_rules(self, address: str) -> tuple[int, ...]:
        """Rules whose range holds a normalised address, the narrowest first."""
        six = ":" in address
        ranges = self.cidrs[six]
        if not ranges.by_length:
            return ()
        family = socket.AF_INET6 if six else socket.AF_INET
        return ranges.rules(int.from_bytes(socket.inet_pton(family, address), "big"))

    def port_rules(self, port: int) -> tuple[int, ...]:
        """Rules for a destination port."""
        return self.ports.get(port, ())


@dataclass(frozen=True, slots=True)
class Ranges:
    """Address ranges of one family, by how many low bits they leave free, narrowest first."""

    by_length: tuple[tuple[int, dict[int, tuple[int, ...]]], ...]

    def rules(self, address: int) -> tuple[int, ...]:
        """Rules whose range holds the address."""
        ids: tuple[int, ...] = ()
        for free, table in self.by_length:
            ids += table.get(address >> free, ())
        return ids


@dataclass(frozen=True, slots=True)
class PatternSet:
    """Many patterns, one pass over the text."""

    ids: tuple[int, ...]
    matcher: Any

    def match(self, text: str) -> tuple[int, ...]:
        """Rules whose pattern matches, in no order."""
        if self.matcher is None:
            return ()
        found = self.matcher.Match(text)
        return tuple([self.ids[i] for i in found]) if found else ()
