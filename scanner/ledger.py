"""The declared side of a run, and the ledger that holds the observed side against it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from connectors.declared.model import Declaration, InventoryError, Person, RowProblem
from connectors.declared.people import read_people
from connectors.declared.policy import Policy, read_policy
from connectors.declared.read import read_inventories
from scanner.coverage import covered
from scanner.errors import RegisterError
from scanner.match.verdict import DETECTION, RANK
from scanner.reconcile.model import Binding, Coverage, Known, Observed
from scanner.reconcile.reconcile import reconcile
from scanner.rows import insert_rows
from signatures.strict_yaml import StrictYamlError, load_yaml

if TYPE_CHECKING:
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
        people = tuple(read_people(request.people)) if request.people else ()
        if not request.inventories:
            return Register(people=people, policy=policy)
        words = policy.status_words if policy is not None else None
        found = read_inventories(
            request.inventories,
            lenient=request.lenient,
            status_words=words,
            organisation=None if request.organisation == "default" else request.organisation,
        )
    except (InventoryError, StrictYamlError) as problem:
        raise RegisterError(str(problem)) from problem
    return Register(found.rows, people, policy, found.problems, found.rejected, found.sha256)


def reconcile_run(
    con: duckdb.DuckDBPyConnection,
    run_id: str,
    register: Register,
    compiled: Compiled,
    as_of: date,
) -> None:
    """Hold the store's assets against the register and write pairs, states and findings."""
    insert_rows(con, "declaration", [{"run_id": run_id, **_row(row)} for row in register.rows])
    ledger = reconcile(
        observed(con),
        register.rows,
        people=register.people,
        policy=register.policy or Policy(),
        coverage=coverage(con, compiled),
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


def observed(con: duckdb.DuckDBPyConnection) -> list[Observed]:
    """The assets of the store as the rules of reconciliation see them."""
    names = {field.name for field in fields(Observed)}
    table = con.sql(
        """
        select
            a.*,
            coalesce(v.vendor_name, a.vendor) as vendor_name,
            coalesce(v.aliases, []::varchar[]) as aliases,
            coalesce(u.usages, []::varchar[]) as usages
        from asset as a
        left join (
            select
                service,
                arg_max(vendor_name, seq) as vendor_name,
                arg_max(aliases, seq)     as aliases
            from service join run using (run_id)
            group by service
        ) as v using (service)
        left join (
            select asset_id, list_sort(list(distinct usage) filter (usage is not null)) as usages
            from sighting
            group by asset_id
        ) as u using (asset_id)
        order by a.asset_id
        """
    ).to_arrow_table()
    out = []
    for row in table.to_pylist():
        facts: dict[str, Any] = {}
        for name, value in row.items():
            if name not in names or value is None:
                continue
            facts[name] = tuple(value) if isinstance(value, list) else value
        facts.pop("tags", None)
        facts["first_seen"] = row["first_seen"].date()
        facts["last_seen"] = row["last_seen"].date()
        out.append(Observed(**facts))
    return out


def coverage(con: duckdb.DuckDBPyConnection, compiled: Compiled) -> Coverage:
    """What the store's complete sources allow to conclude from absence."""
    days = con.execute(
        """
        select distinct unnest(days)
        from coverage
        where state in ('complete', 'screened') and list_contains(visibility, 'host')
        """
    ).fetchall()
    return Coverage(
        hosts_covered=covered(day for (day,) in days),
        knows_host=lambda host: any(
            RANK[compiled.rules[rule_id].confidence] >= DETECTION
            for rule_id in compiled.host_rules(host).rule_ids
        ),
    )


def known(compiled: Compiled) -> list[Known]:
    """The names of all services of the catalogue."""
    return [
        Known(one.id, one.product, one.vendor, one.vendor_name, one.aliases, one.kind)
        for one in compiled.services.values()
    ]


def bindings(con: duckdb.DuckDBPyConnection) -> list[Binding]:
    """The matches people confirmed."""
    rows = con.execute("select key_value, ref from binding order by all").fetchall()
    return [Binding(key, ref) for key, ref in rows]


def _row(value: Any) -> dict[str, object]:  # noqa: ANN401 - any of the ledger's dataclasses
    return {
        name: list(item) if isinstance(item, tuple) else item
        for name, item in asdict(value).items()
    }
