"""The tables beside the catalogue."""

import shutil

import pytest

from signatures.errors import SignatureError
from signatures.tables import FOLDER, listed_above, load_tables, shipped_tables


def test_every_domain_has_a_reason_and_one_place():
    tables = shipped_tables()
    assert set(tables.reason) == tables.parents | tables.infrastructure
    assert not tables.parents & tables.infrastructure
    assert tables.hosting < tables.parents
    assert tables.delivery < tables.parents


@pytest.mark.parametrize(
    ("host", "above"),
    [
        ("sentry.io", "sentry.io"),
        ("o1.ingest.sentry.io", "sentry.io"),
        ("notsentry.io", None),
        ("sentry.io.evil.example", None),
    ],
)
def test_a_listed_domain_stands_for_what_lies_below(host, above):
    assert listed_above(host, shipped_tables().infrastructure) == above


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("sentry.io", "Sentry.io", "write it as sentry.io"),
        ("      - sentry.io\n", "      - sentry.io\n      - sentry.io\n", "listed twice"),
        ("sentry.io", "sentry .io", "space or control character in host"),
        ("infrastructure:\n", "infrastructur:\n", "Field required"),
        ("infrastructure:\n", "infrastructure: &a\n", "an anchor"),
    ],
)
def test_a_broken_table_is_refused(tmp_path, old, new, problem):
    folder = tmp_path / "tables"
    shutil.copytree(FOLDER, folder)
    path = folder / "shared_infrastructure.yaml"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(SignatureError) as caught:
        load_tables(folder)
    assert problem in str(caught.value)


def test_a_missing_table_is_refused(tmp_path):
    with pytest.raises(SignatureError, match=r"regions\.yaml:1: cannot be read"):
        load_tables(tmp_path)
