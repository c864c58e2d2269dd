"""A sign-in, a consent or a firewall's App-ID alone makes an asset, and the evidence says so."""

import json

import pytest

from tests.shipped import catalogue, formats

REGISTER = (
    "name,vendor,product,status,business_owner\nTravel planner,Acme,Acme Travel,approved,ann\n"
)


def okta(app, login="ann@corp.example", result="SUCCESS", label=None):
    return {
        "published": "2026-10-05T08:00:01.123Z",
        "eventType": "user.authentication.sso",
        "displayMessage": "User single sign on to app",
        "actor": {"id": "00u7", "type": "User", "alternateId": login, "displayName": "Ann"},
        "client": {"ipAddress": "10.4.0.9", "userAgent": {"rawUserAgent": "Mozilla/5.0"}},
        "outcome": {"result": result},
        "target": [
            {"id": "0oa3", "type": "AppInstance", "displayName": app, "alternateId": label or app}
        ],
    }


def entra(app, app_id, error=0):
    return {
        "createdDateTime": "2026-10-05T08:00:02Z",
        "userPrincipalName": "ben@corp.example",
        "userDisplayName": "Ben",
        "appId": app_id,
        "appDisplayName": app,
        "ipAddress": "10.4.0.10",
        "clientAppUsed": "Browser",
        "conditionalAccessStatus": "notApplied",
        "isInteractive": True,
        "resourceDisplayName": "Microsoft Graph",
        "homeTenantId": "2d4d3d8e-2be3-4bef-9f87-7875a61c29de",
        "status": {"errorCode": error},
    }


def google(app, client, scopes):
    return {
        "kind": "admin#reports#activity",
        "id": {"time": "2026-10-05T08:00:03Z", "applicationName": "token", "customerId": "C0abc12"},
        "actor": {"email": "cem@corp.example", "profileId": "104"},
        "ipAddress": "10.4.0.11",
        "events": [
            {
                "type": "auth",
                "name": "authorize",
                "parameters": [
                    {"name": "client_id", "value": client},
                    {"name": "app_name", "value": app},
                    {"name": "scope", "multiValue": scopes},
                ],
            }
        ],
    }


def consent(app, app_id, scopes):
    """As Entra's directory logs it: the application is the target, what is granted a change."""
    granted = f"[] => [[Id: x1, ClientId: s1, ConsentType: Principal, Scope: {scopes}]]; "
    changed = {"ConsentAction.Permissions": granted, "TargetId.ServicePrincipalNames": app_id}
    return {
        "activityDateTime": "2026-10-05T08:00:04Z",
        "activityDisplayName": "Consent to application",
        "category": "ApplicationManagement",
        "result": "success",
        "initiatedBy": {
            "user": {"userPrincipalName": "dee@corp.example", "ipAddress": "10.4.0.13"}
        },
        "targetResources": [
            {
                "id": "s1",
                "type": "ServicePrincipal",
                "displayName": app,
                "modifiedProperties": [
                    {"displayName": name, "oldValue": None, "newValue": f'"{value}"'}
                    for name, value in changed.items()
                ],
            }
        ],
        "additionalDetails": [],
    }


PAYROLL = "11111111-2222-4333-8444-555555555555"  # of a client nobody knows
FORTIGATE = (
    'date=2026-10-05 time=10:00:04 devname="fw" devid="FG1" eventtime=1791187204 tz="+0200" '
    'logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" '
    'srcip=10.4.0.{n} srcport=5100 dstip=192.0.2.{n} dstport=443 proto=6 action="accept" '
    'policyid=7 service="HTTPS" app="{app}" appcat="GenAI" duration=9 sentbyte=500 rcvdbyte=900\n'
)


@pytest.fixture
def found(census, tmp_path):
    """`found(texts) -> (assets by service, evidence of findings by asset id)`."""

    def once(*records, **options):
        log = tmp_path / "x.log"
        rows = [one if isinstance(one, str) else json.dumps(one) + "\n" for one in records]
        log.write_text("".join(rows), encoding="utf-8")
        register = tmp_path / "register.csv"
        register.write_text(REGISTER)
        shown = census(log, inventories=(register,), **options)
        evidence = {one["asset_id"]: one["evidence"] for one in shown["findings"]}
        return {one["service"]: (one, evidence.get(one["asset_id"])) for one in shown["assets"]}

    return once


def test_a_sign_in_by_okta_is_an_asset_and_a_name_that_only_holds_one_is_none(found):
    assets = found(okta("ChatGPT"), okta("CHATGPT ", "dee@corp.example"), okta("ChatGPT Helper"))
    (service,) = assets
    asset, evidence = assets[service]
    assert (service, asset["detection"], asset["hits"]) == ("saas_chat/chatgpt", "medium", 2)
    assert asset["users"] == 2
    assert "OAuth app \u2018ChatGPT\u2019 signed in to." in evidence
    assert [line["usage"] for line in asset["evidence"]] == ["login"]


def test_a_sign_in_by_entra_is_sure_by_the_id_of_its_client(found):
    known = "e0476654-c1d5-430b-ab80-70cbd947616a"
    assets = found(entra("ChatGPT", known), entra("Payroll", PAYROLL))
    (asset, evidence) = assets["saas_chat/chatgpt"]
    assert len(assets) == 1
    assert (asset["detection"], asset["tenant"]) == ("high", None)
    assert f"OAuth client \u2018{known}\u2019 signed in to." in evidence


