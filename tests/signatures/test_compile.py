"""The look-up tables say what the rules say, host by host and path by path."""

import re
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures.compile import compile_catalogue
from signatures.load import read_signature
from signatures.lookup import NO_HOST
from signatures.patterns import path_lies_below
from signatures.tables import shipped_tables

HIGH = "surface: api, confidence: high"


def values(compiled, ids):
    return [compiled.rules[rule_id].value for rule_id in ids]


def test_the_exact_name_wins_over_the_suffix(make_compiled):
    compiled = make_compiled(
        a=[f"type: host_suffix, value: acme.example, {HIGH}"],
        b=[f"type: host_exact, value: api.acme.example, {HIGH}"],
    )
    assert values(compiled, compiled.host_rules("api.acme.example").rule_ids) == [
        "api.acme.example"
    ]
    assert values(compiled, compiled.host_rules("x.api.acme.example").rule_ids) == ["acme.example"]
    assert values(compiled, compiled.host_rules("acme.example").rule_ids) == ["acme.example"]


def test_the_longest_suffix_wins(make_compiled):
    compiled = make_compiled(
        a=[f"type: host_suffix, value: acme.example, {HIGH}"],
        b=[f"type: host_suffix, value: eu.acme.example, {HIGH}"],
    )
    assert values(compiled, compiled.host_rules("x.eu.acme.example").rule_ids) == [
        "eu.acme.example"
    ]


def test_a_template_wins_over_a_suffix(make_compiled):
    compiled = make_compiled(
        a=[f"type: host_suffix, value: acme.example, {HIGH}"],
        b=[f'type: host_template, value: "run.{{aws_region}}.acme.example", {HIGH}'],
    )
    found = compiled.host_rules("run.eu-west-9.acme.example")
    assert values(compiled, found.rule_ids) == ["run.{aws_region}.acme.example"]
    assert (found.region, found.region_unknown) == ("eu-west-9", True)
    assert values(compiled, compiled.host_rules("run.xx.acme.example").rule_ids) == ["acme.example"]


def test_a_template_for_a_region_wins_over_one_for_any_label(make_compiled):
    compiled = make_compiled(
        a=[f'type: host_template, value: "{{label}}.acme.example", {HIGH}'],
        b=[f'type: host_template, value: "{{gcp_region}}-x.acme.example", {HIGH}'],
    )
    found = compiled.host_rules("us-east1-x.acme.example")
    assert values(compiled, found.rule_ids) == ["{gcp_region}-x.acme.example"]


def test_a_rule_with_needs_is_followed_by_the_next_layer(make_compiled):
    compiled = make_compiled(
        a=[
            f"type: host_suffix, value: acme.example, {HIGH}",
            f"type: host_exact, value: www.acme.example, {HIGH}, needs: {{path: /ai}}",
            f"type: host_exact, value: api.acme.example, {HIGH}",
            f"type: host_exact, value: api.acme.example, {HIGH}, needs: {{path: /up}}",
        ]
    )
    found = compiled.host_rules("www.acme.example")
    assert values(compiled, found.rule_ids) == ["www.acme.example", "acme.example"]
    found = compiled.host_rules("api.acme.example")
    needs = [compiled.rules[rule_id].needs is not None for rule_id in found.rule_ids]
    assert needs == [True, False]


@pytest.mark.parametrize(
    "host",
    ["notacme.example", "acme.example.evil.example", "acme-example.example", "example", "acme"],
)
def test_a_look_alike_matches_nothing(make_compiled, host):
    compiled = make_compiled(a=[f"type: host_suffix, value: acme.example, {HIGH}"])
    assert compiled.host_rules(host) is NO_HOST


def test_shared_infrastructure_is_never_matched(make_compiled):
    compiled = make_compiled(a=[f"type: host_exact, value: api.acme.example, {HIGH}"])
    found = compiled.host_rules("o123.ingest.sentry.io")
    assert (found.shared, found.rule_ids) == (True, ())


