"""The console script itself: exit codes, one-line errors, pipes and signals."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import REGISTER, line

AICENSUS = Path(sys.executable).with_name("aicensus")


def run(*words, given=None):
    return subprocess.run(
        [AICENSUS, *words], input=given, capture_output=True, text=True, check=False
    )


def test_a_scan_of_stdin_shows_json_on_stdout_and_nothing_on_stderr(write):
    write("register.csv", REGISTER)
    done = run("scan", "-", "--inventory", "register.csv", "--json", given=line("chatgpt.com"))
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert [(one["path"], one["rows"]["read"]) for one in document["sources"]] == [("-", 1)]
    assert [one["state"] for one in document["assets"]] == ["managed"]


def test_an_error_a_user_can_mend_is_one_line(log):
    done = run("scan", log, "--inventory", "gone.csv")
    said = "aicensus: gone.csv: does not exist; give the path of a file\n"
    assert (done.returncode, done.stdout, done.stderr) == (15, "", said)


@pytest.mark.parametrize("words", [["--help"], ["scan", "--help"], ["signatures", "-h"]])
def test_help_is_data_and_ends_with_0(words):
    done = run(*words)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: aicensus")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["scna"], "No such command 'scna'."),
        (["scan", "x.log", "--fail"], "No such option '--fail'"),
        (["formats", "detect"], "Missing argument 'PATHS...'."),
        (["reconcile"], "Missing option '--assets'."),
    ],
)
def test_a_wrong_call_is_talk_and_ends_with_2(words, said):
    done = run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_path_with_control_characters_cannot_steer_a_terminal():
    done = run("scan", "gone\x1b[31m.log")
    assert done.returncode == 5
    assert "\x1b" not in done.stderr
    assert done.stderr.startswith("aicensus: gone")


def test_verdicts_of_single_hosts_come_in_order():
    hosts = "api.openai.com\napi.0penai.com.evil.example\napi.openai.com.evil.example\n"
    done = run("signatures", "classify", "--json", given=hosts)
    verdicts = [json.loads(one) for one in done.stdout.splitlines()]
    assert [(v["input"], v["confidence"]) for v in verdicts] == [
        ("api.openai.com", "high"),
        ("api.0penai.com.evil.example", "none"),
        ("api.openai.com.evil.example", "hint"),
    ]


def test_a_reader_that_leaves_early_is_no_fault():
    """As `aicensus signatures list | head -1` does."""
    command = [AICENSUS, "signatures", "list"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        child.stdout.close()  # long before the catalogue is loaded
        assert (child.stderr.read(), child.wait()) == (b"", 141)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("words", [["--help"], ["formats", "list"], ["explain", "claude.ai"]])
def test_output_that_cannot_be_written_is_one_line(words):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([AICENSUS, *words], stdout=full, stderr=subprocess.PIPE, check=False)
    said = b"aicensus: the output could not be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (13, said)
