"""A catalogue from a few lines of text."""

import pytest

from signatures.compile import compile_catalogue
from signatures.load import load_catalogue

HEAD = """\
id: {id}
name: {name}
kind: {kind}
vendor: acme
summary: Made up for a test.
indicators:
"""
SEEN = 'evidence: [{kind: page, ref: "https://acme.example/docs", seen: "2026-11-21"}]'


def signature(id="model_api/acme", *indicators, name="Acme", tail=""):  # noqa: A002 - the key's name
    """The text of a file; an indicator is the inside of a flow mapping."""
    rows = "".join(f"  - {{{row}, {SEEN}}}\n" for row in indicators)
    return HEAD.format(id=id, name=name, kind=id.partition("/")[0]) + rows + tail


@pytest.fixture
def make_catalogue(tmp_path):
    """Writes files (id to text) into a folder and loads it."""

    def make(files, folder="shipped"):
        for name, text in files.items():
            path = tmp_path / folder / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_catalogue([tmp_path / folder])

    return make


@pytest.fixture
def make_compiled(make_catalogue):
    """As make_catalogue with one file of these indicators for each id, compiled."""

    def make(**services):
        files = {}
        for name, rows in services.items():
            full = f"model_api/{name}"
            files[full] = signature(full, *rows, name=name)
        return compile_catalogue(make_catalogue(files))

    return make
