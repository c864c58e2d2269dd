"""How the rules that fired on one observation become one verdict.

The rules themselves are data (signatures/); this is the arithmetic of DESIGN decision 6:
maximum, plus one step for a second independent indicator type, never above high. The naive
twin (naive.py) has its own spelling of the same arithmetic, and tests hold the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from signatures.hosts import is_ip
from signatures.model import APP_TYPES, OAUTH_TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signatures.compile import Compiled, HostMatch, Rule

LEVELS: Final = ("none", "hint", "low", "medium", "high", "confirmed")
RANK: Final = {word: rank for rank, word in enumerate(LEVELS)}
DETECTION: Final = RANK["medium"]
HIGH: Final = RANK["high"]
LOW: Final = RANK["low"]
NO_RULE: Final = -1

# Which evidence names the service when several are equally sure; smaller is stronger.
TYPE_ORDER: Final = {
    "host_exact": 0,
    "host_template": 0,
    "host_suffix": 0,
    "oauth_client_id": 1,
    "app_id": 2,
    "http_header": 3,
    "http_path": 4,
    "oauth_name": 5,
    "oauth_scope": 6,
    "user_agent": 7,
    "cidr": 8,
    "port": 9,
}
HOST_TYPES: Final = frozenset({"host_exact", "host_template", "host_suffix"})
# Of these a firewall's App-ID says the product and the address says which one of many it is.
PLACED_KINDS: Final = frozenset({"inference_server", "ai_ui", "vector_db", "mcp_server"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What matching reads of one observation; `host` and `ip` are normalised.

    via: how the host is known: its `name` was in the record, a `uid` joined it to one that
    had it, or a `dns` answer named the address. app: what a firewall, proxy or CASB calls the
    application; oauth_name: what an identity provider does. Names, clients and scopes as written.
    """

    host: str | None = None
    ip: str | None = None
    port: int | None = None
    path: str | None = None
    method: str | None = None
    agent: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    via: str = "name"
    app: str | None = None
    oauth_name: str | None = None
    oauth_client: str | None = None
    oauth_scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an observation is: the service, how sure, and by which indicators.

    service, kind: None for a hint, which looks like AI and is not in the catalogue. by_host: it
    is known by a name, of its host or of the application, and not by the place it stands at.
    """

    service: str | None
    kind: str | None
    detection: str
    surface: str | None
    usage: str | None
    indicators: tuple[str, ...]
    rule_id: int
    by_host: bool
    per_host: bool
    region: str | None
    vendor: str | None = None
    told: bool = False  # by an identity provider, whose own log says so

    @property
    def is_detection(self) -> bool:
        """Whether this counts as matched (medium or above)."""
        return RANK[self.detection] >= DETECTION


def is_browser(agent: str | None) -> bool:
    """Browsers, and only they and things posing as them, begin with Mozilla."""
    return agent is not None and agent.startswith("Mozilla/")


def independent(rule_type: str) -> str:
    """The group a type counts in: what one author chose, or one look-up gave, is one evidence."""
    if rule_type in HOST_TYPES:
        return "host"
    return "oauth_name" if rule_type == "oauth_scope" else rule_type


def combine(
    compiled: Compiled,
    fired: Sequence[Rule],
    facts: Facts,
    host: HostMatch | None,
    overruled: Sequence[Rule] = (),
) -> Verdict | None:
    """One verdict from the rules that fired, or None.

    overruled: of applications that are of another vendor than the host; they are only told.

    fired: rules whose pattern and `needs` hold. The strongest service wins; between equals the
    better kind of evidence, then the longer pattern, then the service id. A candidate of the
    nursery speaks only where no other service does.
    """
    by_service: dict[str, list[Rule]] = {}
    for rule in fired:
        by_service.setdefault(rule.service, []).append(rule)
    best: tuple[tuple[bool, int, int, int, bool, str], Rule, list[Rule], int] | None = None
    for service, rules in by_service.items():
        rank = service_rank(rules, facts)
        lead = min(rules, key=lambda rule: (TYPE_ORDER[rule.type], -len(rule.value), rule.rule_id))
        weak = service in compiled.nursery
        bare = lead.needs is None
        order = (weak, -rank, TYPE_ORDER[lead.type], -len(lead.value), bare, service)
        if rank and (best is None or order < best[0]):
            best = (order, lead, rules, rank)
    if best is None:
        return None
    _, lead, rules, rank = best
    service_facts = compiled.services[lead.service]
    by_host = lead.type in HOST_TYPES
    placed = lead.type == "app_id" and service_facts.kind in PLACED_KINDS
    names = sorted({_indicator(rule, facts) for rule in rules})
    names += sorted({f"other_app_id:{rule.value}" for rule in overruled})
    return Verdict(
        service=lead.service,
        kind=service_facts.kind,
        detection=LEVELS[rank],
        surface=lead.surface,
        usage=lead.usage or service_facts.usage,
        indicators=tuple(names),
        rule_id=lead.rule_id,
        by_host=by_host or (lead.type in APP_TYPES and not placed),
        per_host=by_host and "{label}" in lead.value,
        region=host.region if host is not None and by_host else None,
        vendor=service_facts.vendor,
        told=lead.type in OAUTH_TYPES,
    )


def service_rank(rules: Sequence[Rule], facts: Facts) -> int:
    """The confidence, as a rank in LEVELS, that these rules of one service give together."""
    types = {independent(rule.type) for rule in rules}
    rank = max(map(_rank, rules))
    if types == {"http_path"} and is_browser(facts.agent) and all(map(_alone, rules)):
        distinctive = any(rule.distinctive for rule in rules)
        rank = min(rank, DETECTION if distinctive else LOW)
    elif len(types) > 1 and rank < HIGH:
        rank += 1
    if facts.via == "dns" and types.isdisjoint(APP_TYPES):
        rank = min(rank, DETECTION)
    return rank


def _rank(rule: Rule) -> int:
    """Anybody chooses the name of an application and the scopes it asks for."""
    capped = rule.type == "oauth_name" or (rule.type == "oauth_scope" and not rule.distinctive)
    return min(RANK[rule.confidence], DETECTION) if capped else RANK[rule.confidence]


def hinted(compiled: Compiled, facts: Facts, host: HostMatch | None) -> Verdict | None:
    """The verdict on what no rule speaks of: a hint by its name and path, or None.

    A host that the catalogue knows is what it is there; below a shared parent a path says nothing.
    """
    if host is not None and (host.shared or host.rule_ids):
        return None
    hints = compiled.hints
    named = facts.host is not None and not is_ip(facts.host)
    by_name = hints.of_host(facts.host) if named and facts.host is not None else ()
    owned = host is not None and host.known_parent
    silent = owned or (named and facts.host is not None and hints.is_silent(facts.host))
    by_path = hints.of_path(facts.path) if facts.path is not None and not silent else ()
    if not by_name and not by_path:
        return None
    return Verdict(
        service=None,
        kind=None,
        detection="hint",
        surface=None,
        usage=None,
        indicators=(*(f"name:{why}" for why in by_name), *(f"path:{why}" for why in by_path)),
        rule_id=NO_RULE,
        by_host=named,
        per_host=False,
        region=None,
    )


def _alone(rule: Rule) -> bool:
    """Whether nothing but the path was asked for."""
    needs = rule.needs
    return needs is None or not (needs.port or needs.header or needs.user_agent)


def _indicator(rule: Rule, facts: Facts) -> str:
    if rule.type in HOST_TYPES and facts.via != "name":
        return f"{'connection_uid' if facts.via == 'uid' else 'dns_answer'}:{rule.value}"
    return f"{rule.type}:{rule.value}"
