"""Which of several names is the destination, and what is said of those that are not read."""

from __future__ import annotations

import json

import pytest

from connectors.logs.remarks import folded

AT = "2026-03-01T00:00:00Z"
API = "api.openai.com"


def said(found):
    notices = [n for one in found.batches for n in one.notices]
    return sorted(f"{n.field}" for n in notices if n.reason == "passed_over")


def as_csv(record):
    return ",".join(["ts", *record]) + "\n" + ",".join([AT, *record.values()]) + "\n"


def as_json(record):
    return json.dumps({"ts": AT, **record}) + "\n"


def as_pairs(record):
    return " ".join(f"{k}={v}" for k, v in {"ts": AT, **record}.items()) + "\n"


WAYS = [("generic_csv", as_csv), ("generic_json", as_json), ("generic_kv", as_pairs)]


@pytest.mark.parametrize(("name", "write"), WAYS)
@pytest.mark.parametrize(
    "field",
    ["destination_host", "dest_host", "dst_host", "server_name", "sni", "domain", "cs_host"],
)
def test_a_host_that_may_be_the_sender_yields_and_is_named(read_text, name, write, field):
    found = read_text(name, write({"host": "collector.example.net", "user": "u", field: API}))
    assert (found.column("dst_host"), said(found)) == ([API], ["host"])


@pytest.mark.parametrize(
    ("record", "host", "told"),
    [
        ({"host": "proxy01", "hostname": API}, API, ["host"]),
        ({"host": API, "hostname": "desk7"}, API, ["hostname"]),
        ({"host": "proxy1.example", "url": f"https://{API}/v1"}, API, ["host"]),
        ({"host": "proxy1.example", "url": f"{API}:443"}, f"{API}:443", ["host"]),
        ({"host": API, "domain": "openai.com"}, API, []),
        ({"host": f"{API}:443", "domain": "openai.com"}, f"{API}:443", []),
        ({"host": API, "domain": "CORP"}, API, ["domain"]),
        ({"host": API, "sni": API.upper() + "."}, API.upper() + ".", []),
        ({"host": API}, API, []),
    ],
)
@pytest.mark.parametrize(("name", "write"), WAYS)
def test_of_two_names_the_more_certain_is_read(read_text, name, write, record, host, told):
    found = read_text(name, write(record))
    assert (found.column("dst_host"), said(found)) == ([host], told)


def test_a_destination_inside_an_object_is_read(read_text, detected):
    text = as_json({"destination": {"domain": API, "geo": "x"}, "host": "proxy01"})
    assert detected(as_json({"destination": {"domain": API}})).format.id == "generic_json"
    found = read_text("generic_json", text)
    assert (found.column("dst_host"), said(found)) == ([API], ["host"])


@pytest.mark.parametrize("size", [None, 64])
@pytest.mark.parametrize(("name", "write"), WAYS[1:])
def test_keys_that_are_not_read_are_named_once_and_not_without_end(read_text, name, write, size):
    text = "".join(write({"host": API, f"key{i:02}": "x", "upstream": "y"}) for i in range(30))
    found = read_text(name, text, block=size)
    notices = folded([n for one in found.batches for n in one.notices], "a.log")
    listed = ", ".join(f"key{i:02}" for i in range(20))
    assert [str(n) for n in notices] == [f"a.log: ignored keys: {listed}, …"]
