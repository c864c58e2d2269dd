"""Which rules fire on one observation: look-ups in the compiled tables, then their `needs`."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

from scanner.match.verdict import HOST_TYPES, LOW, RANK, Facts, Verdict, combine, hinted
from signatures.hosts import is_ip

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from signatures.compile import Compiled, HostMatch, Rule


def judge(compiled: Compiled, facts: Facts) -> Verdict | None:
    """The verdict on one observation by the compiled tables; None when nothing speaks for AI."""
    named = facts.host is not None and not is_ip(facts.host)
    host = compiled.host_rules(facts.host) if named and facts.host is not None else None
    return judge_with(
        compiled,
        facts,
        host,
        compiled.path_rules(facts.path) if facts.path is not None else (),
        compiled.agent_rules(facts.agent) if facts.agent is not None else (),
        compiled.cidr_rules(facts.ip) if facts.ip is not None else (),
        app_rules(compiled, facts),
    )


def app_rules(compiled: Compiled, facts: Facts) -> tuple[int, ...]:
    """The rules that speak of the application, its OAuth client or its scopes."""
    ids: tuple[int, ...] = ()
    if facts.app is not None:
        ids += compiled.app_rules(facts.app)
    if facts.oauth_name is not None:
        ids += compiled.oauth_name_rules(facts.oauth_name)
    if facts.oauth_client is not None:
        ids += compiled.client_rules(facts.oauth_client)
    for scope in facts.oauth_scopes:
        ids += compiled.scope_rules(scope)
    return ids


def judge_with(
    compiled: Compiled,
    facts: Facts,
    host: HostMatch | None,
    paths: Iterable[int],
    agents: Iterable[int],
    cidrs: Iterable[int],
    apps: Iterable[int] = (),
) -> Verdict | None:
    """As `judge`, with the rules found by value already looked up (and memoised)."""
    if host is not None and host.shared:
        return None
    rules = compiled.rules
    host_ids = host.rule_ids if host is not None else ()
    host_services = {rules[rule_id].service for rule_id in host_ids} - compiled.nursery
    parent = host is not None and host.known_parent
    fired = [
        rules[i]
        for i in (*host_ids, *agents, *cidrs)
        if holds(rules[i], facts, host_services, parent)
    ]
    overruled = _with_apps(compiled, fired, facts, apps, host_services, parent=parent)
    for rule_id in paths:
        rule = rules[rule_id]
        others = host_services - {rule.service}
        anywhere = rule.needs is not None and rule.needs.port is not None
        if (anywhere or not (others or parent)) and holds(rule, facts, host_services, parent):
            fired.append(rule)
    for name, value in facts.headers:
        fired += [
            rules[i]
            for i in compiled.header_rules(name, value)
            if holds(rules[i], facts, host_services, parent)
        ]
    if facts.port is not None and is_private(facts.ip or facts.host):
        fired += [
            rules[i]
            for i in compiled.port_rules(facts.port)
            if holds(rules[i], facts, host_services, parent)
        ]
    if not fired:
        return hinted(compiled, facts, host)
    return combine(compiled, fired, facts, host, overruled)


def _with_apps(
    compiled: Compiled,
    fired: list[Rule],
    facts: Facts,
    apps: Iterable[int],
    host_services: set[str],
    *,
    parent: bool,
) -> list[Rule]:
    """Add the rules of applications that hold to `fired`; those that the host speaks against."""
    hosts = [
        rule for rule in fired if rule.type in HOST_TYPES and rule.service not in compiled.nursery
    ]
    overruled = []
    for rule_id in dict.fromkeys(apps):
        rule = compiled.rules[rule_id]
        if not holds(rule, facts, host_services, parent):
            continue
        if rule.type != "app_id" or facts.via == "dns" or _agree(rule, hosts):
            fired.append(rule)
        elif _vendor(compiled, rule) not in {_vendor(compiled, one) for one in hosts}:
            overruled.append(rule)
    return overruled


def _agree(rule: Rule, hosts: Sequence[Rule]) -> bool:
    """Whether the host says nothing, or the same; a vendor's help pages are no use of its app."""
    return not hosts or any(
        one.service == rule.service and RANK[one.confidence] > LOW for one in hosts
    )


def _vendor(compiled: Compiled, rule: Rule) -> str:
    return compiled.services[rule.service].vendor


def holds(rule: Rule, facts: Facts, host_services: set[str], parent: bool) -> bool:
    """Whether everything the rule needs beside its own pattern is on this observation."""
    needs = rule.needs
    if needs is None:
        return True
    foreign = parent or bool(host_services - {rule.service})
    if needs.host == "unknown" and rule.type not in HOST_TYPES and foreign:
        return False
    return needs.hold(
        port=facts.port,
        path=facts.path,
        method=facts.method,
        headers=facts.headers,
        agent=facts.agent,
    )


@lru_cache(1 << 16)
def is_private(address: str | None) -> bool:
    """Whether this is an address of the inside: only there does a telltale port mean anything."""
    if address is None:
        return False
    try:
        return ip_address(address).is_private
    except ValueError:
        return False
