"""What several tests of whole scans share."""

import datetime as dt

import pytest

from reports.json_document import document
from scanner import pipeline
from scanner.commands.progress import Quiet
from scanner.model import ScanRequest
from scanner.pipeline import scan
from tests.shipped import compiled, formats

NOW = dt.datetime(2026, 11, 1)  # the clock of a run is naive UTC


@pytest.fixture(scope="module")
def loaded_once():
    """What does not change between scans of one process is loaded once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "compiled", compiled)
        patch.setattr(pipeline, "formats", formats)
        yield


@pytest.fixture
def census(loaded_once, tmp_path):
    """`census(path, ...) -> document`: scan into one store, which lives as long as the test."""

    def once(*paths, **options):
        shown = []
        request = ScanRequest(
            tuple(map(str, paths)),
            NOW,
            db=tmp_path / "s.duckdb",
            key_file=tmp_path / "k",
            **options,
        )
        scan(request, Quiet(), lambda con, _: shown.append(document(con)))
        return shown[0]

    return once
