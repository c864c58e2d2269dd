"""The screen lets through every record that a rule or hint speaks of, however it is written."""

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.files.discover import discover
from connectors.files.limits import Limits
from connectors.files.stream import open_streams
from connectors.logs.cut import segments
from connectors.logs.normalise import Normaliser
from connectors.logs.settings import ReadSettings
from connectors.logs.sift import chosen
from scanner.engines.screened import found as looked
from scanner.engines.ways import silent, way
from scanner.match import screen as screen_module
from scanner.match.exact import Matcher
from scanner.match.prefilter import Unscreenable
from scanner.match.screen import Screen, is_available
from scanner.names import Names
from signatures.compile import compile_catalogue
from signatures.load import load_catalogue
from signatures.templates import PLACEHOLDER
from tests.shipped import compiled, formats

pytestmark = pytest.mark.skipif(not is_available(), reason="no hyperscan for this platform")

FIXTURES = Path(__file__).parents[3] / "fixtures"
TABLES, FORMATS = compiled(), formats()
SETTINGS = ReadSettings(now=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
HOW = {name: how for name, fmt in FORMATS.items() if (how := way(TABLES, fmt)) is not None}
_screens = {}


def screen(name):
    """Formats that are searched in the same way share one: compiling takes a second."""
    if HOW[name] not in _screens:
        _screens[HOW[name]] = Screen(TABLES, HOW[name])
    return _screens[HOW[name]]


def missed(name, path, block=8 << 20, tables=TABLES, screen=screen):
    """Records of a log that the matcher speaks of and the screen does not let through."""
    (found,) = discover([str(path)])
    (stream,) = open_streams(found, Limits(block=block))
    normaliser, matcher = Normaliser(FORMATS[name], SETTINGS), Matcher(tables, Names())
    out, spoken = [], 0
    with stream:
        stream.head()
        for segment in segments(FORMATS[name], stream, SETTINGS):
            let_through = set(
                segment.offset[np.flatnonzero(looked(segment, screen(name)))].tolist()
            )
            batch = normaliser(segment)
            rows = matcher.match(batch.table).rows
            spoken += len(rows)
            out += [int(offset) for offset in batch.offset[rows] if int(offset) not in let_through]
    return out, spoken


@pytest.mark.parametrize("name", sorted(HOW))
def test_nothing_of_a_sample_is_missed(name):
    assert missed(name, FIXTURES / "formats" / name / "sample.log")[0] == []


def filled(value):
    return PLACEHOLDER.sub(lambda gap: {"label": "acme-7"}.get(gap[1], "us-east-1"), value)


def values(*types):
    return sorted({filled(rule.value) for rule in TABLES.rules if rule.type in types})


WIDE = str.maketrans({chr(c): chr(c + 0xFEE0) for c in (*range(48, 58), *range(97, 123))})
hosts = st.one_of(
    st.sampled_from(values("host_exact", "host_suffix", "host_template")),
    st.sampled_from([hint.value for hint in TABLES.hint_table.words]).map("x-{}.example".format),
    st.sampled_from(["a.b.ai", "mygpt.example", "www.example.com", "openai.com.evil.example"]),
)
spellings = st.sampled_from(
    [
        str, str, str.upper, str.title, "{}.".format, "www.{}".format, "{}:443".format,
        lambda host: host[:1].translate(WIDE) + host[1:], lambda host: host.translate(WIDE),
    ]
)  # fmt: skip
names = st.builds(lambda host, spelling: spelling(host), hosts, spellings)
addresses = st.sampled_from(
    ["160.79.104.7", "160.79.105.255", "160.79.106.1", "2607:6bc0::10", "2607:6BC0:0:1::2",
     "::ffff:160.79.104.1", "::ffff:a04f:6801", "10.0.0.9", "fd00::1", "192.0.2.1"]
)  # fmt: skip
ports = st.sampled_from([*sorted(TABLES.port_numbers), 443, 80, 65535]).map(str)
paths = st.one_of(
    st.sampled_from(sorted(p for p in values("http_path") if p[0] == "/")),
    st.sampled_from([hint.value for hint in TABLES.hint_table.paths]),
    st.sampled_from(["/mcp", "/a/b/mcp/", "/api/mcp", "/v1/sse", "/a2a.v1.A2AService/x", "/info"]),
).map(lambda path: "/" + path.lstrip("/"))
agents = st.one_of(
    st.sampled_from([a for a in values("user_agent") if not set(a) & set("\\^$()[]?*+|")]),
    st.sampled_from(["OpenAI/Python 1.2", "AsyncAnthropic/Python 0.7", "claude-cli/1.0", "curl/8"]),
)


def some_escaped(text, chosen, escape):
    return "".join(escape(c) if i in chosen else c for i, c in enumerate(text))


escaped = st.sets(st.integers(0, 30), max_size=3)


def zeek(host, address, port, _path, _agent, chosen):
    name = some_escaped(host, chosen, lambda c: "".join(f"\\x{b:02x}" for b in c.encode()))
    return f"1772438400.5\tCaB1\t10.20.4.7\t51000\t{address}\t{port}\t{name}"


def zeek_json(host, address, port, _path, _agent, chosen):
    row = {"ts": 1772438400.25, "uid": "C", "id.orig_h": "10.0.0.1", "id.orig_p": 5,
           "id.resp_h": address, "id.resp_p": int(port), "resumed": False}  # fmt: skip
    name = some_escaped(host, chosen, lambda c: f"\\u{ord(c):04x}")
    return json.dumps(row)[:-1] + f', "server_name": "{name}"' + "}"


def combined(host, _address, port, path, agent, _chosen):
    url = f"http://{host.removesuffix(':443')}:{port}{path}?q=1"
    return (
        f'10.20.4.7 - - [02/Mar/2026:09:00:00 +0100] "POST {url} HTTP/1.1" 200 2450 "-" "{agent}" '
        "TCP_MISS:HIER_DIRECT"
    )


def percent(text, chosen):
    return some_escaped(text, chosen, lambda c: "".join(f"%{b:02X}" for b in c.encode()))


def zscaler_csv(host, address, _port, path, agent, chosen):
    cells = ["Mon Mar  2 08:00:00 2026", "GMT", "anna%40x.example", "10.20.4.7",
             percent(host, chosen), percent(host + path, chosen), address, percent(agent, chosen),
             "POST"]  # fmt: skip
    return ",".join(f'"{cell}"' for cell in cells)


def zscaler_json(host, address, _port, path, agent, chosen):
    event = {"epochtime": "1772438401", "cip": "10.20.4.7", "host": percent(host, chosen),
             "eurl": percent(host + path, chosen), "sip": address, "ua": agent}  # fmt: skip
    text = json.dumps({"sourcetype": "zscalernss-web", "event": event})
    return text.replace("/", "\\/") if 1 in chosen else text


def cef(host, address, port, path, agent, chosen):
    def value(text):
        text = text.replace("\\", "\\\\").replace("=", "\\=")
        return text.replace("|", "\\|") if 2 in chosen else text

    return (
        f"CEF:0|Vendor|Product|1|x|n|5|rt=1772438400000 src=10.0.0.1 dhost={value(host)} "
        f"dst={address} dpt={port} request={value('https://' + host + path)} "
        f"requestClientApplication={value(agent)}"
    )


def kv(host, address, port, path, agent, chosen):
    def value(text):
        return some_escaped(text, chosen, lambda c: "\\" + c)

    return (
        f'time=2026-03-02T08:00:00Z src_ip=10.0.0.1 dst_host="{value(host)}" dst_ip={address} '
        f'dst_port={port} url_path="{value(path)}" user_agent="{value(agent)}"'
    )


def proxy(host, address, port, path, agent, _chosen):
    return f'2026-03-02T08:00:00Z,10.0.0.1,"{host}",{address},{port},"{path}","{agent}"'


def native(host, _address, port, path, _agent, _chosen):
    url = f"https://{host.removesuffix(':443')}:{port}{path}"
    return f"1772438400.123     12 10.0.0.1 TCP_MISS/200 512 POST {url} - HIER_DIRECT/192.0.2.1 -"


def flow(_host, address, port, _path, _agent, _chosen):
    return f"2 1 eni-0a1b 10.20.4.7 {address} 51003 {port} 6 10 700 1772438406 1772438466 ACCEPT OK"


ZSCALER = "time,tz,login,cintip,host,url,sip,ua,reqmethod\n"
ZEEK = """#separator \\x09
#set_separator	,
#empty_field	(empty)
#unset_field	-
#path	ssl
#fields	ts	uid	id.orig_h	id.orig_p	id.resp_h	id.resp_p	server_name
"""
FLOW = """version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes \
start end action log-status
"""
LOGS = {
    "zeek_ssl": (ZEEK, zeek),
    "zeek_ssl_json": ("", zeek_json),
    "squid_combined": ("", combined),
    "zscaler_web_csv": (ZSCALER, zscaler_csv),
    "zscaler_web_json": ("", zscaler_json),
    "aws_vpc_flow": (FLOW, flow),
    "cef": ("", cef),
    "generic_kv": ("", kv),
    "generic_csv": ("time,src_ip,dst_host,dst_ip,dst_port,url_path,user_agent\n", proxy),
    "squid": ("", native),
}


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(sorted(LOGS)),
    rows=st.lists(st.tuples(names, addresses, ports, paths, agents, escaped), max_size=30),
)
def test_nothing_that_is_spoken_of_is_missed(name, rows, tmp_path):
    header, line = LOGS[name]
    path = tmp_path / "x.log"
    path.write_text(header + "".join(line(*row) + "\n" for row in rows), encoding="utf-8")
    assert missed(name, path)[0] == []


