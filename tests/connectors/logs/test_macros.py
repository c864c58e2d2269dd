"""The other macros: grammar first, then the cast."""

from __future__ import annotations

import duckdb
import pytest

from connectors.logs.engine import connect


@pytest.fixture(scope="module")
def call():
    con = connect()
    return lambda macro, *args: con.execute(
        f"select {macro}({', '.join('$' + str(i + 1) for i in range(len(args)))})", list(args)
    ).fetchall()[0][0]


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("9223372036854775807", 2**63 - 1), ("", None), ("-", None), ("007", 7)],
)
def test_byte_counts(call, text, value):
    assert call("bytes_of", text) == value


@pytest.mark.parametrize(
    "text",
    ["12.7", "1e3", "0x10", "1,024", "NaN", "-1", "+1", " 1", "1_000", "9223372036854775808", "²"],
)
def test_no_byte_counts(call, text):
    assert call("bytes_of", text) == -1


@pytest.mark.parametrize(("text", "value"), [("443", 443), (" 443 ", 443), ("65535", 65535)])
def test_ports(call, text, value):
    assert call("port_of", text) == value


@pytest.mark.parametrize("text", ["0", "65536", "https", "44 3", "-443", "443.0"])
def test_no_ports(call, text):
    assert call("port_of", text) == -1


def test_a_flow_without_ports_says_zero(call):
    assert [call("flow_port_of", x) for x in ("0", "443", "70000")] == [None, 443, -1]
    assert [call("any_port_of", x) for x in ("0", "00", "443", None)] == [0, -1, 443, None]


@pytest.mark.parametrize(
    ("text", "value"), [("200", 200), ("000", None), ("0", None), ("2000", -1), ("OK", -1)]
)
def test_statuses(call, text, value):
    assert call("status_of", text) == value


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("api.openai.com:443", "api.openai.com:443", 443, None),
        ("https://api.openai.com/v1/x?q=1", "api.openai.com", 443, "/v1/x"),
        ("http://user:pw@h.example:8080/a#b", "user:pw@h.example:8080", 8080, "/a"),
        ("https://api.openai.com@evil.example/", "api.openai.com@evil.example", 443, "/"),
        ("https://evil.example\\@api.openai.com/", "evil.example\\@api.openai.com", 443, "/"),
        ("https://evil.example/#@api.openai.com", "evil.example", 443, "/"),
        ("https://evil.example?api.openai.com", "evil.example", 443, None),
        ("http://[2001:db8::1]:8443/x", "[2001:db8::1]:8443", 8443, "/x"),
        ("http://[2001:db8::1]/x", "[2001:db8::1]", 80, "/x"),
        ("//cdn.example/x", "cdn.example", None, "/x"),
        ("/v1/x", None, None, "/v1/x"),
        ("www.example.com/a b", "www.example.com", None, "/a b"),
    ],
)
def test_parts_of_a_url(call, url, host, port, path):
    found = (call("host_of", url), call("port_of_url", url), call("path_of", url))
    assert found == (host, port, path)


def test_of_a_query_only_names_are_kept(call):
    keys = call("query_keys", "https://h.example/a?token=secret&q=1&q=2#f")
    assert sorted(keys) == ["q", "token"]


def test_an_answer_flow_is_known_by_its_ports(call):
    pairs = [("443", "51000"), ("51000", "443"), ("11434", "51000"), ("53", "53"), ("-", "443")]
    assert [call("is_answer", *pair) for pair in pairs] == [True, False, True, False, False]


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "copy (select 1) to '/tmp/x'",
        "attach '/tmp/x.db'",
        "set threads = 4",
        "install httpfs",
    ],
)
def test_the_connection_reaches_nothing_outside(sql):
    with pytest.raises(duckdb.Error):
        connect().execute(sql)


def test_the_connection_does_not_see_python_variables():
    table_of_python = [1]  # noqa: F841 - what the query must not find
    with pytest.raises(duckdb.Error, match="table_of_python"):
        connect().sql("select * from table_of_python")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("10.1.2.3:51000", "10.1.2.3"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("2001:db8::ffff:1", "2001:db8::ffff:1"),
        ("gateway.example:443", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_without_its_port(call, text, address):
    assert call("bare_ip", text) == address


@pytest.mark.parametrize(
    ("src", "dst", "answer"),
    [
        ("443", "50000", True), ("443", "1024", True), ("9200", "50000", False),
        ("443", "53", False), ("50000", "443", False), (None, "50000", False), ("x", "1", False),
    ],
)  # fmt: skip
def test_answers_from_system_ports(call, src, dst, answer):
    assert call("is_system_answer", src, dst) is answer


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("3/2/2026 8:00:01 AM", "2026-03-02T08:00:01"),
        ("12/31/2026 12:00:01 AM", "2026-12-31T00:00:01"),
        ("03/02/2026 12:00:01 pm", "2026-03-02T12:00:01"),
        ("3/2/2026 11:59:59 PM", "2026-03-02T23:59:59"),
    ],
)
def test_times_with_a_half_of_the_day(call, text, iso):
    assert call("time_12h", text) == call("time_iso", iso)


@pytest.mark.parametrize("text", ["3/2/2026 13:00:01 PM", "0/2/2026 8:00:01 AM", "3/2/2026 08:00"])
def test_no_times_with_a_half_of_the_day(call, text):
    assert call("time_12h", text) == -1


@pytest.mark.parametrize(
    ("text", "value"),
    [("a%20b", "a b"), ("%E2%82%AC", "€"), ("%zz", "%zz"), ("%ff", "%ff"), ("a%c3%28", "a%c3%28"),
     (None, None)],
)  # fmt: skip
def test_what_decodes_to_no_text_stays_as_written(call, text, value):
    """Whoever makes a request chooses these bytes; one line must not end a scan."""
    assert call("url_decode", text) == value
