import random
import zlib

import cbor2
import pytest
from base45 import b45encode

from emigrate.foundation.crypto.cose import deterministic, sign_message
from emigrate.foundation.crypto.signing_keys import Purpose
from gate import Reason, Verdict
from tests.gate.forgery import accepted, alterations
from tests.gate.specimen import (
    NOW,
    claims,
    forged,
    issue,
    keys,
    packed,
    unpacked,
    world,
)

ALTERATIONS = 6_000
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
EC, STATUS, OTHER = Purpose.EC_QR, Purpose.STATUS, Purpose.EC_VC
KID = keys()[EC].kid
HEADER = cbor2.dumps({1: -7, 4: KID})
PAYLOAD = deterministic(claims())


def test_no_altered_text_is_ever_accepted():
    text, verifier = issue(), world().verifier()

    wrong = accepted(verifier, alterations(text, ALTERATIONS, seed=2026))

    assert (wrong, verifier.check(text, NOW).verdict) == ([], Verdict.VALID)


def test_no_single_character_can_be_replaced():
    text, verifier = issue(), world().verifier()
    chance = random.Random(11)
    places = chance.sample(range(len(text)), 40)

    wrong = accepted(
        verifier,
        (
            text[:place] + letter + text[place + 1 :]
            for place in places
            for letter in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:a\n"
            if letter != text[place]
        ),
    )

    assert wrong == []


def made(**changes):
    """A message of the EC key's own hand with one thing wrong, as a QR text."""
    plain = {"protected": HEADER, "payload": PAYLOAD}
    return packed(forged(keys()[EC].private, **{**plain, **changes}))


def other_s() -> str:
    message = unpacked(issue())
    s = ORDER - int.from_bytes(message[-32:], "big")
    return packed(message[:-32] + s.to_bytes(32, "big"))


def with_signature(signature: bytes) -> str:
    return packed(cbor2.dumps(cbor2.CBORTag(18, [HEADER, {}, PAYLOAD, signature])))


def header(**changes):
    return cbor2.dumps(
        {int(name[1:]): value for name, value in {"h1": -7, "h4": KID, **changes}.items()}
    )