def test_the_generated_logs_are_spoken_of(tmp_path):
    for name, (header, line) in LOGS.items():
        path = tmp_path / name
        row = line("api.openai.com", "160.79.104.7", "11434", "/v1/chat/completions", "openai", ())
        path.write_text(header + row + "\n")
        assert missed(name, path) == ([], 1), name


app_names = st.one_of(
    st.sampled_from(values("app_id", "oauth_name")),
    st.sampled_from(["DNS", "ssl", "Web.Client", "ChatGPT Helper"]),
)
app_spellings = st.sampled_from(
    [str, str, str.upper, " {} ".format, lambda name: name.replace(" ", "  "),
     lambda name: name[:1].translate(WIDE) + name[1:]]
)  # fmt: skip
spelt_apps = st.builds(lambda name, spelling: spelling(name), app_names, app_spellings)


def app_csv(name, _chosen):
    return f'2026-03-02T08:00:00Z,10.0.0.1,192.0.2.1,"{name}"'


def app_kv(name, chosen):
    value = some_escaped(name, chosen, lambda c: "\\" + c)
    return f'time=2026-03-02T08:00:00Z src_ip=10.0.0.1 dst_ip=192.0.2.1 app="{value}"'


def app_zeek(name, chosen):
    text = some_escaped(name, chosen, lambda c: "".join(f"\\x{b:02x}" for b in c.encode()))
    return f"1772438400.5\tCaB1\t10.20.4.7\t51000\t192.0.2.1\t443\t{text}"


