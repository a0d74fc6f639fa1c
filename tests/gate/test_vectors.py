"""Other people's test vectors, walked down our layers as far as our profile lets them.

The gate takes one profile only, so it refuses every one of them on purpose; the tables say at
which layer and why. Where the refusal is policy alone, the layers below are shown to agree.
"""

import base64
import hashlib
import json

import cbor2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from gate import Reason, Refused, Verdict, base45, cbor, cose
from gate.inflate import inflate
from tests.gate.specimen import world
from tests.shared import shared_path

PREFIX = "HC1:"
HEADER = frozenset({1, 4})

# ruff: noqa: E501 -- one vector a line reads as a table
# fmt: off
CLAIM169 = {
    "edge/expired":               ("alg_not_allowed",    "EdDSA: our keys are P-256"),
    "edge/not-yet-valid":         ("alg_not_allowed",    "EdDSA: our keys are P-256"),
    "edge/unknown-fields":        ("alg_not_allowed",    "EdDSA: our keys are P-256"),
    "invalid/bad-base45":         ("bad_base45",         "labelled so"),
    "invalid/bad-zlib":           ("bad_zlib",           "labelled so"),
    "invalid/missing-169":        ("alg_not_allowed",    "EdDSA, and labelled without claim 169"),
    "invalid/not-cose":           ("not_cose",           "labelled so"),
    "valid/claim169-example":     ("alg_not_allowed",    "EdDSA: our keys are P-256"),
    "valid/demographics-full":    ("alg_not_allowed",    "EdDSA: our keys are P-256"),
    "valid/ecdsa-p256-signed":    ("header_not_allowed", "no kid: the key cannot be found"),
    "valid/ed25519-signed":       ("alg_not_allowed",    "EdDSA: our keys are P-256"),
    "valid/encrypted-aes256":     ("bad_cbor",           "tag 16: a clearance is never encrypted"),
    "valid/encrypted-signed":     ("bad_cbor",           "tag 16: a clearance is never encrypted"),
    "valid/minimal":              ("alg_not_allowed",    "EdDSA: our keys are P-256"),
    "valid/refugee-identity":     ("alg_not_allowed",    "EdDSA: our keys are P-256"),
    "valid/with-all-biometrics":  ("alg_not_allowed",    "EdDSA: our keys are P-256"),
    "valid/with-face":            ("alg_not_allowed",    "EdDSA: our keys are P-256"),
    "valid/with-fingerprints":    ("alg_not_allowed",    "EdDSA: our keys are P-256"),
}
UNSORTED = "header keys unsorted: RFC 8949 section 4.2.1"
HCERT = {
    "DE_2DCode_raw_1": ("header_not_allowed", "kid outside the protected header"),
    "SE_2DCode_raw_1": (None,                 "our profile of headers; its key is not ours"),
    "common_B1":       ("bad_base45",         "labelled so"),
    "common_CBO1":     ("bad_cbor",           UNSORTED),
    "common_CBO2":     ("bad_cbor",           UNSORTED),
    "common_CO1":      ("bad_cbor",           UNSORTED + "; and PS256"),
    "common_CO10":     ("bad_cbor",           UNSORTED),
    "common_CO11":     ("bad_cbor",           UNSORTED),
    "common_CO12":     ("bad_cbor",           UNSORTED),
    "common_CO16":     ("bad_cbor",           UNSORTED),
    "common_CO17":     ("bad_cbor",           UNSORTED),
    "common_CO18":     ("bad_cbor",           UNSORTED),
    "common_CO2":      ("bad_cbor",           UNSORTED + "; and PS256"),
    "common_CO20":     ("bad_cbor",           "empty protected header, alg and kid outside, unsorted"),
    "common_CO22":     ("bad_cbor",           UNSORTED),
    "common_CO23":     ("bad_cbor",           UNSORTED),
    "common_CO28":     ("not_cose",           "tag 61 around tag 18"),
    "common_CO3":      ("bad_cbor",           UNSORTED),
    "common_CO5":      ("bad_cbor",           UNSORTED),
    "common_CO6":      ("bad_cbor",           UNSORTED),
    "common_CO7":      ("bad_cbor",           UNSORTED),
    "common_CO8":      ("bad_cbor",           UNSORTED),
    "common_CO9":      ("bad_cbor",           UNSORTED),
    "common_DGC1":     ("bad_cbor",           UNSORTED),
    "common_H1":       ("prefix",             "labelled so: HL0:"),
    "common_H2":       ("prefix",             "labelled so: HC2:"),
    "common_H3":       ("prefix",             "labelled so: none"),
    "common_Q1":       ("bad_cbor",           UNSORTED + "; the picture is what is broken"),
    "common_Z1":       ("bad_zlib",           "labelled so"),
    "common_Z2":       ("bad_zlib",           "labelled so"),
}
RSA = {"common_CO1", "common_CO2"}                    # PS256 is not among our algorithms
ALL_OUTSIDE = {"common_CO20"}                         # valid to them, policy to us: see above
# fmt: on


def claim169(name):
    return json.loads(
        shared_path("vectors", "claim169", "test-vectors", f"{name}.json").read_text()
    )


