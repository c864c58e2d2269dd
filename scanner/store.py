"""The store: one DuckDB file, one writer, locked, and nothing outside it in reach.

External access is off and the configuration locked once open, so that no text from outside can
make the engine read or write a file. Without a path the store is a file without a name, for one
run.
"""

from __future__ import annotations

import fcntl
import os
import re
import stat
import tempfile
import time
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb

from scanner.errors import NoSpace, StoreError, StoreLocked

if TYPE_CHECKING:
    from collections.abc import Iterator


_MIGRATIONS: Final = {1: "store", 2: "who_and_how_much", 3: "joined", 4: "packs", 5: "models",
                      6: "places"}  # fmt: skip
SCHEMA_VERSION: Final = max(_MIGRATIONS)
_SETTINGS: Final[dict[str, str | bool | int | float | list[str]]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "memory_limit": "128MB",  # beyond it tables wait on disk
    "threads": "2",
}

MAGIC: Final = slice(8, 12)  # of a DuckDB file, behind its checksum
_OWNER: Final = re.compile(rb"(\d{1,10}\n)?")  # what a lock file holds: the process

# What DuckDB raises when the disk takes no more, depending on where it notices.
UNWRITTEN: Final = (duckdb.FatalException, duckdb.IOException, duckdb.TransactionException)


def sql(name: str) -> str:
    """The text of a file of scanner/sql."""
    return (files("scanner") / "sql" / name).read_text("utf-8")


class Store:
    """An open store; use `open_store`. `con` is its only connection."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """All of a run or nothing of it."""
        self.con.execute("begin transaction")
        try:
            yield self.con
        except BaseException:
            # Once DuckDB could not write, the connection can no longer roll back either; the
            # file itself is sound when opened again.
            try:
                self.con.execute("rollback")
            except duckdb.Error:
                self.con.close()
            raise
        self.con.execute("commit")
        self.con.execute("checkpoint")  # nothing waits in a log beside the file


@contextmanager
def open_store(path: Path | None, wait: float = 0.0) -> Iterator[Store]:
    """Open (making it if need be) the store at `path`, or one for this run alone when None.

    wait: seconds to wait for another run's lock. Raises StoreLocked, StoreError, NoSpace.
    """
    if path is None:
        with _set_aside() as folder, _connected(f"{folder}/store.duckdb", "") as con:
            Path(folder, "store.duckdb").unlink()  # nothing stays behind a process that is killed
            _migrate(con, "")
            yield Store(con)
        return
    try:
        odd = path.is_symlink() or (path.exists() and not path.is_file())
    except OSError as problem:
        raise StoreError(f"cannot be looked at: {problem.strerror}", str(path)) from problem
    if odd:
        raise StoreError("not a regular file", str(path), "name a file for the store")
    _hold_magic(path)
    # whole, so that no name means another place to the engine (`:memory:`, `md:x`)
    with _locked(path, wait), _connected(str(path.absolute()), str(path)) as con:
        _migrate(con, str(path))
        yield Store(con)


@contextmanager
def _locked(path: Path, wait: float) -> Iterator[None]:
    """Hold the lock beside the store; the file goes with the run, whatever comes of it.

    What counts is the lock and not the file: one that a killed run left behind is taken over.
    """
    lock = path.with_name(path.name + ".lock")
    until = time.monotonic() + wait
    while True:
        descriptor = _opened(lock)
        try:
            _take(descriptor, path, until)
            if not _still_there(descriptor, lock):
                continue  # its last holder removed it between our opening and our locking it
            try:
                _sign(descriptor, lock)
                yield
            finally:
                lock.unlink(missing_ok=True)
            return
        finally:
            os.close(descriptor)


def _opened(lock: Path) -> int:
    """The lock file, made if need be. Raises StoreError if another program's file is there."""
    try:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(lock, flags, 0o600)
    except OSError as problem:
        raise _unlocked(lock, problem) from problem
    regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
    if not (regular and _OWNER.fullmatch(os.pread(descriptor, 32, 0))):
        os.close(descriptor)
        raise StoreError("is not a lock of this program", str(lock), "name another store")
    return descriptor


