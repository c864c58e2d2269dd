"""Why a host is what it is: the rules that won, those that lost and to what, and what came near.

It finds every rule whose pattern fits, asks the matcher for the verdict, and says of each rule
what became of it. docs/signatures.md, "Which rule wins".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scanner.match.fire import app_rules, judge
from scanner.match.observed import facts_of, judged
from scanner.match.verdict import DETECTION, RANK, Facts, Verdict
from signatures.hosts import HostError, is_ip
from signatures.nearest import Near, nearest
from signatures.tables import listed_above
from signatures.templates import parse_template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signatures.compile import Compiled, HostMatch, Rule

LAYER = {"host_exact": 0, "host_template": 1, "host_suffix": 2}
WORD = {
    "host_exact": "an exact name",
    "host_template": "a template",
    "host_suffix": "a suffix",
    "cidr": "an address range",
}
NAMED = {
    "app_id": "what firewalls and proxies call it, as a whole",
    "oauth_name": "what identity providers show, as a whole; anybody may choose a name",
    "oauth_client_id": "the id that the provider gave its OAuth client",
    "oauth_scope": "a scope of this product",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A rule that fits the host, and why it won or lost."""

    rule: Rule
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a host has its verdict. host: normalised, None when it is none (then `notes` says why).

    near: only where no rule of the catalogue speaks.
    """

    host: str | None
    verdict: Verdict | None
    won: tuple[Said, ...] = ()
    lost: tuple[Said, ...] = ()
    notes: tuple[str, ...] = ()
    near: tuple[Near, ...] = ()


def explain_host(compiled: Compiled, text: str, reasons: Mapping[str, str]) -> Explanation:
    """The explanation of a host as somebody wrote it. reasons: of shared domains, by domain."""
    try:
        facts = facts_of({"dst_host": text})
    except HostError as problem:
        return Explanation(None, None, notes=(f"not a host name: {problem}",))
    host = facts.host
    if host is None:
        return Explanation(None, None, notes=("empty",))
    verdict = judge(compiled, facts)
    match = compiled.host_rules(host) if not is_ip(host) else None
    won, lost = _weighed(compiled, facts, verdict, match)
    named = verdict is not None and verdict.service is not None
    notes = [f"read as {host}"] if host != text else []
    notes += _notes(compiled, facts, verdict, match, reasons)
    near = () if named or match is None or match.shared else nearest(compiled, host)
    return Explanation(host, verdict, won, lost, tuple(notes), near)


def explain_application(compiled: Compiled, observed: Mapping[str, Any]) -> Explanation:
    """The explanation of a record that names an application, with its host if it has one."""
    try:
        facts, verdict = judged(compiled, observed)
    except HostError as problem:
        return Explanation(None, None, notes=(f"not a host name: {problem}",))
    lead = compiled.rules[verdict.rule_id] if verdict is not None and verdict.service else None
    won: list[Said] = []
    lost: list[Said] = []
    for rule_id in dict.fromkeys(app_rules(compiled, facts)):
        rule = compiled.rules[rule_id]
        spoke = f"{rule.type}:{rule.value}"
        if verdict is None or lead is None:
            lost.append(Said(rule, f"needs {_needs(rule)}"))
        elif spoke in verdict.indicators and rule.service == verdict.service:
            won.append(Said(rule, NAMED[rule.type]))
        elif facts.host is not None and rule.type == "app_id":
            lost.append(Said(rule, f"the host is of {lead.service}, and nearer than a name"))
        else:
            lost.append(Said(rule, _weaker(compiled, rule, lead)))
    return Explanation(facts.host, verdict, tuple(won), tuple(lost))


def fitting(compiled: Compiled, host: str) -> list[Rule]:
    """Every rule whose host pattern fits, the most exact first."""
    labels = tuple(host.split("."))
    found: list[tuple[tuple[int, int, int, bool], int, Rule]] = []
    for rule in compiled.rules:
        order = (0, 0, 0, False)
        if rule.type == "host_template":
            end = rule.value.rpartition("}")[2].partition(".")[2]
            if not host.endswith(f".{end}"):
                continue
            template = parse_template(rule.value, compiled.regions)
            pairs = zip(template.fixed, labels, strict=False)
            fits = len(labels) == len(template.fixed) and all(a in {None, b} for a, b in pairs)
            if not fits or template.fit(labels, compiled.regions) is None:
                continue
            length, fixed, narrow = template.exactness
            order = (1, -length, -fixed, not narrow)
        elif rule.type == "host_suffix":
            if host != rule.value and not host.endswith(f".{rule.value}"):
                continue
            order = (2, -len(rule.value), 0, False)
        elif rule.type != "host_exact" or host != rule.value:
            continue
        found.append((order, rule.rule_id, rule))
    return [rule for _, _, rule in sorted(found, key=lambda one: one[:2])]


def _weighed(
    compiled: Compiled, facts: Facts, verdict: Verdict | None, match: HostMatch | None
) -> tuple[tuple[Said, ...], tuple[Said, ...]]:
    host = facts.host or ""
    if match is None:
        rules = [compiled.rules[i] for i in compiled.cidr_rules(facts.ip or host)]
        met = {rule.rule_id for rule in rules}
    else:
        rules, met = fitting(compiled, host), set(match.rule_ids)
    lead = compiled.rules[verdict.rule_id] if verdict is not None and verdict.service else None
    won: list[Said] = []
    lost: list[Said] = []
    for rule in rules:
        why = _loss(compiled, rule, lead, met, shared=match is not None and match.shared)
        if why is not None:
            lost.append(Said(rule, why))
        elif lead is not None:
            won.append(Said(rule, _merit(rule, lead, rules)))
    return tuple(won), tuple(lost)


def _loss(
    compiled: Compiled, rule: Rule, lead: Rule | None, met: set[int], *, shared: bool
) -> str | None:
    """Why a rule that fits has no say; None when it has."""
    why: str | None = None
    if shared:
        why = "the host is shared infrastructure, which is never a finding"
    elif rule.rule_id not in met:
        why = _less_exact(compiled, rule, met)
    elif rule.needs is not None:
        why = f"needs {_needs(rule)}, which a host name alone does not show"
    elif lead is not None and rule.service != lead.service:
        why = _weaker(compiled, rule, lead)
    return why


def _weaker(compiled: Compiled, rule: Rule, lead: Rule) -> str:
    """Why a rule that holds is not the one that names the service."""
    if rule.service in compiled.nursery:
        return f"a candidate, which speaks only where no other does: {lead.service} does"
    if RANK[rule.confidence] < RANK[lead.confidence]:
        return f"less sure: {rule.confidence}, and {lead.service} is {lead.confidence}"
    if len(rule.value) < len(lead.value):
        return f"as sure, but the pattern of {lead.service} is longer"
    return f"as sure and as long as that of {lead.service}, whose id comes first"


def _less_exact(compiled: Compiled, rule: Rule, met: set[int]) -> str:
    """Which rule ended the search before this one."""
    found = [compiled.rules[i] for i in met if compiled.rules[i].needs is None]
    sure = [one for one in found if one.service not in compiled.nursery] or found
    if not sure:
        return "a more exact rule ended the search"
    ended = min(sure, key=lambda one: (LAYER[one.type], -len(one.value), one.rule_id))
    if ended.type != rule.type:
        return f"{WORD[ended.type]} comes before {WORD[rule.type]}"
    word = "longer suffix" if rule.type == "host_suffix" else "more exact template"
    return f"{ended.value} is the {word}"


def _merit(rule: Rule, lead: Rule, rules: list[Rule]) -> str:
    """Why a rule of the service that is named won."""
    if rule is not lead:
        return "speaks for the same service"
    if rule.type == "cidr":
        return "the address is in the vendor's own range"
    if len(rules) == 1:
        return f"{WORD[rule.type]}; no other rule fits"
    return {
        "host_exact": "the exact name",
        "host_template": "the most exact template that fits",
        "host_suffix": "the longest suffix that fits",
    }[rule.type]


def _needs(rule: Rule) -> str:
    needs = rule.needs
    if needs is None:
        return "nothing"
    said = [
        f"{word} {shown}"
        for word, shown in (
            ("port", ", ".join(map(str, needs.port or ()))),
            ("path", needs.path),
            ("another path than", needs.unless_path),
            ("method", ", ".join(needs.method or ())),
            ("header", needs.header),
            ("user agent", needs.user_agent),
            ("a host that is", needs.host),
        )
        if shown
    ]
    return " and ".join(said)


def _notes(
    compiled: Compiled,
    facts: Facts,
    verdict: Verdict | None,
    match: HostMatch | None,
    reasons: Mapping[str, str],
) -> list[str]:
    host = facts.host or ""
    notes: list[str] = []
    shared = listed_above(host, compiled.shared_infrastructure)
    parent = listed_above(host, compiled.shared_parents)
    if match is None:
        notes.append("an address has no name: only a vendor's own published ranges speak of it")
    elif shared is not None:
        notes.append(f"{shared} is shared infrastructure ({reasons.get(shared, 'listed')})")
    elif parent is not None and (verdict is None or verdict.service is None):
        why = reasons.get(parent, "listed")
        notes.append(f"{parent} is shared by many ({why}): a rule must name more than that")
    if match is not None and match.region_unknown:
        notes.append(
            f"region {match.region} is not in the table; a new region matches all the same"
        )
    if verdict is not None:
        if verdict.service is None:
            notes.append("looks like AI, but no service of the catalogue: for the review list")
        elif RANK[verdict.detection] < DETECTION:
            surface = f" (surface {verdict.surface})" if verdict.surface else ""
            notes.append(f"{verdict.detection}{surface}: for the review list, no asset")
    return notes
