"""What an export says is what `classify` says: files read back and asked of thousands of hosts."""

from __future__ import annotations

import re
from functools import cache

import pytest
from sigma.collection import SigmaCollection
from sigma.conditions import ConditionAND, ConditionFieldEqualsValueExpression, ConditionNOT
from sigma.types import SigmaRegularExpression

from scanner import load
from scanner.match.observed import judge_observed
from signatures.export import Asked, export
from signatures.templates import PLACEHOLDER, REGION_OF
from tests.shipped import compiled

MOST = 4000
KINDS = ("model_api", "cloud_ai_resource")
LEVEL = ("medium", "high", "confirmed")


@cache
def exported(name, **more):
    return export(name, Asked(load.catalogue(), "9.9.9", "Apache-2.0", **more))


def body(name, **more):
    text, account = exported(name, **more)
    return [line for line in text.splitlines() if line[:2] not in {"# ", "; "}], account


@cache
def hosts():
    """Hosts at, below and beside what rules of the catalogue say."""
    found = set()
    for rule in compiled().rules:
        if not rule.type.startswith("host_"):
            continue
        names = [rule.value]
        if rule.type == "host_template":
            for region in ("us-east-1", "zz-north-9", "westeurope", "us-central1", "x1"):
                fill = {"label": "acme-1"} | dict.fromkeys(REGION_OF, region)
                names.append(PLACEHOLDER.sub(lambda gap, fill=fill: fill[gap[1]], rule.value))
            names = names[1:]
        for name in names:
            found |= {name, f"x9.{name}", f"a.b.{name}", f"x{name}", f"{name}.evil.example"}
            found.add(name.partition(".")[2])
    names = sorted(one for one in found if "." in one)
    return names[:: max(1, len(names) // MOST)]


@cache
def verdict(host):
    """(service, level, rules) of a host by its name alone."""
    found = judge_observed(compiled(), {"dst_host": host})
    if found is None or found.detection not in LEVEL:
        return None
    return found


def free(found):
    """Whether a template spoke: its free labels and new regions have no place in a list."""
    return any(one.startswith("host_template:") for one in found.indicators)


def under(host, domains):
    labels = host.split(".")
    return any(".".join(labels[n:]) in domains for n in range(len(labels)))


def test_there_is_something_to_compare():
    detected = [host for host in hosts() if verdict(host)]
    assert len(detected) > 1000
    assert len(hosts()) - len(detected) > 1000


def test_zeek_lists_only_what_classify_names_for_the_same_service():
    lines, _ = body("zeek")
    for line in lines[1:]:
        value, kind, _, said, _ = line.split("\t")
        if kind == "Intel::DOMAIN":
            found = verdict(value)
            assert found is not None, value
            assert f", {found.service})" in said


def test_hosts_lists_what_classify_names_but_what_it_says_it_cannot():
    lines, account = body("hosts")
    suffixes = {line[1:] for line in lines if line[0] == "."}
    names = {line for line in lines if line[0] != "."}
    for host in hosts():
        listed = host in names or under(host, suffixes)
        found = verdict(host)
        if listed and not found:
            ends = {one.rpartition("}")[2].lstrip(".") for one in account.too_wide}
            assert under(host, ends), host
        if found and not listed:
            assert free(found), host


def enclosing(host, tree):
    """The closest name above a host that exists in the zone; wildcards hold below it alone."""
    rest = host.partition(".")[2]
    while rest and rest not in tree:
        rest = rest.partition(".")[2]
    return rest


def test_a_zone_refuses_what_classify_names_and_nothing_else():
    lines, account = body("rpz", action="nxdomain")
    records = dict(line.split(" IN CNAME ") for line in lines[3:])
    exists = {name.removeprefix("*.") for name in records}
    tree = {".".join(name.split(".")[n:]) for name in exists for n in range(name.count(".") + 1)}
    wide = {one.rpartition("}")[2].lstrip(".") for one in account.too_wide}
    for host in hosts():
        answer = records.get(host)
        if answer is None and host not in tree:
            answer = records.get(f"*.{enclosing(host, tree)}")
        refused = answer == "."
        found = verdict(host)
        if refused and not found:
            assert under(host, wide), host
        if found and not refused:
            assert free(found), host


PCRE = re.compile(r'pcre:(!?)"/(.*?)/(\w*)"')
CONTENT = re.compile(r'content:"([^"]*)"')


def test_suricata_fires_for_the_service_that_classify_names_and_once():
    rules = []
    for line in body("suricata")[0]:
        if line.startswith("alert tls"):
            dotted = "dotprefix" in line
            end = CONTENT.search(line)[1]
            tests = [
                (flag == "", re.compile(text, re.IGNORECASE))
                for flag, text, _ in PCRE.findall(line)
            ]
            whole = "startswith" in line
            rules.append((line, dotted, end, whole, tests))

    def fires(rule, host):
        _, dotted, end, whole, tests = rule
        buffer = f".{host}" if dotted else host
        fits = buffer == end if whole else buffer.endswith(end)
        return fits and all(bool(test.search(buffer)) == wanted for wanted, test in tests)

    for host in hosts()[::5]:
        found = verdict(host)
        services = [
            re.search(r"aicensus_service ([^,]+),", rule[0])[1]
            for rule in rules
            if fires(rule, host)
        ]
        assert services == ([found.service] if found else []), host


def holds(condition, event):
    """Whether a parsed Sigma condition holds; values compare without case."""
    if isinstance(condition, ConditionFieldEqualsValueExpression):
        value, given = condition.value, event[condition.field]
        if isinstance(value, SigmaRegularExpression):
            return re.search(str(value.regexp), given) is not None
        text = str(value)
        return given.endswith(text[1:]) if text.startswith("*") else given == text
    if isinstance(condition, ConditionNOT):
        return not holds(condition.args[0], event)
    results = (holds(one, event) for one in condition.args)
    return all(results) if isinstance(condition, ConditionAND) else any(results)


def test_sigma_rules_for_dns_hit_for_the_service_that_classify_names():
    """Read by pySigma; without an error in any rule."""
    text, account = exported("sigma", kinds=KINDS)
    rules = SigmaCollection.from_yaml(text, collect_errors=True)
    assert rules.errors == [one for rule in rules.rules for one in rule.errors] == []
    assert len(rules.rules) == account.entries > 100
    asked = [
        (rule.title, rule.detection.parsed_condition[0].parsed)
        for rule in rules.rules
        if rule.logsource.category == "dns"
    ]
    for host in hosts()[::15]:
        found = verdict(host)
        product = compiled().services[found.service].product if found else ""
        titles = [title for title, condition in asked if holds(condition, {"query": host})]
        wanted = [f"{product} asked for by name"] if found and found.kind in KINDS else []
        assert titles == wanted, host


@pytest.mark.parametrize("name", ["hosts", "rpz"])
def test_widened_lists_have_the_names_of_free_labels(name):
    lines, _ = body(name, widen=True, kinds=("cloud_ai_resource",))
    entry = ".openai.azure.com" if name == "hosts" else "*.openai.azure.com IN CNAME rpz-passthru."
    assert entry in lines
