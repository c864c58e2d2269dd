"""A pack is hashed as a whole, read within caps, and from elsewhere only as its maker signed it."""

import gzip
import hashlib
import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from signatures import archive, installed, pack
from signatures.archive import read_archive
from signatures.errors import SignatureError
from signatures.installed import install, open_pack
from signatures.pack import read_folder

from .conftest import signature

ACME = signature("model_api/acme", "type: host_exact, value: api.acme.example, confidence: high")


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


def run(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True).stdout


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


# folders


def test_the_digest_is_what_sha256sum_says(folder):
    listed = run(
        "sh", "-c",
        f"cd {folder} && find . -name '*.yaml' -printf '%P\\n' | LC_ALL=C sort | xargs sha256sum",
    )  # fmt: skip
    assert read_folder(folder).about.sha256 == hashlib.sha256(listed).hexdigest()


@pytest.mark.parametrize("change", ["content", "name", "pack"])
def test_the_digest_holds_contents_and_paths(folder, change):
    before = read_folder(folder).about.sha256
    path = folder / "model_api" / "acme.yaml"
    if change == "content":
        path.write_text(ACME + "# \n")
    elif change == "name":
        path.rename(path.with_name("acmf.yaml"))
    else:
        (folder / "pack.yaml").write_text('name: acme\nversion: "2026.11.21"\n')
    assert read_folder(folder).about.sha256 != before


def test_what_is_no_yaml_is_no_part_of_a_pack(folder):
    before = read_folder(folder).about
    (folder / "README.md").write_text("About us")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.yaml").write_text("no: [")
    assert read_folder(folder).about == before


def test_a_folder_says_its_name_and_version(folder):
    about = read_folder(folder).about
    assert (about.name, about.version, about.signed_by) == ("acme", "2026.11.20", None)
    (folder / "pack.yaml").unlink()
    assert (read_folder(folder).about.name, read_folder(folder).about.version) == ("acme", None)


def test_the_shipped_pack_has_a_version():
    about = read_folder(pack.BUILTIN).about
    assert (about.name, about.place) == ("aicensus", "shipped")
    assert about.version is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: acme\nversion: 1\n", "pack.yaml:2: version: "),
        ('name: acme\nversion: "1.0"\n', "pack.yaml:2: version: "),
        ("name: Acme\nversion: 2026.11.20\n", "pack.yaml:1: name: "),
        ("version: 2026.11.20\n", "pack.yaml:1: name: "),
        ("name: acme\nversion: 2026.11.20\nurl: x\n", "pack.yaml:3: url: "),
        ("name: [", "pack.yaml:2: not YAML: "),
    ],
)
def test_a_broken_pack_yaml_is_refused_with_line_and_key(folder, text, said):
    (folder / "pack.yaml").write_text(text)
    assert said in refusal(read_folder, folder)


def test_mounted_configuration_is_read_through_its_links(folder, tmp_path):
    """As Kubernetes mounts it: names are links into a hidden folder."""
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    folder.rename(mounted / "..data")
    for name in ("model_api", "pack.yaml"):
        (mounted / name).symlink_to(f"..data/{name}")
    assert [file.path for file in read_folder(mounted).files] == ["model_api/acme.yaml"]


def test_a_link_that_leads_back_is_refused(folder):
    (folder / "model_api" / "again").symlink_to("..")
    assert "a link back to a folder above it" in refusal(read_folder, folder)


@pytest.mark.parametrize("kind", ["fifo", "dangling", "ending", "folder"])
def test_what_would_be_left_out_in_silence_is_refused(folder, kind):
    path = folder / "model_api" / "b.yaml"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "dangling":
        path.symlink_to("gone")
    elif kind == "ending":
        path.with_suffix(".YML").write_text(ACME)
    else:
        path.mkdir()
        (path / "c.yml").write_text(ACME)
    wanted = {"fifo": "not a regular file", "dangling": "No such file", "ending": "ends in .YML"}
    assert wanted.get(kind, "ends in .yml") in refusal(read_folder, folder)


@pytest.mark.parametrize(("cap", "value"), [("MAX_FILES", 1), ("MAX_BYTES", 50), ("MAX_FILE", 50)])
def test_more_than_a_pack_holds_is_refused(folder, monkeypatch, cap, value):
    monkeypatch.setattr(pack, cap, value)
    assert "more than" in refusal(read_folder, folder)


# archives


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


# installed


def fine(_pack):
    """No further check."""


@pytest.fixture
def make(tmp_path, signed):
    """`make(version, text=ACME, name="acme")`: a signed archive."""

    def made(version, text=ACME, name="acme"):
        about = ("pack.yaml", f'name: {name}\nversion: "{version}"\n')
        return signed(tmp_path / f"{version}.tar.gz", members(about, (GOOD[0], text)))

    return made


def test_an_installed_pack_is_used_by_its_folder(tmp_path, make, key):
    into = tmp_path / "packs"
    assert install(make("2026.11.20"), [key], into, fine).before is None
    found = open_pack(into)
    assert (found.about.version, found.about.place) == ("2026.11.20", str(into))
    assert found.about.signed_by is not None


def test_the_next_version_replaces_it_and_the_previous_one_stays(tmp_path, make, key):
    into = tmp_path / "packs"
    for version in ("2026.11.20", "2026.11.21", "2026.11.21.1", "2026.11.21.10"):
        done = install(make(version), [key], into, fine)
    assert (done.before, open_pack(into).about.version) == ("acme 2026.11.21.1", "2026.11.21.10")
    previous = into / "previous" / "pack.tar.gz"
    assert read_archive(previous, [key]).about.version == "2026.11.21.1"
    assert len(list(into.iterdir())) == 4  # two links, two packs


