"""Every verdict and every reason the gate can give; the words never change, new ones may come."""

from enum import StrEnum


class Verdict(StrEnum):
    """What the officer at the counter needs to know, worst first."""

    INVALID = "invalid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    STALE = "stale"
    VALID = "valid"


class Reason(StrEnum):
    """The one cause behind a verdict; `gate/README.md` says what to do about each."""

    BAD_BASE45 = "bad_base45"
    TOO_LARGE = "too_large"
    BAD_ZLIB = "bad_zlib"
    BAD_CBOR = "bad_cbor"
    NOT_COSE = "not_cose"
    HEADER_NOT_ALLOWED = "header_not_allowed"
    ALG_NOT_ALLOWED = "alg_not_allowed"
    UNKNOWN_KEY = "unknown_key"
    KEY_WRONG_PURPOSE = "key_wrong_purpose"
    KEY_REVOKED = "key_revoked"
    KEY_NOT_VALID_THEN = "key_not_valid_then"
    KEY_COMPROMISED = "key_compromised"
    BAD_SIGNATURE = "bad_signature"
    BAD_CLAIMS = "bad_claims"
    STATUS_INDEX_UNKNOWN = "status_index_unknown"
    STATUS_VALUE_UNKNOWN = "status_value_unknown"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    KEY_NEEDS_ONLINE_CHECK = "key_needs_online_check"
    STATUS_MISSING = "status_missing"
    STATUS_KEY_COMPROMISED = "status_key_compromised"
    STATUS_FROM_THE_FUTURE = "status_from_the_future"
    STATUS_EXPIRED = "status_expired"
    STATUS_STALE = "status_stale"
    TRUST_FROM_THE_FUTURE = "trust_from_the_future"
    TRUST_STALE = "trust_stale"
    OK = "ok"

    @property
    def verdict(self) -> Verdict:
        """The verdict that this reason leads to."""
        return _VERDICTS.get(self, Verdict.INVALID)


_VERDICTS = {
    Reason.REVOKED: Verdict.REVOKED,
    Reason.SUSPENDED: Verdict.SUSPENDED,
    Reason.EXPIRED: Verdict.EXPIRED,
    Reason.NOT_YET_VALID: Verdict.NOT_YET_VALID,
    Reason.KEY_NEEDS_ONLINE_CHECK: Verdict.STALE,
    Reason.STATUS_MISSING: Verdict.STALE,
    Reason.STATUS_KEY_COMPROMISED: Verdict.STALE,
    Reason.STATUS_FROM_THE_FUTURE: Verdict.STALE,
    Reason.STATUS_EXPIRED: Verdict.STALE,
    Reason.STATUS_STALE: Verdict.STALE,
    Reason.TRUST_FROM_THE_FUTURE: Verdict.STALE,
    Reason.TRUST_STALE: Verdict.STALE,
    Reason.OK: Verdict.VALID,
}


class Refused(Exception):
    """The bytes under examination are not an acceptable signed object, for one reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Unusable(Exception):
    """A file that the gate itself stands on (root, trust list, status list) cannot be used."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
