"""The declared side of a run, and the ledger that holds the observed side against it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from connectors.declared.model import Declaration, InventoryError, Person, RowProblem
from connectors.declared.people import people_of
from connectors.declared.policy import Policy, read_policy
from connectors.declared.read import read_inventories
from scanner.coverage import Seen, SeriesDays, by_series, operation, unseen_days
from scanner.errors import RegisterError
from scanner.match.verdict import DETECTION, RANK
from scanner.reconcile.makers import checked_makers
from scanner.reconcile.model import Binding, Coverage, Known, Observed, Unread
from scanner.reconcile.reconcile import reconcile
from scanner.rows import insert_rows
from scanner.store import sql
from signatures.model import HOST_TYPES
from signatures.strict_yaml import StrictYamlError, load_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    import duckdb

    from scanner.model import ScanRequest
    from signatures.compile import Compiled


@dataclass(frozen=True, slots=True)
class Register:
    """What the organisation says: its register, its people, its policy. digest: of the register."""

    rows: tuple[Declaration, ...] = ()
    people: tuple[Person, ...] = ()
    policy: Policy | None = None
    problems: tuple[RowProblem, ...] = ()
    rejected: int = 0
    digest: str | None = None


def load_register(request: ScanRequest) -> Register:
    """Read register, people and policy of a request. Raises RegisterError (exit 15)."""
    try:
        policy = read_policy(request.policy, load_yaml) if request.policy else None
        checked_makers(policy or Policy(), str(request.policy))
        people, told = people_of(request.people) if request.people else ([], [])
        if not request.inventories:
            return Register(people=tuple(people), policy=policy, problems=tuple(told))
        words = policy.status_words if policy is not None else None
        found = read_inventories(
            request.inventories,
            lenient=request.lenient,
            status_words=words,
            columns=policy.columns if policy is not None else None,
            organisation=None if request.organisation == "default" else request.organisation,
            today=request.as_of or request.now.date(),
        )
    except (InventoryError, StrictYamlError) as problem:
        raise RegisterError(str(problem)) from problem
    problems = (*found.problems, *told)
    return Register(found.rows, tuple(people), policy, problems, found.rejected, found.sha256)


def reconcile_run(
    con: duckdb.DuckDBPyConnection,
    run_id: str,
    register: Register,
    compiled: Compiled,
    as_of: date,
) -> None:
    """Hold the store's assets against the register and write pairs, states and findings."""
    insert_rows(con, "declaration", [{"run_id": run_id, **_row(row)} for row in register.rows])
    days = watched(con)
    ledger = reconcile(
        observed(con, days, as_of),
        register.rows,
        people=register.people,
        policy=register.policy or Policy(),
        coverage=coverage(days, compiled),
        as_of=as_of,
        known=known(compiled),
        bindings=bindings(con),
    )
    for table, values in (
        ("pair", ledger.pairs),
        ("asset_state", ledger.asset_states),
        ("declared_state", ledger.declared_states),
        ("finding", ledger.findings),
    ):
        insert_rows(con, table, [{"run_id": run_id, **_row(value)} for value in values])
    insert_rows(con, "problem", [{"run_id": run_id, **_problem(one)} for one in ledger.problems])


def observed(
    con: duckdb.DuckDBPyConnection, watched: Mapping[tuple[str, str], SeriesDays], as_of: date
) -> list[Observed]:
    """The assets of the store as the rules of reconciliation see them."""
    names = {field.name for field in fields(Observed)}
    out = []
    for row in con.sql(sql("observed.sql")).to_arrow_table().to_pylist():
        facts: dict[str, Any] = {}
        for name, value in row.items():
            if name not in names or value is None:
                continue
            facts[name] = tuple(value) if isinstance(value, list) else value
        facts.pop("tags", None)
        facts["first_seen"] = row["first_seen"].date()
        facts["last_seen"] = row["last_seen"].date()
        facts["unseen_days"] = unseen_days(
            ((one["path"], operation(one["format"])) for one in row["origins"]),
            facts["last_seen"],
            as_of,
            watched,
        )
        out.append(Observed(**facts))
    return out


def watched(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], SeriesDays]:
    """The days of each source in the store, of all its runs."""
    cells = con.execute(
        """
        select
            c.source,
            c.operation,
            c.state in ('complete', 'screened')      as whole,
            coalesce(c.reason, c.state)              as reason,
            c.days,
            list_contains(c.visibility, 'host')      as shows_hosts
        from coverage as c
        join run as r using (run_id)
        order by r.seq, c.source, c.operation
        """
    ).fetchall()
    return by_series(
        Seen(source, name, whole, reason, tuple(days), shows)
        for source, name, whole, reason, days, shows in cells
    )


def coverage(watched: Mapping[tuple[str, str], SeriesDays], compiled: Compiled) -> Coverage:
    """What the store's sources allow to conclude from absence.

    A part that could not be read at all may have shown hosts: nobody knows.
    """
    twice = Counter(name for name, _ in watched)
    return Coverage(
        host_days={
            f"{name} ({what})" if twice[name] > 1 else name: one.whole
            for (name, what), one in watched.items()
            if one.shows_hosts
        },
        unread=tuple(
            Unread(bad.source, (bad.reason or "").replace("_", " "), frozenset(bad.days))
            for one in watched.values()
            for bad in one.broken
            if bad.shows_hosts or not bad.days
        ),
        knows_host=lambda host: any(
            RANK[compiled.rules[rule_id].confidence] >= DETECTION
            for rule_id in compiled.host_rules(host).rule_ids
        ),
        site_of=_sites(compiled),
    )


def _sites(compiled: Compiled) -> Callable[[str], frozenset[str]]:
    """Vendors whose site a host is, as a weak rule says, of services that other hosts show."""
    shown = {
        rule.service
        for rule in compiled.rules
        if rule.type in HOST_TYPES and RANK[rule.confidence] >= DETECTION
    } - compiled.nursery

    def vendors(host: str) -> frozenset[str]:
        rules = (compiled.rules[rule_id] for rule_id in compiled.host_rules(host).rule_ids)
        found = {rule.service for rule in rules if rule.needs is None} & shown
        return frozenset(compiled.services[one].vendor_name for one in found)

    return vendors


def known(compiled: Compiled) -> list[Known]:
    """The names of all services of the catalogue but candidates: a name is no weak sign."""
    return [
        Known(one.id, one.product, one.vendor, one.vendor_name, one.aliases, one.kind)
        for one in compiled.services.values()
        if not one.nursery
    ]


def bindings(con: duckdb.DuckDBPyConnection) -> list[Binding]:
    """The matches people confirmed."""
    rows = con.execute("select key_value, ref from binding order by all").fetchall()
    return [Binding(key, ref) for key, ref in rows]


def _problem(one: RowProblem) -> dict[str, object]:
    facts = asdict(one)
    del facts["lines"]
    return {"source": one.path, **facts}


def _row(value: Any) -> dict[str, object]:  # noqa: ANN401 - any of the ledger's dataclasses
    return {
        name: list(item) if isinstance(item, tuple) else item
        for name, item in asdict(value).items()
    }
