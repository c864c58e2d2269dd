"""Reading whole files through open_streams, for tests that look at the result."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from connectors.files.found import FoundFile
from connectors.files.limits import Limits
from connectors.files.notice import Notice
from connectors.files.stream import Block, Outcome, Oversize, open_streams

ROWS = b"".join(b"%d,10.0.0.%d,api.example.net,%d\n" % (n, n % 250, n * 977) for n in range(400))


@dataclass
class Read:
    """One stream, wholly read."""

    path: str
    compression: str | None
    size: int | None
    blocks: list[Block]
    outcome: Outcome

    @property
    def text(self) -> bytes:
        return b"".join(block.data for block in self.blocks)

    @property
    def oversize(self) -> list[Oversize]:
        return [line for block in self.blocks for line in block.oversize]

    @property
    def end(self) -> tuple[str, str | None]:
        return self.outcome.state, self.outcome.reason

    @property
    def messages(self) -> list[str]:
        return [notice.message for notice in self.outcome.notices]


def _read_all(
    path: Path,
    limits: Limits | None = None,
    display: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Read | Notice]:
    found = FoundFile(path, display or path.name, None)
    results: list[Read | Notice] = []
    for opened in open_streams(found, limits or Limits(), progress):
        if isinstance(opened, Notice):
            results.append(opened)
            continue
        with opened as stream:
            blocks = list(stream.blocks())
            results.append(
                Read(stream.path, stream.compression, stream.size, blocks, stream.outcome())
            )
    return results


@pytest.fixture(scope="session")
def read_all():
    """read_all(path, limits, display, progress): all Streams, read to their end, and Notices."""
    return _read_all


@pytest.fixture(scope="session")
def rows():
    """400 lines of a log, 12 KB."""
    return ROWS


@pytest.fixture
def read(tmp_path):
    """read(name, content, **limits): the one stream in a file of that name and content."""

    def read_one(name: str, content: bytes, **limits) -> Read:
        (tmp_path / name).write_bytes(content)
        (result,) = _read_all(tmp_path / name, replace(Limits(), **limits))
        assert isinstance(result, Read), result
        return result

    return read_one


@pytest.fixture
def refused(tmp_path):
    """refused(name, content, **limits): the one Notice instead of a stream."""

    def refused_one(name: str, content: bytes, **limits) -> Notice:
        (tmp_path / name).write_bytes(content)
        (result,) = _read_all(tmp_path / name, replace(Limits(), **limits))
        assert isinstance(result, Notice), result
        return result

    return refused_one


@pytest.fixture
def results(tmp_path, read_all):
    """results(name, content, **limits): every Stream and Notice of that archive."""

    def read(name: str, content: bytes, **limits):
        (tmp_path / name).write_bytes(content)
        return read_all(tmp_path / name, Limits(**limits))

    return read
