"""A whole small world for the gate: root, keys, trust list, status lists, clearances, forgeries."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

import cbor2
from base45 import b45decode, b45encode
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from emigrate.foundation.crypto.cose import qr_text, sign_cwt
from emigrate.foundation.crypto.signing_keys import (
    Purpose,
    SigningKey,
    make_key,
    make_root,
    public_pem,
)
from emigrate.foundation.crypto.status_list import StatusList, sign_status_list
from emigrate.foundation.crypto.trust_list import TrustEntry, TrustList, entry_for, sign_trust_list
from gate import Result, Verifier

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ISSUER = "IN-MEA-PGE"
URI = "https://status.example/0001"
INDEX = 93_411
EC_NUMBER = "EC-2026-DEL-4821937-K"
SHOWN = {
    "ec_number": EC_NUMBER,
    "passport_number": "Z0000007",
    "name": "SPECIMEN<<ASHA",
    "birth_date": "1994-02-28",
    "destination": "SAU",
    "occupation": "7112",
    "employer": "FE-SAU-0000007",
    "agent": "B-0000/DEL/PER/1000+/5/0000/2024",
    "policy": "PBBY-2026-0000007",
    "not_before": "2026-11-20T18:30:00Z",
    "expires": "2027-05-20T18:30:00Z",
}


@cache
def keys() -> dict[Purpose, SigningKey]:
    """One root and one key for each purpose, in use since ten days before NOW."""
    start = NOW - timedelta(days=10)
    made = {
        purpose: make_key(purpose, start, longest_validity=timedelta(days=180), demo=True)
        for purpose in (Purpose.EC_QR, Purpose.EC_VC, Purpose.STATUS)
    }
    return made | {Purpose.ROOT: make_root(start, demo=True)}


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def claims(**changes: object) -> dict[int, object]:
    """The full claims of a clearance by the CDDL; `c4=...` replaces claim 4, `c9=None` drops 9."""
    full: dict[int, object] = {
        1: ISSUER,
        4: seconds(datetime(2027, 5, 20, 18, 30, tzinfo=UTC)),
        5: seconds(datetime(2026, 11, 20, 18, 30, tzinfo=UTC)),
        6: seconds(NOW - timedelta(days=1)),
        7: bytes(range(16)),
        65535: {"status_list": {"idx": INDEX, "uri": URI}},
        169: {1: EC_NUMBER, 4: "SPECIMEN<<ASHA", 8: "19940228", 9: 2, 13: "IND", 23: "IND"},
        -66010: {
            0: 1,
            1: EC_NUMBER,
            2: "Z0000007",
            3: "SAU",
            4: 1,
            5: "7112",
            6: "B-0000/DEL/PER/1000+/5/0000/2024",
            7: "FE-SAU-0000007",
            8: "PBBY-2026-0000007",
            9: "20281231",
        },
    }
    full.update({int(name[1:].replace("m", "-")): value for name, value in changes.items()})
    return {label: value for label, value in full.items() if value is not None}


def part(label: int, **changes: object) -> dict[str, object]:
    """`claims(**part(169, k4="X"))`: one inner map with fields replaced or (None) dropped."""
    inner = dict(claims()[label])  # type: ignore[call-overload]  # both inner claims are maps
    inner.update({int(name[1:]): value for name, value in changes.items()})
    name = f"c{label}".replace("-", "m")
    return {name: {key: value for key, value in inner.items() if value is not None}}


def issue(**changes: object) -> str:
    """The QR text of a signed clearance."""
    return qr_text(sign_cwt(claims(**changes), key=keys()[Purpose.EC_QR]))


@dataclass
class World:
    """What a counter has on its disk; change a field and ask again."""

    trust: TrustList
    values: Mapping[int, int] = field(default_factory=dict)
    listed: datetime = NOW - timedelta(hours=1)
    uri: str = URI
    max_age_hours: int | None = None

    def root_pem(self) -> bytes:
        return public_pem(keys()[Purpose.ROOT])

    def trust_bytes(self) -> bytes:
        return sign_trust_list(self.trust, root=keys()[Purpose.ROOT])

    def status_bytes(self) -> bytes:
        entries = StatusList()
        for index, value in self.values.items():
            entries.set(index, value)
        return sign_status_list(
            entries, uri=self.uri, issued=self.listed, key=keys()[Purpose.STATUS]
        )

    def verifier(self) -> Verifier:
        return Verifier(
            self.root_pem(), self.trust_bytes(), [self.status_bytes()], self.max_age_hours
        )

    def check(self, text: str, now: datetime = NOW) -> Result:
        return self.verifier().check(text, now)


def world(**changes: object) -> World:
    """The ordinary world: every key listed, every entry valid, all lists an hour old."""
    return replace(World(trust=trust_list()), **changes)


def trust_list(**changes: object) -> TrustList:
    """A demonstration trust list with all keys but the root."""
    entries = [entry_for(key) for key in keys().values() if key.purpose is not Purpose.ROOT]
    plain = TrustList(
        counter=7, issued=NOW - timedelta(hours=2), issuer=ISSUER, demo=True, entries=entries
    )
    return replace(plain, **changes)


def trust_with(purpose: Purpose, **changes: object) -> TrustList:
    """The trust list with one key's entry changed."""

    def changed(entry: TrustEntry) -> TrustEntry:
        return replace(entry, **changes) if entry.purpose is purpose else entry

    plain = trust_list()
    return replace(plain, entries=[changed(entry) for entry in plain.entries])


def unpacked(text: str) -> bytes:
    """The COSE message inside a QR text, by other people's base45 and zlib."""
    return zlib.decompress(b45decode(text))


def packed(message: bytes) -> str:
    """A QR text for any bytes, in the form that the issuer writes."""
    return b45encode(zlib.compress(message, 9)).decode()


def forged(
    key: ec.EllipticCurvePrivateKey,
    *,
    protected: bytes,
    payload: bytes,
    unprotected: object = None,
    tag: int | None = 18,
) -> bytes:
    """A COSE_Sign1 message with a good signature over any header and payload whatever."""
    to_sign = cbor2.dumps(["Signature1", protected, b"", payload])
    r, s = decode_dss_signature(key.sign(to_sign, ec.ECDSA(hashes.SHA256())))
    low = min(s, key.curve.group_order - s)
    signature = r.to_bytes(32, "big") + low.to_bytes(32, "big")
    body = [protected, {} if unprotected is None else unprotected, payload, signature]
    return cbor2.dumps(body if tag is None else cbor2.CBORTag(tag, body))