def test_below_a_shared_parent_is_known_but_below_hosting_is_not(make_compiled):
    compiled = make_compiled(a=[f"type: host_exact, value: api.acme.example, {HIGH}"])
    assert compiled.host_rules("mail.google.com").known_parent
    assert compiled.host_rules("google.com").known_parent
    assert not compiled.host_rules("x.eu-west-1.compute.amazonaws.com").known_parent
    assert not compiled.host_rules("notgoogle.com").known_parent


def test_a_path_matches_itself_and_below_but_no_longer_word(make_compiled):
    compiled = make_compiled(
        a=["type: http_path, value: /v1/chat, surface: api, confidence: low"],
        b=["type: http_path, value: '^/v[12]/chat$', surface: api, confidence: low"],
    )
    assert values(compiled, compiled.path_rules("/v1/chat")) == ["/v1/chat", "^/v[12]/chat$"]
    assert values(compiled, compiled.path_rules("/v1/chat/x")) == ["/v1/chat"]
    assert values(compiled, compiled.path_rules("/v2/chat")) == ["^/v[12]/chat$"]
    assert compiled.path_rules("/v1/chats") == ()
    assert compiled.path_rules("/docs/v1/chat") == ()
    assert compiled.path_rules("") == ()


def test_a_plain_agent_is_a_word_in_any_case(make_compiled):
    compiled = make_compiled(a=["type: user_agent, value: Acme/Py, confidence: medium"])
    assert values(compiled, compiled.agent_rules("acme/py 1.0")) == ["Acme/Py"]
    assert values(compiled, compiled.agent_rules("x (Acme/Py)")) == ["Acme/Py"]
    assert compiled.agent_rules("NotAcme/Py 1.0") == ()
    assert compiled.agent_rules("Acme/Python") == ()


def test_an_agent_pattern_is_searched(make_compiled):
    compiled = make_compiled(a=["type: user_agent, value: '^(Async)?Acme/Py ', confidence: low"])
    assert compiled.agent_rules("AsyncAcme/Py 1") != ()
    assert compiled.agent_rules("x AsyncAcme/Py 1") == ()


def test_a_header_matches_by_name_in_any_case_and_by_value(make_compiled):
    compiled = make_compiled(
        a=[
            "type: http_header, value: X-Acme, confidence: high",
            "type: http_header, value: 'X-Model: ^acme-', confidence: high",
        ]
    )
    assert compiled.header_names == {"x-acme", "x-model"}
    assert values(compiled, compiled.header_rules("X-ACME", "")) == ["X-Acme"]
    assert values(compiled, compiled.header_rules("x-model", "acme-1")) == ["X-Model: ^acme-"]
    assert compiled.header_rules("x-model", "other") == ()


def test_the_headers_that_needs_ask_for_are_asked_for(make_compiled):
    row = "type: http_path, value: /mcp, surface: api, confidence: high, needs: {header: MCP-Id}"
    assert make_compiled(a=[row]).header_names == {"mcp-id"}


def test_ranges_match_the_narrowest_first(make_compiled):
    compiled = make_compiled(
        a=["type: cidr, value: 192.0.2.0/24, confidence: hint"],
        b=["type: cidr, value: 192.0.2.128/25, confidence: hint"],
        c=["type: cidr, value: '2001:db8::/32', confidence: hint"],
    )
    assert values(compiled, compiled.cidr_rules("192.0.2.200")) == [
        "192.0.2.128/25",
        "192.0.2.0/24",
    ]
    assert values(compiled, compiled.cidr_rules("192.0.2.1")) == ["192.0.2.0/24"]
    assert values(compiled, compiled.cidr_rules("2001:db8::1")) == ["2001:db8::/32"]
    assert compiled.cidr_rules("198.51.100.1") == ()


def test_a_port_is_a_rule(make_compiled):
    compiled = make_compiled(a=["type: port, value: 11434, confidence: hint"])
    assert compiled.port_numbers == {11434}
    assert values(compiled, compiled.port_rules(11434)) == ["11434"]
    assert compiled.port_rules(443) == ()


