"""The program as a process: exit codes, streams, signals, limits; one line and no traceback."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.cli import main
from scanner.errors import SignaturesError

PROGRAM = str(Path(sys.executable).with_name("aicensus"))
NOBODY = 65534


class Ended:
    """A process that is over: exit code, stdout and stderr as text."""

    def __init__(self, code: int, out: bytes, err: bytes) -> None:
        self.code, self.raw = code, out
        self.out, self.err = out.decode(), err.decode()
        assert "Traceback" not in self.err + self.out, self.err[-2000:]

    @property
    def doc(self) -> dict:
        return json.loads(self.out)

    @property
    def line(self) -> str:
        """The one line that was said."""
        (said,) = filter(None, self.err.splitlines())  # click ends the line of a ^C
        assert said.startswith("aicensus: ")
        return said


@pytest.fixture(scope="session")
def compiled(tmp_path_factory):
    """Environment that keeps byte code between the processes of this session."""
    folder = str(tmp_path_factory.mktemp("bytecode"))
    return {"PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}


@pytest.fixture
def cli(tmp_path, compiled):
    """Run the program in a folder of its own; `before` is sh code to run before it is started."""

    def run(*args: object, before: str = "", stdin: bytes | None = b"", **env: str) -> Ended:
        done = subprocess.run(
            ["sh", "-c", f'{before}\nexec "$0" "$@"', PROGRAM, *map(str, args)],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env={**os.environ, **compiled, "TMPDIR": str(tmp_path), **env},
            timeout=120,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def here(tmp_path, monkeypatch, capsysbinary):
    """As `cli`, but inside this process: for what needs no streams, limits or signals."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    mask = os.umask(0o077)

    def run(*args: object, folder: Path = tmp_path) -> Ended:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["aicensus", *map(str, args)])
        with pytest.raises(SystemExit) as left:
            main()
        return Ended(left.value.code, *capsysbinary.readouterr())

    yield run
    os.umask(mask)
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def started(tmp_path, compiled, log):
    """A scan that has begun to read and waits for more of its standard input."""
    children = []

    def start(*args: object) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [PROGRAM, "scan", "-", *map(str, args)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env={**os.environ, **compiled, "TMPDIR": str(tmp_path)},
        )
        children.append(child)
        # more than a pipe holds: this returns when the child has read what does not fit
        child.stdin.write(log.head() + log.rows() * 300)
        child.stdin.flush()
        return child

    yield start
    for child in children:
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout, child.stderr):
            stream.close()


def test_nothing_to_scan_ends_with_5(here):
    ended = here("scan", "nope.csv")
    assert (ended.code, ended.out) == (5, "")
    assert "nope.csv" in ended.line


def test_a_damaged_log_ends_with_3_and_says_where(here, write, log):
    ended = here("scan", write("a.csv", log.csv(extra=log.row(40, dst_port="x"))), "nope.csv")
    assert ended.code == 3
    assert "a.csv:8: dst_port" in ended.out.replace("\n", " ").replace("  ", "")
    assert "nope.csv" in ended.out


def test_accepting_what_is_incomplete_ends_with_0_and_still_says_so(here, write, log):
    path = write("a.csv", log.csv(extra=log.row(40, dst_port="x")))
    ended = here("scan", path, "--accept-incomplete", "--json")
    assert ended.code == 0
    assert ended.doc["exit_reasons"]


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["scan"], "PATH"),
        (["scan", "a.csv", "--format", "no_such"], "no_such"),
        (["scan", "a.csv", "--depth", "deep"], "--depth"),
        (["scan", "a.csv", "--timezone", "Mars/Base"], "Mars/Base"),
        (["scan", "a.csv", "--as-of", "tomorrow"], "tomorrow"),
        (["scan", "a.csv", "--fail-on", "everything"], "everything"),
        (["scan", "a.csv", "--wait", "-1"], "--wait"),
        (["scan", "a.csv", "--colour"], "--colour"),
        (["scna"], "scna"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)
def test_a_wrong_option_ends_with_2_and_names_it(here, write, log, args, word):
    write("a.csv", log.csv())
    ended = here(*args)
    assert (ended.code, ended.out) == (2, "")
    assert word in ended.err


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("id: mine\nabout: [\n", "mine.yaml:"),
        ("id: mine\nid: mine\n", "mine.yaml:2"),
        ("id: other\nabout: x\n", "mine.yaml:"),
        ("id: mine\nabout: x\nreader: {kind: no_such}\n", "mine.yaml:3: reader"),
        ("a: &x [1]\nb: *x\n", "mine.yaml:"),
        ("", "mine.yaml"),
        ("\x00", "mine.yaml"),
        ("x: " + "[" * 5000, "mine.yaml"),
    ],
    ids=["syntax", "twice", "other id", "reader", "alias", "empty", "nul", "deep"],
)
def test_a_broken_format_file_ends_with_14_and_its_line(scan, write, log, text, where):
    with pytest.raises(SignaturesError) as caught:
        scan(write("a.csv", log.csv()), format=str(write("mine.yaml", text.encode())))
    assert caught.value.exit_code == 14
    assert where in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_format_file_with_sql_that_does_not_hold_ends_with_14(here, write, log):
    text = (
        "id: mine\nabout: x\nreference: https://example.com\ndetect: {}\nreader: {kind: csv}\n"
        "map:\n  time: ['no_such(ts)']\n  dst_host: [dst_host]\nrequire: [time]\n"
    )
    write("mine.yaml", text.encode())
    ended = here("scan", write("a.csv", log.csv()), "--format", "mine.yaml")
    assert (ended.code, ended.out) == (14, "")
    assert "mine.yaml" in ended.line
    assert "no_such" in ended.line


