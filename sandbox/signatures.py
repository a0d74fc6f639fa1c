"""RFC 9421 signatures, checked and made: our own code, sharing nothing with the client."""

import base64
import binascii
import hashlib
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

REQUIRED = ("@method", "@target-uri", "content-digest", "x-request-id")
SKEW_SECONDS = 300
REMEMBERED_SECONDS = 600

INPUT = re.compile(r"sig1=(?P<all>\((?P<names>[^()]*)\)(?P<parameters>(?:;[a-z]+=[^;]+)*))")
NAME = re.compile(r'"([a-z0-9@-]+)"')
PARAMETER = re.compile(r';([a-z]+)=(?:"([^"\\]*)"|([0-9]+))')
SIGNATURE = re.compile(r"sig1=:([A-Za-z0-9+/]{86}==):")
DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")


HALF = 32
"""Octets of r and of s."""


class Rejected(Exception):
    """The signature does not hold; the text is a stable code."""


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it arrived; header names in lower case, each at most once."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class Verifier:
    """Knows the callers' public keys and the signatures seen in the last ten minutes."""

    def __init__(self) -> None:
        self._keys: dict[str, ec.EllipticCurvePublicKey] = {}
        self._seen: dict[bytes, float] = {}
        self._swept = 0.0
        self._lock = threading.Lock()

    def add_key(self, key_id: str, pem: bytes) -> None:
        """Accept signatures of this P-256 key from now on; ValueError for any other key."""
        key = load_pem_public_key(pem)
        if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
            raise ValueError("not_a_p256_key")
        self._keys[key_id] = key

    def key_ids(self) -> list[str]:
        """The names of the keys known."""
        return sorted(self._keys)

    def check(self, request: Received, now: float) -> str:
        """The id of the key that signed; Rejected otherwise. `now` is seconds since 1970."""
        names, parameters, signed_parameters = _parse_input(request.headers)
        _check_digest(request)
        if abs(now - int(parameters.get("created", "0"))) > SKEW_SECONDS:
            raise Rejected("created_out_of_window")
        if parameters.get("alg") != "ecdsa-p256-sha256":
            raise Rejected("algorithm_not_allowed")
        key = self._keys.get(parameters.get("keyid", ""))
        if key is None:
            raise Rejected("unknown_key")
        raw = _parse_signature(request.headers)
        _verify(key, raw, _base(request, names, signed_parameters))
        self._once(raw, now)
        return parameters["keyid"]

    def _once(self, raw: bytes, now: float) -> None:
        with self._lock:
            if now - self._swept > SKEW_SECONDS:
                oldest = now - REMEMBERED_SECONDS
                self._seen = {sig: at for sig, at in self._seen.items() if at > oldest}
                self._swept = now
            if raw in self._seen:
                raise Rejected("signature_replayed")
            self._seen[raw] = now


def _parse_input(headers: Mapping[str, str]) -> tuple[list[str], dict[str, str], str]:
    found = INPUT.fullmatch(headers.get("signature-input", ""))
    if found is None:
        raise Rejected("signature_input_malformed")
    names = found["names"].split(" ")
    plain = [match[1] for name in names if (match := NAME.fullmatch(name))]
    if len(plain) != len(names) or len(set(plain)) != len(plain):
        raise Rejected("signature_input_malformed")
    if not set(REQUIRED) <= set(plain):
        raise Rejected("component_not_covered")
    matches = list(PARAMETER.finditer(found["parameters"]))
    parameters = {match[1]: match[2] or match[3] or "" for match in matches}
    whole = sum(len(match[0]) for match in matches) == len(found["parameters"])
    if not whole or len(parameters) != len(matches) or not parameters.get("created", "").isdigit():
        raise Rejected("signature_input_malformed")
    return plain, parameters, found["all"]


def _parse_signature(headers: Mapping[str, str]) -> bytes:
    found = SIGNATURE.fullmatch(headers.get("signature", ""))
    if found is None:
        raise Rejected("signature_malformed")
    try:
        return base64.b64decode(found[1], validate=True)
    except binascii.Error as error:
        raise Rejected("signature_malformed") from error


def _check_digest(request: Received) -> None:
    found = DIGEST.fullmatch(request.headers.get("content-digest", ""))
    if found is None:
        raise Rejected("digest_malformed")
    if base64.b64decode(found[1]) != hashlib.sha256(request.body).digest():
        raise Rejected("digest_differs")


def _base(request: Received, names: list[str], signed_parameters: str) -> bytes:
    lines = []
    for name in names:
        if name == "@method":
            value = request.method
        elif name == "@target-uri":
            value = request.target
        elif name.startswith("@") or name not in request.headers:
            raise Rejected("component_missing")
        else:
            value = request.headers[name].strip()
        lines.append(f'"{name}": {value}')
    lines.append(f'"@signature-params": {signed_parameters}')
    return "\n".join(lines).encode("utf-8")


def _verify(key: ec.EllipticCurvePublicKey, raw: bytes, base: bytes) -> None:
    half = len(raw) // 2
    r, s = int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
    try:
        key.verify(utils.encode_dss_signature(r, s), base, ec.ECDSA(SHA256()))
    except InvalidSignature as error:
        raise Rejected("signature_differs") from error


class SenderKey:
    """A P-256 key that a partner signs its news with; made anew for every world."""

    def __init__(self, partner: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        public = self._key.public_key()
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.key_id = f"{partner}-{hashlib.sha256(der).hexdigest()[:16]}"
        self.pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def headers(self, request: Received, created: int) -> dict[str, str]:
        """The headers that carry the signature of a request with an `x-request-id`.

        `created` is whole seconds since 1970.
        """
        names = " ".join(f'"{name}"' for name in REQUIRED)
        signed = f'({names});created={created};keyid="{self.key_id}";alg="ecdsa-p256-sha256"'
        digest = _in_base64(hashlib.sha256(request.body).digest())
        covered = Received(
            request.method,
            request.target,
            {**request.headers, "content-digest": f"sha-256={digest}"},
            request.body,
        )
        base = _base(covered, list(REQUIRED), signed)
        r, s = utils.decode_dss_signature(self._key.sign(base, ec.ECDSA(SHA256())))
        raw = r.to_bytes(HALF, "big") + s.to_bytes(HALF, "big")
        return {
            "Content-Digest": covered.headers["content-digest"],
            "Signature-Input": f"sig1={signed}",
            "Signature": f"sig1={_in_base64(raw)}",
        }


def _in_base64(octets: bytes) -> str:
    return f":{base64.b64encode(octets).decode('ascii')}:"
