"""Programs of others that tests ask; a test without its program says so, and on CI it may fail."""

from __future__ import annotations

import os
import shutil

import pytest


def tool(name, *, on_ci):
    """The path of a program. on_ci: whether CI has it, so that there a missing one is a fault."""
    found = shutil.which(name)
    if found is None:
        missing = f"{name} is not installed"
        if on_ci and os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return found
