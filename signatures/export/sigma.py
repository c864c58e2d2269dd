"""Sigma rules: for each service one for web proxies, one for DNS, and where it has them one for
CloudTrail; crawlers are looked for in the logs of web servers.

Source: SigmaHQ/sigma-specification, "Sigma Rules Specification" 2.0 and "Taxonomy".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from signatures.export.escape import link, sigma_text, yaml_text
from signatures.export.hostregex import host_regex
from signatures.export.names import TAKEN
from signatures.export.picks import under
from signatures.export.regex import Untranslatable, any_of, common, literal, plain_path
from signatures.model import HOST_TYPES, RANK, TRAFFIC_TYPES
from signatures.patterns import agent_pattern, path_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signatures.export.account import Account
    from signatures.export.picks import Pick, Picks
    from signatures.rules import Service

# Ids are made from the service and the log source under this one, so they stay.
SPACE: Final = UUID("6f0e4a3c-7a0b-5d0e-9c55-2f3f1b7a4d10")
CRAWLER: Final = "ai_crawler_inbound"
MOST_PAGES: Final = 5
TITLE: Final = 150

WORDS: Final = "user agents: as a part of the text, not as a whole word"
USUAL: Final = "services of AWS: in CloudTrail under the usual name of their events' source"
NO_FIELD: Final = "headers and ports: proxy rules have no field for them"
FOREIGN: Final = "paths that count on a host nobody owns: a rule cannot ask that"
LANGUAGE: Final = "patterns that RE2 and other languages may read differently"

Item = tuple[str, list[str]]  # field with its modifiers, values (any of them)


@dataclass(slots=True)
class _Rule:
    """What one rule looks for. own: each is enough; wide: less `but`."""

    own: dict[str, list[Item]] = field(default_factory=dict)
    wide: dict[str, list[Item]] = field(default_factory=dict)
    but: dict[str, list[Item]] = field(default_factory=dict)
    picks: list[Pick] = field(default_factory=list)

    @property
    def condition(self) -> str:
        """Of whichever parts there are."""
        parts = []
        if self.wide:
            parts.append("1 of below_*" + (" and not 1 of except_*" if self.but else ""))
        if self.own:
            parts.append("1 of is_*")
        if len(parts) == 2 and self.but:
            parts[0] = f"({parts[0]})"
        return " or ".join(parts)


def lines(picks: Picks, account: Account) -> Iterator[str]:
    """The rules as YAML documents, by service and log source."""
    account.notes += [
        "level informational: use of AI is a fact, whether it is allowed your register says",
        "two kinds of evidence on one request are two hits, not one of higher confidence",
    ]
    by_service: dict[str, list[Pick]] = {}
    for pick in picks.of(*TRAFFIC_TYPES, "arn_service"):
        by_service.setdefault(pick.service.id, []).append(pick)
    for _, found in sorted(by_service.items()):
        rules: dict[str, _Rule] = {}
        _names(picks, account, [one for one in found if _is_name(one)], rules)
        for pick in found:
            if not _is_name(pick):
                _other(picks, account, pick, rules)
        for source, rule in sorted(rules.items()):
            account.entries += 1
            yield "---"
            yield from _document(picks, rule, source)


def _is_name(pick: Pick) -> bool:
    return pick.type in HOST_TYPES and not pick.conditional


@dataclass(slots=True)
class _Hosts:
    """The names of one service, by how they are compared. less: what others own of them."""

    exact: set[str] = field(default_factory=set)
    suffixes: list[str] = field(default_factory=list)
    templates: list[str] = field(default_factory=list)
    less: set[tuple[str, str]] = field(default_factory=set)
    picks: list[Pick] = field(default_factory=list)

    def add(self, picks: Picks, pick: Pick) -> None:
        """One more pattern."""
        self.picks.append(pick)
        self.less.update(one for one in picks.above(pick) if not _same(picks, one, pick.service))
        if pick.type == "host_template":
            self.templates.append(pick.value)
            return
        if pick.type == "host_suffix":
            self.suffixes.append(pick.value)
        owner = picks.named(pick.value)
        if owner is not None and owner.service.id == pick.service.id:
            self.exact.add(pick.value)


def _names(picks: Picks, account: Account, found: Sequence[Pick], rules: dict[str, _Rule]) -> None:
    hosts = _Hosts()
    for pick in found:
        if picks.leaders[pick.type, pick.value] is pick:
            account.whole(pick)
            hosts.add(picks, pick)
        else:
            account.out(pick, TAKEN)
    if not hosts.picks:
        return
    others = {value for kind, value in hosts.less if kind == "host_suffix"}
    inner = [f".{one}" for one in hosts.suffixes if under(one, others)]
    outer = [f".{one}" for one in hosts.suffixes if not under(one, others)]
    regexes = [_whole(picks, "host_template", one) for one in hosts.templates]
    for source, name in (("dns", "query"), ("proxy", "cs-host")):
        rule = rules.setdefault(source, _Rule())
        rule.picks += hosts.picks
        _put(rule.own, "is_named", name, sorted(hosts.exact))
        _put(rule.own, "is_below", f"{name}|endswith", inner)
        _put(rule.wide, "below_domain", f"{name}|endswith", outer)
        _put(rule.wide, "below_template", f"{name}|re", regexes)
        if rule.wide:
            _except(picks, rule, name, hosts.less)


def _put(into: dict[str, list[Item]], name: str, key: str, values: list[str]) -> None:
    if values:
        into[name] = [(key, values)]


def _same(picks: Picks, pattern: tuple[str, str], service: Service) -> bool:
    """Whether a more exact pattern is of the same service and asked for, so no exception."""
    owner = picks.leaders.get(pattern)
    return owner is not None and owner.service.id == service.id and picks.asked_for(owner)


def _except(picks: Picks, rule: _Rule, name: str, less: set[tuple[str, str]]) -> None:
    exact = sorted(value for kind, value in less if kind != "host_template")
    below = sorted(f".{value}" for kind, value in less if kind == "host_suffix")
    fits = sorted(_whole(picks, kind, value) for kind, value in less if kind == "host_template")
    _put(rule.but, "except_named", name, exact)
    _put(rule.but, "except_below", f"{name}|endswith", below)
    _put(rule.but, "except_template", f"{name}|re", fits)


def _whole(picks: Picks, kind: str, value: str) -> str:
    return f"^{host_regex(kind, value, picks.compiled.regions)}$"


def _other(picks: Picks, account: Account, pick: Pick, rules: dict[str, _Rule]) -> None:
    """What is no name alone: user agents, ranges, compounds, and services of CloudTrail."""
    needs = pick.indicator.needs
    if pick.type == "arn_service":
        account.part(pick, USUAL)
        item = ("eventSource", [f"{sigma_text(pick.value)}.amazonaws.com"])
        _join(rules, "cloudtrail", "is_called", item, pick)
        return
    if pick.type in {"http_header", "port"} or (needs and (needs.port or needs.header)):
        account.out(pick, NO_FIELD)
        return
    if pick.type == "http_path" or (needs and needs.host):
        account.out(pick, FOREIGN)
        return
    crawler = pick.service.kind == CRAWLER and pick.type == "user_agent"
    source = "webserver" if crawler else "proxy"
    agent = "cs-user-agent" if crawler else "c-useragent"
    try:
        items = [_item(picks, pick, agent)]
        if needs is not None:
            items += _needed(pick, agent, "cs-uri-stem" if crawler else "c-uri-stem")
    except Untranslatable:
        account.out(pick, LANGUAGE)
        return
    word = pick.type == "user_agent" and items[0][0].endswith("|contains")
    account.part(pick, WORDS) if word else account.whole(pick)
    if needs is None:
        name = {"user_agent": "agent", "cidr": "address"}[pick.type]
        _join(rules, source, f"is_{name}_{items[0][0].rpartition('|')[2]}", items[0], pick)
    else:
        rule = rules.setdefault(source, _Rule())
        rule.picks.append(pick)
        rule.own[f"is_both_{len(rule.own)}"] = items


def _join(rules: dict[str, _Rule], source: str, name: str, item: Item, pick: Pick) -> None:
    """One more value for a selection of one field."""
    rule = rules.setdefault(source, _Rule())
    rule.picks.append(pick)
    rule.own.setdefault(name, [(item[0], [])])[0][1].extend(item[1])


def _item(picks: Picks, pick: Pick, agent: str) -> Item:
    """The field and values of an indicator. Raises Untranslatable."""
    if pick.type == "host_exact":
        return "cs-host", [pick.value]
    if pick.type in HOST_TYPES:
        return "cs-host|re", [_whole(picks, pick.type, pick.value)]
    if pick.type == "cidr":
        return "dst_ip|cidr", [pick.value]
    pattern = agent_pattern(pick.value)
    if pattern == pick.value:
        return _regex(agent, pattern)
    return f"{agent}|contains", [sigma_text(pick.value)]


def _needed(pick: Pick, agent: str, stem: str) -> Iterator[Item]:
    """What must be on the same record. Raises Untranslatable."""
    needs = pick.indicator.needs
    if needs is None:
        return
    if needs.method is not None:
        yield "cs-method|re", [f"^{any_of(map(literal, needs.method))}$"]
    if needs.path is not None:
        yield _regex(stem, path_pattern(needs.path) or plain_path(needs.path))
    if needs.user_agent is not None:
        yield _regex(agent, agent_pattern(needs.user_agent))


def _regex(name: str, pattern: str) -> Item:
    found = common(pattern)
    return f"{name}|re{'|i' if found.ignore_case else ''}", [found.text]


_SOURCES: Final = {
    "proxy": ("seen by a web proxy", "  category: proxy"),
    "dns": ("asked for by name", "  category: dns"),
    "webserver": ("visits a web server", "  category: webserver"),
    "cloudtrail": ("called in an AWS account", "  product: aws\n  service: cloudtrail"),
}


def _document(picks: Picks, rule: _Rule, source: str) -> Iterator[str]:
    service = rule.picks[0].service
    said, logs = _SOURCES[source]
    surest = max((one.indicator.confidence for one in rule.picks), key=RANK.__getitem__)
    pages = sorted({one.page for one in rule.picks if one.page and link(one.page)})[:MOST_PAGES]
    yield f"title: {yaml_text(f'{service.product[:TITLE]} {said}')}"
    yield f"id: {uuid5(SPACE, f'{service.id}|{source}')}"
    yield "status: experimental"
    text = (
        f"{service.summary} By {service.vendor_name}; {service.kind}, at most {surest} confidence."
    )
    yield f"description: {yaml_text(text)}"
    if pages:
        yield "references:"
        yield from (f"  - {yaml_text(page)}" for page in pages)
    yield "author: aicensus"
    if picks.is_shipped(service.id):
        yield f"license: {yaml_text(picks.asked.licence)}"
    yield "logsource:"
    yield from logs.split("\n")
    yield "detection:"
    for name, items in {**rule.own, **rule.wide, **rule.but}.items():
        yield f"  {name}:"
        for key, values in items:
            yield f"    {key}:"
            yield from (f"      - {yaml_text(value)}" for value in dict.fromkeys(values))
    yield f"  condition: {rule.condition}"
    yield "falsepositives:"
    yield "  - Use of the service that is declared and approved"
    yield "level: informational"
