"""A catalogue from a few lines of text, and a signed pack of it."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from signatures.compile import compile_catalogue
from signatures.load import load_catalogue

HEAD = """\
id: {id}
name: {name}
kind: {kind}
vendor: acme
summary: Made up for a test.
indicators:
"""
SEEN = 'evidence: [{kind: page, ref: "https://acme.example/docs", seen: "2026-11-21"}]'


def signature(id="model_api/acme", *indicators, name="Acme", tail=""):  # noqa: A002 - the key's name
    """The text of a file; an indicator is the inside of a flow mapping."""
    rows = "".join(f"  - {{{row}, {SEEN}}}\n" for row in indicators)
    return HEAD.format(id=id, name=name, kind=id.partition("/")[0]) + rows + tail


ACME = signature("model_api/acme", "type: host_exact, value: api.acme.example, confidence: high")


@pytest.fixture
def make_catalogue(tmp_path):
    """Writes files (id to text) into a folder and loads it."""

    def make(files, folder="shipped"):
        for name, text in files.items():
            path = tmp_path / folder / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_catalogue([tmp_path / folder])

    return make


@pytest.fixture
def make_compiled(make_catalogue):
    """As make_catalogue with one file of these indicators for each id, compiled."""

    def make(**services):
        files = {}
        for name, rows in services.items():
            full = f"model_api/{name}"
            files[full] = signature(full, *rows, name=name)
        return compile_catalogue(make_catalogue(files))

    return make


@pytest.fixture(scope="session")
def maker(tmp_path_factory):
    """The folder of two key pairs: key.pem, key.pub.pem, other.pem, other.pub.pem."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("key", "other"):
        made = Ed25519PrivateKey.generate()
        pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / f"{name}.pem").write_bytes(pem)
        public = made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (folder / f"{name}.pub.pem").write_bytes(public)
    return folder


@pytest.fixture
def folder(tmp_path):
    """A folder with one signature and a pack.yaml."""
    made = tmp_path / "acme"
    (made / "model_api").mkdir(parents=True)
    (made / "model_api" / "acme.yaml").write_text(ACME)
    (made / "pack.yaml").write_text('name: acme\nversion: "2026.11.20"\n')
    return made


@pytest.fixture
def signed(maker):
    """`signed(path, data, key="key")`: writes an archive and its signature."""

    def sign(path, data, key="key"):
        private = load_pem_private_key((maker / f"{key}.pem").read_bytes(), None)
        path.write_bytes(data)
        path.with_name(f"{path.name}.sig").write_bytes(private.sign(data))
        return path

    return sign


@pytest.fixture
def key(maker):
    return maker / "key.pub.pem"
