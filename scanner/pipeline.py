"""The main job: read, match, identify, reconcile, record. One run, one transaction.

The order is the promise: everything that can be refused is refused before the first log is read;
logs are read before the store is touched; and what the store holds afterwards is the whole run or
nothing of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

import duckdb

from connectors.files.limits import Limits
from connectors.files.notice import Notice
from connectors.files.objects.access import Access
from connectors.logs.errors import FormatError
from connectors.logs.settings import ReadSettings
from scanner import record
from scanner.engines.local import LENT, LocalEngine
from scanner.errors import (
    Exit,
    NoSpace,
    NothingToScan,
    SignaturesError,
    StoreError,
    worst,
)
from scanner.identify import build_assets
from scanner.ledger import Register, load_register, reconcile_run
from scanner.load import compiled, formats, named_format, program_version
from scanner.model import SEVERITIES, RunOutcome, ScanRequest
from scanner.names import Names
from scanner.packs import pack_facts, stale, write_remarks
from scanner.partial import Partial
from scanner.privacy import People, load_key
from scanner.reconcile.model import NOT_IN_USE
from scanner.sightings import write_sightings
from scanner.sources import Reading, SourceResult, find, in_order, read, said
from scanner.spill import Spill
from scanner.store import UNWRITTEN, Store, open_store
from scanner.who import Scan

if TYPE_CHECKING:
    from connectors.files.discover import Found
    from signatures.compile import Compiled


class Watcher(Protocol):
    """Who is told how far a scan is."""

    def begin(self, total: int) -> None:
        """Reading starts; `total` is bytes on disk."""

    def advance(self, count: int) -> None:
        """`count` more bytes of them were read."""

    def source(self, path: str) -> None:
        """The account of one more file is complete."""

    def end(self) -> None:
        """Reading is over."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was loaded before anything was read."""

    compiled: Compiled
    register: Register
    reading: Reading


Show = Callable[[duckdb.DuckDBPyConnection, RunOutcome], None]


def scan(request: ScanRequest, watcher: Watcher, show: Show) -> RunOutcome:
    """Run one scan; `show` renders from the store before it is closed.

    Raises AicensusError (one of scanner.errors) for what ends the run before it has a result.
    """
    started = time.monotonic()
    inputs = _load(request)
    access = Access(request.endpoint_url, request.allow_private, request.anonymous)
    found, notices = find(request.paths, access)
    if not found and all(
        notice.reason == "missing" or notice.level != "error" for notice in notices
    ):
        _nothing(notices)
    with open_store(request.db, request.wait) as store:
        _same_organisation(store, request)
        outcome = RunOutcome(run_id=str(uuid4()))
        results = [said(notice) for notice in notices if notice.level == "error"]
        remarks = [notice for notice in notices if notice.level != "error"]
        inputs.reading.known = record.grown_from(store.con)
        with Spill() as spill:
            try:
                results += _read(request, inputs, found, watcher, spill)
            except FormatError as problem:  # its SQL did not hold for these fields
                raise SignaturesError(str(problem)) from problem
            for notice in remarks:
                (results[0] if results else said(notice)).notices.append(notice)
            _once(results, record.already_read(store.con))
            try:
                _commit(store, request, inputs, results, outcome, started, spill)
            except UNWRITTEN as problem:
                raise NoSpace(
                    f"the store could not be written: {str(problem).splitlines()[0]}",
                    str(request.db or ""),
                ) from problem
            except duckdb.OutOfMemoryException as problem:
                raise _too_large(request) from problem
        try:
            show(store.con, outcome)
        except duckdb.OutOfMemoryException as problem:
            raise _too_large(request) from problem
    return outcome


def _too_large(request: ScanRequest) -> NoSpace:
    return NoSpace(
        "the store needs more memory than the 128 MB it may take",
        str(request.db or ""),
        "scan fewer logs into one store",
    )


def _same_organisation(store: Store, request: ScanRequest) -> None:
    """A store is of one organisation, and its pseudonyms of one key; refused before any write."""
    owners = store.con.execute("select distinct organisation from run").fetchall()
    if not owners:
        return
    where = str(request.db)
    if (request.organisation,) not in owners:
        raise StoreError(
            f"is the store of {owners[0][0]!r}, not of {request.organisation!r}",
            where,
            "name another store, or its own organisation with --organisation",
        )
    if request.key_file is not None and not request.key_file.exists():
        raise StoreError(
            f"its pseudonym key {request.key_file} is gone: people would count twice",
            where,
            "put the key back, or begin another store",
        )


def _load(request: ScanRequest) -> Inputs:
    known = formats()
    reading = Reading(
        formats=known,
        limits=Limits(),
        settings=ReadSettings(
            timezone=request.timezone,
            reference_date=request.reference_date,
            now=request.now.replace(tzinfo=UTC),
        ),
        forced=named_format(request.format, known) if request.format else None,
        depth=request.depth,
    )
    tables = compiled(request.overlays, request.signature_keys)
    return Inputs(tables, load_register(request), reading)


def _nothing(notices: Sequence[Notice]) -> None:
    missing = [notice.path for notice in notices if notice.reason == "missing"]
    if missing:
        raise NothingToScan(
            "does not exist", ", ".join(missing), "name a file, a folder or a pattern"
        )
    raise NothingToScan("no file to read", ", ".join(n.path for n in notices) or "the given paths")


