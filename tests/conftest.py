"""What holds for all tests: no test is timed, and nothing is kept in the runner's own folders."""

import os
import shutil
import tempfile

import pytest
from hypothesis import settings

settings.register_profile("aicensus", deadline=None)  # a busy machine proves nothing
settings.load_profile("aicensus")


def pytest_configure(config: pytest.Config) -> None:
    """The user's cache folder is the run's own, one for all its processes.

    Set before tests are collected, since modules load what is shipped, and before other processes
    are started, which inherit it.
    """
    if hasattr(config, "workerinput"):
        return
    before = os.environ.get("XDG_CACHE_HOME")
    folder = tempfile.mkdtemp(prefix="aicensus-tests-")
    os.environ["XDG_CACHE_HOME"] = folder

    def end() -> None:
        os.environ.pop("XDG_CACHE_HOME")
        if before is not None:
            os.environ["XDG_CACHE_HOME"] = before
        shutil.rmtree(folder)

    config.add_cleanup(end)
