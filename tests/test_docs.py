"""The documentation says what the program does: commands, options, codes, examples, links.

What is special to docs/formats.md and docs/register.md is in tests/docs.
"""

from __future__ import annotations

import os
import re
import subprocess
from itertools import pairwise
from typing import get_args
from urllib.parse import urlsplit

import click
import pytest

from connectors.declared.policy import policy_of
from connectors.logs.load import load_format
from scanner.cli import COMMANDS
from scanner.errors import PRECEDENCE, Exit
from signatures.families import read_maker
from signatures.governance import read_vendor
from signatures.load import load_catalogue
from signatures.model import LOG_TYPES, EvidenceKind
from signatures.strict_yaml import load_yaml

from .docs.pages import (
    CALLS,
    OPERATIONS,
    ROOT,
    TEXT,
    blocks,
    every_command,
    first_words,
    options_of,
    prose,
    resolved,
    rows,
    spans,
)  # fmt: skip


@pytest.mark.parametrize(("page", "words"), CALLS, ids=lambda value: str(value)[:60])
def test_commands_and_options_in_the_docs_exist(page, words):
    command, rest = resolved(words)
    used = {word.partition("=")[0] for word in rest if re.match(r"--?[a-z]", word)}
    assert used - options_of(command) == set()


def test_the_docs_call_the_program_at_all():
    """The test above looked at something."""
    assert len(CALLS) > 20


def test_options_named_by_themselves_exist():
    known = {option for command in every_command() for option in options_of(command)}
    named = {span.split()[0] for text in TEXT.values() for span in spans(text) if span[:2] == "--"}
    assert "--json" in named
    assert named - known == set()


def test_every_command_is_in_the_docs():
    assert {words[0] for _, words in CALLS if words} >= set(COMMANDS)


def test_every_subcommand_is_in_the_list_of_commands():
    listed = {cells[0] for cells in rows(TEXT["docs/README.md"], "command")}
    for name in COMMANDS:
        (line,) = [cell for cell in listed if f"`aicensus {name}" in cell]
        command, _ = resolved([name])
        if isinstance(command, click.Group):
            said = re.findall(r"`(?:aicensus \w+ )?(\w+)`", line)
            assert sorted(said) == sorted(command.list_commands(click.Context(command)))


def test_make_targets_in_the_docs_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        word
        for text in TEXT.values()
        for word in re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)
    }
    assert {"demo", "test"} <= named <= targets


def test_exit_codes_are_those_of_the_program():
    codes = [int(n) for cells in rows(OPERATIONS, "code") for n in cells[0].split(",")]
    signals = [129, 130, 143, 141]  # hang-up, interrupt, termination; a pipe nobody reads
    assert codes == [*sorted(Exit), *signals]


def test_precedence_of_exit_codes_is_that_of_the_program():
    said = re.search(r"the first of ([\d, ]+)\.", OPERATIONS)[1]
    assert [int(n) for n in said.split(",")] == list(PRECEDENCE)


def test_every_indicator_that_matches_in_logs_is_explained():
    page = TEXT["docs/signatures.md"]
    assert first_words(page, "type") == LOG_TYPES
    assert first_words(page, "kind") == set(get_args(EvidenceKind))


# all pages

EXAMPLES = [(page, block) for page, text in TEXT.items() for block in blocks(text, "yaml", "yml")]


@pytest.mark.parametrize(("page", "example"), EXAMPLES, ids=[page for page, _ in EXAMPLES])
def test_yaml_in_the_docs_loads_as_what_it_is(page, example, tmp_path):
    found = load_yaml(example, page)
    if "indicators" in found:
        path = tmp_path / f"{found['id']}.yaml"
        path.parent.mkdir()
        path.write_text(example)
        assert [entry.signature.id for entry in load_catalogue((tmp_path,)).entries] == [
            found["id"]
        ]
    elif "reader" in found:
        path = tmp_path / f"{found['id']}.yaml"
        path.write_text(example)
        assert load_format(load_yaml, path).expressions.map
    elif "vendor" in found:
        path = tmp_path / f"{found['vendor']}.yaml"
        path.write_text(example)
        assert read_vendor(path).vendor == found["vendor"]
    elif "maker" in found:
        path = tmp_path / f"{found['maker']}.yaml"
        path.write_text(example)
        assert read_maker(path).file.maker == found["maker"]
    else:
        policy = policy_of(found, page)
        assert {rule.id for rule in policy.prohibited} == {"PX-01", "PX-03", "PX-04"}


