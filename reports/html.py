"""The report as one HTML file: no request, no verdict, every asset's evidence one click away.

A strict content security policy names the one script and the one style sheet by hash. All that
comes from outside is escaped by Jinja or put on the page as text by the script.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import figures, ledger
from reports.files import make_folder, write_atomic
from reports.gaps import read_gaps
from reports.html_charts import charts, css_class, share_bar, state_bar
from reports.html_data import page_data, shown
from reports.html_groups import groups
from reports.left_out import notes_of, read_left_out
from reports.text import script_json
from reports.words import (
    COVERAGE,
    DECLARED_STATES,
    KINDS,
    NO_VERDICT,
    SEVERITIES,
    STATES,
    TENANTS,
    label,
    rank,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

NAME: Final = "report.html"
_TEMPLATES: Final = Path(__file__).parent / "templates"
_CALM: Final = frozenset({"managed", "waived", "not_ai"})
# What the fixed part of the page lists; the rest is counted there and is in the CSV files.
_LISTED: Final = {"group": 8, "gaps": 40, "sources": 100, "rejects": 25, "notes": 25, "weak": 25,
                  "folded": 10}  # fmt: skip


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        count=figures.count,
        size=figures.size,
        day=figures.day,
        moment=figures.moment,
        sent=figures.sent,
        size_of=lambda row: figures.sized(row.sized_out, row.hits, row.bytes_out),
        sentence=figures.sentence,
        path=_path,
        number=lambda number: f"{number:,}",
    )
    return environment


def _visible(value: object) -> object:
    """What Jinja is about to escape and write; markup of our own passes."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _path(text: str) -> Markup:
    """A path that breaks before the file's name first; always one `wbr`, whatever stands in it."""
    folder, slash, name = shown(text).rpartition("/")
    return Markup("{}<wbr>{}").format(folder + slash, name)


def _inline(name: str) -> tuple[Markup, str]:
    """(content of our own script or style, its hash for the policy)."""
    text = (_TEMPLATES / name).read_text(encoding="utf-8").replace("\r\n", "\n")
    digest = b64encode(sha256(text.encode()).digest()).decode()
    return Markup(text), f"'sha256-{digest}'"  # noqa: S704 - a file of this package


def _counted(states: Iterable[str | None], order: dict[str, tuple[str, str]]) -> dict[str, int]:
    totals = Counter(state or "unmanaged" for state in states)
    return {state: totals[state] for state in sorted(totals, key=lambda word: rank(order, word))}


def _headline(run: ledger.Run, used: Counter[str]) -> str:
    if not run.assets:
        return "No AI asset seen in what was read"
    seen = f"{figures.count(run.in_use, 'AI asset')} in use"
    if used["unmanaged"]:
        return f"{seen}, {used['unmanaged']:,} unmanaged"
    attention = sum(number for state, number in used.items() if state not in _CALM)
    return f"{seen}, {attention:,} to look at" if attention else f"{seen}, all accounted for"


def _besides(run: ledger.Run) -> str:
    """`2 more were only tried and blocked, 1 is no longer seen.`, or nothing."""
    parts = []
    if run.blocked_only:
        were = "was" if run.blocked_only == 1 else "were"
        parts.append(f"{run.blocked_only:,} more {were} only tried and blocked")
    if run.failed_only:
        were = "was" if run.failed_only == 1 else "were"
        more = "" if run.blocked_only else " more"
        parts.append(f"{run.failed_only:,}{more} {were} only tried, every sign-in failed")
    if run.gone:
        parts.append(f"{run.gone:,} {'is' if run.gone == 1 else 'are'} no longer seen")
    return f"{', '.join(parts)}." if parts else ""


def _when(run: ledger.Run) -> str:
    """`Between 2026-10-20 and 2026-11-19.`, `On 2026-11-19.`, or that no record had a time."""
    told = figures.window(run.first_time, run.last_time)
    if run.first_time is None or run.last_time is None:
        return figures.sentence(told)
    first, to, last = told.partition(" to ")
    return f"Between {first} and {last}." if to else f"On {first}."