def app_json(name, chosen):
    value = some_escaped(name, chosen, lambda c: f"\\u{ord(c):04x}")
    row = {"ts": 1772438400.25, "uid": "C", "id.orig_h": "10.0.0.1", "id.orig_p": 5,
           "id.resp_h": "192.0.2.1", "id.resp_p": 443, "proto": "tcp"}  # fmt: skip
    return json.dumps(row)[:-1] + f', "service": "{value}"' + "}"


def app_percent(name, chosen):
    event = {"epochtime": "1772438401", "cip": "10.20.4.7", "host": "www.shop.example",
             "eurl": "www.shop.example/cursor?q=claude", "sip": "192.0.2.1", "ua": "x",
             "appname": percent(name, {*chosen, *range(0, 40, 7)})}  # fmt: skip
    return json.dumps({"sourcetype": "zscalernss-web", "event": event})


def app_cef(name, chosen):
    name = name.replace("=", "\\=").replace("|", "\\|") if 2 in chosen else name
    return (
        "CEF:0|Vendor|Product|1|x|n|5|rt=1772438400000 src=10.0.0.1 dst=192.0.2.1 dpt=443 "
        f"app={name} cs1=x"
    )


APP_LOGS = {
    "generic_csv": ("time,src_ip,dst_ip,app\n", app_csv),
    "generic_kv": ("", app_kv),
    "zeek_conn": (ZEEK.replace("ssl", "conn").replace("server_name", "service"), app_zeek),
    "zeek_conn_json": ("", app_json),
    "zscaler_web_json": ("", app_percent),
    "cef": ("", app_cef),
}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(sorted(APP_LOGS)),
    rows=st.lists(st.tuples(spelt_apps, escaped), max_size=30),
)
def test_no_application_is_missed(name, rows, tmp_path):
    header, line = APP_LOGS[name]
    path = tmp_path / "x.log"
    path.write_text(header + "".join(line(*row) + "\n" for row in rows), encoding="utf-8")
    assert missed(name, path)[0] == []


