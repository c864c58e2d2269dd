"""Two values for one name: the first is read, and it is said that there was another."""

from __future__ import annotations

import json

import pytest

from connectors.files.notice import Notice
from connectors.logs.remarks import folded

AT = '"ts":"2026-03-01T00:00:00Z"'


def remarks(found):
    return [(n.line, n.field, n.count) for one in found.batches for n in one.notices if n.count]


@pytest.mark.parametrize(
    "line",
    [
        f'{{{AT},"dst_host":"a.example","dst_host":"chatgpt.com"}}',
        f'{{{AT},"dst_host" : "a.example","dst_host":"chatgpt.com"}}',
        f'{{{AT},"dst_host":"a.example","dst_host"\t \t:"chatgpt.com"}}',
        f'{{"dst_host":"a.example",{AT},"x":{{"dst_host":"b"}},"dst_host":null}}',
        f'{{{AT},"dst_host":"a.example","Dst-Host":"chatgpt.com"}}',
        f'{{{AT},"dst_host":"a.example","dst_ho\\u0073t":"chatgpt.com"}}',
        f'{{{AT},"dst_ho\\u0073t":"a.example","dst_host":"chatgpt.com"}}',
        f'{{{AT},"dst_host":"a.example","ts":"2026-03-02T00:00:00Z"}}',
        f'{{{AT},"dst_host":"a.example","user":"ann","user":"ben"}}',
        f'{{{AT},"dst_host":"a.example","action":"allowed","action":"blocked"}}',
        f'{{{AT},"dst_host":"a.example","src_ip":"10.0.0.1","src_ip":"10.0.0.2"}}',
        f'{{{AT},"destination":{{}},"destination":{{"domain":"chatgpt.com"}},"dst_host":"a","dst_host":"b"}}',
    ],
)
def test_two_values_for_what_decides_in_one_json_record_reject_it(read_text, line):
    plain = f'{{"dst_host":"h.example",{AT}}}'
    found = read_text("generic_json", f"{plain}\n{line}\n" * 2)
    assert found.column("dst_host") == ["h.example"] * 2
    rejects = [(one.line, one.reason) for one in found.rejects]
    assert rejects == [(n, "comes more than once, with different values") for n in (2, 4)]


@pytest.mark.parametrize(
    "line",
    [
        f'{{{AT},"dst_host":"a.example","dst_host":"a.example"}}',
        f'{{{AT},"dst_host":"a.example","dst_ho\\u0073t":"a.example"}}',
        f'{{{AT},"dst_host":"a.example","user":"ann","user":"ann"}}',
        f'{{{AT},"dst_host":"a.example","app":"x","app":"y"}}',
    ],
)
def test_a_json_key_that_comes_twice_is_said(read_text, line):
    plain = f'{{"dst_host":"h.example",{AT}}}'
    found = read_text("generic_json", f"{plain}\n{line}\n" * 2)
    assert found.column("dst_host") == ["h.example", "a.example"] * 2
    assert [(line, count) for line, _, count in remarks(found)] == [(2, 2)]


def test_an_escaped_letter_alone_is_nothing(read_text):
    line = f'{{{AT},"dst_ho\\u0073t":"a.example","user":"\\u0061nn"}}'
    found = read_text("generic_json", line + "\n")
    assert (found.column("dst_host"), remarks(found), found.said) == (["a.example"], [], [])


@pytest.mark.parametrize(
    "line",
    [
        f'{{{AT},"dst_host":"a.example","x":{{"dst_host":"b","user":1}},"user":null}}',
        f'{{{AT},"dst_host":"a.example","y_dst_host":"b","text":"\\"dst_host\\":1"}}',
        f'{{{AT},"dst_host":"a.example","z":1,"z":2}}',
    ],
)
def test_alike_is_not_twice(read_text, line):
    assert remarks(read_text("generic_json", line + "\n")) == []


@pytest.mark.parametrize(
    "tls",
    [
        '"tls": {"sni": "a.example", "sni": "chatgpt.com"}',
        '"tls": {"sni": "a.example"}, "tls": {"sni": "chatgpt.com"}',
    ],
)
def test_a_destination_inside_may_not_come_twice(read_text, tls):
    event = {
        "timestamp": "2026-03-01T00:00:00.000000+0000", "event_type": "tls",
        "src_ip": "10.0.0.1", "dest_ip": "192.0.2.1", "dest_port": 443, "proto": "TCP",
    }  # fmt: skip
    found = read_text("suricata_eve", f"{json.dumps(event)[:-1]}, {tls}}}\n")
    assert (found.rows, [reject.line for reject in found.rejects]) == ([], [1])


def test_a_repeated_pair_is_said(read_text):
    plain = "ts=2026-03-01T00:00:00Z host=h.example user=ann\n"
    found = read_text("generic_kv", plain + plain.replace("user=", 'HOST="h.example" user='))
    assert found.column("dst_host") == ["h.example", "h.example"]
    assert remarks(found) == [(2, "host", 1)]


