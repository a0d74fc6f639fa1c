"""COSE_Sign1 (RFC 9052 section 4.2) with ECDSA: taking it apart and checking its signature.

The algorithm is the one that the trust list (or the root key) gives to the key; a message that
names another is refused, and so is any header that our profile does not have.
"""

from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from gate.cbor import TAG_SIGN1, Key, Tagged, Value, byte_string, decode
from gate.reasons import Reason, Refused

ES256 = -7
ES384 = -35
HEADER_ALG = 1
HEADER_KID = 4
HEADER_TYP = 16
KID_SIZE = 8
_PARTS = ("protected", "unprotected", "payload", "signature")
_CONTEXT = b"\x84\x6aSignature1"
_NO_EXTERNAL_DATA = b"\x40"
_DER_SEQUENCE, _DER_INTEGER, _DER_NEGATIVE = 0x30, 0x02, 0x80


class Curve(NamedTuple):
    """What an algorithm fixes: curve, hash, octets of a number, half the order (big-endian)."""

    curve: str
    scheme: ec.ECDSA
    size: int
    half: bytes


def _half(order: str) -> bytes:
    return (int(order, 16) // 2).to_bytes(len(order) // 2, "big")


CURVES = {
    ES256: Curve(
        "secp256r1",
        ec.ECDSA(hashes.SHA256()),
        32,
        _half("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"),
    ),
    ES384: Curve(
        "secp384r1",
        ec.ECDSA(hashes.SHA384()),
        48,
        _half(
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
            "C7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973"
        ),
    ),
}


class Sign1(NamedTuple):
    """A COSE_Sign1 message taken apart; nothing in it is trusted yet."""

    protected: bytes
    header: dict[Key, Value]
    unprotected: dict[Key, Value]
    payload: bytes
    signature: bytes

    @property
    def kid(self) -> bytes:
        """The key identifier of the protected header; `Refused(unknown_key)` when it is unfit."""
        kid = self.header.get(HEADER_KID)
        if not isinstance(kid, bytes) or len(kid) != KID_SIZE:
            raise Refused(Reason.UNKNOWN_KEY)
        return kid


def parse(data: bytes) -> Sign1:
    """Take a message with tag 18 apart; `Refused(bad_cbor | not_cose)`."""
    message = decode(data)
    if not isinstance(message, Tagged) or message.tag != TAG_SIGN1:
        raise Refused(Reason.NOT_COSE)
    parts = message.value
    if not isinstance(parts, list) or len(parts) != len(_PARTS):
        raise Refused(Reason.NOT_COSE)
    protected, unprotected, payload, signature = parts
    header = _header(protected) if isinstance(protected, bytes) and protected else {}
    if (
        isinstance(protected, bytes)
        and isinstance(header, dict)
        and isinstance(unprotected, dict)
        and isinstance(payload, bytes)
        and isinstance(signature, bytes)
    ):
        return Sign1(protected, header, unprotected, payload, signature)
    raise Refused(Reason.NOT_COSE)


@lru_cache(maxsize=64)
def _header(protected: bytes) -> Value:
    # Every message of one key has the same bytes here, and nobody changes what they decode to.
    return decode(protected)


def require_profile(message: Sign1, names: AbstractSet[Key]) -> None:
    """Hold the headers to our profile: exactly `names`, all protected, and an allowed algorithm."""
    if message.header.get(HEADER_ALG) not in CURVES:
        raise Refused(Reason.ALG_NOT_ALLOWED)
    if message.unprotected or message.header.keys() != names:
        raise Refused(Reason.HEADER_NOT_ALLOWED)


def verify(
    message: Sign1, key: ec.EllipticCurvePublicKey, alg: int, *, either_s: bool = False
) -> None:
    """Check the signature by the key's own algorithm; `Refused(bad_signature | alg_...)`.

    Of the two ECDSA signatures that always come together, (r, s) and (r, n - s), only the one
    with the smaller s passes, or anybody could make a second spelling of a credential.
    `either_s` lets both pass, for messages of issuers that do not choose.
    """
    if message.header.get(HEADER_ALG) != alg:
        raise Refused(Reason.ALG_NOT_ALLOWED)
    curve, signature = CURVES[alg], message.signature
    r, s = signature[: curve.size], signature[curve.size :]
    if len(signature) != 2 * curve.size or (s > curve.half and not either_s):
        raise Refused(Reason.BAD_SIGNATURE)
    try:
        key.verify(_der(_der_integer(r) + _der_integer(s)), signed_bytes(message), curve.scheme)
    except InvalidSignature as error:
        raise Refused(Reason.BAD_SIGNATURE) from error


def _der_integer(number: bytes) -> bytes:
    least = number.lstrip(b"\0")
    if not least or least[0] >= _DER_NEGATIVE:
        least = b"\0" + least
    return bytes((_DER_INTEGER, len(least))) + least


def _der(numbers: bytes) -> bytes:
    # Two numbers of at most 49 bytes: the short form of the length holds them.
    return bytes((_DER_SEQUENCE, len(numbers))) + numbers


def signed_bytes(message: Sign1) -> bytes:
    """The Sig_structure of RFC 9052 section 4.4, without external data."""
    return b"".join(
        (
            _CONTEXT,
            byte_string(message.protected),
            _NO_EXTERNAL_DATA,
            byte_string(message.payload),
        )
    )
