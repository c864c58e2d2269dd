"""The vectorised matcher says what the obvious one says, on whatever is thrown at both."""

import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.observation import BY_NAME
from scanner.match.exact import Matcher
from scanner.match.naive import naive, naive_hint
from scanner.match.verdict import Facts, hinted
from scanner.names import Names
from signatures.hosts import HostError, is_ip, normalise_host, normalise_ip
from tests.shipped import compiled

TABLES = compiled()
NOW = dt.datetime(2026, 3, 1)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36"
COLUMNS = ("dst_host", "dst_ip", "dst_port", "url_path", "http_method", "user_agent", "class",
           "app", "oauth_client", "oauth_scopes", "model")  # fmt: skip


def filled(value):
    """A template or pattern value as a text that may or may not fit it."""
    for gap, text in (
        ("{aws_region}", "eu-central-1"),
        ("{azure_region}", "westeurope"),
        ("{gcp_region}", "europe-west4"),
        ("{label}", "acme-gpt"),
    ):
        value = value.replace(gap, text)
    return value


def values(*types):
    return sorted({filled(rule.value) for rule in TABLES.rules if rule.type in types})


NEEDED_PATHS = sorted(
    {r.needs.path.lstrip("^").rstrip("$") for r in TABLES.rules if r.needs and r.needs.path}
)
SHARED = sorted(TABLES.shared_infrastructure)[:40] + sorted(TABLES.shared_parents)[:40]
HOST = st.sampled_from([*values("host_exact", "host_suffix", "host_template"), *SHARED])
WORDS = [h.value for h in (*TABLES.hint_table.words, *TABLES.hint_table.endings)]
AGAINST = sorted({word for hint in TABLES.hint_table.words for word in hint.unless})
parts = st.sampled_from([*WORDS, *AGAINST, "acme", "a", "4", "xn--", "eu-1", "mail", "openair"])
unknown = st.builds(
    lambda texts, between, end: "".join(a + b for a, b in zip(texts, between, strict=True)) + end,
    st.lists(parts, min_size=3, max_size=3),
    st.lists(st.sampled_from(["", "-", ".", "_", "7"]), min_size=3, max_size=3),
    st.sampled_from(["corp.example", "x.ai", "io", "ai", "gov.ai", "rag.de", "s3.amazonaws.com"]),
)
hosts = st.one_of(
    unknown,
    unknown,
    unknown.map(str.upper),
    st.none(),
    HOST,
    HOST.map(str.upper),
    HOST.map(lambda host: host + "."),
    HOST.map(lambda host: "api." + host),
    HOST.map(lambda host: "not" + host),
    HOST.map(lambda host: host + ".evil.example"),
    HOST.map(lambda host: host.partition(".")[2] or host),
    st.sampled_from(
        ["llm.corp.example", "10.20.0.5", "[2001:db8::1]:8080", "", "a..b", "x_y.example"]
    ),
)
ENDS = [hint.value for hint in TABLES.hint_table.paths]
PATH = st.sampled_from([*values("http_path"), *NEEDED_PATHS, *ENDS, "/", "/docs"])
paths = st.one_of(
    st.none(),
    PATH,
    PATH.map(lambda path: path + "x"),
    PATH.map(lambda path: path.rstrip("/") + "/"),
    PATH.map(lambda path: path + "/more"),
    PATH.map(lambda path: "/docs" + path),
    PATH.map(lambda path: "/team/models" + path),
    PATH.map(str.upper),
)
AGENT = st.sampled_from([*values("user_agent"), BROWSER, "curl/8.5.0", "python-requests/2.32"])
agents = st.one_of(
    st.none(), AGENT, AGENT.map(str.lower), AGENT.map(lambda agent: agent + "/1.2 (linux)"),
    AGENT.map(lambda agent: "x" + agent),
)  # fmt: skip
NAME = st.sampled_from([*values("app_id", "oauth_name"), "dns", "tls", "Claude", "ChatGPT Helper"])
names = st.one_of(
    st.none(),
    NAME,
    NAME.map(str.upper),
    NAME.map(lambda name: f" {name.replace(' ', chr(0xA0) + ' ')}\t"),
    NAME.map(lambda name: "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in name)),
    NAME.map(lambda name: name[:1] + "\u200b" + name[1:]),
    NAME.map(lambda name: name + " by evil"),
)
CLIENT = st.sampled_from([*values("oauth_client_id"), "0f0c1b2a-0000-4000-8000-00000000000a"])
clients = st.one_of(st.none(), CLIENT, CLIENT.map(str.upper), CLIENT.map(lambda one: one + "0"))
SCOPE = st.sampled_from([*values("oauth_scope"), "openid", "user:inference x"])
scopes = st.one_of(st.none(), st.lists(st.one_of(SCOPE, SCOPE.map(str.upper)), max_size=3))
PORTS = sorted(TABLES.port_numbers | {80, 443, 11434, 8000})
rows = st.fixed_dictionaries(
    {
        "dst_host": hosts,
        "dst_ip": st.sampled_from(
            [None, "10.20.0.5", "160.79.104.10", "8.8.8.8", "2607:6bc0::1", "x"]
        ),
        "dst_port": st.sampled_from([None, *PORTS]),
        "url_path": paths,
        "http_method": st.sampled_from([None, "GET", "POST", "CONNECT"]),
        "user_agent": agents,
        "class": st.sampled_from([None, "network", "http", "dns", "auth", "api"]),
        "app": names,
        "oauth_client": clients,
        "oauth_scopes": scopes,
        "model": st.sampled_from([None, None, "", "gpt-5"]),
    }
)
# Many records of one log name the same few applications, and no host at all.
sign_ins = st.fixed_dictionaries(
    {
        **dict.fromkeys(("dst_ip", "dst_port", "url_path", "http_method"), st.none()),
        "dst_host": st.one_of(st.none(), HOST),
        "user_agent": agents,
        "class": st.sampled_from(["auth", "api", "network"]),
        "app": names,
        "oauth_client": clients,
        "oauth_scopes": scopes,
        "model": st.none(),
    }
)


def table_of(observed):
    """The rows as a table of observations."""
    columns = {
        name: pa.array([row[name] for row in observed], BY_NAME[name].type) for name in COLUMNS
    }
    columns["time"] = pa.array([NOW] * len(observed), BY_NAME["time"].type)
    return pa.table(columns)


def obvious(row):
    """The naive verdict, or `bad` for a row whose host or address is none."""
    try:
        host = None if row["dst_host"] is None else normalise_host(row["dst_host"])
        ip = None if row["dst_ip"] is None else normalise_ip(row["dst_ip"])
    except HostError:
        return "bad"
    signed_in = row["class"] in {"auth", "api"} and not row["model"]
    return naive(
        TABLES,
        Facts(
            host, ip, row["dst_port"], row["url_path"], row["http_method"], row["user_agent"],
            app=None if signed_in else row["app"],
            oauth_name=row["app"] if signed_in else None,
            oauth_client=row["oauth_client"],
            oauth_scopes=tuple(row["oauth_scopes"] or ()),
        ),
    )  # fmt: skip


def vectorised(matcher, observed):
    """The verdicts of the fast matcher, in the same form, one a row."""
    found = matcher.match(table_of(observed))
    out = [None] * len(observed)
    for bad in found.bad:
        out[bad.row] = "bad"
    for row, verdict in zip(found.rows.tolist(), found.verdicts, strict=True):
        values_ = frozenset(text.partition(":")[2] for text in verdict.indicators)
        out[row] = (verdict.service, verdict.detection, values_)
    return out


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(rows, sign_ins), min_size=1, max_size=12))
def test_both_matchers_agree_on_random_observations(observed):
    assert vectorised(Matcher(TABLES, Names()), observed) == [obvious(row) for row in observed]


