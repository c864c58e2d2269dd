"""The demo's ledger is the written truth about the made-up organisation."""

import csv
import json
import time
from collections import defaultdict

import pytest

from reports.json_document import document
from scanner.commands.demo import organisation, request
from scanner.pipeline import scan

ORGANISATION = organisation()
TRUTH = ORGANISATION / "truth"


class Nobody:
    """Watches without a word."""

    def begin(self, total):
        pass

    advance = source = begin

    def end(self):
        pass


@pytest.fixture(scope="module")
def demo():
    """The JSON document of the demo, and how many seconds of work the scan was."""
    shown = []
    start = time.process_time()
    outcome = scan(request(ORGANISATION), Nobody(), lambda con, _: shown.append(document(con)))
    return shown[0] | {"seconds": time.process_time() - start, "code": int(outcome.exit_code)}


def table(name):
    with (TRUTH / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def belongs(asset, row):
    """Whether an asset is the one a row of the truth is about."""
    names = [asset["name"], *asset["domains"]]
    return asset["service"] == row["service"] and (
        not row["part"] or any(row["part"] in name for name in names)
        or any(row["part"].partition(".")[0] in name for name in names)
    )  # fmt: skip


def test_everything_was_read(demo):
    assert {source["status"] for source in demo["sources"]} == {"complete"}
    assert demo["code"] == 0


def test_every_true_asset_is_found_in_its_state(demo):
    """State and drifted fields of each asset the truth names, but those too weak to be one."""
    wanted, found = {}, {}
    for row in table("asset_states.csv"):
        if row["review_only"]:
            continue
        key = f"{row['service']} {row['part']}".strip()
        wanted[key] = (row["state"], row["fields"].split())
        found[key] = next(
            ((a["state"], list(a["fields"])) for a in demo["assets"] if belongs(a, row)), None
        )
    assert found == wanted


def test_nothing_else_is_an_asset(demo):
    rows = table("asset_states.csv")
    extra = [a["name"] for a in demo["assets"] if not any(belongs(a, row) for row in rows)]
    assert extra == []


def test_what_is_too_weak_is_listed_for_review(demo):
    weak = [row for row in table("asset_states.csv") if row["review_only"]]
    listed = {str(one["dst_host"]) for one in demo["for_review"]}
    assert weak
    assert {row["part"].partition(":")[0] for row in weak} <= listed


def test_every_row_of_the_register_is_in_its_state(demo):
    wanted = {int(row["row"]): row["state"] for row in table("declared_states.csv")}
    found = {row["row"]: row["state"] for row in demo["declared"]}
    assert found == wanted


def test_hits_by_host_and_outcome_are_those_of_the_truth(demo):
    """Of the proxies' lines: the evidence of each service adds up to what was written there.

    Servers of the house are left out: only some of their paths say what they are.
    """
    wanted: dict[tuple[str, str], int] = {}
    for row in table("usage.csv"):
        if row["service"].startswith(("inference_server/", "mcp_server/generic")):
            continue
        if row["file"].startswith("proxy-") and row["outcome"] in {"allowed", "blocked"}:
            key = (row["host"], row["outcome"])
            wanted[key] = wanted.get(key, 0) + int(row["lines"])
    found: dict[tuple[str, str], int] = {}
    for asset in demo["assets"]:
        for line in asset["evidence"]:
            if asset["service"].startswith(("inference_server/", "mcp_server/")):
                continue
            if "/proxy-" in line["source"] and line["action"] in {"allowed", "blocked"}:
                key = (line["dst_host"], line["action"])
                found[key] = found.get(key, 0) + line["hits"]
    assert {key: found.get(key) for key in found} == {key: wanted.get(key) for key in found}
    assert len(found) > 30


def test_no_person_or_client_address_is_in_the_document(demo):
    text = json.dumps(demo)
    with (ORGANISATION / "people.csv").open(encoding="utf-8-sig", newline="") as file:
        people = list(csv.DictReader(file))
    owners = (ORGANISATION / "register.csv").read_text("cp1252")
    for person in people:
        for spelling in (person["mail"], person["login"]):
            assert spelling in owners or spelling not in text


def test_the_demo_is_less_than_a_minute_of_work(demo):
    assert demo["seconds"] < 60


# Lines that are a use; the others repeat or prepare one (truth/README.md).
USES = {"allowed", "blocked", "failed", "query", "dns_query", "out", "back", "tls", "http"}


def uses():
    """Rows of the truth's usage that are uses of what is more than a weak sign.

    A flow record of the intrusion detection shows an address only: it is a use where another log
    gives that address a name of the catalogue, and for servers of the house none does.
    """
    weak = {row["service"] for row in table("asset_states.csv") if row["review_only"]}
    return [
        row
        for row in table("usage.csv")
        if row["service"] not in weak
        and (row["outcome"] in USES or (row["outcome"] == "flow" and not row["host"][0].isdigit()))
    ]


def test_every_host_of_an_asset_is_there_and_no_other(demo):
    wanted, found = defaultdict(set), defaultdict(list)
    for row in uses():
        wanted[row["service"]].add(row["host"])
    for asset in demo["assets"]:
        found[asset["service"]] += asset["domains"]
    assert {service: sorted(hosts) for service, hosts in found.items()} == {
        service: sorted(hosts) for service, hosts in wanted.items()
    }


def told(sums, place, row):
    """Add the bytes of a row to the sums of a place; nothing known stays None."""
    for at, name in enumerate(("bytes_out", "bytes_in")):
        number = None if row[name] is None else int(row[name])
        if number is not None:
            sums[place][at] = (sums[place][at] or 0) + number


def test_bytes_by_file_and_host_are_those_of_the_truth(demo):
    """Also where no log says them: then nothing is said."""
    wanted, found = defaultdict(lambda: [None, None]), defaultdict(lambda: [None, None])
    for row in uses():
        known = {name: row[name] if int(row[name]) else None for name in ("bytes_out", "bytes_in")}
        told(wanted, (row["file"], row["host"]), known)
    for asset in demo["assets"]:
        for line in asset["evidence"]:
            file = "/".join(line["source"].split("/")[-2:])
            told(found, (file, line["dst_host"]), line)
    assert {k: v for k, v in found.items() if v != [None, None]} == {
        k: v for k, v in wanted.items() if v != [None, None]
    }


def test_bytes_sent_of_each_asset_are_those_of_the_flow_logs(demo):
    """No other log of the demo says what was sent; no two assets share a host."""
    sent: dict[str, int] = {}
    for row in uses():
        if row["outcome"] in {"out", "flow"}:
            sent[row["host"]] = sent.get(row["host"], 0) + int(row["bytes_out"])
    wanted = {}
    for asset in demo["assets"]:
        numbers = [sent[host] for host in asset["domains"] if host in sent]
        wanted[asset["name"]] = sum(numbers) if numbers else None
    assert {asset["name"]: asset["bytes_out"] for asset in demo["assets"]} == wanted
    assert sum(number is not None for number in wanted.values()) == 7


def test_a_sum_of_bytes_says_of_how_many_records_it_is(demo):
    """Flow records of both directions say what was sent; in one of them it is nothing."""
    lines = defaultdict(int)
    for row in uses():
        if row["outcome"] in {"out", "back", "flow"}:
            lines[row["host"]] += int(row["lines"])
    for asset in demo["assets"]:
        assert asset["sized_out"] == sum(lines[host] for host in asset["domains"])


def test_what_was_only_tried_and_blocked_is_not_in_use(demo):
    idle = [asset["name"] for asset in demo["assets"] if not asset["in_use"]]
    assert idle == ["Character.AI"]
    assert (demo["run"]["assets"], demo["run"]["in_use"]) == (36, 35)


def test_records_are_counted_as_in_the_truth(demo):
    """Start-up lines of dnsmasq are records here and none there: they are set aside."""
    wanted = {row["file"]: int(row["records"]) for row in table("files.csv")}
    for source in demo["sources"]:
        rows = source["rows"]
        records = rows["read"] - rows["header"] - rows["blank"] - rows["comment"]
        extra = records - wanted["/".join(source["path"].split("/")[-2:])]
        assert extra == (4 if source["path"].endswith("dnsmasq.log-20260308.gz") else 0)
