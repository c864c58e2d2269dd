"""From the files of the catalogue to the tables that judge by it."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final, TypeVar

import re2

from signatures.apps import client_id, display_name, scope, traffic_name
from signatures.hints import Hints
from signatures.lookup import NO_HOST, Compiled, HostMatch, Node, PatternSet, Ranges
from signatures.model import HOST_TYPES, LOG_TYPES
from signatures.patterns import Regexp, agent_pattern, header_parts, options, path_pattern, regexp
from signatures.rows import Rows, rows_of
from signatures.rules import Conditions, Rule, Service, conditions
from signatures.templates import parse_template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from signatures.load import Catalogue
    from signatures.tables import Tables

__all__ = [
    "NO_HOST",
    "Compiled",
    "Conditions",
    "HostMatch",
    "Rule",
    "Service",
    "compile_catalogue",
    "compile_rows",
]

SET_MEMORY: Final = 256 << 20
K = TypeVar("K")


def compile_catalogue(catalogue: Catalogue) -> Compiled:
    """Turn a loaded catalogue into tables."""
    return compile_rows(rows_of(catalogue))


def compile_rows(rows: Rows) -> Compiled:
    """Turn the rows of a catalogue into tables."""
    rules = [
        Rule(number, *row[:7], needs=conditions(row.needs) if row.needs is not None else None)
        for number, row in enumerate(rows.rules)
    ]
    return _tables(rules, {service.id: service for service in rows.services}, rows)


def _tables(rules: list[Rule], services: dict[str, Service], rows: Rows) -> Compiled:
    tables = rows.tables
    by_type: dict[str, list[Rule]] = {name: [] for name in LOG_TYPES}
    for rule in rules:
        by_type[rule.type].append(rule)
    paths = [(r.rule_id, r.value) for r in by_type["http_path"] if path_pattern(r.value)]
    agents = [(r.rule_id, agent_pattern(r.value)) for r in by_type["user_agent"]]
    headers: dict[str, list[tuple[int, Regexp | None]]] = {}
    for rule in by_type["http_header"]:
        name, pattern = header_parts(rule.value)
        compiled = regexp(pattern) if pattern is not None else None
        headers.setdefault(name, []).append((rule.rule_id, compiled))
    needed = {r.needs.header_test[0] for r in rules if r.needs and r.needs.header_test}
    suffix = _grouped((r.value, r.rule_id) for r in by_type["host_suffix"])
    ports = _grouped((int(r.value), r.rule_id) for r in by_type["port"])
    return Compiled(
        rules=tuple(rules),
        services=services,
        digest=rows.digest,
        exact=_grouped((r.value, r.rule_id) for r in by_type["host_exact"]),
        suffix=suffix,
        nodes=_nodes(suffix, by_type["host_template"], tables),
        regions=tables.regions,
        shared_parents=tables.parents,
        hosting=tables.hosting,
        shared_infrastructure=tables.infrastructure,
        hints=Hints(tables.hints),
        hint_table=tables.hints,
        port_numbers=frozenset(ports),
        header_names=frozenset(headers) | needed,
        ports=ports,
        headers={name: tuple(found) for name, found in headers.items()},
        paths=tuple((rule_id, regexp(text)) for rule_id, text in paths),
        agents=tuple((rule_id, regexp(text)) for rule_id, text in agents),
        plain_paths=_grouped(
            (r.value, r.rule_id) for r in by_type["http_path"] if not path_pattern(r.value)
        ),
        longest_path=max((len(r.value) for r in by_type["http_path"]), default=0),
        unconditional=frozenset(
            r.rule_id
            for r in rules
            if r.type in HOST_TYPES and r.needs is None and not services[r.service].nursery
        ),
        cidrs=(_ranges(by_type["cidr"], 4), _ranges(by_type["cidr"], 6)),
        path_set=_set(paths, re2.Set.MatchSet),
        agent_set=_set(agents, re2.Set.SearchSet),
        app_ids=_named(by_type["app_id"], traffic_name),
        oauth_names=_named(by_type["oauth_name"], display_name),
        oauth_clients=_named(by_type["oauth_client_id"], client_id),
        oauth_scopes=_named(by_type["oauth_scope"], scope),
        nursery=frozenset(one.id for one in services.values() if one.nursery),
        packs=rows.packs,
        remarks=rows.remarks,
    )


def _grouped(pairs: Iterable[tuple[K, int]]) -> dict[K, tuple[int, ...]]:
    found: dict[K, tuple[int, ...]] = {}
    for key, rule_id in pairs:
        found[key] = (*found.get(key, ()), rule_id)
    return found


def _named(rules: Iterable[Rule], made: Callable[[str], str | None]) -> dict[str, tuple[int, ...]]:
    """Rules by their value as it is compared; one that is too long to be met is left out."""
    keys = ((made(rule.value), rule.rule_id) for rule in rules)
    return _grouped((key, rule_id) for key, rule_id in keys if key)


def _nodes(
    suffix: Mapping[str, tuple[int, ...]], templates: Sequence[Rule], tables: Tables
) -> dict[str, Node]:
    shapes: dict[str, dict[tuple[int, tuple[int, ...]], dict[tuple[str, ...], Any]]] = {}
    for value, ids in _grouped((rule.value, rule.rule_id) for rule in templates).items():
        template = parse_template(value, tables.regions)
        labels = enumerate(template.fixed)
        fixed = {position: label for position, label in labels if label is not None}
        shape = (len(template.fixed), tuple(fixed))
        table = shapes.setdefault(template.suffix, {}).setdefault(shape, {})
        table.setdefault(tuple(fixed.values()), []).append((template, ids))
    domains = {*suffix, *shapes, *tables.parents, *tables.infrastructure}
    return {
        domain: Node(
            suffix=suffix.get(domain, ()),
            shapes=tuple(
                (count, positions, {key: tuple(found) for key, found in table.items()})
                for (count, positions), table in shapes.get(domain, {}).items()
            ),
            parent=None if domain not in tables.parents else domain not in tables.hosting,
            shared=domain in tables.infrastructure,
        )
        for domain in domains
    }


def _ranges(rules: Iterable[Rule], version: int) -> Ranges:
    by_free: dict[int, list[tuple[int, int]]] = {}
    for rule in rules:
        network = ip_network(rule.value)
        if network.version == version:
            free = network.max_prefixlen - network.prefixlen
            pair = (int(network.network_address) >> free, rule.rule_id)
            by_free.setdefault(free, []).append(pair)
    return Ranges(tuple((free, _grouped(pairs)) for free, pairs in sorted(by_free.items())))


def _set(patterns: Sequence[tuple[int, str]], make: Any) -> PatternSet:  # noqa: ANN401 - re2 ships no types
    if not patterns:
        return PatternSet((), None)
    settings = options()
    # A set that runs out of memory finds nothing and says nothing, so it gets plenty.
    settings.max_mem = SET_MEMORY
    matcher = make(settings)
    for _, text in patterns:
        matcher.Add(text)
    matcher.Compile()
    return PatternSet(tuple(rule_id for rule_id, _ in patterns), matcher)
