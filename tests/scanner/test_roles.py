"""Source and destination are as the log writes them; who asked is who is counted."""

import datetime as dt
import json

import pytest

from connectors.files.discover import discover
from connectors.files.limits import Limits
from connectors.files.stream import open_streams
from connectors.logs.cut import segments
from connectors.logs.settings import ReadSettings
from scanner.engines.local import LocalEngine
from scanner.names import Names
from scanner.partial import detections
from scanner.privacy import People, pseudonym
from scanner.who import Scan
from tests.shipped import compiled, formats

FORMATS, TABLES = formats(), compiled()
SETTINGS = ReadSettings(now=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
KEY = b"k" * 32
AI, INSIDE, SERVER = "160.79.104.10", "10.1.0.12", "10.2.0.8"  # of a range in the catalogue

OUTBOUND = f"302013: Built outbound TCP connection 7 for outside:{AI}/443 ({AI}/443) to inside:{INSIDE}/52714 (203.0.113.1/52714)"  # noqa: E501
TEARDOWN = f"302014: Teardown TCP connection 7 for outside:{AI}/443 to inside:{INSIDE}/52714 duration 0:00:01 bytes 21950 TCP FINs"  # noqa: E501
INBOUND = f"302013: Built inbound TCP connection 8 for outside:{AI}/51000 ({AI}/51000) to dmz:{SERVER}/443 (203.0.113.8/443)"  # noqa: E501
CLOSED = f"302014: Teardown TCP connection 8 for outside:{AI}/51000 to dmz:{SERVER}/443 duration 0:00:01 bytes 9 TCP FINs"  # noqa: E501


@pytest.fixture
def read(tmp_path):
    """`read(format, text) -> partial`."""

    def once(name, text):
        path = tmp_path / "a.log"
        path.write_text(text)
        with (
            LocalEngine(TABLES, Scan(People(), KEY), Names(), 1) as engine,
            next(iter(open_streams(next(iter(discover([str(path)]))), Limits()))) as stream,
        ):
            cut = segments(FORMATS[name], stream, SETTINGS)
            partial = engine.run(FORMATS[name], SETTINGS, cut)
            stream.outcome()
        return partial

    return once


def who(partial):
    return detections(partial.everything())[0]["actor"].to_pylist()


@pytest.mark.parametrize(("name", "tag"), [("cisco_asa", "ASA"), ("cisco_ftd", "FTD")])
@pytest.mark.parametrize("message", [OUTBOUND, TEARDOWN])
def test_use_that_began_inside_is_the_inner_end_s(read, name, tag, message):
    partial = read(name, f"Mar  1 2026 12:00:00 fw : %{tag}-6-{message}\n")
    assert (partial.ok, who(partial)) == (1, [pseudonym(KEY, "address", INSIDE)])


@pytest.mark.parametrize(("name", "tag"), [("cisco_asa", "ASA"), ("cisco_ftd", "FTD")])
@pytest.mark.parametrize("message", [INBOUND, CLOSED])
def test_what_comes_from_outside_is_nobody_s_use(read, name, tag, message):
    partial = read(name, f"Mar  1 2026 12:00:00 fw : %{tag}-6-{message}\n")
    assert (partial.ok, who(partial)) == (1, [])


def test_a_translated_flow_is_that_of_who_sent_it(read):
    flow = f"1772366400.5 MX ip_flow_start src={INSIDE} dst={AI} protocol=tcp sport=5 dport=443"
    partial = read("cisco_meraki", f"<134>1 {flow} translated_src_ip=203.0.113.1\n")
    assert who(partial) == [pseudonym(KEY, "address", INSIDE)]


def accepted(**ends):
    event = {"Timestamp": "2026-03-01T12:00:00Z", "ActionType": "InboundConnectionAccepted"}
    wrapped = {
        "time": "2026-03-01T12:00:01Z", "tenantId": "t", "operationName": "Publish",
        "category": "AdvancedHunting-DeviceNetworkEvents", "properties": event | ends,
    }  # fmt: skip
    return json.dumps(wrapped) + "\n"


def test_a_connection_that_a_machine_accepted_is_not_its_own(read):
    ends = {"RemoteIP": AI, "RemotePort": 50000, "LocalIP": INSIDE, "LocalPort": 443}
    partial = read("m365_defender", accepted(**ends))
    assert (partial.ok, who(partial)) == (1, [])


def dns_event(code, **data):
    return json.dumps(
        {
            "@timestamp": "2026-03-01T12:00:00Z",
            "event": {"code": code, "provider": "Microsoft-Windows-DNSServer"},
            "winlog": {"event_data": {"QNAME": "claude.ai.", "QTYPE": "1"} | data},
        }
    )


def test_a_response_is_its_client_s_and_what_the_resolver_asks_is_nobody_s(read):
    response = dns_event("257", Destination=INSIDE, InterfaceIP="10.0.0.53", Port="5000")
    asked = dns_event("260", Destination="192.0.2.53", InterfaceIP="10.0.0.53")
    partial = read("ms_dns_analytical", f"{response}\n{asked}\n")
    assert who(partial) == [pseudonym(KEY, "address", INSIDE)]
    assert (partial.ok, partial.skips, partial.counts.skipped) == (1, {"recursion": 1}, 1)


def test_bytes_that_another_record_counts_are_not_summed(read):
    base = {"timestamp": "2026-03-01T12:00:00Z", "src_ip": INSIDE, "src_port": 5, "dest_ip": AI}
    more = {"dest_port": 443, "proto": "TCP", "flow_id": 1}
    sent = {"flow": {"bytes_toserver": 500, "bytes_toclient": 9}}
    kinds = [{"event_type": "alert", "alert": {"action": "allowed"}}, {"event_type": "flow"}]
    text = "".join(json.dumps(base | more | sent | kind) + "\n" for kind in kinds)
    table = detections(read("suricata_eve", text).everything())[0]
    assert sum(n or 0 for n in table["bytes_out"].to_pylist()) == 500
