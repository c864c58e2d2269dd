"""Recognition: exactly one format, or a reason a person can act on."""

from __future__ import annotations

import pytest

from connectors.logs.detect import detect


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("time,host\n", "generic_csv"),
        ("ts\tsrc_ip\tdst_ip\n", "generic_csv"),
        ('"Timestamp";"URL"\n', "generic_csv"),
        ('{"ts":1,"dst_host":"h"}\n', "generic_json"),
        ('[{"time":1,"url":"h"}]', "generic_json"),
        ('{"items":[{"time":1,"url":"h"}]}', "generic_json"),
        ("time=1 dst_host=h\n", "generic_kv"),
        ("Mar  1 00:00:00 fw app: src=1.2.3.4 dst=h\n", "generic_kv"),
        ("Nov 21 09:54:40 dnsmasq[1]: started, version 2.90\n", "dnsmasq"),
        ("srcaddr dstaddr start bytes\n10.0.0.1 10.0.0.2 1 1\n", "aws_vpc_flow"),
        ("account-id pkt-srcaddr pkt-dstaddr start\n", "aws_vpc_flow"),
        ("2 123456789010 eni-1 10.0.0.1 1.1.1.1 1 443 6 1 1 1772323200 1772323260 ACCEPT OK\n",
         "aws_vpc_flow"),
        ("#separator \\x09\n#path\tquic\n#fields\tts\n", "zeek_quic"),
        ("\n\n1772438400.123      1 10.0.0.1 TCP_MISS/200 1 GET http://h/ - HIER_NONE/- -\n",
         "squid"),
    ],
)  # fmt: skip
def test_known(detected, text, name):
    found = detected(text)
    assert (found.format.id if found.format else found.why) == name


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        (" \n\n", "empty"),
        ("<!DOCTYPE html><html><body>403</body></html>\n", "looks like HTML"),
        ("<?xml version='1.0'?><Error/>", "looks like HTML or XML"),
        (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\x01\x02\x03", "binary"),
        ("2026-03-01T00:00:00Z,10.0.0.1,u,h,1.2.3.4,443\n", "no header: line 1 is comma separated"),
        ("a,b,c\n1,2,3\n", "the columns are a, b, c; a time and a host or an address are needed"),
        ('{"a":1,"b":2}\n', "keys are a, b"),
        ("#separator \\x09\n#path\tfiles\n#fields\tts\tfuid\n", "a Zeek log of files"),
        ("hello world\n", "unknown log format"),
        ("Mar  1 00:00:00 gw sshd[7]: Accepted publickey for anna\n", "unknown log format"),
    ],
)  # fmt: skip
def test_unknown_says_why(detected, text, why):
    found = detected(text)
    assert found.format is None
    assert why in found.why


def test_two_claims_are_no_answer(formats):
    twin = formats["squid"].model_copy(update={"id": "squid_twin", "require": ["time"]})
    line = b"1772438400.123      1 10.0.0.1 TCP_MISS/200 1 GET http://h/ - HIER_NONE/- -\n"
    found = detect(line, "x.log", {**formats, "squid_twin": twin})
    assert found.format is None
    assert found.why == "could be any of squid, squid_twin; say which with --format"


@pytest.mark.parametrize(
    "text",
    [
        "[" * 60_000,
        '{"a":' * 10_000,
        '{"items":[' + '"items"' * 8_000,
        '"' * 60_000,
        "=" * 60_000,
        "a=" * 30_000,
        "," * 60_000,
        "\\" * 60_000,
        "é" * 30_000,
        '{"ts":' + "9" * 5_000 + ',"dst_host":"h"}\n',
    ],
)
def test_hostile_beginnings_are_looked_at_quickly(detected, text):
    detected(text)  # no error, and no time-out of the suite