def conditions(make_compiled, needs):
    row = f"type: http_path, value: /x, surface: api, confidence: low, needs: {needs}"
    return make_compiled(a=[row]).rules[0].needs


@pytest.mark.parametrize(
    ("needs", "holds", "fails"),
    [
        ("{port: 11434}", {"port": 11434}, {"port": 80}),
        ("{port: [1, 2]}", {"port": 2}, {}),
        ("{method: POST}", {"method": "post"}, {"method": "GET"}),
        ("{method: [GET, HEAD]}", {"method": "HEAD"}, {}),
        ("{path: /v1}", {"path": "/v1/x"}, {"path": "/v1x"}),
        ("{path: '^/v[12]$'}", {"path": "/v2"}, {"path": "/v2/x"}),
        ("{header: X-Acme}", {"headers": [("x-acme", "")]}, {"headers": [("x-other", "")]}),
        ("{header: 'X-Acme: ^1'}", {"headers": [("x-acme", "12")]}, {"headers": [("x-acme", "2")]}),
        ("{user_agent: acme}", {"agent": "Acme/1"}, {"agent": "curl/8"}),
        ("{port: 1, method: POST}", {"port": 1, "method": "POST"}, {"port": 1}),
    ],
)
def test_needs_hold_only_when_the_observation_says_so(make_compiled, needs, holds, fails):
    found = conditions(make_compiled, needs)
    assert found.hold(**holds)
    assert not found.hold(**fails)


def test_a_vendor_without_a_display_name_gets_one_from_its_id(make_compiled):
    compiled = make_compiled(a=[f"type: host_exact, value: api.acme.example, {HIGH}"])
    assert compiled.services["model_api/a"].vendor_name == "Acme"


LABELS = st.sampled_from(["a", "b", "api", "eu-west-1", "us-central1-x", "google", "sentry", "x-y"])
ENDS = st.sampled_from(["acme.example", "b.acme.example", "google.com", "sentry.io", "zz.example"])
HOSTS = st.builds(lambda labels, end: ".".join([*labels, end]), st.lists(LABELS, max_size=4), ENDS)
TEMPLATES = st.sampled_from(
    [
        "{label}.acme.example",
        "{label}-y.acme.example",
        "api.{label}.acme.example",
        "{label}.{label}.acme.example",
        "{label}.b.acme.example",
        "{aws_region}.b.acme.example",
        "a.{aws_region}.zz.example",
        "{gcp_region}-x.zz.example",
        "{gcp_region}-{label}.zz.example",
        "{label}.google.com",
    ]
)
ROWS = st.one_of(
    st.tuples(
        st.sampled_from(["host_exact", "host_suffix"]),
        HOSTS.filter(lambda host: not host.endswith("sentry.io")),
        st.booleans(),
    ),
    st.tuples(st.just("host_template"), TEMPLATES, st.booleans()),
)


@given(st.lists(ROWS, min_size=1, max_size=12), st.lists(HOSTS, min_size=1, max_size=12))
def test_the_host_tables_agree_with_trying_every_rule(rows, hosts):
    """The naive twin: compare label by label from the right, in layers by how exact."""
    compiled = compile_rows(rows)
    for host in hosts:
        found = compiled.host_rules(host)
        assert set(found.rule_ids) == naive_hosts(compiled, host)
        assert found.shared == (host.split(".")[-2:] == ["sentry", "io"])
        assert found.known_parent == (host.split(".")[-2:] == ["google", "com"])


def naive_hosts(compiled, host):
    labels = host.split(".")
    if labels[-2:] == ["sentry", "io"]:
        return set()
    layers = {}
    for rule in compiled.rules:
        wanted = rule.value.split(".")
        if rule.type == "host_exact" and wanted == labels:
            layers.setdefault((2,), []).append(rule)
        if rule.type == "host_suffix" and labels[-len(wanted) :] == wanted:
            layers.setdefault((0, len(wanted)), []).append(rule)
        if rule.type == "host_template" and naive_fit(wanted, labels):
            end = rule.value.rpartition("}")[2].partition(".")[2]
            fixed = sum("{" not in label for label in wanted)
            layers.setdefault((1, len(end), fixed, "{label}" not in wanted), []).append(rule)
    found = set()
    for layer in sorted(layers, reverse=True):
        found |= {rule.rule_id for rule in layers[layer]}
        if any(rule.needs is None for rule in layers[layer]):
            break
    return found


