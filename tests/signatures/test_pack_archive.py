"""An archive from elsewhere is read only as its maker signed it, in memory, whole or not at all."""

import gzip
import hashlib
import shutil
import tarfile

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
)

from signatures import archive
from signatures.archive import read_archive
from signatures.pack import read_folder

from .conftest import ACME
from .packs import members, packed, refusal, run


def test_an_archive_is_read_as_its_folder_is(folder, tmp_path, signed, key):
    found = read_archive(signed(tmp_path / "acme.tar.gz", packed(folder)), [key])
    of_folder = read_folder(folder)
    assert found.about.sha256 == of_folder.about.sha256
    assert [file.data for file in found.files] == [file.data for file in of_folder.files]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl")
def test_what_openssl_makes_is_understood(folder, tmp_path):
    """The commands of docs/signatures.md."""
    private, public, path = (tmp_path / name for name in ("key.pem", "pub.pem", "acme.tar.gz"))
    path.write_bytes(packed(folder))
    run("openssl", "genpkey", "-algorithm", "ed25519", "-out", private)
    run("openssl", "pkey", "-in", private, "-pubout", "-out", public)
    run("openssl", "pkeyutl", "-sign", "-rawin", "-inkey", private,
        "-in", path, "-out", f"{path}.sig")  # fmt: skip
    der = run("openssl", "pkey", "-pubin", "-in", public, "-outform", "DER")
    assert read_archive(path, [public]).about.signed_by == hashlib.sha256(der).hexdigest()


def test_a_file_of_an_archive_is_named_in_messages(folder, tmp_path, signed, key):
    found = read_archive(signed(tmp_path / "acme.tar.gz", packed(folder)), [key])
    assert found.files[0].source == f"{tmp_path}/acme.tar.gz!model_api/acme.yaml"


@pytest.mark.parametrize("where", [0, 100, -1])
def test_a_changed_byte_is_refused(folder, tmp_path, signed, key, where):
    path = signed(tmp_path / "acme.tar.gz", packed(folder))
    data = bytearray(path.read_bytes())
    data[where] ^= 1
    path.write_bytes(data)
    said = refusal(read_archive, path, [key])
    assert said.startswith(f"{path}:1: is not what acme.tar.gz.sig was made of with ")


def test_another_maker_is_refused_and_one_of_several_keys_is_enough(
    folder, tmp_path, signed, maker, key
):
    path = signed(tmp_path / "acme.tar.gz", packed(folder), "other")
    assert "is not what" in refusal(read_archive, path, [key])
    assert read_archive(path, [key, maker / "other.pub.pem"]).about.name == "acme"


def test_an_archive_needs_a_key(folder, tmp_path, signed):
    path = signed(tmp_path / "acme.tar.gz", packed(folder))
    assert "no key to check it with; name one: --signatures-key" in refusal(read_archive, path, [])


@pytest.mark.parametrize("damage", ["missing", "short", "long", "base64"])
def test_a_signature_of_another_form_is_refused(folder, tmp_path, signed, key, damage):
    path = signed(tmp_path / "acme.tar.gz", packed(folder))
    place = tmp_path / "acme.tar.gz.sig"
    data = place.read_bytes()
    if damage == "missing":
        place.unlink()
    else:
        place.write_bytes({"short": data[:-1], "long": data + b"\n", "base64": b"A" * 88}[damage])
    said = refusal(read_archive, path, [key])
    assert said.startswith(f"{place}:1: ")
    assert ("No such file" if damage == "missing" else "wanted 64 raw bytes") in said


@pytest.mark.parametrize("kind", ["missing", "private", "rsa", "text"])
def test_a_key_of_another_form_is_refused(folder, tmp_path, signed, maker, kind):
    path = signed(tmp_path / "acme.tar.gz", packed(folder))
    place = tmp_path / "pub.pem"
    if kind == "private":
        place.write_bytes((maker / "key.pem").read_bytes())
    elif kind == "rsa":
        public = rsa.generate_private_key(65537, 2048).public_key()
        place.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    elif kind == "text":
        place.write_text("secret")
    said = refusal(read_archive, path, [place])
    assert said.startswith(f"{place}:1: ")
    assert ("No such file" if kind == "missing" else "not an Ed25519 public key in PEM") in said


