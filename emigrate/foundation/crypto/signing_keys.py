"""Keys that sign: who they are, what for, and in which window; kept in PEM files with a note.

A key's identifier is the first eight bytes of SHA-256 over its SubjectPublicKeyInfo (DER). There
is no certificate behind these keys; their trust comes from the trust list alone.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

USAGE = timedelta(days=90)
PUBLISHED_BEFORE_USE = timedelta(days=30)
KEPT_FOR_CHECKING = timedelta(days=365)
KID_SIZE = 8
ES256, ES384 = -7, -35


class Purpose(StrEnum):
    """What a key may sign; a key never has two purposes."""

    ROOT = "root"
    EC_QR = "ec-qr"
    EC_VC = "ec-vc"
    STATUS = "status"
    WEBHOOK = "webhook"


class KeyUnfit(ValueError):
    """A key file is damaged, or a key may not be used for this; `code` says which."""

    def __init__(self, code: str) -> None:
        """Keep the stable code; never anything of the key."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its purpose and times (aware, UTC, whole seconds).

    It signs from `not_before` up to `not_after`; what it signed is believed up to `verify_until`.
    `demo` keys vouch for nothing and never stand beside real ones.
    """

    private: ec.EllipticCurvePrivateKey
    purpose: Purpose
    not_before: datetime
    not_after: datetime
    verify_until: datetime
    demo: bool

    @property
    def public(self) -> ec.EllipticCurvePublicKey:
        """The public half."""
        return self.private.public_key()

    @property
    def kid(self) -> bytes:
        """The eight bytes that name this key."""
        return key_identifier(self.public)

    @property
    def alg(self) -> int:
        """The COSE algorithm that goes with the curve: ES256 on P-256, ES384 on P-384."""
        return ALGORITHMS[self.private.curve.name]

    def signs_at(self, now: datetime) -> bool:
        """Whether the key may sign at this moment."""
        return self.not_before <= now <= self.not_after


ALGORITHMS = {"secp256r1": ES256, "secp384r1": ES384}


def key_identifier(public: ec.EllipticCurvePublicKey) -> bytes:
    """The first eight bytes of SHA-256 over the SubjectPublicKeyInfo."""
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).digest()[:KID_SIZE]


def make_key(
    purpose: Purpose, not_before: datetime, *, longest_validity: timedelta, demo: bool
) -> SigningKey:
    """Make a P-256 key for 90 days of use from `not_before`.

    It is believed for as long as the longest thing it signs is valid, and a year more.
    """
    start = not_before.astimezone(UTC).replace(microsecond=0)
    end = start + USAGE
    return SigningKey(
        private=ec.generate_private_key(ec.SECP256R1()),
        purpose=purpose,
        not_before=start,
        not_after=end,
        verify_until=end + longest_validity + KEPT_FOR_CHECKING,
        demo=demo,
    )


def make_root(not_before: datetime, *, years: int = 10, demo: bool) -> SigningKey:
    """Make a P-384 root, which signs nothing but trust lists and stays offline."""
    start = not_before.astimezone(UTC).replace(microsecond=0)
    end = start + timedelta(days=365 * years)
    return SigningKey(ec.generate_private_key(ec.SECP384R1()), Purpose.ROOT, start, end, end, demo)


def signing_key_at(keys: Iterable[SigningKey], purpose: Purpose, now: datetime) -> SigningKey:
    """The key to sign with now: the newest of those in their window; `KeyUnfit(no_key_in_use)`."""
    fit = [key for key in keys if key.purpose is purpose and key.signs_at(now)]
    if not fit:
        raise KeyUnfit("no_key_in_use")
    return max(fit, key=lambda key: key.not_before)


def next_key_starts(keys: Iterable[SigningKey], purpose: Purpose, now: datetime) -> datetime | None:
    """When the key to be made now must start, or `None` while the last one still suffices.

    A new key is due 30 days before the last one of its purpose ends, so that every verifier has
    seen it published before its first use.
    """
    ends = [key.not_after for key in keys if key.purpose is purpose]
    last = max(ends, default=None)
    if last is None or last <= now:
        return now
    return last if last - now <= PUBLISHED_BEFORE_USE else None


def require_demo(keys: Iterable[SigningKey], *, demo: bool) -> None:
    """Refuse demonstration keys in production, and real keys in a demonstration."""
    if any(key.demo is not demo for key in keys):
        raise KeyUnfit("demo_key_in_production" if not demo else "real_key_in_demonstration")


def save_key(key: SigningKey, folder: Path, *, passphrase: bytes | None = None) -> Path:
    """Write `<purpose>-<kid>.pem` (PKCS 8, readable by its owner only) and its note `.json`.

    Returns the path of the PEM file; an existing file is never overwritten (`FileExistsError`).
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{key.purpose}-{key.kid.hex()}.pem"
    protection = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    _write_new(
        path.with_suffix(".json"),
        json.dumps(
            {
                "purpose": key.purpose.value,
                "not_before": key.not_before.isoformat(),
                "not_after": key.not_after.isoformat(),
                "verify_until": key.verify_until.isoformat(),
                "demo": key.demo,
            },
            indent=2,
        ).encode(),
    )
    _write_new(path, key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection))
    return path


def load_key(path: Path, *, passphrase: bytes | None = None) -> SigningKey:
    """Read a key that `save_key` wrote; `KeyUnfit(key_unreadable)` for anything else."""
    try:
        private = load_pem_private_key(path.read_bytes(), passphrase)
        note = json.loads(path.with_suffix(".json").read_bytes())
        if not isinstance(private, ec.EllipticCurvePrivateKey) or type(note["demo"]) is not bool:
            raise KeyUnfit("key_unreadable")
        return SigningKey(
            private=private,
            purpose=Purpose(note["purpose"]),
            not_before=datetime.fromisoformat(note["not_before"]),
            not_after=datetime.fromisoformat(note["not_after"]),
            verify_until=datetime.fromisoformat(note["verify_until"]),
            demo=note["demo"],
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise KeyUnfit("key_unreadable") from error


def load_keys(folder: Path, *, passphrase: bytes | None = None) -> list[SigningKey]:
    """Every key of a folder, oldest first."""
    keys = [load_key(path, passphrase=passphrase) for path in sorted(folder.glob("*.pem"))]
    return sorted(keys, key=lambda key: key.not_before)


def public_pem(key: SigningKey) -> bytes:
    """The public half as PEM, the form in which a root is handed to verifiers."""
    return key.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _write_new(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        target.write(content)