def test_a_consent_in_entra_is_found_by_the_name_of_what_it_is_given_to_and_by_its_client(found):
    known = "e0476654-c1d5-430b-ab80-70cbd947616a"
    apps = (("ChatGPT", PAYROLL), ("Notes", known), ("Payroll", PAYROLL))
    assets = found(*(consent(*one, "openid Files.Read") for one in apps))
    asset, evidence = assets["saas_chat/chatgpt"]
    assert (len(assets), asset["hits"]) == (1, 2)
    assert "OAuth app \u2018ChatGPT\u2019" in evidence
    assert f"OAuth client \u2018{known}\u2019" in evidence


def test_an_application_made_from_a_template_of_okta_is_known_by_its_label(found):
    other = okta("Payroll", "dee@corp.example", label="Claude")
    assert list(found(okta("OpenID Connect Client", label="ChatGPT"), other)) == [
        "saas_chat/chatgpt"
    ]


def test_a_refused_sign_in_is_no_sign_in(found):
    asset, evidence = found(entra("Otter.ai", PAYROLL, error=50105))["saas_app/otter"]
    assert asset["hits"] == 1
    assert evidence is None or "signed in" not in evidence


def test_a_consent_in_google_workspace_is_an_asset_and_says_nothing_of_its_workspace(found):
    scopes = ["openid", "https://www.googleapis.com/auth/aiplatform"]
    assets = found(
        google("Fireflies.ai", "9.apps.googleusercontent.com", ["openid"]),
        google("Forecast", "8.apps.googleusercontent.com", scopes),
    )
    asset, evidence = assets["saas_app/fireflies"]
    assert asset["tenant"] is None
    assert "OAuth app \u2018Fireflies.ai\u2019 signed in to." in evidence
    assert assets["cloud_ai_resource/google-vertex-ai"][0]["detection"] == "medium"
    assert len(assets) == 2


def test_an_app_id_of_a_firewall_is_an_asset_by_its_name_and_not_by_address(found):
    lines = [FORTIGATE.format(n=n, app="OpenAI.ChatGPT_File.Upload") for n in (21, 22)]
    lines.append(FORTIGATE.format(n=23, app="SSL"))
    assets = found(*lines)
    (service,) = assets
    asset, evidence = assets[service]
    assert (service, asset["hits"], asset["detection"]) == ("saas_chat/chatgpt", 2, "high")
    assert "OpenAI.ChatGPT_File.Upload" in evidence
    assert asset["evidence"][0]["usage"] == "upload"


PROXY = (
    "1791187200.000 9 10.4.0.12 TCP_TUNNEL/200 900 CONNECT chatgpt.com:443 - "
    "HIER_DIRECT/192.0.2.9 -\n"
)
COPILOT = {
    "@timestamp": 1791187200000,
    "action": "copilot.cfb_seat_assignment_created",
    "actor": "ann",
    "org": "acme-forge",
    "user": "ben",
}
CLAUDE = {
    "id": "activity_1",
    "created_at": "2026-10-05T08:00:05Z",
    "type": "claude_chat_created",
    "organization_id": "org_acme",
    "actor": {"type": "user_actor", "email_address": "ann@corp.example", "user_id": "user_1"},
    "claude_chat_id": "claude_chat_1",
}


def workspaces(census, folder, register, *logs):
    """Of each service its asset's tenants and states, for logs each of one record."""
    names = folder / "register.csv"
    head = "name,vendor,product,status,business_owner,workspace id\n"
    names.write_text(head + "".join(f"{row}\n" for row in register))
    for number, record in enumerate(logs):
        text = record if isinstance(record, str) else json.dumps(record) + "\n"
        (folder / f"{number}.log").write_text(text)
    shown = census(*(folder / f"{n}.log" for n in range(len(logs))), inventories=(names,))
    return {
        one["service"]: [
            (other["tenant"], other["state"])
            for other in shown["assets"]
            if other["service"] == one["service"]
        ]
        for one in shown["assets"]
    }


def test_a_sign_in_is_the_asset_of_the_proxy_and_no_use_of_another_workspace(census, tmp_path):
    rows = ["Chat,OpenAI,ChatGPT,approved,ann,acme-workspace"]
    logs = (PROXY, entra("ChatGPT", PAYROLL), google("ChatGPT", "7.apps.example", ["openid"]))
    found = workspaces(census, tmp_path, rows, *logs)
    assert found == {"saas_chat/chatgpt": [(None, "managed")]}


def test_a_vendors_own_log_names_its_workspace_and_another_one_is_told(census, tmp_path):
    rows = [
        "Code,GitHub,GitHub Copilot,approved,ann,acme-forge",
        "Chat,Anthropic,Claude,approved,ann,org_other",
    ]
    found = workspaces(census, tmp_path, rows, COPILOT, CLAUDE)
    assert found == {
        "coding_assistant/github-copilot": [("acme-forge", "managed")],
        "saas_chat/claude": [("org_acme", "unapproved_use")],
    }


def test_an_application_of_another_vendor_in_a_vendors_log_has_no_workspace_there(found):
    other = COPILOT | {"action": "integration_installation.create", "integration": "ChatGPT"}
    assert found(other)["saas_chat/chatgpt"][0]["tenant"] is None


def test_whose_workspaces_a_format_names_is_said_by_vendors_the_catalogue_knows():
    vendors = {one.signature.vendor for one in catalogue().entries}
    said = [one.tenant_of for one in formats().values() if isinstance(one.tenant_of, list)]
    assert {vendor for some in said for vendor in some} <= vendors
