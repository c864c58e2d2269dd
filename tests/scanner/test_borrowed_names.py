"""Logs without host names borrow them: by connection, or by what the resolver answered."""

import datetime as dt
import io
import json
import tarfile
import zipfile

import pytest

from reports.json_document import document
from scanner.model import ScanRequest
from scanner.pipeline import scan

pytestmark = pytest.mark.usefixtures("loaded_once")
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
        return assets_of(tmp_path)

    return scanned


def assets_of(path):
    shown = []
    scan(ScanRequest((str(path),), NOW), Nobody(), lambda con, _: shown.append(document(con)))
    return {asset["product"]: asset for asset in shown[0]["assets"]}


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


FIREWALL = "".join(
    f"Mar  1 2026 00:0{n}:00 fw1 : %ASA-6-302014: Teardown TCP connection {n} for "
    f"outside:{address}/443 to inside:10.0.0.1/500{n} duration 0:00:30 bytes 700 TCP FINs\n"
    for n, address in enumerate(["198.51.100.20", "198.51.100.7"], 1)
)


def test_a_firewall_borrows_for_connections_of_which_it_knows_no_host(found):
    told = found(a_fw=FIREWALL, b_dns=DNS)
    assert {one["detection"] for one in told["Claude"]["evidence"]} == {"high", "medium"}
    assert told["Claude"]["hits"] == 2


def test_a_firewall_alone_names_nobody(found):
    assert found(a_fw=FIREWALL) == {}


def event(kind, number, address, port=443, **more):
    base = {
        "timestamp": "2026-03-01T00:01:00.000000+0000", "flow_id": number, "event_type": kind,
        "src_ip": "10.0.0.1", "src_port": 5000 + number, "dest_ip": address, "dest_port": port,
        "proto": "TCP",
    }  # fmt: skip
    return json.dumps(base | more) + "\n"


def dns_event(flow, host, address):
    answer = {"version": 2, "type": "answer", "rrname": host, "rrtype": "A",
              "answers": [{"rrname": host, "rrtype": "A", "rdata": address}]}  # fmt: skip
    query = {"version": 2, "type": "query", "rrname": host, "rrtype": "A"}
    return event("dns", flow, "10.0.0.53", 53, dns=query) + event(
        "dns", flow, "10.0.0.53", 53, dns=answer
    )


SENT = {"flow": {"bytes_toserver": 500, "bytes_toclient": 9}}


def evidence(asset):
    return sorted((one["detection"], one["hits"], one["bytes_out"]) for one in asset["evidence"])


def test_a_flow_event_borrows_from_an_answer_that_stands_after_it(found):
    eve = event("flow", 1, "198.51.100.20", **SENT) + dns_event(2, "claude.ai", "198.51.100.20")
    assert evidence(found(eve=eve)["Claude"]) == [("high", 2, None), ("medium", 1, 500)]


def test_a_flow_event_borrows_from_the_handshake_of_its_own_connection(found):
    eve = event("flow", 1, "198.51.100.7", **SENT) + event(
        "tls", 1, "198.51.100.7", tls={"sni": "api.openai.com"}
    )
    asset = found(eve=eve)["OpenAI API"]
    assert (asset["hits"], asset["bytes_out"]) == (2, 500)


def test_the_flow_of_a_question_to_a_resolver_is_no_connection_to_the_answer(found):
    eve = dns_event(2, "claude.ai", "198.51.100.20") + event("flow", 2, "10.0.0.53", 53, **SENT)
    assert evidence(found(eve=eve)["Claude"]) == [("high", 2, None)]


def test_a_flow_event_to_an_address_that_nobody_answered_is_nobodys(found):
    eve = event("flow", 1, "198.51.100.99", **SENT) + dns_event(2, "claude.ai", "198.51.100.20")
    assert evidence(found(eve=eve)["Claude"]) == [("high", 2, None)]


@pytest.mark.parametrize("order", [("flows", "dns"), ("dns", "flows")])
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_the_order_of_members_does_not_matter(tmp_path, kind, order):
    texts = {"flows": FLOWS, "dns": DNS}
    path = tmp_path / f"x.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name in order:
                archive.writestr(f"{name}.log", texts[name])
    else:
        with tarfile.open(path, "w") as archive:
            for name in order:
                info = tarfile.TarInfo(f"{name}.log")
                info.size = len(texts[name])
                archive.addfile(info, io.BytesIO(texts[name].encode()))
    assert evidence(assets_of(path)["Claude"]) == [("high", 1, None), ("medium", 1, 500)]
