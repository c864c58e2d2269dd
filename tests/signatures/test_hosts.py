"""One spelling for a host, or the reason why it is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures.hosts import HostError, is_ip, normalise_host, normalise_ip


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("chat.vendor.example", "chat.vendor.example"),
        ("CHAT.Vendor.Example", "chat.vendor.example"),
        ("chat.vendor.example.", "chat.vendor.example"),
        ("chat.vendor.example:443", "chat.vendor.example"),
        ("chat.vendor.example:", "chat.vendor.example"),
        ("//chat.vendor.example/x", "chat.vendor.example"),
        ("https://user:pw@chat.vendor.example:8443/v1?q=1#f", "chat.vendor.example"),
        ("https://evil.example/#@chat.vendor.example", "evil.example"),
        ("https://evil.example?@chat.vendor.example", "evil.example"),
        ("evil-chat.vendor.example", "evil-chat.vendor.example"),
        ("_dmarc.vendor.example", "_dmarc.vendor.example"),
        ("*.vendor.example", "*.vendor.example"),
        ("-x.vendor.example", "-x.vendor.example"),
        ("r1---sn.vendor.example", "r1---sn.vendor.example"),
        ("printer", "printer"),
        ("vendor.3example", "vendor.3example"),
        ("\uff43hat.vendor.example", "chat.vendor.example"),
        ("chat\u3002vendor.example", "chat.vendor.example"),
        ("v\u0435ndor.example", "xn--vndor-zwe.example"),
        ("fa\u00df.example", "xn--fa-hia.example"),
        ("fass\u0301.example", normalise_host("fas\u015b.example")),
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:80", "192.0.2.7"),
        ("192.0.2.7.", "192.0.2.7"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("http://[::ffff:c000:207]/x", "192.0.2.7"),
    ],
)
def test_a_host_has_one_spelling(raw, normal):
    assert normalise_host(raw) == normal


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "empty"),
        (".", "empty"),
        ("https:///x", "empty"),
        ("chat..example", "empty label"),
        (".vendor.example", "empty label"),
        ("vendor.example..", "empty label"),
        ("a" * 64 + ".example", "label longer than 63"),
        (".".join(["a" * 50] * 6), "name longer than 253"),
        ("chat vendor.example", "space or control character in host"),
        ("chat.vendor.example\t", "space or control character in host"),
        ("chat.vendor.example\x1b[31m", "space or control character in host"),
        ("chat.vendor.example\0.evil.example", "NUL in host"),
        ("https://evil.example/\0", "NUL in host"),
        ("chat.vendor.example%00.evil.example", "percent escape in host"),
        ("https://evil.example\\@chat.vendor.example/", "backslash in host"),
        ("=1+1.vendor.example", "character not allowed in host"),
        ("<script>.vendor.example", "character not allowed in host"),
        ("a.*.vendor.example", "character not allowed in host"),
        ("\u2100.example", "character not allowed in host"),
        ("vendor\u200b.example", "invisible character in host"),
        ("ven\u00addor.example", "invisible character in host"),
        ("ven\u200ddor.example", "invisible character in host"),
        ("ven\u2060dor.example", "invisible character in host"),
        ("vendor\ufe0f.example", "invisible character in host"),
        ("\u202evendor.example", "invisible character in host"),
        ("\u0301vendor.example", "label begins with a combining mark"),
        ("2130706433", "number posing as an address"),
        ("0x7f.1", "number posing as an address"),
        ("0x7f000001", "number posing as an address"),
        ("010.000.000.001", "number posing as an address"),
        ("256.1.1.1", "number posing as an address"),
        ("vendor.example.5", "number posing as an address"),
        ("\u2460.0.0.1", "number posing as an address"),
        ("vendor.example:99999", "bad port"),
        ("vendor.example:0", "bad port"),
        ("vendor.example:x", "bad port"),
        ("vendor.example:\u0664", "bad port"),
        ("[2001:db8::1", "unbalanced bracket"),
        ("[2001:db8::1]x", "unbalanced bracket"),
        ("[192.0.2.7]", "not an IP address"),
        ("2001:db8::g", "not an IP address"),
        ("fe80::1%", "bad zone in address"),
        ("fe80::1%<b>", "bad zone in address"),
    ],
)
def test_what_is_no_host_is_refused_with_the_reason(raw, reason):
    with pytest.raises(HostError) as caught:
        normalise_host(raw)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("[::1]", "::1"),
        ("FE80::0:1%eth0", "fe80::1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
    ],
)
def test_an_address_has_one_spelling(raw, normal):
    assert normalise_ip(raw) == normal
    assert is_ip(normal)


@pytest.mark.parametrize(
    "raw",
    ["", "192.0.2", "192.0.2.07", "192.0.2.7:80", "vendor.example", "\u0661.1.1.1", "::g"],
)
def test_what_is_no_address_is_refused(raw):
    with pytest.raises(HostError):
        normalise_ip(raw)
    assert not is_ip(raw)


_CHARACTERS = st.sampled_from("aZ01-_.:[]%@/\\\u00ad\u200b\u0430\uff0e\u3002\u00df\u2764\u0301\0 ")
_WORDS = st.sampled_from(
    ["..", "*.", "xn--", "0x", "::", "192.0.2.7", "a.example", "https://", "ffff:"]
)
_PIECES = st.one_of(_CHARACTERS, _WORDS)


@given(st.one_of(st.text(), st.lists(_PIECES, max_size=12).map("".join)))
def test_normalising_twice_changes_nothing(raw):
    try:
        once = normalise_host(raw)
    except HostError:
        return
    assert once.isascii()
    assert once == once.lower()
    assert normalise_host(once) == once


@given(st.one_of(st.ip_addresses().map(str), st.text(alphabet="0123456789abcdef:.%[]")))
def test_the_two_normalisers_agree_on_addresses(raw):
    try:
        address = normalise_ip(raw)
    except HostError:
        return
    assert normalise_host(raw) == address
    assert is_ip(address)