def _read(
    request: ScanRequest,
    inputs: Inputs,
    found: Sequence[Found],
    watcher: Watcher,
    spill: Spill,
) -> list[SourceResult]:
    """Read all files, those with names first; each result's names serve the next files."""
    names = Names()
    people = People.of(inputs.register.people)
    inputs.reading.progress = watcher.advance
    results = []
    watcher.begin(sum(one.size or 0 for one in found))
    try:
        with LocalEngine(
            inputs.compiled,
            Scan(people, load_key(request.key_file), request.privacy),
            names,
            request.threads,
            spill,
        ) as engine:
            order = in_order(found, inputs.reading)
            if not order.borrowers:
                engine.columns -= LENT
                engine.teach = False
            once = replace(inputs.reading, progress=None, known=(), depth="full")
            for result in read(order.twice, once, engine):
                names.merge(result.partial.names)
            for result in read(order.files, inputs.reading, engine):
                names.merge(result.partial.names)
                result.partial.names = Names()
                results.append(result)
                watcher.source(result.path)
    finally:
        watcher.end()
    if order.borrowers:
        for level, message in names.remarks():
            results[0].notices.append(Notice(results[0].path, level, "names", message))
    return results


def _once(results: Iterable[SourceResult], known: dict[tuple[str, str], str]) -> None:
    """Content that was read before, in this run or another, counts 0 everywhere.

    What was wrong with it is still wrong with it: a damaged log does not become whole by being
    read twice.
    """
    seen: dict[tuple[str, str], str] = {}
    for result in results:
        if result.content is None or result.format is None or not result.partial.counts.read:
            continue
        key = (result.content, result.format)
        earlier = seen.get(key) or (f"run {known[key]}" if key in known else None)
        if earlier is None:
            seen[key] = result.path
            continue
        before = result.partial
        result.partial = Partial(days=before.days, first=before.first, last=before.last)
        if not result.incomplete:
            result.reason = "duplicate"
        message = f"the same content was already read: {earlier}"
        result.notices.append(Notice(result.path, "note", "duplicate", message))


def _commit(
    store: Store,
    request: ScanRequest,
    inputs: Inputs,
    results: Sequence[SourceResult],
    outcome: RunOutcome,
    started: float,
    spill: Spill,
) -> None:
    as_of = request.as_of or request.now.date()
    with store.transaction() as con:
        facts: dict[str, object] = {
            "run_id": outcome.run_id,
            "seq": record.next_seq(con),
            "organisation": request.organisation,
            "started_at": request.now,
            "ended_at": request.now + timedelta(seconds=time.monotonic() - started),
            "as_of": as_of,
            "version": program_version(),
            "signatures_digest": inputs.compiled.digest,
            **pack_facts(inputs.compiled),
            "inventory_digest": inputs.register.digest,
            "privacy": request.privacy,
            "depth": request.depth,
            "exit_code": 0,
            "exit_reasons": list[str](),
        }
        record.write_run(con, facts)
        record.write_services(con, outcome.run_id, inputs.compiled)
        record.write_sources(con, outcome.run_id, request.organisation, results)
        write_sightings(con, outcome.run_id, request.organisation, inputs.compiled, results, spill)
        record.write_register_problems(con, outcome.run_id, inputs.register.problems)
        write_remarks(con, outcome.run_id, inputs.compiled.remarks)
        build_assets(con)
        reconcile_run(con, outcome.run_id, inputs.register, inputs.compiled, as_of)
        _judge(con, request, inputs, results, outcome)
        codes = outcome.codes - ({Exit.INCOMPLETE} if request.accept_incomplete else set())
        outcome.exit_code = worst(codes)
        facts["exit_code"] = int(outcome.exit_code)
        facts["exit_reasons"] = outcome.reasons
        record.write_run(con, facts)


def _judge(
    con: duckdb.DuckDBPyConnection,
    request: ScanRequest,
    inputs: Inputs,
    results: Sequence[SourceResult],
    outcome: RunOutcome,
) -> None:
    for result in results:
        if result.incomplete:
            outcome.because(Exit.INCOMPLETE, f"{result.path}: {result.status} ({result.reason})")
    for problem in inputs.register.problems:
        if problem.level == "error":
            outcome.because(Exit.INCOMPLETE, str(problem))
    for reason in stale(inputs.compiled, request.now.date()):
        outcome.because(Exit.INCOMPLETE, reason)
    if request.fail_on:
        threshold = max((_rank(word) for word in request.fail_on & set(SEVERITIES)), default=-1)
        for state, severity, in_use, count in con.execute(
            """
            select
                f.state,
                f.severity,
                not coalesce(list_has_any(s.flags, $idle), false) as in_use,
                count(*)
            from finding as f
            left join asset_state as s using (run_id, asset_id)
            where f.run_id = $run_id
            group by all
            order by all
            """,
            {"run_id": outcome.run_id, "idle": sorted(NOT_IN_USE)},
        ).fetchall():
            # docs/decisions/0007: a block that works does not fail the nightly run for good
            if (in_use and state in request.fail_on) or _rank(severity) <= threshold:
                outcome.because(Exit.FINDINGS, f"{count} findings: {state}, {severity}")


def _rank(severity: str) -> int:
    """0 is the worst."""
    return SEVERITIES.index(severity)


def utc_now() -> datetime:
    """The clock of a run: naive UTC, as the store keeps time."""
    return datetime.now(UTC).replace(tzinfo=None)
