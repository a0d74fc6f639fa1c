"""Whose request it is: the signature of a partner on what it sends us (RFC 9421).

The contract fixes what is signed and how it is written, so any other spelling is refused.
"""

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from emigrate.foundation.http.signature import (
    ALGORITHM,
    COVERED,
    HALF,
    Signable,
    content_digest,
    parameters,
    signature_base,
)

WINDOW = 300
"""Seconds that a partner's clock may differ from ours."""

INPUT = re.compile(
    rf'sig1={re.escape(COVERED)};created=([1-9]\d{{0,10}});keyid="([A-Za-z0-9._-]{{1,64}})";'
    rf'alg="{ALGORITHM}"'
)
SIGNATURE = re.compile(r"sig1=:([A-Za-z0-9+/]{86}==):")


class Forged(Exception):
    """It is not signed by a known key, or not as it stands here; the text is a stable code."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came: upper-case method, the address that the sender called, its headers.

    Header names in lower case.
    """

    method: str
    target: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def signed_by(
    incoming: Incoming, keys: Mapping[str, ec.EllipticCurvePublicKey], *, now: float
) -> str:
    """The id of the key that signed this request; Forged. `now` is real time in seconds."""
    found = INPUT.fullmatch(incoming.headers.get("signature-input", ""))
    signature = SIGNATURE.fullmatch(incoming.headers.get("signature", ""))
    if found is None or signature is None:
        raise Forged("signature_malformed")
    created, key_id = int(found[1]), found[2]
    if abs(now - created) > WINDOW:
        raise Forged("created_out_of_window")
    if incoming.headers.get("content-digest") != content_digest(incoming.body):
        raise Forged("digest_differs")
    if key_id not in keys:
        raise Forged("key_unknown")
    request_id = incoming.headers.get("x-request-id", "")
    signed = Signable(incoming.method, incoming.target, incoming.body, request_id)
    try:
        base = signature_base(signed, parameters(created, key_id))
        keys[key_id].verify(_der(b64decode(signature[1])), base, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, UnicodeEncodeError) as error:
        raise Forged("signature_differs") from error
    return key_id


def _der(raw: bytes) -> bytes:
    r, s = int.from_bytes(raw[:HALF], "big"), int.from_bytes(raw[HALF:], "big")
    return encode_dss_signature(r, s)