def anchors(text):
    """The anchors that a page's headings make."""
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        yield re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")


@pytest.mark.parametrize("page", [*TEXT, "CHANGELOG.md"])
def test_links_lead_somewhere(page):
    text = prose((ROOT / page).read_text())
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if urlsplit(target).scheme:
            continue
        path, _, anchor = target.partition("#")
        there = (ROOT / page).parent / path if path else ROOT / page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there.read_text()), target


@pytest.mark.parametrize("page", TEXT)
def test_files_named_in_the_docs_exist(page):
    """Paths with a known ending; patterns and placeholders are none."""
    for span in spans(TEXT[page]):
        if re.fullmatch(r"(?:[\w.-]+/)+[\w.-]+\.(?:py|yaml|sql|md|csv|toml)", span):
            assert any((base / span).exists() for base in (ROOT, (ROOT / page).parent)), span


def test_every_page_of_the_docs_is_in_their_index():
    index = TEXT["docs/README.md"]
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert {name for name in pages if f"]({name})" in index} == pages


def test_the_changelog_has_a_place_for_what_is_not_released():
    text = (ROOT / "CHANGELOG.md").read_text()
    titles = re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)
    assert titles[0] == "Unreleased"
    assert re.search(r"^## \[Unreleased\]\n+### \w+\n- \S", text, re.MULTILINE)


# all tracked files


@pytest.fixture(scope="module")
def tracked():
    """path -> text of every tracked text file."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    found = {}
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file():
            data = path.read_bytes()
            if b"\0" not in data[:4096]:
                found[name] = data.decode("utf-8", "replace")
    return found


def lines_with(tracked, pattern, leave_out=()):
    wanted = re.compile(pattern)
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in tracked.items()
        if not name.startswith(leave_out)
        for number, line in enumerate(text.splitlines(), 1)
        if wanted.search(line)
    ]


def test_no_file_names_a_place_on_somebodys_machine(tracked):
    assert lines_with(tracked, r"(?<![\w.-])/(?:work|root|home|Users)/") == []
    assert lines_with(tracked, re.escape(str(ROOT)) + r"(?![\w-])") == []


def test_no_file_names_a_package_index(tracked):
    """Not even as a host that logs show."""
    names = "|".join(
        rf"{name}\.{end}"
        for name, end in (
            ("pypi", "org"),
            ("python" + "hosted", "org"),
            ("npmjs", "(?:org|com)"),
            ("deb" + r"\.debian", "org"),
        )
    )
    hosts = rf"(?<![\w.-])(?:[\w-]+\.)*(?:{names})"
    assert lines_with(tracked, hosts) == []
    files = {name: tracked[name] for name in ("requirements.lock", "pyproject.toml", "Makefile")}
    assert lines_with(files, r"--(?:extra-)?index|index[-_]url|find-links|https?://(?!keep)") == []


def test_no_file_names_the_index_or_the_proxy_of_this_machine(tracked):
    public = {"localhost", "127.0.0.1", None}
    set_here = [
        value.split()[0]
        for name, value in os.environ.items()
        if re.search(r"(?:INDEX|PROXY|REGISTRY)(?:_URL)?$", name.upper()) and "://" in value
    ]
    hosts = {urlsplit(value).hostname for value in set_here} - public
    assert [line for host in hosts for line in lines_with(tracked, re.escape(host))] == []


def test_headings_of_a_page_differ():
    """Anchors of equal headings would be told apart by numbers that move."""
    for text in TEXT.values():
        ordered = sorted(anchors(prose(text)))
        assert [one for one, other in pairwise(ordered) if one == other] == []
