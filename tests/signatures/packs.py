"""Packs for tests: a folder and an archive of it, and what a refusal says."""

import gzip
import io
import subprocess
import tarfile

import pytest

from signatures.errors import SignatureError


def run(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True).stdout


def packed(folder):
    """The folder as tar packs it."""
    return run("tar", "-czf", "-", "-C", folder, ".")


def members(*given):
    """A .tar.gz of TarInfo or (name, text)."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for one in given:
            if isinstance(one, tarfile.TarInfo):
                tar.addfile(one)
            else:
                info = tarfile.TarInfo(one[0])
                info.size = len(one[1])
                tar.addfile(info, io.BytesIO(one[1].encode()))
    return gzip.compress(made.getvalue())


def refusal(read, *given):
    with pytest.raises(SignatureError) as caught:
        read(*given)
    return str(caught.value)