def naive_fit(wanted, labels):
    gaps = {
        "{label}": "[a-z0-9_-]+",
        "{aws_region}": "[a-z]+(-[a-z]+)+-[0-9]",
        "{gcp_region}": "(?:global|eu|us|[a-z]+-[a-z]+[0-9]+)",
    }
    if len(wanted) != len(labels):
        return False
    for want, label in zip(wanted, labels, strict=True):
        pattern = want
        for gap, text in gaps.items():
            pattern = pattern.replace(gap, text)
        if not re.fullmatch(pattern, label):
            return False
    return True


@given(
    st.lists(st.sampled_from(["/a", "/a/", "/a/b", "/a/b/", "/ab", "//a", "/a//"]), max_size=5),
    st.lists(st.sampled_from(["/", "a", "b", "//"]), max_size=6).map("".join),
)
def test_plain_paths_agree_with_trying_every_rule(plain, path):
    compiled = compile_rows([("http_path", value, False) for value in [*plain, "/zz"]])
    wanted = {r.rule_id for r in compiled.rules if path_lies_below(path, r.value)}
    assert set(compiled.path_rules(path)) == wanted


@given(
    st.lists(st.ip_addresses(), min_size=1, max_size=5),
    st.lists(st.integers(0, 12), min_size=5, max_size=5),
)
def test_ranges_agree_with_trying_every_rule(addresses, free):
    networks = [
        str(ip_network((address, address.max_prefixlen - bits), strict=False))
        for address, bits in zip(addresses, free, strict=False)
    ]
    compiled = compile_rows([("cidr", value, False) for value in [*networks, "192.0.2.0/24"]])
    for address in addresses:
        wanted = {
            rule.rule_id
            for rule in compiled.rules
            if ip_address(str(address)) in ip_network(rule.value)
        }
        assert set(compiled.cidr_rules(str(address))) == wanted


def compile_rows(rows):
    """One service for each row (type, value, needs a path)."""
    from signatures.load import Catalogue

    entries = []
    for number, (kind, value, needs) in enumerate(rows):
        extra = ", needs: {path: /x}" if needs else ""
        text = (
            f"id: model_api/s{number}\nname: S\nkind: model_api\nvendor: s\nsummary: S\n"
            f"indicators: [{{type: {kind}, value: '{value}', confidence: hint{extra}}}]\n"
        )
        entries.append(read_signature(text.encode(), "s.yaml", shipped_tables()))
    return compile_catalogue(Catalogue(tuple(entries), (), shipped_tables(), ""))


def test_a_path_of_slashes_costs_no_more_than_its_beginning():
    tables = compile_rows([("http_path", "/v1/acme", False)])
    assert tables.longest_path == len("/v1/acme")
    assert tables.path_rules("/v1/acme/" + "a/" * 500) == (0,)
    assert tables.path_rules("/a" * 500) == ()


@pytest.mark.parametrize(
    ("needs", "path", "holds"),
    [
        ("{unless_path: /blog}", None, True),
        ("{unless_path: /blog}", "/blog", False),
        ("{unless_path: /blog}", "/blog/a", False),
        ("{unless_path: /blog}", "/blogs", True),
        ('{unless_path: "^/(blog|docs)(/|$)"}', "/docs/a", False),
        ('{unless_path: "^/(blog|docs)(/|$)"}', "/v1/docs", True),
        ("{path: /a, unless_path: /a/b}", "/a/c", True),
        ("{path: /a, unless_path: /a/b}", "/a/b", False),
        ("{path: /a, unless_path: /a/b}", None, False),
    ],
)
def test_a_path_that_is_taken_away_does_not_count(make_compiled, needs, path, holds):
    assert conditions(make_compiled, needs).hold(path=path) is holds
