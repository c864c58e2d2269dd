"""The rules in the real Suricata: it loads them all, and they fire on what the matcher names."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from signatures.export import Asked, export
from signatures.load import load_catalogue

from . import captures
from .tools import tool

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """%YAML 1.1
---
vars:
  address-groups: {HOME_NET: "[10.0.0.0/8]", EXTERNAL_NET: any}
classification-file: classification.config
reference-config-file: reference.config
outputs:
  - eve-log: {enabled: yes, filetype: regular, filename: eve.json, types: [alert]}
app-layer:
  protocols:
    tls: {enabled: yes}
    dns: {udp: {enabled: yes}, tcp: {enabled: yes}}
    http: {enabled: yes}
    quic: {enabled: yes}
"""


@pytest.fixture(scope="module")
def suricata(tmp_path_factory):
    """`suricata(*words)` in a folder with the rules of the shipped catalogue; the folder."""
    # Debian 12 has none, so CI may be without.
    program = tool("suricata", on_ci=False)
    folder = tmp_path_factory.mktemp("suricata")
    (folder / "suricata.yaml").write_text(CONFIG)
    (folder / "classification.config").write_text(
        "config classification: misc-activity,Misc activity,3\n"
    )
    (folder / "reference.config").write_text("config reference: url http://\n")
    text, account = export("suricata", Asked(load_catalogue(), "9.9.9", "Apache-2.0"))
    (folder / "ai.rules").write_text(text)

    def run(*words):
        return subprocess.run(
            [program, "-c", "suricata.yaml", "-S", "ai.rules", "-l", ".", *words],
            cwd=folder, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    return run, folder, account


def test_suricata_loads_every_rule(suricata):
    run, _, account = suricata
    done = run("-T", "-v")
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert f"{account.entries} rules successfully loaded, 0 rules failed" in said


HOSTS = {
    "api.openai.com": "model_api/openai",
    "deep.below.openai.com": "saas_chat/chatgpt",
    "CHATGPT.com": "saas_chat/chatgpt",
    "status.openai.com": None,  # low
    "notopenai.com": None,
    "api.openai.com.evil.example": None,
    "bedrock-runtime.us-east-1.amazonaws.com": "cloud_ai_resource/amazon-bedrock",
    "bedrock-runtime.zz-new-9.amazonaws.com": "cloud_ai_resource/amazon-bedrock",
    "bedrock-runtime.x.amazonaws.com": None,
    "contoso.openai.azure.com": "cloud_ai_resource/azure-openai",
    "a.contoso.openai.azure.com": None,
}
AGENT = "User-Agent"
REQUESTS = [
    ({"path": "/api/tags?all=1"}, 11434, "inference_server/ollama"),
    ({"path": "/q?x=/api/tags"}, 11434, None),
    ({"path": "/api/tags"}, 80, None),
    ({"headers": [(AGENT, "ollama-python/1.2")]}, 80, "sdk_or_package/ollama"),
    ({"headers": [("X-Portkey-Api-Key", "abc")]}, 80, "ai_gateway/portkey"),
    ({"headers": [("originator", "Codex_x")]}, 80, "coding_assistant/codex"),
    ({"headers": [("originator", "xCodex")]}, 80, None),
    ({"host": "gitlab.com", "path": "/api/v4/chat/x"}, 80, "embedded_ai/gitlab-duo"),
    ({"host": "gitlab.com", "path": "/api/v4/chatx/x"}, 80, None),
    # a crawler is looked for on the way in
    ({"headers": [(AGENT, "Mozilla/5.0 (compatible; GPTBot/1.2)")]}, 80, None),
]


def test_rules_fire_on_what_the_matcher_names_and_on_nothing_else(suricata):
    run, folder, _ = suricata
    flows, wanted = [], []
    for host, service in HOSTS.items():
        flows += [
            ("tcp", 443, captures.hello(host)),
            ("udp", 53, captures.question(host)),
            ("tcp", 80, captures.request(host=host)),
        ]
        wanted += [service] * 3
    for request, port, service in REQUESTS:
        flows.append(("tcp", port, captures.request(**request)))
        wanted.append(service)
    captures.write(folder / "flows.pcap", flows)
    done = run("-r", "flows.pcap", "-k", "none")
    assert done.returncode == 0, done.stderr
    assert fired(folder / "eve.json", len(flows)) == [[one] if one else [] for one in wanted]


def fired(eve: Path, flows: int) -> list[list[str]]:
    """The services that alerts on each flow name."""
    found: dict[str, list[str]] = {}
    for line in eve.read_text().splitlines():
        event = json.loads(line)
        if event["event_type"] == "alert":
            (service,) = event["alert"]["metadata"]["aicensus_service"]
            found.setdefault(event["src_ip"], []).append(service)
    return [found.get(captures.client_of(number), []) for number in range(flows)]
