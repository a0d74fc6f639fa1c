"""The trust list: the public keys that verifiers may believe, signed by the offline root.

A COSE_Sign1 message, protected {1: alg, 4: kid of the root, 16: its type}, over one map:
profile 1, counter, issued, ttl and hold (seconds), max_age_hours, mode, issuer, keys. `counter`
grows with every list, so that an older one is refused; `hold` is how long a verifier without a
connection may keep using its last copy; `max_age_hours` is when a status list counts as stale.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from emigrate.foundation.crypto.cose import deterministic, sign_message
from emigrate.foundation.crypto.signing_keys import (
    ALGORITHMS,
    KeyUnfit,
    Purpose,
    SigningKey,
    key_identifier,
)

TYPE = "application/emigrate-trust-list+cbor"
PROFILE = 1
REFRESH = timedelta(hours=24)
HOLD = timedelta(days=30)
MAX_AGE_HOURS = 24


class KeyStatus(StrEnum):
    """`active`: in use or announced; `retired`: only old signatures; `revoked`: believe nothing."""

    ACTIVE = "active"
    RETIRED = "retired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class TrustEntry:
    """One public key with its purpose and times; `compromised_since` after a leak."""

    public: ec.EllipticCurvePublicKey
    purpose: Purpose
    not_before: datetime
    not_after: datetime
    verify_until: datetime
    demo: bool
    status: KeyStatus = KeyStatus.ACTIVE
    compromised_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrustList:
    """What the root signs. Lists of demonstration keys say so to every verifier."""

    counter: int
    issued: datetime
    issuer: str
    demo: bool
    entries: Sequence[TrustEntry]
    max_age_hours: int = MAX_AGE_HOURS
    refresh: timedelta = REFRESH
    hold: timedelta = HOLD


def entry_for(key: SigningKey, *, status: KeyStatus = KeyStatus.ACTIVE) -> TrustEntry:
    """The entry that publishes a signing key; `KeyUnfit(root_is_not_listed)` for a root."""
    if key.purpose is Purpose.ROOT:
        raise KeyUnfit("root_is_not_listed")
    return TrustEntry(
        public=key.public,
        purpose=key.purpose,
        not_before=key.not_before,
        not_after=key.not_after,
        verify_until=key.verify_until,
        demo=key.demo,
        status=status,
    )


def compromised(entry: TrustEntry, *, since: datetime) -> TrustEntry:
    """The entry after a leak: verifiers refuse what was signed from `since` on.

    What bears an earlier date they refer to an online check, because a thief can write any date.
    """
    return replace(entry, compromised_since=since)


def sign_trust_list(trust: TrustList, *, root: SigningKey) -> bytes:
    """Sign a list with the offline root.

    `KeyUnfit`: `key_wrong_purpose` if that is no root, `demo_mixed` if demonstration and real
    keys (or root) meet in one list.
    """
    if root.purpose is not Purpose.ROOT:
        raise KeyUnfit("key_wrong_purpose")
    marks = {root.demo, trust.demo, *(entry.demo for entry in trust.entries)}
    if len(marks) > 1:
        raise KeyUnfit("demo_mixed")
    content = {
        "profile": PROFILE,
        "counter": trust.counter,
        "issued": _seconds(trust.issued),
        "ttl": int(trust.refresh.total_seconds()),
        "hold": int(trust.hold.total_seconds()),
        "max_age_hours": trust.max_age_hours,
        "mode": "demo" if trust.demo else "production",
        "issuer": trust.issuer,
        "keys": [_listed(entry) for entry in trust.entries],
    }
    return sign_message(deterministic(content), key=root, typ=TYPE)


def _listed(entry: TrustEntry) -> dict[str, object]:
    listed: dict[str, object] = {
        "kid": key_identifier(entry.public),
        "spki": entry.public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "alg": ALGORITHMS[entry.public.curve.name],
        "purpose": entry.purpose.value,
        "not_before": _seconds(entry.not_before),
        "not_after": _seconds(entry.not_after),
        "verify_until": _seconds(entry.verify_until),
        "status": entry.status.value,
    }
    if entry.compromised_since is not None:
        listed["compromised_since"] = _seconds(entry.compromised_since)
    return listed


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
