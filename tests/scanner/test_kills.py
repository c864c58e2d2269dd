"""A scan that is killed at any moment: the store opens, and holds the run whole or not at all."""

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]
HEADER = "ts,src_ip,user,dst_host,dst_ip,dst_port,bytes_out\n"
HOSTS = ("claude.ai", "api.openai.com", "intranet.corp.example", "api.groq.com", "www.example.org")


def rows(first, last):
    return "".join(
        f"2026-03-{1 + n % 27:02}T{n % 24:02}:{n % 60:02}:00Z,10.0.{n % 50}.{n % 200},u{n % 3000},"
        f"{HOSTS[n % 5]},198.51.100.{n % 250},443,{n}\n"
        for n in range(first, last)
    )


def begun(folder, *args, first=""):
    """A scan that has been started; `first` is code to run before."""
    code = f"{first}\nfrom scanner.cli import main; main()"
    command = [sys.executable, "-c", code, "scan", *args]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(folder)},
    )


def scanned(folder, log, store):
    """Digest of the ledger after a scan that nobody interrupts."""
    out, err = begun(folder, str(log), "--db", str(store), "--json").communicate(timeout=120)
    doc = json.loads(out)
    assert doc["run"]["exit_code"] == 0, err
    ledger = [doc["assets"], doc["findings"], doc["declared"]]
    return hashlib.sha256(json.dumps(ledger, sort_keys=True).encode()).hexdigest()


def held(store):
    """(runs, rows read) in a store; raises if it does not open or a run is not whole."""
    with duckdb.connect(str(store), read_only=True) as con:
        ((runs, read, half),) = con.execute(
            """
            select
                count(*),
                coalesce(sum((select sum(ok) from source as s where s.run_id = r.run_id)), 0),
                count(*) filter (
                    (select count(*) from source as s where s.run_id = r.run_id) <> 1
                    or (select sum(hits) from sighting as g where g.run_id = r.run_id)
                        <> (select sum(matched) from source as s where s.run_id = r.run_id)
                )
            from run as r
            """
        ).fetchall()
    assert half == 0
    return runs, int(read)


@pytest.fixture(scope="module")
def begin(tmp_path_factory, request):
    """A folder with a store of one run, a log for the next, its digest and how long it takes."""
    folder = tmp_path_factory.mktemp("kills")
    small, log, store = folder / "small.csv", folder / "log.csv", folder / "s.duckdb"
    small.write_text(HEADER + rows(0, 1000))
    log.write_text(HEADER + rows(1000, 1000 + request.param))
    scanned(folder, small, store)
    shutil.copy(store, folder / "before.duckdb")
    started = time.monotonic()
    digest = scanned(folder, log, store)
    return folder, log, digest, time.monotonic() - started


@pytest.mark.fuzz
@pytest.mark.parametrize("begin", [200_000], indirect=True)
@pytest.mark.parametrize("turn", range(25))
def test_a_killed_scan_is_stored_whole_or_not_at_all(begin, turn):
    folder, log, digest, takes = begin
    store = folder / f"{turn}.duckdb"
    shutil.copy(folder / "before.duckdb", store)
    shutil.copy(folder / "s.duckdb.key", folder / f"{turn}.duckdb.key")
    dice = random.Random(turn)  # noqa: S311 - a repeatable accident
    child = begun(folder, str(log), "--db", str(store))
    # Most of what can go wrong goes wrong near the end, where the store is written.
    delay = takes * (dice.uniform(0, 1) if turn % 3 == 0 else dice.uniform(0.7, 1.1))
    try:
        child.wait(delay)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
    child.communicate()
    assert held(store) in {(1, 1000), (2, 201_000)}
    if turn % 5 == 0 or held(store)[0] == 2:
        assert scanned(folder, log, store) == digest
        assert not (folder / f"{turn}.duckdb.lock").exists()


AFTER = """
import os
from scanner import pipeline

whole = pipeline.{step}


def struck(*given):
    whole(*given)
    os.kill(os.getpid(), {number})


pipeline.{step} = struck
"""


@pytest.mark.parametrize("begin", [10_000], indirect=True)
@pytest.mark.parametrize(
    ("number", "code", "step", "kept"),
    [
        (signal.SIGINT, 130, "build_assets", (1, 1000)),  # in the transaction
        (signal.SIGTERM, 143, "_commit", (2, 11_000)),  # just after it
    ],
)
def test_a_signal_while_a_run_is_written_ends_it_with_one_line(
    begin, number, code, step, kept, tmp_path
):
    folder, log, digest, _ = begin
    store = tmp_path / "s.duckdb"
    shutil.copy(folder / "before.duckdb", store)
    shutil.copy(folder / "s.duckdb.key", tmp_path / "s.duckdb.key")
    first = AFTER.format(step=step, number=int(number))
    with begun(folder, str(log), "--db", str(store), first=first) as child:
        _, err = child.communicate(timeout=120)
    lines = [line for line in err.decode().splitlines() if line]
    assert child.returncode == code, err
    assert len(lines) == 1
    assert "stored whole or not at all" in lines[0]
    assert held(store) == kept
    assert scanned(folder, log, store) == digest


@pytest.fixture
def small_disk(tmp_path):
    """A file system of a few MiB."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    folder = tmp_path / "small"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "none", str(folder)],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"a small file system cannot be mounted: {done.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("begin", [10_000], indirect=True)
@pytest.mark.parametrize("free", [0, 300_000, 1_000_000])
def test_a_full_disk_ends_with_13_one_line_and_a_store_that_opens(begin, small_disk, free):
    folder, log, _, _ = begin
    store = small_disk / "s.duckdb"
    if free > 300_000:
        shutil.copy(folder / "before.duckdb", store)
        shutil.copy(folder / "s.duckdb.key", small_disk / "s.duckdb.key")
    room = os.statvfs(small_disk)
    (small_disk / "ballast").write_bytes(bytes(max(room.f_bavail * room.f_frsize - free, 0)))
    child = begun(folder, str(log), "--db", str(store))
    _, err = child.communicate(timeout=120)
    lines = [line for line in err.decode().splitlines() if line]
    assert (child.returncode, len(lines)) == (13, 1), err
    assert str(small_disk) in lines[0]
    if free > 300_000:
        (small_disk / "ballast").unlink()
        assert held(store) == (1, 1000)
