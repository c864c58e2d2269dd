"""Stores behind a certificate of one's own: believed if its authority is named, else told."""

import datetime as dt
import ipaddress
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ADDRESSES = ["s3://b/", "gs://b/", "az://b@account/"]
NOW = dt.datetime.now(dt.UTC)


def certificate(name, issuer=None):
    """(certificate, key); signed by the issuer's, for 127.0.0.1, or its own as an authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer, signing = issuer or (None, key)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer.subject if signer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - dt.timedelta(days=1))
        .not_valid_after(NOW + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(signer is None, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
        )
        .add_extension(
            x509.KeyUsage(
                True, False, False, False, False, signer is None, signer is None, False, False
            ),
            critical=True,
        )
    )
    if signer is not None:
        host = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        made = made.add_extension(x509.SubjectAlternativeName([host]), critical=False)
    return made.sign(signing, hashes.SHA256()), key


@pytest.fixture
def authority(stand_in, tmp_path):
    """The stand-in speaks TLS; gives the file of its authority's certificate."""
    issuer = certificate("authority")
    leaf, key = certificate("store", issuer)
    form = (
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    chain, file = tmp_path / "chain.pem", tmp_path / "ca.pem"
    chain.write_bytes(key.private_bytes(*form) + leaf.public_bytes(serialization.Encoding.PEM))
    file.write_bytes(issuer[0].public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    stand_in.socket = context.wrap_socket(stand_in.socket, server_side=True)
    stand_in.url = stand_in.url.replace("http:", "https:")
    stand_in.objects["1.log"] = b"one\n"
    return file


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("name", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_an_authority_of_one_s_own_is_believed(
    read, stand_in, authority, address, name, monkeypatch
):
    monkeypatch.setenv(name, str(authority))
    (found,) = read(address, url=stand_in.url, anonymous=True).values()
    assert found == ("complete", b"one\n")


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_authority_nobody_named_is_told_and_nothing_is_read(read, stand_in, authority, address):
    (found,) = read(address, url=stand_in.url, anonymous=True).values()
    assert found == (
        "refused",
        "its certificate is not trusted; name its authority's in AWS_CA_BUNDLE",
    )
    assert stand_in.asked == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_certificates_that_cannot_be_read_are_told(read, stand_in, address, monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "nothing.pem"))
    (found,) = read(address, url=stand_in.url, anonymous=True).values()
    assert found[0] == "refused"
    assert "nothing.pem cannot be read" in found[1] or "OSError" in found[1]
