"""HTTP message signatures (RFC 9421) with ECDSA P-256 over method, target, body and request id."""

import base64
import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

COVERED = '("@method" "@target-uri" "content-digest" "x-request-id")'
ALGORITHM = "ecdsa-p256-sha256"
HALF = 32  # octets of r and of s (RFC 9421, section 3.3.4)


@dataclass(frozen=True, slots=True)
class Signable:
    """What a signature covers: upper-case method, absolute URL as sent, body, request id."""

    method: str
    target: str
    body: bytes
    request_id: str


def content_digest(body: bytes) -> str:
    """The Content-Digest value of a body, also of an empty one (RFC 9530, SHA-256)."""
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode("ascii")
    return f"sha-256=:{digest}:"


def parameters(created: int, key_id: str) -> str:
    """The signature parameters; `created` in whole seconds since 1970."""
    return f'{COVERED};created={created};keyid="{key_id}";alg="{ALGORITHM}"'


def signature_base(message: Signable, signature_parameters: str) -> bytes:
    """The octets that are signed (RFC 9421, section 2.5)."""
    lines = (
        f'"@method": {message.method}',
        f'"@target-uri": {message.target}',
        f'"content-digest": {content_digest(message.body)}',
        f'"x-request-id": {message.request_id}',
        f'"@signature-params": {signature_parameters}',
    )
    return "\n".join(lines).encode("ascii")


class Signer:
    """Signs our requests to partners with one P-256 key that the partner knows by `key_id`."""

    def __init__(self, key_id: str, private_key: ec.EllipticCurvePrivateKey) -> None:
        if not isinstance(private_key.curve, ec.SECP256R1):
            raise ValueError("signing_key_not_p256")  # noqa: TRY004 - the content is wrong
        if not key_id.isascii() or not key_id.isprintable() or set(key_id) & {'"', "\\"}:
            raise ValueError("signing_key_id_not_plain")
        self.key_id = key_id
        self._key = private_key

    @classmethod
    def from_pem(cls, key_id: str, pem: bytes) -> "Signer":
        """A signer from an unencrypted PEM key; ValueError for anything but a P-256 key."""
        key = load_pem_private_key(pem, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("signing_key_not_p256")  # noqa: TRY004 - the content is wrong
        return cls(key_id, key)

    def headers(self, message: Signable, *, created: int) -> dict[str, str]:
        """The three headers that carry the signature: digest, input, signature."""
        values = parameters(created, self.key_id)
        der = self._key.sign(signature_base(message, values), ec.ECDSA(hashes.SHA256()))
        r, s = decode_dss_signature(der)
        raw = base64.b64encode(r.to_bytes(HALF, "big") + s.to_bytes(HALF, "big")).decode("ascii")
        return {
            "Content-Digest": content_digest(message.body),
            "Signature-Input": f"sig1={values}",
            "Signature": f"sig1=:{raw}:",
        }