# fmt: off
# ruff: noqa: E501 -- one forgery a line reads as a table
FORGERIES = {
    "alg none":                     (made(protected=header(h1=0)),            Reason.ALG_NOT_ALLOWED),
    "alg absent":                   (made(protected=cbor2.dumps({4: KID})),   Reason.ALG_NOT_ALLOWED),
    "alg EdDSA":                    (made(protected=header(h1=-8)),           Reason.ALG_NOT_ALLOWED),
    "alg HMAC":                     (made(protected=header(h1=5)),            Reason.ALG_NOT_ALLOWED),
    "alg of another curve":         (made(protected=header(h1=-35)),          Reason.ALG_NOT_ALLOWED),
    "alg as text":                  (made(protected=header(h1="ES256")),      Reason.ALG_NOT_ALLOWED),
    "alg unprotected":              (made(protected=b"\xa1\x04\x48" + KID, unprotected={1: -7}),
                                                                              Reason.ALG_NOT_ALLOWED),
    "empty protected, all outside": (made(protected=b"", unprotected={1: -7, 4: KID}),
                                                                              Reason.ALG_NOT_ALLOWED),
    "protected is no map":          (made(protected=cbor2.dumps([1])),        Reason.NOT_COSE),
    "kid unknown":                  (made(protected=header(h4=bytes(8))),     Reason.UNKNOWN_KEY),
    "kid too short":                (made(protected=header(h4=KID[:7])),      Reason.UNKNOWN_KEY),
    "kid as text":                  (made(protected=header(h4="k" * 8)),      Reason.UNKNOWN_KEY),
    "kid of the status key":        (made(protected=header(h4=keys()[STATUS].kid)),
                                                                              Reason.KEY_WRONG_PURPOSE),
    "kid of the wallet key":        (made(protected=header(h4=keys()[OTHER].kid)),
                                                                              Reason.KEY_WRONG_PURPOSE),
    "second kid unprotected":       (made(unprotected={4: KID}),              Reason.HEADER_NOT_ALLOWED),
    "other kid unprotected":        (made(unprotected={4: bytes(8)}),         Reason.HEADER_NOT_ALLOWED),
    "critical header":              (made(protected=cbor2.dumps({1: -7, 2: [4], 4: KID})),
                                                                              Reason.HEADER_NOT_ALLOWED),
    "typ of a status list":         (made(protected=header(h16="application/statuslist+cwt")),
                                                                              Reason.HEADER_NOT_ALLOWED),
    "certificate inside":           (made(protected=header(h33=b"x")),        Reason.HEADER_NOT_ALLOWED),
    "header keys unsorted":         (made(protected=cbor2.dumps({4: KID, 1: -7})), Reason.BAD_CBOR),
    "header with alg twice":        (made(protected=b"\xa3\x01\x26\x01\x26\x04\x48" + KID), Reason.BAD_CBOR),
    "header alg in two bytes":      (made(protected=b"\xa2\x01\x38\x06\x04\x48" + KID),     Reason.BAD_CBOR),
    "no tag":                       (made(tag=None),                          Reason.NOT_COSE),
    "tag 61":                       (made(tag=61),                            Reason.NOT_COSE),
    "tag 61 around 18":             (packed(b"\xd8\x3d" + unpacked(issue())), Reason.NOT_COSE),
    "tag 18 around 18":             (packed(b"\xd2" + unpacked(issue())),     Reason.NOT_COSE),
    "tag 17 (MAC)":                 (made(tag=17),                            Reason.BAD_CBOR),
    "tag 98 (several signatures)":  (made(tag=98),                            Reason.BAD_CBOR),
    "five parts":                   (packed(cbor2.dumps(cbor2.CBORTag(18, [HEADER, {}, PAYLOAD, bytes(64), 0]))),
                                                                              Reason.NOT_COSE),
    "payload detached":             (packed(cbor2.dumps(cbor2.CBORTag(18, [HEADER, {}, b"", bytes(64)]))),
                                                                              Reason.BAD_SIGNATURE),
    "trailing byte":                (packed(unpacked(issue()) + b"\0"),       Reason.BAD_CBOR),
    "array of open length":         (packed(b"\xd2\x9f" + unpacked(issue())[2:] + b"\xff"), Reason.BAD_CBOR),
    "tag in two bytes":             (packed(b"\xd8\x12" + unpacked(issue())[1:]),           Reason.BAD_CBOR),
    "signature of zeros":           (with_signature(bytes(64)),               Reason.BAD_SIGNATURE),
    "signature of ones":            (with_signature((1).to_bytes(32, "big") * 2), Reason.BAD_SIGNATURE),
    "signature of the order":       (with_signature(ORDER.to_bytes(32, "big") + bytes(31) + b"\1"),
                                                                              Reason.BAD_SIGNATURE),
    "signature empty":              (with_signature(b""),                     Reason.BAD_SIGNATURE),
    "signature too long":           (with_signature(bytes(96)),               Reason.BAD_SIGNATURE),
    "the other s":                  (other_s(),                               Reason.BAD_SIGNATURE),
    "own key, our kid":             (packed(forged(keys()[OTHER].private, protected=HEADER, payload=PAYLOAD)),
                                                                              Reason.BAD_SIGNATURE),
    "payload is no map":            (made(payload=cbor2.dumps([1])),          Reason.BAD_CLAIMS),
    "payload is no CBOR":           (made(payload=b"\xff"),                   Reason.BAD_CBOR),
    "payload keys unsorted":        (made(payload=cbor2.dumps(dict(reversed(claims().items())))),
                                                                              Reason.BAD_CBOR),
    "payload claim twice":          (made(payload=b"\xa9\x01\x60" + PAYLOAD[1:]), Reason.BAD_CBOR),
    "payload of open length":       (made(payload=b"\xbf" + PAYLOAD[1:] + b"\xff"), Reason.BAD_CBOR),
    "payload with a tail":          (made(payload=PAYLOAD + b"\0"),           Reason.BAD_CBOR),
    "payload number too wide":      (made(payload=PAYLOAD.replace(b"\x18\xa9", b"\x19\x00\xa9")),
                                                                              Reason.BAD_CBOR),
    "payload with a float":         (made(payload=cbor2.dumps({**claims(), 4: 1.8e9})), Reason.BAD_CBOR),
    "payload under tag 61":         (made(payload=b"\xd8\x3d" + PAYLOAD),     Reason.BAD_CLAIMS),
    "lower case":                   (issue().lower(),                         Reason.BAD_BASE45),
    "nothing":                      ("",                                      Reason.BAD_ZLIB),
    "4,097 characters":             ("0" * 4097,                              Reason.TOO_LARGE),
    "a bomb":                       (None,                                    Reason.TOO_LARGE),
    "deep nesting":                 (packed(b"\x81" * 900 + b"\0"),           Reason.BAD_CBOR),
    "a length of 2^63":             (packed(b"\x5b\x7f" + b"\xff" * 7),       Reason.BAD_CBOR),
    "an array of 2^31":             (packed(b"\x9a\x7f\xff\xff\xff"),         Reason.BAD_CBOR),
}
# fmt: on


@pytest.mark.parametrize("name", FORGERIES)
def test_structured_forgeries_are_refused_with_their_reason(name):
    text, reason = FORGERIES[name]
    text = bomb() if text is None else text

    answer = world().check(text)

    assert (answer.verdict, answer.reason, answer.claims) == (Verdict.INVALID, reason, None)


def bomb() -> str:
    """A text within the size limit that inflates a thousandfold."""
    return b45encode(zlib.compress(bytes(2_000_000), 9)).decode()


def test_the_forge_itself_makes_good_messages():
    answer = world().check(made())

    assert answer.verdict is Verdict.VALID


def test_a_status_key_cannot_sign_a_clearance():
    text = packed(sign_message(PAYLOAD, key=keys()[STATUS]))

    answer = world().check(text)

    assert (answer.verdict, answer.reason) == (Verdict.INVALID, Reason.KEY_WRONG_PURPOSE)


@pytest.mark.parametrize("text", ["HC1:" + issue(), issue() * 2, issue() + issue()[:3]],
                         ids=["prefix", "twice", "tail"])  # fmt: skip
def test_nothing_may_stand_around_the_text(text):
    answer = world().check(text)

    assert answer.verdict is Verdict.INVALID
