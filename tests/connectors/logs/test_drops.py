"""What counts as no event: only what the writer of the log says, never what is merely absent."""

from __future__ import annotations

import json

import pytest

AT = "2026-11-02T09:00:00Z"


def test_a_record_of_another_kind_is_rejected_not_skipped(read_text, detected):
    first = {"ts": AT, "host": "a.example.com", "event_type": "dns", "timestamp": AT}
    others = [{"ts": AT, "user": "u", "host": "api.deepseek.com"}] * 3
    text = "".join(json.dumps(one) + "\n" for one in [first, *others])
    assert detected(text).format.id == "suricata_eve"
    found = read_text("suricata_eve", text)
    assert (found.skips, [reject.line for reject in found.rejects]) == ({}, [1, 2, 3, 4])


@pytest.mark.parametrize(
    ("event", "skips"),
    [({"event_type": "arp"}, {"no_flow": 1}), ({"event_type": "tls"}, {}), ({}, {})],
)
def test_only_some_events_may_lack_addresses(read_text, event, skips):
    text = json.dumps({"timestamp": AT, **event}) + "\n"
    found = read_text("suricata_eve", text)
    assert (found.skips, len(found.rejects)) == (skips, 1 - len(skips))


@pytest.mark.parametrize(
    ("result", "method", "skips"),
    [
        ("UDP_MISS/000", "ICP_QUERY", {"cache_peer": 1}),
        ("TCP_MISS/200", "ICP_QUERY", {}),
        ("TCP_MISS/200", "HTCP", {}),
        ("TCP_DENIED/407", "GET", {"auth_challenge": 1}),
        ("TCP_MISS/407", "GET", {}),
        ("NONE_NONE/400", "NONE", {"no_request": 1}),
        ("TCP_MISS/200", "NONE", {}),
    ],
)
def test_the_client_does_not_choose_what_squid_drops(read_text, result, method, skips):
    line = f"1772438403.000 1 10.0.0.8 {result} 40 {method} http://api.openai.com/ - HIER_NONE/- -"
    combined = (
        f'10.0.0.8 - - [02/Mar/2026:08:00:03 +0000] "{method} http://api.openai.com/ HTTP/1.1" '
        f'{result[-3:]} 40 "-" "curl/7" {result[:-4]}:HIER_NONE'
    )
    for name, text in (("squid", line), ("squid_combined", combined)):
        found = read_text(name, text + "\n")
        assert (found.skips, len(found.rows)) == (skips, 1 - len(skips)), (name, found.said)