def test_a_broken_signature_of_ones_own_ends_with_14_and_its_line(here, tmp_path):
    folder = tmp_path / "mine" / "saas_chat"
    folder.mkdir(parents=True)
    (folder / "tool.yaml").write_text("id: saas_chat/tool\nname: Tool\nkidn: saas_chat\n")
    ended = here("signatures", "lint", "mine")
    assert ended.code == 14
    assert "tool.yaml:3: kidn" in ended.err


def test_a_broken_register_ends_with_15_before_anything_is_read(here, write, log, tmp_path):
    register = write("ai.csv", b"Ref,System,Domains\nHP-1,All,*\n")
    ended = here("scan", write("a.csv", log.csv()), "--inventory", register, "--db", "s.duckdb")
    assert (ended.code, ended.out) == (15, "")
    assert "ai.csv:2: Domains" in ended.line
    assert not (tmp_path / "s.duckdb").exists()


def test_a_register_that_is_not_there_is_one_line(here, write, log):
    ended = here("scan", write("a.csv", log.csv()), "--inventory", "nope.csv")
    assert ended.code in {2, 15}
    assert "nope.csv" in ended.err


def test_standard_input_may_be_packed_and_damaged(cli, log):
    import gzip

    data = gzip.compress(log.head() + log.rows() * 400)
    ended = cli("scan", "-", "--json", stdin=data[: len(data) // 2])
    assert ended.code == 3
    (source,) = ended.doc["sources"]
    assert (source["path"], source["reason"]) == ("-", "truncated")
    assert source["rows"]["ok"] > 100


def test_closed_standard_input_hinders_nothing_that_does_not_need_it(cli, write, log):
    ended = cli("scan", "-", write("a.csv", log.csv()), "--json", before="exec <&-")
    assert (ended.code, ended.doc["totals"]["ok"]) == (3, 12)
    told = {one["path"][-5:]: one["status"] for one in ended.doc["sources"]}
    assert told == {"-": "partial", "a.csv": "complete"}
    assert ended.doc["sources"][0]["reason"] == "empty"


@pytest.fixture(scope="module")
def crowd(tmp_path_factory, log):
    """A folder with more logs than files may be open, some with names that steer or mislead."""
    folder = tmp_path_factory.mktemp("crowd") / "logs"
    folder.mkdir()
    names = [
        "-rf.csv",
        "\x1b[31mred.csv",
        "a\nb.csv",
        "\u009b31m.csv",
        os.fsdecode(b"pr\xf6xy.csv"),
    ]
    for n, name in enumerate([*names, *(f"{n}.csv" for n in range(35))]):
        (folder / name).write_bytes(log.csv(extra=log.row(40, user=f"u{n}")))
    return folder


@pytest.fixture(scope="module")
def crowded(crowd, compiled):
    """What a scan of that folder ended with, with 32 files and another order of hashes."""
    done = subprocess.run(
        ["sh", "-c", 'ulimit -n 32; exec "$0" "$@"', PROGRAM, "scan", "logs", "--json"],
        capture_output=True,
        cwd=crowd.parent,
        env={**os.environ, **compiled, "PYTHONHASHSEED": "3"},
        timeout=120,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def test_32_open_files_are_enough(crowded):
    assert (crowded.code, crowded.err) == (0, "")
    assert crowded.doc["totals"]["ok"] == 40 * 13


def test_names_that_could_be_options_or_steer_a_terminal_do_neither(crowded):
    assert crowded.raw.isascii()
    assert [byte for byte in crowded.raw if byte < 32] == [10]


def test_the_answer_does_not_depend_on_the_order_of_hashes(crowd, crowded, here):
    docs = [here("scan", "logs", "--json", folder=crowd.parent).doc, crowded.doc]
    for doc in docs:
        for name in ("run_id", "started_at", "ended_at"):
            del doc["run"][name]
    assert docs[0] == docs[1]


def test_a_name_that_begins_like_an_option_is_read_behind_two_dashes(here, write, log):
    write("-rf.csv", log.csv())
    ended = here("scan", "--json", "--", "-rf.csv")
    assert (ended.code, ended.doc["totals"]["ok"]) == (0, 12)


def test_a_file_that_may_not_be_read_is_named_with_uid_and_mode(
    cli, write, log, tmp_path, tmp_path_factory
):
    if os.geteuid() or not shutil.which("setpriv"):
        pytest.skip("needs root and setpriv; test_paths.py has the same claim for other users")
    good = write("good.csv", log.csv())
    good.chmod(0o644)
    write("shut.csv", log.csv(extra=log.row(40))).chmod(0)
    base = tmp_path_factory.getbasetemp()
    for folder in (tmp_path, base, base.parent):  # pytest's own
        folder.chmod(folder.stat().st_mode | 0o011)
    drop = f"setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups"
    probe = [*drop.split(), sys.executable, "-c", f"import scanner; open({str(good)!r})"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("another user may not run this installation, or not reach this folder")
    ended = cli("scan", "good.csv", "shut.csv", "--json", before=f'exec {drop} "$0" "$@"')
    assert ended.code == 3
    told = {one["path"]: one for one in ended.doc["sources"]}
    assert told["good.csv"]["rows"]["ok"] == 12
    assert (told["shut.csv"]["status"], told["shut.csv"]["reason"]) == ("failed", "unreadable")
    assert f"uid {NOBODY}" in told["shut.csv"]["problems"][0]["message"]
    assert "0000" in told["shut.csv"]["problems"][0]["message"]


def test_a_terminal_that_knows_ascii_only_breaks_nothing(cli, write, log):
    path = write("caf\u00e9 \u4e2d.csv", log.csv(extra=log.row(40, dst_port="\u4e2d")))
    ended = cli("scan", path, LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert ended.code == 3
    assert ended.raw.isascii()


def test_a_reader_that_leaves_ends_it_quietly(write, log):
    path = write("a.csv", log.csv())
    script = f"({PROGRAM} scan '{path}' --json; echo $? >&2) | true"
    done = subprocess.run(["sh", "-c", script], capture_output=True, check=False, timeout=120)
    assert done.stderr.decode().splitlines() in (["141"], ["0"])


def test_a_full_disk_under_stdout_is_one_line(cli, write, log):
    ended = cli("scan", write("a.csv", log.csv()), "--json", before="exec >/dev/full")
    assert ended.code == 13
    assert "space" in ended.line


@pytest.mark.parametrize("place", ["a.csv/report", "/proc/report"])
def test_a_report_folder_that_cannot_be_made_ends_with_13(here, write, log, place):
    write("a.csv", log.csv())
    ended = here("scan", "a.csv", "--json", "--out", place)
    assert ended.code == 13
    assert place in ended.line


def test_a_file_in_place_of_the_report_folder_is_one_line(here, write, log):
    write("taken", b"x")
    ended = here("scan", write("a.csv", log.csv()), "--out", "taken")
    assert ended.code in {2, 13}
    assert "taken" in ended.err


@pytest.mark.parametrize(
    ("option", "named"), [(["--out", "report"], "the store"), (["--db", "s.duckdb"], "s.duckdb")]
)
def test_no_room_for_what_is_written_ends_with_13_and_leaves_nothing_half(
    cli, here, write, log, option, named, tmp_path
):
    path = write("a.csv", log.csv())
    ended = cli("scan", path, "--json", *option, before="ulimit -f 40", PYTHONDONTWRITEBYTECODE="1")
    assert ended.code == 13
    assert named in ended.line
    assert not list(tmp_path.glob("report/.*"))
    assert not list(tmp_path.glob("report/report.html"))
    again = here("scan", path, "--json", *option)
    assert (again.code, again.doc["totals"]["ok"]) == (0, 12)


def test_a_store_that_is_held_ends_with_11(here, write, log, tmp_path):
    with (tmp_path / "s.duckdb.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711\n")
        lock.flush()
        ended = here("scan", write("a.csv", log.csv()), "--db", "s.duckdb")
    assert ended.code == 11
    assert "4711" in ended.line


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_it_with_its_code_one_line_and_nothing_stored(
    started, here, write, log, tmp_path, number, code
):
    child = started("--db", "s.duckdb", "--out", "report", "--json")
    child.send_signal(number)
    out, err = child.communicate(timeout=120)
    ended = Ended(child.returncode, out, err)
    assert (ended.code, ended.out) == (code, "")
    assert "stored whole or not at all" in ended.line
    assert not (tmp_path / "report").exists()
    left = {path.name for path in tmp_path.iterdir()}
    assert left <= {"s.duckdb", "s.duckdb.lock", "s.duckdb.key"}
    after = here("scan", write("a.csv", log.csv()), "--json", "--db", "s.duckdb")
    assert (after.code, after.doc["run"]["seq"], after.doc["totals"]["ok"]) == (0, 1, 12)
