"""The obvious matcher: every rule tried on every observation, one after the other.

It shares nothing with the compiled tables but the list of rules, the region table, the shared
hosts and the table of hints. It is the measure the vectorised matcher is held against
(tests/scanner/match), never the one that runs, so it prefers being plain to being quick, and
Python's `re` to RE2.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scanner.match.verdict import Facts
    from signatures.compile import Compiled, Rule

STEPS = ["none", "hint", "low", "medium", "high", "confirmed"]
HOST = ("host_exact", "host_template", "host_suffix")
PLACE = ["host", "oauth_client_id", "app_id", "http_header", "http_path", "oauth_name",
         "oauth_scope", "user_agent", "cidr", "port"]  # fmt: skip
APPS = {"oauth_client_id", "app_id", "oauth_name", "oauth_scope"}

# service (None for a hint), detection, values of the rules that spoke or reasons of the hints
Answer = tuple[str | None, str, frozenset[str]]


def naive(compiled: Compiled, facts: Facts) -> Answer | None:
    """(service, detection, values of the rules that fired) for one observation, or None."""
    rules = compiled.rules
    name = facts.host if facts.host and not _is_ip(facts.host) else None
    if name and any(under(name, shared) for shared in compiled.shared_infrastructure):
        return None
    naming = _host_rules(compiled, name)
    owners = {rule.service for rule in naming if rule.service not in compiled.nursery}
    parent = name is not None and _below_parent(compiled, name)
    fired: list[Rule] = []
    for rule in rules:
        foreign = bool(owners - {rule.service}) or parent
        if rule.type in HOST:
            matches = rule in naming
        elif rule.type == "http_path":
            matches = path_matches(rule.value, facts.path)
            if foreign and not (rule.needs and rule.needs.port):
                matches = False
        elif rule.type == "user_agent":
            matches = agent_matches(rule.value, facts.agent)
        elif rule.type == "http_header":
            matches = any(header_matches(rule.value, name, text) for name, text in facts.headers)
        elif rule.type == "cidr":
            matches = facts.ip is not None and ip_address(facts.ip) in _network(rule.value)
        elif rule.type == "port":
            matches = facts.port == int(rule.value) and _private(facts.ip or facts.host)
        else:
            matches = app_matches(rule, facts)
        if matches and _needs(rule, facts, foreign):
            fired.append(rule)
    fired, told = _heard(compiled, fired, facts)
    if not fired and not naming:
        return naive_hint(compiled, facts, name, parent)
    sure = [rule for rule in fired if rule.service not in compiled.nursery]
    answer = _answer(sure, facts) or _answer(fired, facts)
    return answer and (*answer[:2], answer[2] | told)


def under(host: str, domain: str) -> bool:
    """Whether `host` is `domain` or lies below it, on a label boundary."""
    return host == domain or host.endswith("." + domain)


def path_matches(value: str, path: str | None) -> bool:
    """A plain value is that path or one below it; one that begins with ^ is a regex."""
    if path is None:
        return False
    if value.startswith("^"):
        return re.search(value, path) is not None
    if value.endswith("/"):
        return path.startswith(value)
    return path == value or path.startswith(value + "/")


def agent_matches(value: str, agent: str | None) -> bool:
    """A pattern, or a word in any case."""
    return agent is not None and _agent(value).search(agent) is not None


def header_matches(value: str, name: str, text: str) -> bool:
    """`name` alone wants the header, `name: regex` wants its value too."""
    wanted, _, pattern = value.partition(":")
    if wanted.strip().lower() != name.lower():
        return False
    return not pattern.strip() or re.search(pattern.strip(), text) is not None


def app_matches(rule: Rule, facts: Facts) -> bool:
    """The whole name, client or scope; of names and UUIDs case does not count."""
    value = rule.value
    if rule.type == "app_id":
        return facts.app is not None and facts.app.strip().casefold() == value.casefold()
    if rule.type == "oauth_name":
        return facts.oauth_name is not None and _shown(facts.oauth_name) == _shown(value)
    if rule.type == "oauth_client_id":
        client = (facts.oauth_client or "").strip()
        hexadecimal = re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value)
        return client == value or (bool(hexadecimal) and client.lower() == value.lower())
    return value in [scope.strip() for scope in facts.oauth_scopes]


@cache
def _shown(name: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return re.sub(r"\s+", " ", plain).strip()


def _heard(
    compiled: Compiled, fired: list[Rule], facts: Facts
) -> tuple[list[Rule], frozenset[str]]:
    """The rules without App-IDs that the host speaks against, and those of another vendor."""
    hosts = [r for r in fired if r.type in HOST and r.service not in compiled.nursery]
    if not hosts or facts.via == "dns":
        return fired, frozenset()
    useful = {r.service for r in hosts if r.confidence not in ("hint", "low")}
    vendors = {compiled.services[r.service].vendor for r in hosts}
    kept = [r for r in fired if r.type != "app_id" or r.service in useful]
    told = [r for r in fired if r not in kept]
    return kept, frozenset(
        r.value for r in told if compiled.services[r.service].vendor not in vendors
    )


def _host_rules(compiled: Compiled, host: str | None) -> list[Rule]:
    """Exact names, else the best template, else the longest suffix.

    A layer in which every rule has needs may turn out not to hold, so the next is added to it.
    """
    if host is None:
        return []
    rules = compiled.rules
    layers = [[rule for rule in rules if rule.type == "host_exact" and rule.value == host]]
    fitting = [
        r
        for r in rules
        if r.type == "host_template" and _template(compiled, r.value).fullmatch(host)
    ]
    for exactness in sorted({_exactness(rule.value) for rule in fitting}, reverse=True):
        layers += [[rule for rule in fitting if _exactness(rule.value) == exactness]]
    suffixes = [rule for rule in rules if rule.type == "host_suffix" and under(host, rule.value)]
    longest_first = sorted({rule.value for rule in suffixes}, key=len, reverse=True)
    layers += [[rule for rule in suffixes if rule.value == value] for value in longest_first]
    found: list[Rule] = []
    for layer in layers:
        found += layer
        if any(rule.needs is None and rule.service not in compiled.nursery for rule in layer):
            break
    return found


def _exactness(template: str) -> tuple[int, int, bool]:
    """Longer fixed end, then more fixed labels, then a narrower gap."""
    labels = template.split(".")
    return (
        len(template.rpartition("}")[2].partition(".")[2]),
        sum("{" not in label for label in labels),
        "{label}" not in labels,
    )


def _below_parent(compiled: Compiled, host: str) -> bool:
    """Whether the nearest shared parent owns what lies below it (and does not merely host it)."""
    parents = [one for one in compiled.shared_parents if under(host, one)]
    return bool(parents) and max(parents, key=len) not in compiled.hosting


@cache
def _template(compiled: Compiled, value: str) -> re.Pattern[str]:
    """A region is one of the table or one of that shape; a label is any text without a dot."""
    pattern = re.escape(value).replace(re.escape("{label}"), r"[a-z0-9_-]+")
    for provider, regions in compiled.regions.items():
        shape = "|".join([*map(re.escape, sorted(regions.names)), regions.shape])
        pattern = pattern.replace(re.escape("{" + provider + "_region}"), f"(?:{shape})")
    return re.compile(pattern)


@cache
def _agent(value: str) -> re.Pattern[str]:
    """A value with pattern characters is a pattern, else a word in any case."""
    if re.search(r"[\\^$|()\[\]{}*+?]", value):
        return re.compile(value)
    start = r"\b" if value[:1].isalnum() or value[:1] == "_" else ""
    end = r"\b" if value[-1:].isalnum() or value[-1:] == "_" else ""
    return re.compile(f"{start}{re.escape(value)}{end}", re.IGNORECASE | re.ASCII)


@cache
def _network(value: str) -> Any:  # noqa: ANN401 - IPv4Network or IPv6Network
    return ip_network(value)


def naive_hint(compiled: Compiled, facts: Facts, name: str | None, parent: bool) -> Answer | None:
    """What an unknown name and path look like, each word tried for itself."""
    table = compiled.hint_table
    if name is not None and any(under(name, one) for one in table.silent):
        return None
    reasons: list[str] = []
    if name is not None:
        labels = name.split(".")
        read = labels[:-1] or labels
        text = ".".join(label for label in read if not label.startswith("xn--"))
        met = [hint for hint in table.words if _has_word(text, hint.value)]
        met = [h for h in met if not any(h.value in o.value and h is not o for o in met)]
        met = [h for h in met if not any(_stands(text, word) for word in h.unless)]
        reasons = [f'has the word "{h.value}" ({h.reason})' for h in met]
        if not reasons:
            reasons = [
                f'has a word that ends in "{h.value}" ({h.reason})'
                for h in table.endings
                if re.search(rf"[a-z][a-z]{h.value}(?![a-z])", text)
            ][:1]
        if len(labels) > 1:
            reasons += [
                f"is under .{h.value} ({h.reason})" for h in table.domains if labels[-1] == h.value
            ]
    reasons = reasons[:3]
    if facts.path is not None and not parent:
        path = facts.path.removesuffix("/")
        if not set(path.split("/")) & set(table.segments):
            reasons += [
                f'ends in "{h.value}" ({h.reason})' for h in table.paths if path.endswith(h.value)
            ][:3]
    return (None, "hint", frozenset(reasons)) if reasons else None


def _has_word(text: str, word: str) -> bool:
    return re.search(rf"(?:^|[^a-z0-9]){re.escape(word)}(?:[^a-z]|$)", text) is not None


def _stands(text: str, word: str) -> bool:
    return word in re.findall("[a-z]+", text)


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _private(text: str | None) -> bool:
    return text is not None and _is_ip(text) and ip_address(text).is_private


def _needs(rule: Rule, facts: Facts, foreign: bool) -> bool:
    needs = rule.needs
    if needs is None:
        return True
    if needs.host == "unknown" and foreign and rule.type not in HOST:
        return False
    return needs.hold(
        port=facts.port,
        path=facts.path,
        method=facts.method,
        headers=facts.headers,
        agent=facts.agent,
    )


def _answer(fired: list[Rule], facts: Facts) -> Answer | None:
    best: tuple[Any, ...] | None = None
    for service in sorted({rule.service for rule in fired}):
        mine = [rule for rule in fired if rule.service == service]
        groups = {"host" if rule.type in HOST else rule.type for rule in mine}
        step = max(
            min(
                STEPS.index(rule.confidence),
                3
                if rule.type == "oauth_name"
                or (rule.type == "oauth_scope" and not rule.distinctive)
                else 5,
            )
            for rule in mine
        )
        browser = facts.agent is not None and facts.agent.startswith("Mozilla/")
        compound = any(
            rule.needs and (rule.needs.port or rule.needs.header or rule.needs.user_agent)
            for rule in mine
        )
        signs = groups - {"oauth_scope"} if "oauth_name" in groups else groups  # of one author
        if groups == {"http_path"} and browser and not compound:
            step = min(step, 3 if any(rule.distinctive for rule in mine) else 2)
        elif len(signs) >= 2 and step < 4:
            step += 1
        if facts.via == "dns" and not groups & APPS:
            step = min(step, 3)
        place = min(PLACE.index(group) for group in groups)
        there = [r for r in mine if PLACE.index("host" if r.type in HOST else r.type) == place]
        longest = max(len(rule.value) for rule in there)
        bound = any(rule.needs for rule in there if len(rule.value) == longest)
        key = (step, -place, longest, bound)
        if step and (best is None or key > best[0]):
            best = (key, service, STEPS[step], frozenset(rule.value for rule in mine))
    return None if best is None else (best[1], best[2], best[3])