def hcert(name):
    return json.loads(shared_path("vectors", "hcert", f"{name}.json").read_text("utf-8"))


def refusal(text: str) -> str | None:
    """The reason at the first layer that refuses: base45, zlib, CBOR and COSE, headers."""
    try:
        message = cose.parse(inflate(base45.decode(text), 1 << 16))
        cose.require_profile(message, HEADER)
    except Refused as refused:
        return refused.reason.value
    return None


def test_the_tables_name_every_vector():
    folder = shared_path("vectors", "claim169", "test-vectors")
    certificates = shared_path("vectors", "hcert")

    identity = {f"{path.parent.name}/{path.stem}" for path in folder.glob("*/*.json")}
    health = {path.stem for path in certificates.glob("*.json")}

    assert (identity, health) == (set(CLAIM169), set(HCERT))


@pytest.mark.parametrize("name", CLAIM169)
def test_claim169_is_refused_at_the_layer_of_the_table(name):
    vector = claim169(name)

    answer = world().check(vector["qr_data"])

    assert (refusal(vector["qr_data"]), answer.verdict) == (CLAIM169[name][0], Verdict.INVALID)


@pytest.mark.parametrize("name", [name for name in CLAIM169 if CLAIM169[name][0][:3] != "bad"])
def test_claim169_reads_the_same_claims_below_the_policy(name):
    vector = claim169(name)
    content = inflate(base45.decode(vector["qr_data"]), 1 << 16)
    if name == "invalid/not-cose":
        assert not isinstance(cbor.decode(content), cbor.Tagged)
        return

    claims = cbor2.loads(cose.parse(content).payload)

    expected = vector.get("expected_claim169", {})
    found = claims.get(169, {})
    assert (found.get(1), found.get(4), 169 in claims) == (
        expected.get("id"),
        expected.get("fullName"),
        name != "invalid/missing-169",
    )


def test_claim169_signature_by_p256_is_good_and_one_bit_makes_it_bad():
    vector = claim169("valid/ecdsa-p256-signed")
    point = bytes.fromhex(vector["signing_key"]["public_key_hex"])
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    content = inflate(base45.decode(vector["qr_data"]), 1 << 16)

    cose.verify(cose.parse(content), key, cose.ES256, either_s=True)

    with pytest.raises(Refused) as refused:
        cose.verify(cose.parse(content[:-1] + bytes([content[-1] ^ 1])), key, cose.ES256)
    assert refused.value.reason is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("name", HCERT)
def test_hcert_is_refused_at_the_layer_of_the_table(name):
    text = hcert(name)["PREFIX"]

    reason = refusal(text.removeprefix(PREFIX)) if text.startswith(PREFIX) else "prefix"

    assert (reason, world().check(text).verdict) == (HCERT[name][0], Verdict.INVALID)


@pytest.mark.parametrize("name", HCERT)
def test_hcert_agrees_with_the_labels_below_the_policy(name):
    vector = hcert(name)
    labels = vector["EXPECTEDRESULTS"]
    shown = ("EXPECTEDUNPREFIX", "EXPECTEDB45DECODE", "EXPECTEDCOMPRESSION", "EXPECTEDVERIFY")
    expected = {label: labels[label] for label in shown if label in labels}
    if name in RSA | ALL_OUTSIDE:
        expected["EXPECTEDVERIFY"] = False

    reached = walked(vector)

    assert {label: reached[label] for label in expected} == expected


def walked(vector) -> dict[str, bool]:
    """Which layers a vector passes, its outer CBOR read by a lenient decoder."""
    text, reached = vector["PREFIX"], dict.fromkeys(vector["EXPECTEDRESULTS"], False)
    if not text.startswith(PREFIX):
        return reached
    reached["EXPECTEDUNPREFIX"] = True
    try:
        packed = base45.decode(text.removeprefix(PREFIX))
        reached["EXPECTEDB45DECODE"] = True
        content = inflate(packed, 1 << 16)
        reached["EXPECTEDCOMPRESSION"] = True
        verify_leniently(content, base64.b64decode(vector["TESTCTX"]["CERTIFICATE"]))
        reached["EXPECTEDVERIFY"] = True
    except (Refused, cbor2.CBORDecodeError):
        return reached
    return reached


def verify_leniently(content: bytes, certificate: bytes) -> None:
    """Check a signature as the gate does, but with unsorted maps and tag 61 let through."""
    message = cbor2.loads(content)
    while isinstance(message, cbor2.CBORTag):
        message = message.value
    if not isinstance(message, list):
        raise Refused(Reason.NOT_COSE)
    protected, unprotected, payload, signature = message
    header = cbor2.loads(protected) if protected else {}
    kid = header.get(4, unprotected.get(4))
    if kid != hashlib.sha256(certificate).digest()[:8]:
        raise Refused(Reason.UNKNOWN_KEY)
    key = x509.load_der_x509_certificate(certificate).public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise Refused(Reason.ALG_NOT_ALLOWED)
    parts = cose.Sign1(protected, header, {}, payload, signature)
    cose.verify(parts, key, cose.ES256, either_s=True)
    if not isinstance(cbor2.loads(payload), dict) or not isinstance(payload, bytes):
        raise Refused(Reason.BAD_CLAIMS)