def refused_pack(_pack):
    raise SignatureError("acme.yaml", 3, "kind", "wrong")


@pytest.mark.parametrize("fault", ["check", "tampered", "older", "other", "same"])
def test_a_refused_pack_leaves_the_old_one_in_use(tmp_path, make, key, fault):
    into = tmp_path / "packs"
    install(make("2026.11.20"), [key], into, fine)
    before = sorted(path.name for path in into.iterdir())
    version = {"older": "2026.11.19", "same": "2026.11.20"}.get(fault, "2026.11.21")
    path = make(version, ACME + "# more\n", "beta" if fault == "other" else "acme")
    if fault == "tampered":
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    check = refused_pack if fault == "check" else fine
    said = refusal(install, path, [key], into, check)
    wanted = {
        "check": "acme.yaml:3: kind: wrong",
        "tampered": "is not what",
        "older": "2026.11.19 is older than 2026.11.20, which is installed; --older allows it",
        "other": "beta is not acme, which is installed there; name another folder; --other-pack",
        "same": "2026.11.20 is installed already, with other content",
    }
    assert wanted[fault] in said
    assert sorted(path.name for path in into.iterdir()) == before
    assert open_pack(into).about.version == "2026.11.20"


@pytest.mark.parametrize("step", ["_put", "_point", "_tidy"])
def test_an_installation_that_is_cut_short_leaves_a_whole_pack_in_use(
    tmp_path, make, key, monkeypatch, step
):
    into = tmp_path / "packs"
    install(make("2026.11.20"), [key], into, fine)
    path = make("2026.11.21")

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(installed, step, stop)
        with pytest.raises(KeyboardInterrupt):
            install(path, [key], into, fine)
    used = "2026.11.21" if step == "_tidy" else "2026.11.20"
    assert open_pack(into).about.version == used
    install(path, [key], into, fine)
    assert open_pack(into).about.version == "2026.11.21"


def test_an_older_one_is_installed_when_it_is_meant(tmp_path, make, key):
    into = tmp_path / "packs"
    install(make("2026.11.20"), [key], into, fine)
    install(make("2026.11.19"), [key], into, fine, older=True)
    assert open_pack(into).about.version == "2026.11.19"


def test_another_pack_is_installed_when_it_is_meant_and_versions_of_two_are_not_compared(
    tmp_path, make, key
):
    into = tmp_path / "packs"
    install(make("2026.11.20"), [key], into, fine)
    beta = make("2026.11.19", name="beta")
    assert "--other-pack" in refusal(lambda: install(beta, [key], into, fine, older=True))
    install(beta, [key], into, fine, other=True)
    assert open_pack(into).about.name == "beta"


def test_another_pack_that_is_meant_does_not_make_an_older_one_meant(tmp_path, make, key):
    into = tmp_path / "packs"
    install(make("2026.11.20"), [key], into, fine)
    older = make("2026.11.19")
    assert "--older" in refusal(lambda: install(older, [key], into, fine, other=True))


def test_an_installed_pack_that_was_changed_is_refused_and_installing_again_mends_it(
    tmp_path, make, key
):
    into = tmp_path / "packs"
    install(make("2026.11.19"), [key], into, fine)
    install(make("2026.11.20"), [key], into, fine)
    path = into / "current" / "pack.tar.gz"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert "is not what pack.tar.gz.sig was made of" in refusal(open_pack, into)
    install(make("2026.11.20"), [key], into, fine)
    assert open_pack(into).about.version == "2026.11.20"
    previous = into / "previous" / "pack.tar.gz"
    assert read_archive(previous, [key]).about.version == "2026.11.19"


def test_an_installed_pack_can_be_held_to_a_key_kept_elsewhere(tmp_path, make, key, maker):
    into = tmp_path / "packs"
    install(make("2026.11.20"), [key], into, fine)
    assert open_pack(into, [key]).about.version == "2026.11.20"
    assert "is not what" in refusal(open_pack, into, [maker / "other.pub.pem"])


def test_what_a_killed_installation_left_is_removed(tmp_path, make, key):
    into = tmp_path / "packs"
    left = into / "acme_2026.11.18_0123456789ab_killed"
    left.mkdir(parents=True)
    (into / "acme_2026.11.18_0123456789ab_killed" / "pack.tar.gz").write_bytes(b"half")
    install(make("2026.11.20"), [key], into, fine)
    assert not left.exists()


def test_a_folder_of_other_things_is_not_taken_over(tmp_path, make, key):
    into = tmp_path / "mine"
    into.mkdir()
    (into / "notes.txt").write_text("keep")
    assert "holds other files" in refusal(install, make("2026.11.20"), [key], into, fine)
    assert [path.name for path in into.iterdir()] == ["notes.txt"]


def test_what_is_installed_may_be_read_by_the_user_that_scans(tmp_path, make, key):
    into = tmp_path / "packs"
    mask = os.umask(0o077)
    try:
        install(make("2026.11.20"), [key], into, fine)
    finally:
        os.umask(mask)
    there = into / "current"
    modes = [oct(path.stat().st_mode & 0o777) for path in (into, there, there / "pack.tar.gz")]
    assert modes == ["0o755", "0o755", "0o644"]


def test_a_pinned_pack_is_used_as_long_as_it_is_the_same(folder):
    pin = f"{folder}@sha256:{read_folder(folder).about.sha256}"
    assert open_pack(Path(pin)).about == read_folder(folder).about
    (folder / "model_api" / "acme.yaml").write_text(ACME + "# \n")
    said = refusal(open_pack, Path(pin))
    assert said.startswith(f"{folder}:1: its sha256 is {read_folder(folder).about.sha256}, wanted ")


def test_opening_what_is_not_there_is_refused(tmp_path):
    assert "does not exist" in refusal(open_pack, tmp_path / "gone")