def test_nothing_is_unpacked_before_the_signature_holds(tmp_path, signed, key, monkeypatch):
    path = signed(tmp_path / "acme.tar.gz", b"x")
    path.write_bytes(b"y")

    def never(*_):
        raise AssertionError("looked inside")

    monkeypatch.setattr(archive, "_inflated", never)
    assert "is not what" in refusal(read_archive, path, [key])


def special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


GOOD = ("model_api/acme.yaml", ACME)
LAST = ("saas_app/z.yaml", ACME)
ABOUT = ("pack.yaml", 'name: acme\nversion: "2026.11.20"\n')


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([special("a.yaml", tarfile.SYMTYPE, "/etc/passwd")], "!a.yaml:1: a link or device"),
        ([special("a.yaml", tarfile.LNKTYPE, "pack.yaml")], "!a.yaml:1: a link or device"),
        ([special("a", tarfile.CHRTYPE)], "!a:1: a link or device"),
        ([special("a", tarfile.FIFOTYPE)], "!a:1: a link or device"),
        ([("../a.yaml", ACME)], "!../a.yaml:1: a path that leads out of the pack"),
        ([("/a.yaml", ACME)], "!/a.yaml:1: a path that leads out of the pack"),
        ([("a//b.yaml", ACME)], "!a//b.yaml:1: a path that leads out of the pack"),
        ([("a\x1b[31m.yaml", ACME)], ":1: a file name that is not plain ASCII"),
        ([GOOD], "!model_api/acme.yaml:1: stands in the archive twice"),
        ([("./model_api/acme.yaml", ACME)], ":1: stands in the archive twice"),
        ([("b.yml", ACME)], "!b.yml:1: ends in .yml"),
    ],
)
def test_a_hostile_archive_is_refused_whole(tmp_path, signed, key, given, said):
    path = signed(tmp_path / "acme.tar.gz", members(ABOUT, GOOD, *given))
    assert said in refusal(read_archive, path, [key])


def test_an_archive_says_what_it_is(tmp_path, signed, key):
    path = signed(tmp_path / "acme.tar.gz", members(GOOD))
    assert "no pack.yaml in it" in refusal(read_archive, path, [key])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not gzip",
        members(ABOUT, GOOD)[:-4],
        members(ABOUT, GOOD) + b"more",
        gzip.compress(b"not tar" * 200),
        gzip.compress(gzip.decompress(members(ABOUT, GOOD))[:1200]),
        gzip.compress(gzip.decompress(members(ABOUT, GOOD))[:2048]),
        gzip.compress(
            b"xstar".join(gzip.decompress(members(ABOUT, GOOD, LAST)).rsplit(b"ustar", 1))
        ),
        gzip.compress(gzip.decompress(members(ABOUT, GOOD)) + b"more"),
    ],
    ids=range(9),  # a pack's bytes say when they were packed
)
def test_a_damaged_archive_is_refused(tmp_path, signed, key, data):
    path = signed(tmp_path / "acme.tar.gz", data)
    said = refusal(read_archive, path, [key])
    assert "not a whole .tar.gz" in said or "no signature file" in said


@pytest.mark.parametrize(
    ("cap", "value"), [("MAX_FILES", 1), ("MAX_BYTES", 50), ("MAX_FILE", 50), ("PACKED", 50)]
)
def test_an_archive_over_a_cap_is_refused(tmp_path, signed, key, monkeypatch, cap, value):
    path = signed(tmp_path / "acme.tar.gz", members(ABOUT, GOOD))
    monkeypatch.setattr(archive, cap, value)
    assert "more than" in refusal(read_archive, path, [key])


def test_a_bomb_is_not_inflated(tmp_path, signed, key):
    bomb = gzip.compress(bytes(archive.MAX_BYTES + (archive.MAX_FILES + 1 << 10)), 1)
    assert "more than" in refusal(read_archive, signed(tmp_path / "a.tar.gz", bomb), [key])
