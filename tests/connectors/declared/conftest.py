"""A register written to disk."""

import pytest


@pytest.fixture
def register(tmp_path):
    """Write a register and give its path."""

    def write(content, name="register.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write