def _looked(run: ledger.Run, statuses: dict[str, int], *, left_out: bool) -> str:
    """`3 of 6 sources were read completely, 2 in part, 1 not.`"""
    partial = statuses.get("partial", 0)
    missed = run.sources - run.sources_complete - partial
    if not run.sources:
        return "No source was read."
    if run.sources == run.sources_complete:
        more = '; "Where we looked" names what was left out' if left_out else ""
        return f"Every source was read completely{more}."
    parts = [f"{run.sources_complete:,} of {figures.count(run.sources, 'source')} read completely"]
    parts += [f"{partial:,} in part"] if partial else []
    parts += [f"{missed:,} not"] if missed > 0 else []
    return ", ".join(parts) + "."


def _context(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    run = ledger.read_run(con)
    assets = sorted(ledger.read(con, ledger.Asset), key=_listed_first)
    declared = ledger.read(con, ledger.Declared)
    findings = ledger.read_findings(con)
    sources = ledger.read(con, ledger.Source)
    totals = _counted((asset.state for asset in assets), STATES)
    statuses = _counted((source.status for source in sources), dict.fromkeys(COVERAGE, ("", "")))
    left = read_left_out(con)
    new = sum(asset.new for asset in assets)
    data = page_data(
        assets,
        ledger.read(con, ledger.Evidence),
        findings,
        ledger.read(con, ledger.Pair),
        declared,
    )
    return {
        "run": run,
        "headline": _headline(run, Counter(a.state or "unmanaged" for a in assets if a.in_use)),
        "besides": _besides(run),
        "idle": Counter(asset.state or "unmanaged" for asset in assets if not asset.in_use),
        "when": _when(run),
        "window": figures.window(run.first_time, run.last_time),
        "totals": totals,
        "new": new if new < len(assets) else 0,  # in a first run all are new: no news
        "state_bar": state_bar(totals),
        "statuses": statuses,
        "looked": _looked(run, statuses, left_out=bool(left.told)),
        "gaps": read_gaps(con),
        "left": left,
        "skipped": {one.path: one.told for one in left.skipped},
        "groups": groups(findings, assets, _LISTED["group"]),
        "vendors": ledger.read(con, ledger.Vendor),
        "departments": ledger.read(con, ledger.Department),
        "charts": charts(ledger.read(con, ledger.Day)),
        "declared_totals": _counted((row.state for row in declared), DECLARED_STATES),
        "sources": sources,
        "limits": ledger.read(con, ledger.Limit),
        "rejects": ledger.read_reject_groups(con),
        "notes": notes_of(ledger.read(con, ledger.Problem)),
        "weak": ledger.read(con, ledger.Candidate),
        "data": Markup(script_json(data)),  # noqa: S704 - script_json leaves nothing that ends it
    }


def _listed_first(asset: ledger.Asset) -> tuple[int, int, int, str]:
    """Worst first: as the asset list stands before anyone sorts it."""
    state = rank(STATES, asset.state)
    use = -(asset.users or asset.clients)
    return (rank(SEVERITIES, asset.severity), state, use, asset.asset_id)


def page(con: duckdb.DuckDBPyConnection) -> str:
    """The whole report as HTML. Raises LookupError when the store holds no run."""
    script, script_hash = _inline("report.js")
    style, style_hash = _inline("report.css")
    return _environment().get_template("report.html.j2").render(
        **_context(con),
        script=script,
        style=style,
        policy=Markup(  # noqa: S704 - hashes only
            f"default-src 'none'; script-src {script_hash}; style-src {style_hash}; "
            "img-src data:; base-uri 'none'; form-action 'none'"
        ),
        listed=_LISTED,
        states=STATES,
        declared_states=DECLARED_STATES,
        coverage=COVERAGE,
        kinds=KINDS,
        tenants=TENANTS,
        no_verdict=NO_VERDICT,
        label=label,
        css_class=css_class,
        blocked=figures.blocked,
        who=figures.who,
        share_bar=share_bar,
    )  # fmt: skip


def write(con: duckdb.DuckDBPyConnection, out_dir: Path) -> Path:
    """Write `report.html` into `out_dir`, whole or not at all. Raises OSError and LookupError."""
    text = page(con)
    make_folder(out_dir)
    return write_atomic(out_dir / NAME, [text])