@settings(max_examples=400, deadline=None)
@given(unknown, paths)
def test_both_matchers_read_the_same_hints(raw, path):
    try:
        host = normalise_host(raw)
    except HostError:
        return
    found = TABLES.host_rules(host)
    if found.shared or found.rule_ids or is_ip(host):
        return
    fast = hinted(TABLES, Facts(host, path=path), found)
    said = fast and frozenset(text.partition(":")[2] for text in fast.indicators)
    plain = naive_hint(TABLES, Facts(host, path=path), host, found.known_parent)
    assert said == (plain and plain[2])
    screened = pc.match_substring_regex(pa.array([raw]), TABLES.hints.screen)
    assert screened[0].as_py() or not TABLES.hints.of_host(host)


@pytest.mark.fuzz
@settings(max_examples=5_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(rows, sign_ins), min_size=1, max_size=12))
def test_both_matchers_agree_on_many_random_observations(observed):
    assert vectorised(Matcher(TABLES, Names()), observed) == [obvious(row) for row in observed]


def test_remembered_verdicts_do_not_leak_between_tables():
    """A second table judged by the same matcher is judged as if it were the first."""
    matcher = Matcher(TABLES, Names())
    first = [dict.fromkeys(COLUMNS) | {"dst_host": "api.openai.com", "user_agent": "curl/8.5.0"}]
    second = [
        dict.fromkeys(COLUMNS) | {"dst_host": "api.openai.com", "user_agent": "OpenAI/Python 2.0"}
    ]
    vectorised(matcher, first)
    assert vectorised(matcher, second) == [obvious(second[0])]
