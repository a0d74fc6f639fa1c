"""From a QR text to a verdict, in a fixed order: size, layers, signature, claims, status, dates."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from gate import base45, cose
from gate.cbor import decode
from gate.claims import Clearance, read_claims
from gate.inflate import unpack
from gate.reasons import Reason, Refused, Verdict
from gate.status import REVOKED, SUSPENDED, VALID, StatusList, load_status, newest
from gate.trust import PURPOSE_EC, TrustedKey, TrustList, load_root, load_trust

LONGEST_TEXT = 4096
LARGEST_CONTENT = 16_384
CLOCK_SKEW = 300
_HOUR = 3600
_HEADER = frozenset({cose.HEADER_ALG, cose.HEADER_KID})


class Result(NamedTuple):
    """One answer of the gate. `status_as_of` is when the status list used was issued."""

    verdict: Verdict
    reason: Reason
    status_as_of: str | None
    trust: str
    claims: dict[str, str | None] | None

    def as_json(self) -> dict[str, object]:
        """The answer as the command line prints it."""
        return {
            "verdict": self.verdict.value,
            "reason": self.reason.value,
            "status_as_of": self.status_as_of,
            "trust": self.trust,
            "claims": self.claims,
        }


class Verifier:
    """Checks many QR texts against one root, one trust list and its status lists, all in memory.

    `max_age_hours` replaces the trust list's own figure for how old a status list may be.
    Raises `Unusable` when one of the files cannot be trusted.
    """

    def __init__(
        self,
        root_pem: bytes,
        trust: bytes,
        statuses: Sequence[bytes],
        max_age_hours: int | None = None,
    ) -> None:
        self.trust: TrustList = load_trust(trust, load_root(root_pem))
        self._lists = newest([load_status(data, self.trust) for data in statuses])
        hours = self.trust.max_age_hours if max_age_hours is None else max_age_hours
        self._max_age = hours * _HOUR

    def check(self, qr_text: str, now: datetime) -> Result:
        """Judge one QR text at the aware moment `now`; never raises for what the text holds."""
        moment = int(now.timestamp())
        try:
            clearance, key = self._opened(qr_text, moment)
            found = self._lists.get(clearance.status_uri)
            reason = self._judge(clearance, key, found, moment)
        except Refused as refused:
            return Result(Verdict.INVALID, refused.reason, None, self.trust.shown_issuer, None)
        return Result(
            reason.verdict,
            reason,
            found.as_of if found else None,
            self.trust.shown_issuer,
            clearance.shown(),
        )

    def _opened(self, qr_text: str, now: int) -> tuple[Clearance, TrustedKey]:
        if len(qr_text) > LONGEST_TEXT:
            raise Refused(Reason.TOO_LARGE)
        message = cose.parse(unpack(base45.decode(qr_text), LARGEST_CONTENT))
        cose.require_profile(message, _HEADER)
        key = self.trust.key(message)
        if key.purpose != PURPOSE_EC:
            raise Refused(Reason.KEY_WRONG_PURPOSE)
        cose.verify(message, key.public, key.alg)
        clearance = read_claims(decode(message.payload))
        # Years later an honest paper has expired; it is not called forged for its key's sake.
        believed = min(now, clearance.expires)
        key.require(PURPOSE_EC, now=believed, signed_at=clearance.issued)
        if clearance.issuer != self.trust.issuer:
            raise Refused(Reason.BAD_CLAIMS)
        return clearance, key

    def _judge(
        self, clearance: Clearance, key: TrustedKey, found: StatusList | None, now: int
    ) -> Reason:
        value = found.get(clearance.status_index) if found else VALID
        if value not in _DECISIVE:
            raise Refused(Reason.STATUS_VALUE_UNKNOWN)
        decisive = _DECISIVE[value]
        if decisive is not None:
            return decisive
        if now >= clearance.expires:
            return Reason.EXPIRED
        if now < max(clearance.not_before, clearance.issued - CLOCK_SKEW):
            return Reason.NOT_YET_VALID
        if key.compromised_since is not None:
            return Reason.KEY_NEEDS_ONLINE_CHECK
        return self._freshness(found, now)

    def _freshness(self, found: StatusList | None, now: int) -> Reason:
        if found is None:
            return Reason.STATUS_MISSING
        if found.doubtful:
            return Reason.STATUS_KEY_COMPROMISED
        if now < found.issued - CLOCK_SKEW:
            return Reason.STATUS_FROM_THE_FUTURE
        if now > found.expires:
            return Reason.STATUS_EXPIRED
        if now > found.issued + self._max_age:
            return Reason.STATUS_STALE
        if now < self.trust.issued - CLOCK_SKEW:
            return Reason.TRUST_FROM_THE_FUTURE
        if now > self.trust.issued + self.trust.hold:
            return Reason.TRUST_STALE
        return Reason.OK


_DECISIVE = {VALID: None, REVOKED: Reason.REVOKED, SUSPENDED: Reason.SUSPENDED}
