"""What is in use and what is not, and what the counts count: from log lines to the document."""

import datetime as dt
import json

import pytest

from scanner.commands.progress import Quiet
from scanner.model import ScanRequest
from scanner.pipeline import scan

HEADER = "ts,user,src_ip,dst_host,dst_port,bytes_out,action\n"
FIRST = dt.date(2026, 1, 1)


def row(day=0, host="claude.ai", user="", address="10.0.0.1", sent="", action="allowed"):
    when = FIRST + dt.timedelta(days=day)
    return f"{when}T10:00:00Z,{user},{address},{host},443,{sent},{action}\n"


@pytest.fixture
def see(census, tmp_path):
    """Scan rows as one log; the document of the store."""

    def run(*rows, name="hq/proxy.csv", **options):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(HEADER + "".join(rows))
        return census(path, **options)

    return run


@pytest.fixture
def policy(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text("prohibited:\n  - {id: P-1, match: {domain_suffix: claude.ai}}\n")
    return path


def test_an_asset_that_only_was_tried_and_blocked_is_not_in_use(see):
    found = see(row(action="blocked"), row(1, action="blocked"))
    (asset,) = found["assets"]
    (finding,) = found["findings"]
    assert (asset["state"], asset["flags"], asset["in_use"]) == (
        "unmanaged", ["owner_missing", "blocked_only"], False,
    )  # fmt: skip
    assert (found["run"]["assets"], found["run"]["in_use"], found["run"]["blocked_only"]) == (
        1, 0, 1,
    )  # fmt: skip
    assert (finding["severity"], finding["title"]) == (
        "info", "Tried and blocked: Claude (unmanaged)",
    )  # fmt: skip
    assert "Blocked, 2 attempts." in finding["evidence"]


@pytest.fixture
def sign_in(census, tmp_path):
    """Scan sign-ins to an app called Claude as Okta exports them: (user, result); the document."""

    def run(*tries):
        path = tmp_path / "okta.json"
        path.write_text(json.dumps([_okta(at, who, how) for at, (who, how) in enumerate(tries)]))
        return census(path)

    return run


def _okta(at, who, result):
    mail = f"{who}@acme.test"
    app = {"id": "0oa1", "type": "AppInstance", "alternateId": "Claude", "displayName": "Claude"}
    return {
        "uuid": f"u-{at}", "version": "0", "severity": "INFO",
        "published": f"2026-01-02T08:00:{at:02}.000Z",
        "eventType": "user.authentication.sso", "legacyEventType": "app.auth.sso",
        "displayMessage": "User single sign on to app",
        "actor": {"id": f"00u{who}", "type": "User", "alternateId": mail, "displayName": who},
        "client": {"ipAddress": "192.0.2.10"}, "outcome": {"result": result, "reason": None},
        "target": [app], "debugContext": {"debugData": {}}, "transaction": {"type": "WEB"},
    }  # fmt: skip


def test_sign_ins_that_all_failed_are_attempts_not_use(sign_in):
    found = sign_in(("ann", "FAILURE"), ("ann", "FAILURE"), ("bob", "FAILURE"))
    (asset,) = found["assets"]
    (finding,) = found["findings"]
    assert (asset["in_use"], asset["users"], asset["flags"]) == (
        False, None, ["owner_missing", "failed_only"],
    )  # fmt: skip
    run = found["run"]
    assert (run["in_use"], run["failed_only"], run["blocked_only"], run["users"]) == (0, 1, 0, 0)
    assert finding["severity"] == "info"
    assert finding["title"] == "Tried, every sign-in failed: Claude (unmanaged)"
    assert "2 users who only tried." in finding["evidence"]
    assert "Every sign-in failed, 3 attempts." in finding["evidence"]


def test_one_sign_in_that_worked_is_use_by_one_user(sign_in):
    found = sign_in(("ann", "FAILURE"), ("ann", "SUCCESS"), ("bob", "FAILURE"))
    (asset,) = found["assets"]
    assert (asset["in_use"], asset["users"], found["run"]["users"]) == (True, 1, 1)
    assert "1 user, 1 user who only tried." in found["findings"][0]["evidence"]


def test_one_record_that_got_through_is_use(see):
    found = see(row(action="blocked"), row(1))
    (asset,) = found["assets"]
    (finding,) = found["findings"]
    assert (asset["in_use"], finding["severity"]) == (True, "medium")
    assert "Blocked: 1 of 2 records." in finding["evidence"]


@pytest.mark.parametrize(
    ("action", "fail_on", "code"),
    [
        ("blocked", "prohibited", 0),
        ("blocked", "high", 0),
        ("blocked", "low", 4),
        ("allowed", "prohibited", 4),
        ("allowed", "high", 4),
    ],
)
def test_a_block_that_works_does_not_fail_the_run(tmp_path, policy, action, fail_on, code):
    path = tmp_path / "proxy.csv"
    path.write_text(HEADER + row(action=action))
    request = ScanRequest(
        (str(path),), dt.datetime(2026, 1, 2), policy=policy, fail_on=frozenset({fail_on})
    )
    assert int(scan(request, Quiet(), lambda *_: None).exit_code) == code


def test_a_prohibited_thing_that_was_blocked_keeps_its_state(see, policy):
    found = see(row(action="blocked"), policy=policy)
    (finding,) = found["findings"]
    assert (finding["state"], finding["severity"]) == ("prohibited", "low")


OTHER = "www.example.com"


def test_unseen_on_thirty_days_that_were_read_whole_is_gone(see):
    rows = [row(), *(row(day, OTHER) for day in range(1, 31))]
    found = see(*rows, as_of=FIRST + dt.timedelta(days=31))
    (asset,) = found["assets"]
    (finding,) = found["findings"]
    assert "gone" in asset["flags"]
    assert (asset["in_use"], found["run"]["gone"], finding["severity"]) == (False, 1, "info")
    assert "Gone: unseen on 30 days that were looked at since then." in finding["evidence"]


def test_twenty_nine_days_are_too_few(see):
    rows = [row(), *(row(day, OTHER) for day in range(1, 30))]
    (asset,) = see(*rows, as_of=FIRST + dt.timedelta(days=31))["assets"]
    assert asset["in_use"]


def test_days_of_another_place_say_nothing_of_this_one(see):
    see(row())
    rows = [row(day, OTHER) for day in range(1, 40)]
    (asset,) = see(*rows, name="pilot/proxy.csv", as_of=FIRST + dt.timedelta(days=40))["assets"]
    assert asset["in_use"]


def test_where_a_log_names_users_they_are_counted(see):
    (asset,) = see(row(user="ada"), row(user="bob"), row(user="ada", address="10.0.0.2"))["assets"]
    assert (asset["users"], asset["clients"]) == (2, 0)


def test_where_it_names_none_clients_are_and_users_are_unknown(see):
    found = see(row(), row(address="10.0.0.2"))
    (asset,) = found["assets"]
    (line,) = asset["evidence"]
    assert (asset["users"], asset["clients"]) == (None, 2)
    assert (line["users"], line["clients"]) == (None, 2)
    assert "2 clients (no users logged)" in found["findings"][0]["evidence"]


def test_a_sum_of_bytes_says_how_many_records_it_is_of(see):
    found = see(row(sent="1500"), row(1), row(2))
    (asset,) = found["assets"]
    assert (asset["bytes_out"], asset["sized_out"], asset["hits"]) == (1500, 1, 3)
    assert "2 kB sent (sizes in 1 of 3 records)" in found["findings"][0]["evidence"]


def test_a_sum_over_all_records_says_nothing_more(see):
    found = see(row(sent="1500"), row(1, sent="0"))
    assert found["assets"][0]["sized_out"] == 2
    assert "sizes in" not in found["findings"][0]["evidence"]


def test_header_lines_are_read_and_are_no_records(see):
    found = see(row(), row(1))
    assert (found["run"]["read"], found["run"]["records"]) == (3, 2)


def bedrock(*models):
    """CloudTrail records of calls to models."""
    return [
        {
            "eventVersion": "1.09", "eventTime": f"2026-01-01T10:00:{at:02}Z", "eventID": f"e{at}",
            "eventSource": "bedrock.amazonaws.com", "eventName": "InvokeModel",
            "awsRegion": "eu-central-1", "sourceIPAddress": "10.0.0.1", "userAgent": "Boto3/1.40",
            "recipientAccountId": "111122223333",
            "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:role/r"},
            "tlsDetails": {
                "clientProvidedHostHeader": "bedrock-runtime.eu-central-1.amazonaws.com"
            },
            "requestParameters": {"modelId": model},
        }
        for at, model in enumerate(models)
    ]  # fmt: skip


def test_every_model_seen_is_kept(census, tmp_path):
    path = tmp_path / "trail.json"
    seen = ["anthropic.claude-3-haiku-20240307-v1:0", "amazon.titan-text-express-v1"]
    path.write_text(json.dumps({"Records": bedrock(*seen)}))
    (asset,) = census(path)["assets"]
    assert (asset["model"], asset["models"]) == (None, sorted(seen))


def test_the_only_model_is_the_model(census, tmp_path):
    path = tmp_path / "trail.json"
    path.write_text(json.dumps({"Records": bedrock(*["amazon.titan-text-express-v1"] * 2)}))
    (asset,) = census(path)["assets"]
    assert (asset["model"], asset["models"]) == (
        "amazon.titan-text-express-v1", ["amazon.titan-text-express-v1"],
    )  # fmt: skip
