"""What waits on disk is what was set aside, and nothing stays behind."""

import tempfile
from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest

from scanner.errors import NoSpace
from scanner.spill import Spill
from scanner.sums import PARTIAL

TABLE = pa.table({"a": ["x", None, "ü\n"], "b": [1, 2, None]})


def test_a_table_comes_back_as_often_as_it_is_asked():
    with Spill(room=0) as spill:
        first, second = spill.park(TABLE), spill.park(PARTIAL.empty_table())
        assert [first.table(), second.table(), first.table()] == [
            TABLE, PARTIAL.empty_table(), TABLE,
        ]  # fmt: skip


def test_while_there_is_room_nothing_is_written():
    with Spill(room=TABLE.nbytes) as spill:
        assert spill.park(TABLE).here is TABLE
        assert spill.park(TABLE).here is None


def test_the_file_has_no_name(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Spill(room=0) as spill:
        spill.park(TABLE)
        assert not list(tmp_path.iterdir())


def test_no_temporary_folder_is_said_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with Spill(room=0) as spill, pytest.raises(NoSpace, match="TMPDIR"):
        spill.park(TABLE)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_said_in_one_line(monkeypatch):
    full = partial(Path("/dev/full").open, "r+b", 0)
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with Spill(room=0) as spill, pytest.raises(NoSpace, match="No space left"):
        spill.park(TABLE)
