"""Logs without host names borrow them: by connection, or by what the resolver answered."""

import datetime as dt

import pytest

from reports.json_document import document
from scanner.model import ScanRequest
from scanner.pipeline import scan

NOW = dt.datetime(2026, 11, 1)
SSL = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tssl\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tserver_name\n"
    "1772323200.5\tCa1\t10.0.0.1\t5000\t198.51.100.7\t443\tapi.openai.com\n"
    "1772323201.5\tCb2\t10.0.0.1\t5001\t198.51.100.8\t443\twww.example.com\n#close\t2026-03-01\n"
)
CONN = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\torig_bytes\tresp_bytes\n"
    "1772323200.4\tCa1\t10.0.0.1\t5000\t198.51.100.7\t443\ttcp\t700\t9000\n"
    "1772323201.4\tCb2\t10.0.0.1\t5001\t198.51.100.8\t443\ttcp\t1\t2\n#close\t2026-03-01\n"
)
DNS = (
    "Mar  1 00:00:00 dnsmasq[1]: 1 10.0.0.1/40000 query[A] claude.ai from 10.0.0.1\n"
    "Mar  1 00:00:00 dnsmasq[1]: 1 10.0.0.1/40000 reply claude.ai is 198.51.100.20\n"
    "Mar  1 00:00:01 dnsmasq[1]: 2 10.0.0.1/40000 query[A] deepl.com from 10.0.0.1\n"
    "Mar  1 00:00:01 dnsmasq[1]: 2 10.0.0.1/40000 reply deepl.com is 198.51.100.21\n"
    "Mar  1 00:00:02 dnsmasq[1]: 3 10.0.0.1/40000 query[A] shop.example from 10.0.0.1\n"
    "Mar  1 00:00:02 dnsmasq[1]: 3 10.0.0.1/40000 reply shop.example is 198.51.100.21\n"
)
FLOWS = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start "
    "end action log-status\n"
    "2 123456789010 eni-1 10.0.0.1 198.51.100.20 4000 443 6 1 500 1772323260 1772323320 ACCEPT OK\n"
    "2 123456789010 eni-1 10.0.0.1 198.51.100.21 4000 443 6 1 900 1772323260 1772323320 ACCEPT OK\n"
)


class Nobody:
    """Watches without a word."""

    def begin(self, total):
        pass

    advance = source = begin

    def end(self):
        pass


@pytest.fixture
def found(tmp_path):
    """Assets by product after scanning files, whose names sort the borrowers first."""

    def scanned(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.log").write_text(text)
        shown = []
        scan(
            ScanRequest((str(tmp_path),), NOW), Nobody(), lambda con, _: shown.append(document(con))
        )
        return {asset["product"]: asset for asset in shown[0]["assets"]}

    return scanned


def test_a_connection_brings_bytes_to_the_host_that_tls_named(found):
    assets = found(a_conn=CONN, b_ssl=SSL)
    assert list(assets) == ["OpenAI API"]
    assert (assets["OpenAI API"]["hits"], assets["OpenAI API"]["bytes_out"]) == (2, 700)


def test_a_connection_alone_names_nobody(found):
    assert found(a_conn=CONN) == {}


def test_a_flow_to_an_answered_address_is_medium_at_most(found):
    evidence = found(a_flows=FLOWS, b_dns=DNS)["Claude"]["evidence"]
    assert {(one["detection"], one["bytes_out"]) for one in evidence} == {
        ("high", None),
        ("medium", 500),
    }


def test_a_flow_to_an_address_that_others_share_is_nobodys(found):
    """deepl.com and shop.example have one address: only the query itself is evidence."""
    assert found(a_flows=FLOWS, b_dns=DNS)["DeepL"]["hits"] == 1
