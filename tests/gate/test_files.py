"""The files that the gate stands on: none is half believed."""

from dataclasses import replace

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from emigrate.foundation.crypto.cose import deterministic, sign_message
from emigrate.foundation.crypto.signing_keys import Purpose, make_key, make_root, public_pem
from emigrate.foundation.crypto.status_list import TYPE as STATUS_TYPE
from emigrate.foundation.crypto.trust_list import TYPE as TRUST_TYPE
from emigrate.foundation.crypto.trust_list import KeyStatus, entry_for, sign_trust_list
from gate import Unusable, Verifier, cose
from gate.status import load_status
from gate.trust import load_root, load_trust
from tests.gate.specimen import NOW, URI, keys, seconds, trust_list, trust_with, world

ROOT = keys()[Purpose.ROOT]
LIST = {
    2: URI,
    4: seconds(NOW) + 100,
    6: seconds(NOW),
    65534: 900,
    65533: {"bits": 2, "lst": bytes.fromhex("789c030000000001")},
}


def trust_content() -> dict[str, object]:
    return cbor2.loads(cose.parse(sign_trust_list(trust_list(), root=ROOT)).payload)


def signed_trust(**changes) -> bytes:
    content = {name: value for name, value in {**trust_content(), **changes}.items() if value != ""}
    return sign_message(deterministic(content), key=ROOT, typ=TRUST_TYPE)


def changed_key(**changes):
    keys_ = trust_content()["keys"]
    return [{**keys_[0], **changes}, *keys_[1:]]


ED25519 = ed25519.Ed25519PrivateKey.generate().public_key()
SPKI = ED25519.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    ("trust", "code"),
    [
        (b"", "trust_unusable"),
        (b"\xd2\x84", "trust_unusable"),
        (bytes(2**20 + 1), "trust_unusable"),
        (sign_trust_list(trust_list(), root=make_root(NOW, demo=True)), "trust_signature"),
        (sign_trust_list(trust_list(), root=ROOT)[:-1] + b"\0", "trust_signature"),
        (sign_message(b"\xa0", key=ROOT, typ=STATUS_TYPE), "trust_unusable"),
        (sign_message(b"\xa0", key=ROOT), "trust_unusable"),
        (sign_message(b"\xa0", key=ROOT, typ=TRUST_TYPE), "trust_unusable"),
        (signed_trust(profile=2), "trust_unusable"),
        (signed_trust(more=1), "trust_unusable"),
        (signed_trust(counter=""), "trust_unusable"),
        (signed_trust(counter=-1), "trust_unusable"),
        (signed_trust(mode="test"), "trust_unusable"),
        (signed_trust(keys=1), "trust_unusable"),
        (signed_trust(keys=changed_key(kid=bytes(8))), "trust_unusable"),
        (signed_trust(keys=changed_key(alg=-35)), "trust_unusable"),
        (signed_trust(keys=changed_key(spki=SPKI)), "trust_unusable"),
        (signed_trust(keys=changed_key(spki=b"x")), "trust_unusable"),
        (signed_trust(keys=changed_key(status="odd")), "trust_unusable"),
        (signed_trust(keys=trust_content()["keys"][:1] * 2), "trust_unusable"),
    ],
    ids=range(20),
)  # fmt: skip
def test_a_trust_list_is_believed_whole_or_not_at_all(trust, code):
    with pytest.raises(Unusable) as unusable:
        load_trust(trust, load_root(public_pem(ROOT)))

    assert unusable.value.code == code


@pytest.mark.parametrize("pem", [
    b"", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    ED25519.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
])  # fmt: skip
def test_a_root_is_a_public_key_on_p256_or_p384(pem):
    with pytest.raises(Unusable) as unusable:
        load_root(pem)

    assert unusable.value.code == "root_unusable"


def status_by(purpose: Purpose, *, typ: str | None = STATUS_TYPE, **changes) -> bytes:
    claims = {**LIST, **{int(name[1:]): value for name, value in changes.items()}}
    kept = {label: value for label, value in claims.items() if value is not None}
    return sign_message(deterministic(kept), key=keys()[purpose], typ=typ)


STATUS = Purpose.STATUS


@pytest.mark.parametrize(("status", "code"), [
    (b"",                                                    "status_unusable"),
    (bytes(2**20 + 1),                                       "status_unusable"),
    (world().status_bytes()[:-1],                            "status_unusable"),
    (world().status_bytes()[:-2] + b"\0\0",                  "status_bad_signature"),
    (status_by(Purpose.EC_QR),                               "status_unusable"),
    (status_by(Purpose.ROOT),                                "status_unusable"),
    (status_by(STATUS, typ=None),                            "status_unusable"),
    (status_by(STATUS, typ=TRUST_TYPE),                      "status_unusable"),
    (status_by(STATUS, c4=None),                             "status_unusable"),
    (status_by(STATUS, c2=1),                                "status_unusable"),
    (status_by(STATUS, c9=1),                                "status_unusable"),
    (status_by(STATUS, c6=seconds(NOW) - 20 * 86_400),       "status_unusable"),
    (status_by(STATUS, c65533={"bits": 3, "lst": b""}),      "status_unusable"),
    (status_by(STATUS, c65533={"bits": 2, "lst": b"junk"}),  "status_unusable"),
    (status_by(STATUS, c65533={"bits": 2}),                  "status_unusable"),
], ids=range(15))  # fmt: skip
def test_a_status_list_is_believed_whole_or_not_at_all(status, code):
    stands = world()

    with pytest.raises(Unusable) as unusable:
        Verifier(stands.root_pem(), stands.trust_bytes(), [status])

    assert unusable.value.code == code


def test_the_plain_status_list_of_these_tests_is_good():
    trust = load_trust(world().trust_bytes(), load_root(world().root_pem()))

    found = load_status(status_by(STATUS), trust)

    assert (found.uri, found.issued, found.bits, found.entries) == (URI, seconds(NOW), 2, b"")


@pytest.mark.parametrize("changes", [
    {"status": KeyStatus.REVOKED}, {"compromised_since": NOW.replace(day=1)}, {"not_before": NOW},
])  # fmt: skip
def test_lists_of_a_status_key_that_was_not_fit_then_are_refused(changes):
    stands = replace(world(), trust=trust_with(STATUS, **changes))

    with pytest.raises(Unusable) as unusable:
        stands.verifier()

    assert unusable.value.code == "status_unusable"


def test_a_root_on_p256_serves_too():
    made = make_key(Purpose.ROOT, NOW, longest_validity=NOW - NOW, demo=True)
    entries = [entry_for(keys()[STATUS])]
    signed = sign_trust_list(trust_list(entries=entries), root=made)

    found = load_trust(signed, load_root(public_pem(made)))

    assert (len(found.keys), found.shown_issuer) == (1, "DEMO")