def _hold_magic(path: Path) -> None:
    """Refuse a file that is there and no database: the engine would open data files as views."""
    try:
        with path.open("rb") as file:
            head = file.read(MAGIC.stop)
    except FileNotFoundError:
        return
    except OSError as problem:
        raise StoreError(f"cannot be read: {problem.strerror}", str(path)) from problem
    if head and head[MAGIC] != b"DUCK":
        raise StoreError("is no store", str(path), "restore a backup or name another file")


def _sign(descriptor: int, lock: Path) -> None:
    """Write into the lock who holds it."""
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    except OSError as problem:
        raise _unlocked(lock, problem) from problem


def _unlocked(lock: Path, problem: OSError) -> NoSpace:
    return NoSpace(f"cannot write the lock file: {problem.strerror}", str(lock))


def _still_there(descriptor: int, lock: Path) -> bool:
    try:
        there = lock.stat(follow_symlinks=False)
    except FileNotFoundError:
        return False
    ours = os.fstat(descriptor)
    return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)


def _take(descriptor: int, path: Path, until: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            if time.monotonic() >= until:
                owner = os.pread(descriptor, 32, 0).decode("latin-1").strip() or "unknown"
                raise StoreLocked(
                    f"another run holds the store (process {owner})",
                    str(path),
                    "try --wait SECONDS",
                ) from problem
            time.sleep(0.1)
        else:
            return


@contextmanager
def _set_aside() -> Iterator[str]:
    """A private folder for a store without a path, and for what memory has no room for."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="aicensus-")
    except OSError as problem:
        raise NoSpace(
            f"no folder to set data aside: {problem.strerror}", "", "name one with TMPDIR"
        ) from problem
    with folder as name:
        yield name


@contextmanager
def _connected(name: str, shown: str) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        con = duckdb.connect(name, config=_SETTINGS)
    except duckdb.Error as problem:
        first = str(problem).splitlines()[0]
        raise StoreError(
            f"cannot open the store: {first}", shown, "restore a backup or name another file"
        ) from problem
    try:
        con.execute("set enable_external_access = false")
        con.execute("set enable_progress_bar = false")  # on a terminal it draws into our output
        con.execute("set lock_configuration = true")
        yield con
    finally:
        con.close()


def _migrate(con: duckdb.DuckDBPyConnection, where: str) -> None:
    try:
        _make_current(con, where)
    except UNWRITTEN as problem:
        first = str(problem).splitlines()[0]
        raise NoSpace(f"the store could not be written: {first}", where) from problem
    except (duckdb.BinderException, duckdb.CatalogException, ValueError) as problem:
        raise StoreError(
            "a DuckDB file of another program", where, "name another file for the store"
        ) from problem


def _make_current(con: duckdb.DuckDBPyConnection, where: str) -> None:
    tables = {row[0] for row in con.execute("select table_name from duckdb_tables()").fetchall()}
    version = 0
    if "meta" in tables:
        found = con.execute("select value from meta where key = 'schema_version'").fetchall()
        version = int(found[0][0]) if found else 0
    elif tables:
        raise StoreError(
            "a DuckDB file of another program", where, "name another file for the store"
        )
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"made by a newer aicensus (schema {version}, this one knows {SCHEMA_VERSION})",
            where,
            "upgrade aicensus",
        )
    if version < SCHEMA_VERSION:
        con.execute("begin transaction")
        for number, name in _MIGRATIONS.items():
            if number > version:
                con.execute(sql(f"migrations/{number:04}_{name}.sql"))
        con.execute(
            "insert or replace into meta values ('schema_version', $version)",
            {"version": str(SCHEMA_VERSION)},
        )
        con.execute("commit")
    con.execute(sql("views.sql"))
