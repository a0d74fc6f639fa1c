"""The trust list: which keys may sign what and when, signed by the offline root.

A COSE_Sign1 message whose payload is a map with the fields of `_LIST`; each key is a map with the
fields of `_KEY`. Times are seconds since 1970 (UTC). `docs` of the issuer: "trust list" in
`gate/README.md`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_public_key,
)

from gate import cose
from gate.cbor import Value, decode
from gate.fields import Labels, Misfit, field, mapping, moment, text
from gate.reasons import Reason, Refused, Unusable

TYPE = "application/emigrate-trust-list+cbor"
PROFILE = 1
LARGEST = 1 << 20
PURPOSE_EC = "ec-qr"
PURPOSE_STATUS = "status"
_MODES = ("demo", "production")
_STATUSES = ("active", "retired", "revoked")
_LIST: Labels = frozenset(
    {"profile", "counter", "issued", "ttl", "hold", "max_age_hours", "mode", "issuer", "keys"}
)
_KEY: Labels = frozenset(
    {"kid", "spki", "alg", "purpose", "not_before", "not_after", "verify_until", "status"}
)
_KEY_MAY: Labels = frozenset({"compromised_since"})
_HEADER = frozenset({cose.HEADER_ALG, cose.HEADER_KID, cose.HEADER_TYP})


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """One public key, its purpose, and the window in which its private half may sign."""

    kid: bytes
    public: ec.EllipticCurvePublicKey
    alg: int
    purpose: str
    not_before: int
    not_after: int
    verify_until: int
    status: str
    compromised_since: int | None

    def require(self, purpose: str, *, now: int | None, signed_at: int) -> None:
        """Refuse what this key may not have signed at that time (or not be believed any more)."""
        if self.purpose != purpose:
            raise Refused(Reason.KEY_WRONG_PURPOSE)
        if self.status == "revoked":
            raise Refused(Reason.KEY_REVOKED)
        if self.compromised_since is not None and signed_at >= self.compromised_since:
            raise Refused(Reason.KEY_COMPROMISED)
        too_late = now is not None and now > self.verify_until
        if too_late or not self.not_before <= signed_at <= self.not_after:
            raise Refused(Reason.KEY_NOT_VALID_THEN)


@dataclass(frozen=True, slots=True)
class TrustList:
    """A trust list whose signature was good. `hold` and `issued` are in seconds."""

    counter: int
    issued: int
    hold: int
    max_age_hours: int
    mode: str
    issuer: str
    keys: Mapping[bytes, TrustedKey]

    @property
    def shown_issuer(self) -> str:
        """Who vouches: the issuer's name, or `DEMO` for keys that nobody vouches for."""
        return "DEMO" if self.mode == "demo" else self.issuer

    def key(self, message: cose.Sign1) -> TrustedKey:
        """The key that a message names; `Refused(unknown_key)`."""
        key = self.keys.get(message.kid)
        if key is None:
            raise Refused(Reason.UNKNOWN_KEY)
        return key


def load_root(pem: bytes) -> ec.EllipticCurvePublicKey:
    """Read the root's public key (P-256 or P-384, PEM); `Unusable(root_unusable)`."""
    try:
        root = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Unusable("root_unusable", "The root file holds no public key in PEM.") from error
    if not isinstance(root, ec.EllipticCurvePublicKey) or _alg_of(root) is None:
        raise Unusable("root_unusable", "The root key is on neither P-256 nor P-384.")
    return root


def load_trust(data: bytes, root: ec.EllipticCurvePublicKey) -> TrustList:
    """Read a trust list that this root signed; `Unusable(trust_signature | trust_unusable)`."""
    if len(data) > LARGEST:
        raise Unusable("trust_unusable", "The trust list is larger than one mebibyte.")
    try:
        return _trust_list(decode(_opened(data, root)))
    except Refused as refused:
        signature = refused.reason in (Reason.BAD_SIGNATURE, Reason.UNKNOWN_KEY)
        raise Unusable(
            "trust_signature" if signature else "trust_unusable",
            f"The trust list is not one that this root signed ({refused.reason}).",
        ) from refused
    except (Misfit, ValueError, UnsupportedAlgorithm) as error:
        raise Unusable("trust_unusable", "The trust list's content is not understood.") from error


def key_identifier(key: ec.EllipticCurvePublicKey) -> bytes:
    """The first eight bytes of SHA-256 over the key's SubjectPublicKeyInfo (DER)."""
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).digest()[: cose.KID_SIZE]


def _opened(data: bytes, root: ec.EllipticCurvePublicKey) -> bytes:
    message = cose.parse(data)
    cose.require_profile(message, _HEADER)
    if message.header[cose.HEADER_TYP] != TYPE:
        raise Refused(Reason.HEADER_NOT_ALLOWED)
    if message.kid != key_identifier(root):
        raise Refused(Reason.UNKNOWN_KEY)
    alg = _alg_of(root)
    if alg is None:
        raise Refused(Reason.ALG_NOT_ALLOWED)
    cose.verify(message, root, alg)
    return message.payload


def _trust_list(payload: Value) -> TrustList:
    pairs = mapping(payload, _LIST)
    keys = pairs["keys"]
    if not isinstance(keys, list) or pairs["profile"] != PROFILE:
        raise Misfit
    mode = text(pairs, "mode")
    if mode not in _MODES:
        raise Misfit
    trusted = [_trusted_key(entry) for entry in keys]
    by_kid = {key.kid: key for key in trusted}
    if len(by_kid) != len(trusted):
        raise Misfit
    return TrustList(
        counter=moment(pairs, "counter"),
        issued=moment(pairs, "issued"),
        hold=moment(pairs, "hold"),
        max_age_hours=moment(pairs, "max_age_hours"),
        mode=mode,
        issuer=text(pairs, "issuer"),
        keys=by_kid,
    )


def _trusted_key(entry: Value) -> TrustedKey:
    pairs = mapping(entry, _KEY, _KEY_MAY)
    public = load_der_public_key(field(pairs, "spki", bytes))
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise Misfit
    kid, alg = field(pairs, "kid", bytes), field(pairs, "alg", int)
    status = text(pairs, "status")
    if kid != key_identifier(public) or alg != _alg_of(public) or status not in _STATUSES:
        raise Misfit
    return TrustedKey(
        kid=kid,
        public=public,
        alg=alg,
        purpose=text(pairs, "purpose"),
        not_before=moment(pairs, "not_before"),
        not_after=moment(pairs, "not_after"),
        verify_until=moment(pairs, "verify_until"),
        status=status,
        compromised_since=(
            moment(pairs, "compromised_since") if "compromised_since" in pairs else None
        ),
    )


def _alg_of(key: ec.EllipticCurvePublicKey) -> int | None:
    named = (alg for alg, curve in cose.CURVES.items() if curve.curve == key.curve.name)
    return next(named, None)
