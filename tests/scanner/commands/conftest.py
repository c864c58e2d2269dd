"""Commands as a person calls them, in a folder with a small log, a register and a fixed clock."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from scanner import load, pipeline
from scanner.cli import group
from scanner.errors import AicensusError
from tests.shipped import compiled, formats

from .overlays import anew, made, own

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["anew", "made", "own"]  # fixtures

NOW = dt.datetime(2026, 3, 16, 12)
SQUID = (
    "1772438{n:03}.123     87 10.40.1.{n} TCP_TUNNEL/200 8123 CONNECT {host}:443 {user} "
    "HIER_DIRECT/203.0.113.9 -\n"
)
REGISTER = (
    "Ref,Name,Vendor,Product,Owner,URL,Status,Approved on\n"
    "AI-1,ChatGPT Team,OpenAI,ChatGPT,Marit Solbakken,https://chatgpt.com,Approved,2025-05-12\n"
)


@dataclass(frozen=True)
class Done:
    """How a command ended. err holds what `main` says of an error a user can mend, too."""

    code: int
    out: str
    err: str

    @property
    def document(self):
        """stdout as one JSON value."""
        return json.loads(self.out)

    @property
    def rows(self):
        """stdout as JSON, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


def call(*words: object, given: str | bytes | None = None) -> Done:
    """Run `aicensus WORDS…` with `given` on stdin."""
    result = CliRunner().invoke(group, [str(word) for word in words], input=given)
    problem = result.exception
    if isinstance(problem, AicensusError):
        return Done(int(problem.exit_code), result.stdout, f"{result.stderr}aicensus: {problem}\n")
    if problem is not None and not isinstance(problem, SystemExit):
        raise problem
    return Done(result.exit_code, result.stdout, result.stderr)


_catalogue = cache(load.catalogue)  # with overlays too


@pytest.fixture(autouse=True)
def _quick_and_steady(monkeypatch, tmp_path):
    """What is shipped is loaded once; the clock stands; paths are those of an empty folder."""
    for module in (load, pipeline):
        monkeypatch.setattr(module, "compiled", compiled)
        monkeypatch.setattr(module, "formats", formats)
    monkeypatch.setattr(load, "catalogue", _catalogue)
    monkeypatch.setattr(pipeline, "utc_now", lambda: NOW)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def aicensus() -> Callable[..., Done]:
    return call


@pytest.fixture
def write() -> Callable[[str, str | bytes], Path]:
    """`write(name, content) -> path`, in the folder the command runs in."""

    def made(name: str, content: str | bytes) -> Path:
        path = Path(name)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return made


def line(host: str, user: str = "gpell", n: int = 40) -> str:
    """One record of Squid."""
    return SQUID.format(n=n, host=host, user=user)


@pytest.fixture
def log(write) -> Path:
    """Two records, one of them to ChatGPT."""
    return write("access.log", line("chatgpt.com") + line("intranet.example", "fwojcik", 41))


@pytest.fixture
def torn(write) -> Path:
    """Two records, of which the second has a status that is none."""
    bad = line("intranet.example", n=41).replace("/200", "/2x0")
    return write("torn.log", line("chatgpt.com") + bad)


@pytest.fixture
def register(write) -> Path:
    return write("register.csv", REGISTER)