def test_two_destinations_in_one_record_of_pairs_reject_it(read_text):
    plain = "ts=2026-03-01T00:00:00Z host=h.example user=ann\n"
    found = read_text("generic_kv", plain + plain.replace("user=", "host=h.example HOST=x user="))
    assert found.column("line") == [1]
    assert found.said == [(2, "host", "comes more than once, with different values", "x")]


@pytest.mark.parametrize("pair", ["user=ben", "action=blocked", "src_ip=10.0.0.2"])
def test_two_values_for_what_decides_in_one_record_of_pairs_reject_it(read_text, pair):
    line = "ts=2026-03-01T00:00:00Z host=h.example user=ann action=allowed src_ip=10.0.0.1"
    found = read_text("generic_kv", f'{line} agent="x" {pair} z=""\n{line}\n')
    assert found.column("line") == [2]
    assert [one.reason for one in found.rejects] == ["comes more than once, with different values"]


def test_a_pair_that_decides_nothing_may_have_two_values(read_text):
    found = read_text("generic_kv", "ts=2026-03-01T00:00:00Z host=h.example app=x app=y\n")
    assert (found.column("app"), remarks(found)) == (["x"], [(1, "app", 1)])


@pytest.mark.parametrize(
    "more",
    [
        "act=blocked suser=ann",
        "act=allowed suser=victim",
        "deviceAction=blocked",
        "cs1=b cs1Label=destinationHostName",
    ],
)
def test_two_values_for_what_decides_in_one_cef_record_reject_it(read_text, more):
    head = "CEF:0|V|P|1|100|n|5|rt=1772323200000 src=10.0.0.1 dhost=a.example act=allowed suser=ann"
    found = read_text("cef", f"{head} requestClientApplication=x {more}\n{head} act=allowed\n")
    assert found.column("line") == [2]
    assert [one.reason for one in found.rejects] == ["comes more than once, with different values"]


def test_a_label_that_names_what_a_key_says_otherwise_rejects_the_record(read_text):
    head = "CEF:0|V|P|1|100|n|5|rt=1772323200000 dhost=a.example suser=ann"
    found = read_text("cef", f"{head} cs1=victim cs1Label=suser\n{head} cs1=ann cs1Label=suser\n")
    assert (found.column("line"), len(found.rejects)) == ([2], 1)


def test_free_text_that_the_vendor_repeats_rejects_nothing(read_text):
    line = (
        'id=fw sn=1 time="2026-03-01 00:00:00 UTC" m=608 src=10.0.0.1 dst=192.0.2.1 fw_action="NA"'
    )
    found = read_text(
        "sonicwall", f'{line} msg="Alert: x, SID: 1" msg="Alert: x"\n{line} src=10.0.0.2\n'
    )
    assert (found.column("line"), remarks(found)) == ([1], [(1, "msg", 1)])


def test_a_pair_may_be_spelled_differently_from_line_to_line(read_text):
    text = "ts=2026-03-01T00:00:00Z host=a.example\nTS=2026-03-01T00:00:00Z Host=b.example\n"
    found = read_text("generic_kv", text)
    assert (found.column("dst_host"), remarks(found)) == (["a.example", "b.example"], [])


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("ts,host,host,user", "columns named more than once: host; the first of each is read"),
        ("ts,Dst-Host,dst_host,Dst_Host", "columns named more than once: Dst-Host; the first of"),
        ("ts,host,url,user", None),
        ("ts,host,,", None),
    ],
)
def test_a_column_named_twice_is_said(read_text, header, said):
    found = read_text("generic_csv", f"{header}\n2026-03-01T00:00:00Z,a.example,,\n")
    told = [one for one in found.notices if one.startswith("columns named")]
    assert [one[: len(said or "")] for one in told] == ([said] if said else [])


def test_a_zeek_header_that_names_a_column_twice_is_said(read_text):
    fields = ["ts", "uid", "id.orig_h", "id.resp_h", "id.resp_p", "server_name", "server_name"]
    row = ["1772323200.0", "C1", "10.0.0.1", "192.0.2.1", "443", "a.example", "chatgpt.com"]
    text = "\t".join(["#fields", *fields]) + "\n" + "\t".join(row) + "\n#close\n"
    assert read_text("zeek_ssl", text).notices == [
        "columns named more than once: server_name; the first of each is read"
    ]


def test_a_remark_is_made_once_with_its_first_line_and_its_sum():
    one = Notice("", "warning", "twice", "host comes twice", 9, "host", 2)
    two = Notice("", "warning", "twice", "host comes twice", 4, "host", 1_000)
    other = Notice("a.log", "note", "open", "no #close")
    assert [str(n) for n in folded([one, other, two], "a.log")] == [
        "a.log:4: host comes twice (1,002 times)",
        "a.log: no #close",
    ]
