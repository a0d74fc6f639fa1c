import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from emigrate.foundation.http.signature import Signable, Signer
from sandbox.signatures import Received, Rejected, Verifier, _verify

NOW = 1_790_000_000
TARGET = "http://127.0.0.1:9/insurer/v1/proposals"
REQUEST_ID = "3b4a5a3c-57f0-4a43-9d1e-0f3f8a1c9b11"
KEY = ec.generate_private_key(ec.SECP256R1())

# RFC 9421, appendix B.1.3 (test-key-ecc-p256) and B.2.4.
RFC_KEY = b"""-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf
w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==
-----END PUBLIC KEY-----
"""
RFC_SIGNATURE = (
    "wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw=="
)
RFC_BASE = (
    '"@status": 200\n'
    '"content-type": application/json\n'
    '"content-digest": sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdX'
    "ymyU0rjJuahq4l5aGgfLQ==:\n"
    '"content-length": 23\n'
    '"@signature-params": ("@status" "content-type" "content-digest" "content-length")'
    ';created=1618884473;keyid="test-key-ecc-p256"'
)


def test_the_standards_own_example_verifies():
    key = load_pem_public_key(RFC_KEY)
    raw = base64.b64decode(RFC_SIGNATURE)

    _verify(key, raw, RFC_BASE.encode())

    with pytest.raises(Rejected):
        _verify(key, raw, RFC_BASE.replace("200", "201").encode())


def verifier():
    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    made = Verifier()
    made.add_key("platform-1", pem)
    return made


def signed(body=b"{}", created=NOW, key=KEY, key_id="platform-1"):
    message = Signable("POST", TARGET, body, REQUEST_ID)
    headers = Signer(key_id, key).headers(message, created=created)
    return {name.lower(): value for name, value in headers.items()} | {"x-request-id": REQUEST_ID}


def verdict(headers, *, method="POST", target=TARGET, body=b"{}", now=NOW):
    try:
        return verifier().check(Received(method, target, headers, body), now)
    except Rejected as rejected:
        return str(rejected)


def test_a_whole_request_names_its_key():
    assert verdict(signed()) == "platform-1"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"body": b'{"a": 1}'}, "digest_differs"),
        ({"method": "PUT"}, "signature_differs"),
        ({"target": TARGET + "?x=1"}, "signature_differs"),
        ({"now": NOW + 301}, "created_out_of_window"),
        ({"now": NOW - 301}, "created_out_of_window"),
        ({"now": NOW + 300}, "platform-1"),
    ],
)
def test_a_changed_request_is_refused(changed, reason):
    assert verdict(signed(), **changed) == reason


def test_a_tampered_body_with_a_fitting_digest_is_refused():
    headers = signed() | {"content-digest": signed(b"[]")["content-digest"]}

    assert verdict(headers, body=b"[]") == "signature_differs"


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("signature-input", "ecdsa-p256-sha256", "hmac-sha256", "algorithm_not_allowed"),
        ("signature-input", ';alg="ecdsa-p256-sha256"', "", "algorithm_not_allowed"),
        ("signature-input", ' "content-digest"', "", "component_not_covered"),
        ("signature-input", '"@method"', '"@method" "@method"', "signature_input_malformed"),
        ("signature-input", '"@method"', '"@method" "@status"', "component_missing"),
        ("signature-input", '"@method"', '"@method" "x-absent"', "component_missing"),
        ("signature-input", "platform-1", "platform-2", "unknown_key"),
        ("signature-input", "created=", "expires=1;created=", "signature_differs"),
        ("signature-input", "created=", "created=1;created=", "signature_input_malformed"),
        ("signature-input", "sig1=", "sig2=", "signature_input_malformed"),
        ("signature-input", f"created={NOW}", "created=x", "signature_input_malformed"),
        ("signature", "sig1=:", "sig1=:AAAA", "signature_malformed"),
        ("signature", "sig1=:", "", "signature_malformed"),
        ("content-digest", "sha-256", "sha-1", "digest_malformed"),
        ("x-request-id", "9b11", "9b12", "signature_differs"),
    ],
)
def test_a_changed_header_is_refused(name, old, new, reason):
    headers = signed()
    headers[name] = headers[name].replace(old, new, 1)

    assert verdict(headers) == reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("signature", "signature_malformed"),
        ("signature-input", "signature_input_malformed"),
        ("content-digest", "digest_malformed"),
        ("x-request-id", "component_missing"),
    ],
)
def test_a_missing_header_is_refused(name, reason):
    headers = signed()
    del headers[name]

    assert verdict(headers) == reason


def test_another_key_under_our_name_is_refused():
    headers = signed(key=ec.generate_private_key(ec.SECP256R1()))

    assert verdict(headers) == "signature_differs"


def test_the_same_signature_comes_only_once():
    made, headers = verifier(), signed()
    request = Received("POST", TARGET, headers, b"{}")
    made.check(request, NOW)

    with pytest.raises(Rejected) as fault:
        made.check(request, NOW + 299)

    assert str(fault.value) == "signature_replayed"


def test_a_signature_in_asn1_form_is_refused():
    der = KEY.sign(b"x", ec.ECDSA(SHA256()))
    assert len(utils.decode_dss_signature(der)) == 2
    headers = signed() | {"signature": f"sig1=:{base64.b64encode(der).decode()}:"}

    assert verdict(headers) == "signature_malformed"
