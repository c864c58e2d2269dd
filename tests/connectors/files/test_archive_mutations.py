"""No accident to the bytes of an archive is silent, or an error of ours."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.files.notice import Notice

from .archives import TWO, WRITTEN

SAMPLES = {
    "zip": WRITTEN["a.zip"],
    "stored.zip": WRITTEN["stored.zip"],
    "tar": WRITTEN["pax.tar"],
    "tgz": WRITTEN["a.tgz"],
}


@pytest.fixture(scope="module")
def read_bytes(read_all):
    with tempfile.TemporaryDirectory() as folder:

        def read(content: bytes, suffix: str):
            path = Path(folder) / f"x.{suffix}"
            path.write_bytes(content)
            return read_all(path)

        yield read


@pytest.mark.parametrize("sample", SAMPLES)
@settings(max_examples=60)
@given(data=st.data())
def test_no_damage_makes_an_error_of_ours(read_bytes, sample, data):
    """Flips, cuts and insertions anywhere end in streams and Notices, never in an exception."""
    content = bytearray(SAMPLES[sample])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    read_bytes(bytes(content), sample)


@pytest.mark.parametrize("sample", ["zip", "stored.zip", "tgz"])
@settings(max_examples=60)
@given(data=st.data())
def test_a_flipped_bit_in_an_archive_is_never_silent(read_bytes, sample, data):
    """A member is either whole, or something was said about it."""
    content = bytearray(SAMPLES[sample])
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    found = read_bytes(bytes(content), sample)
    texts = [one.text for one in found if not isinstance(one, Notice)]
    said = [one for one in found if isinstance(one, Notice) or one.outcome.state != "complete"]
    assert said or texts == list(TWO.values())
