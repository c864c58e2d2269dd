"""Whether a pack from elsewhere is what its maker signed: Ed25519, detached, as openssl makes it.

The key is a PEM public key, the signature 64 raw bytes in `PACK.sig`; docs/signatures.md has the
commands that make both.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING, Final

from signatures.errors import SignatureError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LENGTH: Final = 64  # bytes of an Ed25519 signature
MAX_KEY: Final = 16 << 10


def signature_of(pack: Path) -> Path:
    """Where the signature of a pack lies."""
    return pack.with_name(pack.name + ".sig")


def refuse_unsigned(pack: Path, data: bytes, keys: Sequence[Path]) -> str:
    """Hold the bytes of a pack against its signature; gives the sha256 of the key (DER) that fits.

    Raises SignatureError when a key or the signature is missing, of another form, or none fits.
    """
    known = [_key(key) for key in keys]
    place = signature_of(pack)
    signature = _bytes(place, LENGTH, "sign the pack, or fetch the signature beside it")
    if len(signature) != LENGTH:
        raise SignatureError(
            str(place),
            1,
            "",
            f"not a signature: wanted {LENGTH} raw bytes",
            "make it with `openssl pkeyutl -sign -rawin`",
        )
    from cryptography.exceptions import InvalidSignature

    for key, fingerprint in known:
        with contextlib.suppress(InvalidSignature):
            key.verify(signature, data)
            return fingerprint
    raise SignatureError(
        str(pack),
        1,
        "",
        f"is not what {place.name} was made of with {' or '.join(one for _, one in known)}",
        "fetch pack and signature again, and ask their maker before you trust another key",
    )


def _key(path: Path) -> tuple[Ed25519PublicKey, str]:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        PublicFormat,
        load_pem_public_key,
    )

    data = _bytes(path, MAX_KEY, "name the file of the maker's public key")
    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise SignatureError(
            str(path),
            1,
            "",
            "not an Ed25519 public key in PEM",
            "make it with `openssl pkey -pubout`",
        )
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return key, hashlib.sha256(der).hexdigest()


def _bytes(path: Path, most: int, hint: str) -> bytes:
    """The beginning of a small file, one byte more than `most` at the most."""
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as problem:
        raise SignatureError(
            str(path), 1, "", f"cannot be read: {problem.strerror}", hint
        ) from None