@pytest.mark.parametrize("name", sorted(APP_LOGS))
def test_applications_are_spoken_of_and_words_in_addresses_are_none(name, tmp_path):
    header, line = APP_LOGS[name]
    path = tmp_path / "x.log"
    path.write_text(header + line("ChatGPT", ()) + "\n" + line("cursor=claude", ()) + "\n")
    assert missed(name, path) == ([], 1)


def test_a_format_that_names_an_application_itself_is_read_whole():
    assert way(TABLES, FORMATS["anthropic_activity"]) is None
    assert "app" in silent(TABLES, FORMATS["zeek_ssl"])
    assert "app" not in silent(TABLES, FORMATS["github_audit"])


def test_most_of_what_is_ordinary_is_left_out(tmp_path):
    header, line = LOGS["zeek_ssl"]
    path = tmp_path / "x.log"
    rows = [line(f"www{n}.shop-{n}.example", "192.0.2.1", "443", "", "", ()) for n in range(500)]
    path.write_text(header + "\n".join(rows) + "\n")
    (stream,) = open_streams(next(iter(discover([str(path)]))), Limits())
    with stream:
        (segment,) = [s for s in segments(FORMATS["zeek_ssl"], stream, SETTINGS) if len(s)]
    assert looked(segment, screen("zeek_ssl")).sum() == 0
    assert len(chosen(looked(segment, screen("zeek_ssl")))) == 2


ODD = """id: sdk_or_package/odd
name: Odd
kind: sdk_or_package
vendor: odd
summary: What containers write otherwise.
indicators:
  - {{type: user_agent, value: {pattern}, confidence: medium}}
"""


@pytest.mark.parametrize(
    ("pattern", "agent"),
    [
        ('zq"quote/1', 'zq"quote/1'),
        (r"zq\\quote/1", "zq\\quote/1"),
        (r"zq\tquote/1", "zq\tquote/1"),
        ("(?i)zqstra\u017fe", "zqstrase"),
        ("(?i)zq\u212aelvin", "ZQKELVIN"),
        ("zz[[:digit:]]uo/[0-9]", "zz5uo/1"),
        (r"zzq\d{0}uo/[0-9]", "zzquo/1"),
        (r"z\x{10FFFF}?q9", "zq9"),
        ("(?U)z[0-9]+?q", "z1q"),
        ("zq=a|zq:b;c", "zq:b;c"),
        ("zq a/1", "zq a/1"),
        ("[xz]q[0-9]", "zq7"),
    ],
)
@pytest.mark.parametrize(
    "name", ["cef", "generic_kv", "generic_csv", "zscaler_web_json", "squid_combined"]
)
def test_a_pattern_that_bytes_cannot_answer_for_is_not_screened(tmp_path, name, pattern, agent):
    path = tmp_path / "rules" / "sdk_or_package" / "odd.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(ODD.format(pattern=json.dumps(pattern)), encoding="utf-8")
    tables = compile_catalogue(load_catalogue([tmp_path / "rules"]))
    assert tables.agent_rules(agent)
    try:
        found = Screen(tables, HOW[name])
    except Unscreenable:
        return
    header, line = LOGS[name]
    log = tmp_path / "x.log"
    written = agent.replace('"', '""') if name == "generic_csv" else agent
    written = json.dumps(agent)[1:-1] if name in {"zscaler_web_json", "generic_kv"} else written
    log.write_text(header + line("www.shop.example", "192.0.2.1", "443", "/x", written, ()) + "\n")
    assert missed(name, log, tables=tables, screen=lambda _: found)[0] == []


def test_a_segment_with_matches_without_end_is_read_whole(tmp_path, monkeypatch):
    """Lines of nothing but names would cost a call each, and memory for all of them."""
    path = tmp_path / "access.log"
    path.write_text(
        "1772438400.123     87 10.1.2.3 TCP_MISS/200 5 GET http://www.example/ - DIRECT/- -\n"
        f"1772438400.123     87 10.1.2.3 TCP_MISS/200 5 GET http://a/{'x.ai/' * 50} - DIRECT/- -\n"
    )
    (found,) = discover([str(path)])
    (stream,) = open_streams(found, Limits())
    with stream:
        stream.head()
        (segment,) = segments(FORMATS["squid"], stream, SETTINGS)
    assert looked(segment, screen("squid")).tolist() == [False, True]
    monkeypatch.setattr(screen_module, "MOST", 10)
    assert looked(segment, screen("squid")).tolist() == [True, True]
