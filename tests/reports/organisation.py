"""A made-up organisation of about thirty assets, and one of twenty thousand."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from .defaults import T1
from .hostile import HOSTILE

if TYPE_CHECKING:
    from datetime import datetime

    from .store import Store

_WHY = {
    "prohibited": "The policy rule no-deepseek forbids it for everyone.",
    "retired_alive": "Row 14 was retired on 2026-09-30; last seen 50 days later.",
    "unapproved_use": "Row 3 approves the workspace harbourpine; this is a personal account.",
    "unmanaged": "No row of the register names this product, its hosts or its account.",
    "drifted": "Row 8 declares the region eu-central-1; seen in eu-west-1.",
    "needs_review": "Rows 21 and 22 fit it equally well (0.62 each).",
    "managed": "Row 1 names the same product and tenant (rule K4).",
    "waived": "Waiver W-7 accepts it until 2027-01-31, by the security board.",
}
_NEXT = {
    "prohibited": "Block the host and tell the users what they may use instead.",
    "retired_alive": "Ask the owner to end it, or reopen the row.",
    "unapproved_use": "Move the users into the approved workspace.",
    "unmanaged": "Register it with an owner, or stop it.",
    "drifted": "Correct the row, or bring the system back to what was approved.",
    "needs_review": "Say which row it is: aicensus bind.",
}
_SEVERITY = {"unmanaged": "medium", "drifted": "medium", "needs_review": "low",
             "unapproved_use": "high"}  # fmt: skip
_SHOWN = ("script", "image", "right to left", "marks", "long", "ansi")


class _Rows:
    """Rows by view, to be added at once: one statement a row takes half a second in all."""

    def __init__(self) -> None:
        self.of: defaultdict[str, list[dict[str, object]]] = defaultdict(list)

    def add(self, view: str, **values: object) -> None:
        self.of[view].append(values)


def _table(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _chance() -> random.Random:
    return random.Random(7)  # noqa: S311 - made-up numbers, the same every time


def fill(store: Store, *, hostile: bool = True) -> Store:
    """A made-up organisation of about thirty assets, some with hostile names."""
    rows = _table("assets.tsv")
    agent = {"kind": "agent", "vendor": "unknown", "state": "unmanaged", "severity": "high",
             "hits": "40", "megabytes": "0.5", "users": "2"}  # fmt: skip
    for text in [HOSTILE[name] for name in _SHOWN if hostile]:
        rows.append({**agent, "vendor_name": text, "product": f"Agent {text}", "name": text})
    chance = _chance()
    gathered = _Rows()
    for at, row in enumerate(rows):
        _asset(gathered, at, row, T1 - timedelta(hours=chance.randrange(200)))
    for at, row in enumerate(_table("register.tsv"), start=41):
        _declared(gathered, at, row)
    for view, added in gathered.of.items():
        store.add_all(view, added)
    _sources(store)
    _folds(store, chance)
    return store.run(exit_code=3, exit_reasons=["incomplete: 3 of 6 sources"])


def _asset(rows: _Rows, at: int, row: dict[str, str], seen: datetime) -> None:
    asset = f"00000000-0000-5000-8000-{at:012d}"
    state, hits, users = row["state"], int(row["hits"]), int(row["users"])
    sent = int(float(row["megabytes"]) * 1_000_000) if row["megabytes"] else None
    host = None if ":" in row["name"] else f"{row['vendor']}.example"
    text = {name: row.get(name) or None
            for name in ("tenant", "severity", "owner", "department")}  # fmt: skip
    same = {name: row[name] for name in ("kind", "vendor", "vendor_name", "product", "name")}
    paired = state in {"managed", "drifted", "waived"}
    rows.add(
        "v_asset",
        **same,
        **text,
        asset_id=asset,
        service=f"{row['kind']}/{row['vendor']}",
        domains=[host] if host else [],
        detection=("confirmed", "high", "high", "medium")[at % 4],
        hits=hits,
        blocked=hits // 3 if at % 3 == 2 else 0,
        bytes_out=sent,
        bytes_in=sent and sent * 3,
        users=users,
        last_seen=seen,
        new=at % 9 == 0,
        state=state,
        why=_WHY[state],
        fields=["region"] if state == "drifted" else [],
        flags=["approval_missing"] if row["kind"] == "ai_gateway" else [],
        rows=[at + 1] if paired else [],
        refs=[f"AI-{at + 1:03d}"] if paired else [],
        rule_ids=["K4"] if paired else [],
    )
    for part, usage in enumerate(("chat", "api", "upload")[: 1 + at % 3]):
        rows.add(
            "v_evidence",
            asset_id=asset,
            source=("proxy", "dns", "zeek")[part],
            indicators=["host_suffix", "http_path"][: 1 + part],
            surface="web",
            usage=usage,
            dst_host=f"{'api.' * part}{host}" if host else None,
            dst_ip=None if host else row["name"].partition(":")[0],
            dst_port=443 if host else 11434,
            client="python-httpx" if row["kind"] == "model_api" else None,
            action="blocked" if part == 2 else "allowed",
            hits=max(1, hits // (part + 1)),
            bytes_out=sent if part == 0 else None,
            users=users,
            last_seen=seen,
            sample_line=1204 + at * 17 + part,
        )
    if text["severity"]:
        rows.add(
            "v_finding",
            finding_id=f"F-{at:04d}",
            state=state,
            severity=text["severity"],
            title=f"{row['product']}: {state.replace('_', ' ')}",
            asset_id=asset,
            evidence=f"{hits} requests by {users} users, last on {seen:%Y-%m-%d}.",
            remediation=_NEXT[state],
        )
    if paired:
        sentence = f"Row {at + 1} names {row['product']} and the same workspace."
        rows.add("v_pair", asset_id=asset, row=at + 1, rule_ids=["K4"], sentence=sentence)
        rows.add(
            "v_declared",
            row=at + 1,
            ref=f"AI-{at + 1:03d}",
            name=f"{row['product']} for {row['department']}",
            business_owner=text["owner"],
            department=text["department"],
            vendor=[row["vendor_name"]],
            product=[row["product"]],
            lifecycle="production",
            approved_on=date(2026, 3, 2),
            review_due=date(2027, 3, 2),
            state=state,
            why=_WHY[state],
            assets=1,
        )


def _declared(rows: _Rows, at: int, row: dict[str, str]) -> None:
    flags = row["flags"].split(",") if row["flags"] else []
    state = row["state"]
    rows.add(
        "v_declared",
        row=at,
        name=row["name"],
        business_owner=None if "owner_missing" in flags else "Maren Holt",
        department="Claims",
        state=state,
        flags=flags,
        why=row["why"],
        duplicate_of_row=3 if state == "duplicate" else None,
        remarks=["approved_on 7/11/1905 is a year in a date cell"] if at == 42 else [],
    )
    rows.add(
        "v_finding",
        finding_id=f"D-{at}",
        state=state,
        severity="info" if state == "not_assessable" else "low",
        title=f"{row['name']}: {state.replace('_', ' ')}",
        declared_row=at,
        evidence=row["why"],
        remediation="Ask the owner whether it is still used.",
    )


def _sources(store: Store) -> None:
    rows = [
        {"read": 1_204_511, "header": 4, "skipped": 1_200, "ok": 1_203_307, "matched": 410_020},
        {"source": "dns", "path": "logs/dnsmasq.log", "format": "dnsmasq", "sha256": "11" * 32,
         "read": 310_000, "ok": 310_000, "matched": 4_100},
        {"source": "zeek", "path": "logs/ssl.log", "format": "zeek", "sha256": "22" * 32,
         "status": "partial", "reason": "rejects", "read": 88_020, "header": 8, "ok": 88_000,
         "rejected": 12, "matched": 900},
        {"path": "logs/proxy-2.log.gz", "sha256": "33" * 32, "status": "partial",
         "reason": "truncated", "read": 55_001, "ok": 55_000, "cut": 1, "matched": 60},
        {"source": "firewall", "path": "logs/asa.log", "format": None, "sha256": "44" * 32,
         "status": "failed", "reason": "unsupported", "first_time": None, "last_time": None},
        {"source": "dns", "path": "logs/dnsmasq-copy.log", "format": "dnsmasq",
         "sha256": "11" * 32, "reason": "duplicate"},
    ]  # fmt: skip
    store.add_all(
        "v_source",
        [{**row, "unmatched": row.get("ok", 0) - row.get("matched", 0)} for row in rows],
    )
    store.add_all("v_skip", [{"records": 1_100}, {"name": "auth_challenge", "records": 100}])
    store.add("v_problem", path="logs/proxy-2.log.gz", reason="truncated", line=55_001,
              message="the compressed stream ends in the middle of a record")  # fmt: skip
    store.add("v_problem", source="firewall", path="logs/asa.log", reason="unsupported",
              message="no known format fits: no header, no known keys")  # fmt: skip
    store.add("v_problem", source="vpn", path="logs/vpn.log", reason="missing",
              message="nothing there")  # fmt: skip
    store.add("v_problem", source="dns", path="logs/dnsmasq.log", reason="year", level="note",
              message="times have no year; read as up to 2026-11-20")  # fmt: skip
    for line in range(12):
        store.add("v_reject", source="zeek", path="logs/ssl.log", line=400 + line,
                  byte_offset=9000, field="server_name", reason="contains NUL",
                  value=f"host{line}\x00.example")  # fmt: skip
    store.add("v_coverage")
    store.add("v_coverage", source="aws", account="4412", region="eu-west-1", state="denied",
              reason="denied", operation="bedrock:ListCustomModels", items=0)  # fmt: skip
    store.add("v_candidate", dst_host="docs.anthropic.com", service="model_api/anthropic",
              kind="model_api", why="documentation pages only", hits=44)  # fmt: skip
    store.add("v_candidate", dst_host="gpu-box.example", detection="hint", why="port 11434", hits=2)


def _folds(store: Store, chance: random.Random) -> None:
    for view, name in (
        ("v_vendor", "vendor, any_value(vendor_name)"),
        ("v_department", "coalesce(department, 'other')"),
    ):
        store.con.execute(
            f"insert into {view} select {name}, count(*), "
            "count(*) filter (state = 'unmanaged'), sum(hits), sum(bytes_out), sum(sized_out), "
            f"sum(users){', sum(clients)' if view == 'v_vendor' else ''} "
            f"from v_asset group by {name.split(', any')[0]}"
        )
    days = []
    for at in (date(2026, 10, 20) + timedelta(days=day) for day in range(31)):
        for state, most in (("managed", 5), ("unmanaged", 9), ("drifted", 2), ("prohibited", 1)):
            seen = chance.randrange(most // 2, most + 1) // (3 if at.weekday() > 4 else 1)
            if seen:
                days.append({"day": at, "state": state, "assets": seen, "hits": seen * 310,
                             "bytes_out": seen * 21_000_000, "users": seen * 7,
                             "clients": 0})  # fmt: skip
    store.add_all("v_timeline", days)


def fill_large(store: Store, count: int = 20_000) -> Store:
    """`count` assets with two lines of evidence each."""
    chance = _chance()
    rows = _table("assets.tsv")
    states = ["unmanaged", "managed", "drifted", "needs_review", "unapproved_use"]
    assets, evidence, findings = [], [], []
    for at in range(count):
        asset = f"11111111-0000-5000-8000-{at:012d}"
        state, hits = chance.choice(states), chance.randrange(1, 90_000)
        row = rows[at % len(rows)]
        name = f"{row['product']} agent {at}"
        common = {"asset_id": asset, "hits": hits, "bytes_out": hits * 800}
        assets.append({**common, "kind": "agent", "vendor": row["vendor"], "name": name,
                       "vendor_name": row["vendor_name"], "product": row["product"],
                       "state": state, "severity": _SEVERITY.get(state), "why": _WHY[state],
                       "users": at % 40})  # fmt: skip
        evidence += [{**common, "dst_host": f"{part}{at}.{row['vendor']}.example",
                      "sample_line": at + 1} for part in ("a", "b")]  # fmt: skip
        if state in _SEVERITY:
            findings.append({"finding_id": f"F-{at:06d}", "state": state, "asset_id": asset,
                             "severity": _SEVERITY[state], "title": name,
                             "evidence": f"{hits} requests.",
                             "remediation": _NEXT[state]})  # fmt: skip
    store.add_all("v_asset", assets).add_all("v_evidence", evidence)
    store.add_all("v_finding", findings).add("v_source", read=5, ok=5, unmatched=5)
    _folds(store, chance)
    return store.run()
