"""docs/formats.md: every key, reader and macro is there, and its example is true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from click.testing import CliRunner

from connectors.logs.detect import Sample, knows
from connectors.logs.engine import MACROS
from connectors.logs.model import Detect, Format, Kind, Learn, Reader
from scanner.cli import group
from signatures.strict_yaml import load_yaml

from .pages import CALLS, FORMATS, blocks, first_words, spans


def test_every_key_of_a_format_is_explained():
    of_files = {"instead"}  # load.py folds it into `map`
    assert first_words(FORMATS, "key") == set(Format.model_fields) | of_files
    for model in (Detect, Learn):
        assert set(model.model_fields) <= set(spans(FORMATS)), model.__name__


def test_every_reader_and_its_options_are_explained():
    assert first_words(FORMATS, "`kind`") == set(get_args(Kind))
    assert first_words(FORMATS, "option") == set(Reader.model_fields) - {"kind"}


def test_every_macro_is_explained():
    made = set(re.findall(r"^create macro (\w+)\(", MACROS.read_text(), re.MULTILINE))
    named = {span.partition("(")[0] for span in spans(FORMATS)}
    assert len(made) > 15
    assert made - named == set()
    called = {
        word for cell in first_words(FORMATS, "macro") for word in re.findall(r"(\w+)\(", cell)
    }
    assert called - made == set()


def test_the_example_of_a_format_reads_its_log_as_shown(tmp_path, monkeypatch):
    """The format, the log, the command, its row, its complaint and its exit code."""
    monkeypatch.chdir(tmp_path)
    (example,), (log, complaint), (shown,) = (
        blocks(FORMATS, language) for language in ("yaml", "text", "json")
    )
    Path("lanyard.yaml").write_text(example)
    Path("gateway.log").write_text(log)
    (words,) = [words for page, words in CALLS if "lanyard.yaml" in words and "parse" in words]
    done = CliRunner().invoke(group, words)
    assert (done.stdout, done.stderr, done.exit_code) == (shown, complaint, 3)


def test_the_example_of_a_format_knows_its_log():
    example, log = blocks(FORMATS, "yaml")[0], blocks(FORMATS, "text")[0]
    fmt = Format.model_validate(load_yaml(example, "docs/formats.md"))
    without_comment = log.partition("\n")[2]
    assert knows(fmt, Sample(without_comment.encode()))
    assert not knows(fmt, Sample(without_comment.replace("verdict", "result").encode()))
