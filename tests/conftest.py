"""What holds for all tests: no test is timed, and nothing is kept in the runner's own folders."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("aicensus", deadline=None)  # a busy machine proves nothing
settings.load_profile("aicensus")


@pytest.fixture(autouse=True, scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The user's cache folder is the run's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
