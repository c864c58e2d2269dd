"""`aicensus signatures export`: data on stdout, talk on stderr, the same bytes every time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from signatures.pack import BUILTIN

OWN = """id: saas_app/pallet_mind
name: Pallet Mind
kind: saas_app
vendor: pallet-mind
vendor_name: Pallet Mind
summary: Made-up assistant for warehouses.
indicators:
  - type: host_exact
    value: pallet-mind.example
    confidence: high
    evidence: [{kind: page, ref: "https://pallet-mind.example/", seen: "2026-03-01"}]
"""


def test_a_list_goes_to_stdout_and_its_sums_to_stderr(aicensus):
    done = aicensus("signatures", "export", "hosts", "--kind", "saas_chat")
    assert done.code == 0
    assert ".claude.ai" in done.out.splitlines()
    first, *rest = done.err.splitlines()
    entries = sum(not line.startswith("# ") for line in done.out.splitlines())
    assert first.startswith(f"{entries} entries from ")
    assert any(line.startswith("  left out: ") for line in rest)


def test_a_file_is_written_whole_and_stdout_stays_empty(aicensus, tmp_path):
    done = aicensus("signatures", "export", "zeek", "--output", tmp_path / "ai.intel")
    assert (done.code, done.out) == (0, "")
    text = (tmp_path / "ai.intel").read_text()
    assert text == aicensus("signatures", "export", "zeek", "--output", "-").out


def test_confidence_is_medium_unless_asked_and_json_has_all(aicensus):
    def levels(*words):
        rows = aicensus("signatures", "export", "json", "--kind", "saas_chat", *words).rows
        return {row["confidence"] for row in rows[1:]}

    assert levels("--min-confidence", "high") <= {"high", "confirmed"}
    assert "low" in levels()
    head = aicensus("signatures", "export", "sigma", "--kind", "agent").out
    assert "# asked for: confidence medium and above, agent\n" in head


def test_overlays_are_written_too(aicensus, tmp_path):
    path = tmp_path / "own" / "saas_app" / "pallet_mind.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(OWN)
    words = ("signatures", "export", "suricata", "--signatures", tmp_path / "own")
    done = aicensus(*words, "--kind", "saas_app")
    assert 'content:"pallet-mind.example"' in done.out
    assert "# 1 service is of overlays, under its own licence\n" in done.out


def test_json_says_the_country_of_a_service(aicensus):
    rows = aicensus("signatures", "export", "json", "--kind", "saas_chat").rows[1:]
    assert {row["country"] for row in rows if row["service"] == "saas_chat/chatgpt"} == {"US"}


def test_help_names_every_word_that_is_taken_and_fits_eighty_columns(aicensus):
    for command in ("export", "install", "verify", "show", "list", "lint", "classify"):
        text = aicensus("signatures", command, "--help").out
        assert max(map(len, text.splitlines())) <= 80
        if command == "export":
            assert "--min-confidence [confirmed|high|medium|low|hint]" in text
    words = aicensus("signatures", "--help").out
    assert "..." not in words.partition("Commands:")[2]


def test_a_zone_has_the_action_and_the_day_it_was_asked_for(aicensus):
    words = ("signatures", "export", "rpz", "--kind", "agent", "--action", "nodata")
    done = aicensus(*words, "--date", "2026-11-21")
    assert "\n@ IN SOA localhost. root.localhost. 2026112100 3600 900 2592000 300\n" in done.out
    assert " IN CNAME *.\n" in done.out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("csv",), 2, "'csv' is not one of 'zeek'"),
        (("zeek", "--kind", "agnet"), 2, "--kind: no kind is called 'agnet'; one of saas_chat, "),
        (("rpz", "--action", "block"), 2, "'block' is not one of 'nxdomain'"),
        (("rpz", "--date", "today"), 2, "'today' is no date"),
        (("zeek", "--min-confidence", "sure"), 2, "'sure' is not one of"),
        (("zeek", "--output", "gone/ai.intel"), 13, "gone/ai.intel: cannot write: No such file"),
        (("zeek", "--signatures", "gone"), 2, "'gone' does not exist"),
    ],
)
def test_what_cannot_be_done_is_refused(aicensus, words, code, said):
    done = aicensus("signatures", "export", *words)
    assert (done.code, done.out) == (code, "")
    assert said in done.err


SCRIPT = """
import hashlib, json, sys
from pathlib import Path
from signatures.export import FORMATS, Asked, export
from signatures.load import load_catalogue
asked = Asked(load_catalogue([Path(sys.argv[1])]), "9.9.9", "Apache-2.0")
print(json.dumps({n: hashlib.sha256(export(n, asked)[0].encode()).hexdigest() for n in FORMATS}))
"""


def test_the_bytes_do_not_depend_on_the_process(tmp_path):
    """Sets come in another order under another hash seed."""
    for path in sorted(BUILTIN.glob("*/*openai*.yaml")) + sorted(BUILTIN.glob("*/a*.yaml"))[:30]:
        copy = tmp_path / path.relative_to(BUILTIN)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(path.read_bytes())

    def made(seed):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, tmp_path],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        return json.loads(done.stdout)

    assert made("1") == made("2")


def test_a_full_disk_is_told_in_one_line():
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [Path(sys.executable).with_name("aicensus"), "signatures", "export", "hosts"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=120,
        )  # fmt: skip
    said = "aicensus: cannot write to standard output: No space left on device\n"
    assert (done.returncode, done.stderr) == (13, said)
