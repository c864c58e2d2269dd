"""The wheel: what is in it, and that it works where nothing else of the checkout is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("connectors", "reports", "scanner", "signatures")
DATA = (".yaml", ".sql", ".html", ".j2", ".css", ".js", "py.typed")
HEAVY = ("duckdb", "pyarrow", "boto3", "azure", "google", "scapy", "pydantic")
AICENSUS = Path(sys.executable).with_name("aicensus")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LINE = (
    "1772438400.123     87 10.40.1.10 TCP_TUNNEL/200 8123 CONNECT chatgpt.com:443 gpell "
    "HIER_DIRECT/203.0.113.9 -\n"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout, built without network and without isolation."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, folder], cwd=ROOT, check=True, capture_output=True)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def names(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return frozenset(archive.namelist())


@pytest.fixture(scope="module")
def info(wheel):
    """name -> text of the files in the wheel's dist-info."""
    with zipfile.ZipFile(wheel) as archive:
        return {
            name.partition(".dist-info/")[2]: archive.read(name).decode()
            for name in archive.namelist()
            if ".dist-info/" in name
        }


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """Runs a program with the unpacked wheel in front of the checkout, in an empty folder."""
    unpacked = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    elsewhere = tmp_path_factory.mktemp("elsewhere")

    def run(program, *arguments, code=0):
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            cwd=elsewhere,
            env={**os.environ, "PYTHONPATH": str(unpacked)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done.stdout

    run.folder, run.unpacked = elsewhere, unpacked
    return run


def test_wheel_holds_the_four_packages_and_nothing_else(names):
    tops = {name.split("/")[0] for name in names}
    assert tops == {*PACKAGES, f"aicensus-{PROJECT['version']}.dist-info"}


def test_wheel_holds_every_module_and_every_data_file_of_the_packages(names):
    ours = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.name.endswith((".py", *DATA)) and "__pycache__" not in path.parts
    }
    assert ours - names == set()


def test_wheel_holds_no_cache_and_no_test(names):
    files = [Path(name) for name in names]
    assert [f for f in files if "__pycache__" in f.parts or f.match("test_*.py")] == []


def test_bundled_organisation_is_what_the_demo_reads(names):
    bundled = {name.removeprefix("scanner/") for name in names if "/organisation/" in name}
    source = ROOT / "fixtures"
    logs = {p.relative_to(source).as_posix() for p in source.glob("organisation/logs/*/*")}
    files = {f"organisation/{name}" for name in ("register.csv", "people.csv", "policy.yaml")}
    assert len(logs) > 5
    assert bundled == logs | files


def test_every_package_says_that_it_is_typed(names):
    assert {f"{package}/py.typed" for package in PACKAGES} <= names


def test_console_script_is_the_command_line(info):
    assert info["entry_points.txt"].split() == [
        "[console_scripts]",
        "aicensus",
        "=",
        "scanner.cli:main",
    ]


def test_wheel_carries_version_licence_and_python_range(info):
    said = message_from_string(info["METADATA"])
    assert said["Version"] == PROJECT["version"]
    assert said["License-Expression"] == PROJECT["license"] == "Apache-2.0"
    assert said["Requires-Python"] == ",".join(sorted(PROJECT["requires-python"].split(",")))
    assert info["licenses/LICENSE"] == (ROOT / "LICENSE").read_text()


def test_demo_finds_the_organisation_of_an_unpacked_wheel(python):
    said = python(
        "from scanner.commands.demo import organisation, request\n"
        "print(organisation()); print(request(organisation()).policy.is_file())"
    )
    assert said.split() == [str(python.unpacked / "scanner" / "organisation"), "True"]


def test_unpacked_wheel_scans_and_writes_a_report(python):
    """SQL, formats, signatures and the templates of the report are all found in it."""
    (python.folder / "access.log").write_text(LINE)
    python(
        "from scanner.cli import main; main()",
        *("scan", "access.log", "--out", "report", "--fail-on", "unmanaged"),
        code=4,
    )
    assert "chatgpt.com" in (python.folder / "report" / "evidence.csv").read_text()
    assert "<html" in (python.folder / "report" / "report.html").read_text()


def test_help_imports_nothing_heavy():
    program = (
        "import json, sys\n"
        "from scanner.cli import main\n"
        "sys.argv = ['aicensus', '--help']\n"
        "try: main()\n"
        "except SystemExit: print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = {name.split(".")[0] for name in json.loads(done.stderr)}
    assert "click" in loaded
    assert loaded & set(HEAVY) == set()


def test_help_takes_less_than_half_a_second_of_work():
    def seconds():
        before = os.times()
        subprocess.run([AICENSUS, "--help"], check=True, capture_output=True)
        after = os.times()
        return sum(after[2:4]) - sum(before[2:4])  # of children: others' work does not count

    assert min(seconds() for _ in range(3)) < 0.5


def test_version_is_that_of_the_project():
    done = subprocess.run([AICENSUS, "--version"], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["aicensus,", "version", PROJECT["version"]]
