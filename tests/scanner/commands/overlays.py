"""An overlay, and what lets tests change one between calls."""

import io
import tarfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import signatures.load
from scanner import load, pipeline
from scanner.load import catalogue, compiled
from signatures.load import BUILTIN, Entry, read_signature
from signatures.tables import Tables

OWN = """id: saas_app/pallet_mind
name: Pallet Mind
kind: saas_app
vendor: pallet-mind
vendor_name: Pallet Mind
summary: Made-up assistant for warehouses.
usage: chat
indicators:
  - type: host_exact
    value: pallet-mind.example
    surface: web
    confidence: high
    evidence: [{kind: page, ref: "https://pallet-mind.example/", seen: "2026-03-01"}]
cases:
  - {observe: {dst_host: pallet-mind.example}, match: true}
  - {observe: {dst_host: pallet-mind.example.evil.example}, match: false}
"""
PATH = "saas_app/pallet_mind.yaml"


_SHIPPED: dict[str, Entry] = {}


def _read_once(data: bytes, source: str, tables: Tables) -> Entry:
    """As read_signature; what is shipped does not change while the tests run."""
    if not source.startswith(str(BUILTIN)):
        return read_signature(data, source, tables)
    if source not in _SHIPPED:
        _SHIPPED[source] = read_signature(data, source, tables)
    return _SHIPPED[source]


def changed(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


@pytest.fixture
def anew(monkeypatch):
    """Overlays change between calls, so they are not remembered as elsewhere in these tests."""
    for module in (load, pipeline):
        monkeypatch.setattr(module, "compiled", compiled)
    monkeypatch.setattr(load, "catalogue", catalogue)
    monkeypatch.setattr(signatures.load, "read_signature", _read_once)


@pytest.fixture
def own():
    """`own({path: text}, folder="own")`: a folder of signatures, and its path."""

    def written(files, folder="own"):
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return Path(folder)

    return written


@pytest.fixture
def made():
    """`made(text=OWN, version="2026.03.01")`: a signed pack.tar.gz, its key in pub.pem."""
    private = Ed25519PrivateKey.generate()
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    Path("pub.pem").write_bytes(pem)

    def pack(text=OWN, version="2026.03.01"):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as tar:
            about = f'name: acme\nversion: "{version}"\n'
            for name, content in (("pack.yaml", about), (PATH, text)):
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content.encode()))
        path = Path("pack.tar.gz")
        path.write_bytes(packed.getvalue())
        Path("pack.tar.gz.sig").write_bytes(private.sign(packed.getvalue()))
        return path

    return pack
