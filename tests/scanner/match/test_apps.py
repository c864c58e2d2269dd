"""What names of applications, clients and scopes say, alone and beside a host."""

import pytest

from scanner.match.fire import judge
from scanner.match.verdict import Facts
from signatures.compile import compile_catalogue
from signatures.load import load_catalogue

SEEN = 'evidence: [{kind: page, ref: "https://acme.example/docs", seen: "2026-11-21"}]'
CATALOGUE = {
    "saas_chat/acme": (
        "host_exact, value: acme.example, surface: web, confidence: high",
        "host_exact, value: help.acme.example, surface: help, confidence: low",
        "oauth_client_id, value: 0A1B2C3D-0000-4000-8000-00000000000F, confidence: high",
        "oauth_client_id, value: Acme.Apps.example, confidence: high",
        "oauth_client_id, value: acme-desk, confidence: medium",
        "oauth_name, value: Acme Chat, confidence: high",
        "oauth_scope, value: acme.read, confidence: high",
        "oauth_scope, value: acme.think, confidence: high, distinctive: true",
        "app_id, value: acme-chat, confidence: medium",
    ),
    "inference_server/bolide": (
        "app_id, value: bolide, confidence: high",
        "host_exact, value: bolide.example, surface: web, confidence: medium",
    ),
}


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    for name, rows in CATALOGUE.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir()
        kind, _, vendor = name.partition("/")
        head = f"id: {name}\nname: {vendor}\nkind: {kind}\nvendor: {vendor}\nsummary: Made up.\n"
        text = "".join(f"  - {{type: {row}, {SEEN}}}\n" for row in rows)
        path.write_text(f"{head}indicators:\n{text}")
    return compile_catalogue(load_catalogue([folder]))


@pytest.mark.parametrize(
    ("facts", "detection"),
    [
        ({"oauth_name": "Acme Chat"}, "medium"),
        ({"oauth_name": " ACME\u00a0 chat\n"}, "medium"),
        ({"oauth_name": "\uff21cme Chat"}, "medium"),
        ({"oauth_name": "Acme Chat Helper"}, None),
        ({"oauth_name": "Acme\u200b Chat"}, None),
        ({"oauth_name": "\u0410cme Chat"}, None),
        ({"oauth_name": "acme-chat"}, None),
        ({"oauth_name": "Acme Chat" + " " * 300}, None),
        ({"app": "Acme-Chat "}, "medium"),
        ({"app": "Acme Chat"}, None),
        ({"app": "acme-chat-base"}, None),
        ({"oauth_client": "0a1b2c3d-0000-4000-8000-00000000000f"}, "high"),
        ({"oauth_client": "acme.apps.example"}, None),
        ({"oauth_scopes": ("openid", "acme.read")}, "medium"),
        ({"oauth_scopes": ("ACME.read",)}, None),
        ({"oauth_scopes": ("acme.think",)}, "high"),
        ({"oauth_scopes": ("acme.read", "acme.read")}, "medium"),
        ({"oauth_name": "Acme Chat", "oauth_scopes": ("acme.read",)}, "medium"),
        ({"oauth_name": "Acme Chat", "oauth_client": "acme-desk"}, "high"),
        ({"oauth_scopes": ("acme.read",), "oauth_client": "acme-desk"}, "high"),
        ({"app": "acme-chat", "host": "acme.example"}, "high"),
        ({"app": "acme-chat", "host": "www.example"}, "medium"),
        ({"app": "acme-chat", "host": "help.acme.example"}, "low"),
        ({"app": "acme-chat", "host": "acme.example", "via": "dns"}, "high"),
    ],
)
def test_what_is_said_is_believed_as_far_as_it_goes(tables, facts, detection):
    found = judge(tables, Facts(**facts))
    assert (found and found.detection) == detection


def test_a_host_of_another_vendor_wins_over_an_app_id_and_it_is_told(tables):
    found = judge(tables, Facts(host="bolide.example", app="acme-chat"))
    assert (found.service, found.detection) == ("inference_server/bolide", "medium")
    assert found.indicators == ("host_exact:bolide.example", "other_app_id:acme-chat")


def test_a_name_that_only_a_dns_answer_lends_overrules_nothing(tables):
    found = judge(tables, Facts(host="acme.example", via="dns", app="bolide"))
    assert (found.service, found.detection) == ("inference_server/bolide", "high")


@pytest.mark.parametrize(
    ("facts", "named"),
    [({"app": "acme-chat"}, True), ({"oauth_name": "Acme Chat"}, True), ({"app": "bolide"}, False)],
)
def test_what_is_named_needs_no_place_but_servers_of_ones_own_do(tables, facts, named):
    assert judge(tables, Facts(ip="10.0.0.7", **facts)).by_host is named


def test_a_sign_in_is_a_login_on_the_surface_auth(tables):
    found = judge(tables, Facts(oauth_name="Acme Chat"))
    assert (found.usage, found.surface) == ("login", "auth")
