"""Suricata rules (7 and later), one for each indicator and each place it shows in.

Names are looked for in TLS and QUIC hellos, DNS questions and HTTP; user agents, headers, paths
and what needs them in plain HTTP. A rule leaves out the names that a more exact one owns, so one
name gives one alert. Contents, not datasets: a dataset compares whole buffers, so it has no
suffixes and no templates, and one rule for all hides which service was met; contents are searched
for together in one pass (docs/signatures.md, "Exports").
Source: Suricata documentation 7.0, "Rules"; the keywords were tried with 7.0.10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from signatures.export.escape import content, link, rule_text
from signatures.export.hostregex import any_host, host_regex
from signatures.export.names import TAKEN
from signatures.export.picks import fixed_end
from signatures.export.regex import Untranslatable, any_of, common, literal, plain_path
from signatures.export.sids import numbers
from signatures.model import HOST_TYPES, TRAFFIC_TYPES
from signatures.patterns import agent_pattern, header_parts, path_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signatures.export.account import Account
    from signatures.export.picks import Pick, Picks
    from signatures.model import Needs

# protocol, buffer, and whether the buffer is in lower case already
PLACES: Final = (
    ("tls", "tls.sni", False),
    ("dns", "dns.query", False),
    ("http", "http.host", True),
    ("quic", "quic.sni", False),
)
HTTP: Final = 2
# The path alone: the matcher does not look at queries.
PATH: Final = 'http.uri; pcrexform:"^([^?#]*)"'
SHORT: Final = 3  # a content of fewer characters costs more than it saves
CRAWLER: Final = "ai_crawler_inbound"

CLEAR: Final = "host and something else: in plain HTTP alone"
FOREIGN: Final = "paths and others that count on hosts nobody owns: a rule cannot ask that"
PORT: Final = "ports: alone no detection"
LANGUAGE: Final = "patterns that RE2 and PCRE may read differently"


def lines(picks: Picks, account: Account) -> Iterator[str]:
    """The rules, by number."""
    log = [one for one in picks.all if one.type in TRAFFIC_TYPES and not one.service.nursery]
    sids = numbers(
        (one.key for one in log if picks.is_shipped(one.service.id)),
        (one.key for one in log if not picks.is_shipped(one.service.id)),
    )
    account.notes += [
        "needs Suricata 7 or later; sids 1000000-1999999, stable from pack to pack",
        "user agents and headers count on any host, also where the catalogue says nobody's",
        "two kinds of evidence on one request are two alerts, not one of higher confidence",
    ]
    rules: dict[int, str] = {}
    for pick in picks.of(*TRAFFIC_TYPES):
        for place, head, options in _rules(picks, account, pick):
            sid = sids[pick.key] + place
            rules.setdefault(sid, f"{head} ({_options(pick, place, options, sid)})")
    account.entries = len(rules)
    for _, rule in sorted(rules.items()):
        yield rule


def _rules(picks: Picks, account: Account, pick: Pick) -> list[tuple[int, str, str]]:
    """(place, head, what is looked for) of every rule of an indicator; writes its fate."""
    needs = pick.indicator.needs
    foreign = needs is not None and needs.host == "unknown"
    foreign |= pick.type == "http_path" and (needs is None or needs.port is None)
    if pick.type == "port" or foreign:
        account.out(pick, FOREIGN if foreign else PORT)
        return []
    if pick.type in HOST_TYPES and needs is None:
        return _host_rules(picks, account, pick)
    if pick.type == "cidr":
        account.whole(pick) if needs is None else account.out(pick, LANGUAGE)
        return [] if needs else [(0, f"alert ip $HOME_NET any -> {_range(pick.value)} any", "")]
    try:
        options = _what(picks, pick) + (_needed(needs) if needs is not None else [])
    except Untranslatable:
        account.out(pick, LANGUAGE)
        return []
    account.part(pick, CLEAR) if pick.type in HOST_TYPES else account.whole(pick)
    ports = f"[{','.join(map(str, needs.port))}]" if needs is not None and needs.port else "any"
    inbound = pick.service.kind == CRAWLER
    head = "$EXTERNAL_NET any -> $HOME_NET" if inbound else "$HOME_NET any -> any"
    return [(HTTP, f"alert http {head} {ports}", "; ".join(options))]


def _host_rules(picks: Picks, account: Account, pick: Pick) -> list[tuple[int, str, str]]:
    if picks.leaders[pick.type, pick.value] is not pick:
        account.out(pick, TAKEN)
        return []
    account.whole(pick)
    less = picks.above(pick)
    return [
        (
            place,
            f"alert {protocol} $HOME_NET any -> any any",
            "; ".join(_host(picks, pick, less, buffer, lower=lower)),
        )
        for place, (protocol, buffer, lower) in enumerate(PLACES)
    ]


def _host(
    picks: Picks, pick: Pick, less: Sequence[tuple[str, str]], buffer: str, *, lower: bool
) -> list[str]:
    """The options that find a host in a buffer."""
    case, flag = ("", "") if lower else ("; nocase", "i")
    value = pick.value
    if pick.type == "host_exact":
        return [buffer, f'content:"{content(value)}"{case}; startswith; endswith']
    if pick.type == "host_suffix":
        found = [buffer, "dotprefix", f'content:".{content(value)}"{case}; endswith']
        if less:
            found.append(f'pcre:!"/^\\.{any_host(less, picks)}$/{flag}"')
        return found
    end = fixed_end(value)
    found = [buffer, f'content:".{content(end)}"{case}; endswith']
    regex = host_regex(pick.type, value, picks.compiled.regions)
    found.append(f'pcre:"/^{regex}$/{flag}"')
    if less:
        found.append(f'pcre:!"/^{any_host(less, picks)}$/{flag}"')
    return found


def _what(picks: Picks, pick: Pick) -> list[str]:
    """The options that find the indicator itself in HTTP. Raises Untranslatable."""
    if pick.type in HOST_TYPES:
        return _host(picks, pick, picks.above(pick), "http.host", lower=True)
    if pick.type == "http_path":
        return _path(pick.value)
    if pick.type == "user_agent":
        return _agent(pick.value)
    return _header(pick.value)


def _needed(needs: Needs) -> list[str]:
    """The options for what must be on the same request; ports are in the head."""
    found: list[str] = []
    if needs.method is not None:
        methods = any_of(map(literal, needs.method))
        found += ["http.method", f'pcre:"/^{methods}$/"']
    if needs.path is not None:
        found += _path(needs.path)
    if needs.user_agent is not None:
        found += _agent(needs.user_agent)
    if needs.header is not None:
        found += _header(needs.header)
    return found


def _path(value: str) -> list[str]:
    return [PATH, *_searched(path_pattern(value) or plain_path(value))]


def _agent(value: str) -> list[str]:
    return ["http.user_agent", *_searched(agent_pattern(value))]


def _header(value: str) -> list[str]:
    name, pattern = header_parts(value)
    begins = f'content:"{content(name + ":")}"; nocase; startswith'
    if pattern is None:
        return ["http.request_header", begins]
    regex = common(pattern).within(f"^(?i:{literal(name)})\\x3a ?")
    return ["http.request_header", begins, f'pcre:"/{regex}/s"']


def _searched(pattern: str) -> list[str]:
    """A content to look for first, if there is one, and the pattern."""
    found = common(pattern)
    regex = f'pcre:"/{found.text}/s{"i" if found.ignore_case else ""}"'
    if len(found.literal) < SHORT:
        return [regex]
    case = "; nocase" if found.ignore_case else ""
    return [f'content:"{content(found.literal)}"{case}', regex]


def _range(value: str) -> str:
    return f"[{value}]"


def _options(pick: Pick, place: int, found: str, sid: int) -> str:
    service, indicator = pick.service, pick.indicator
    seen = "address" if pick.type == "cidr" else PLACES[place][0].upper()
    message = f"AICENSUS {service.product} ({service.kind}) in {seen}, {indicator.confidence}"
    page = link(pick.page)
    parts = [
        f'msg:"{rule_text(message)}"',
        "flow:established,to_server" if place in {0, 2} and found else "",
        found,
        f"reference:url,{page}" if page else "",
        "classtype:misc-activity",
        f"metadata:aicensus_service {service.id}, aicensus_confidence {indicator.confidence}",
        f"sid:{sid}",
        "rev:1",
    ]
    return " ".join(f"{part};" for part in parts if part)
