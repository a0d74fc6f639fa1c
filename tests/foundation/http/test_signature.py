import base64
import re
import subprocess

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from emigrate.foundation.http.signature import Signable, Signer, content_digest

BODY = b'{"hello": "world"}'
MESSAGE = Signable(
    method="POST",
    target="https://registry.example.org/v1/passports/verify?x=1",
    body=BODY,
    request_id="3b4a5a3c-57f0-4a43-9d1e-0f3f8a1c9b11",
)
BASE = b"""\
"@method": POST
"@target-uri": https://registry.example.org/v1/passports/verify?x=1
"content-digest": sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:
"x-request-id": 3b4a5a3c-57f0-4a43-9d1e-0f3f8a1c9b11
"@signature-params": ("@method" "@target-uri" "content-digest" "x-request-id")\
;created=1618884473;keyid="platform-1";alg="ecdsa-p256-sha256\""""


def der_of(raw):
    """ASN.1 SEQUENCE of two INTEGERs, written out."""
    numbers = b""
    for half in (raw[:32], raw[32:]):
        value = half.lstrip(b"\0") or b"\0"
        value = b"\0" + value if value[0] & 0x80 else value
        numbers += bytes((2, len(value))) + value
    return bytes((0x30, len(numbers))) + numbers


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], capture_output=True, check=False)


def signed_by_an_openssl_key(folder):
    key = folder / "key.pem"
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(key))
    openssl("ec", "-in", str(key), "-pubout", "-out", str(folder / "public.pem"))
    signer = Signer.from_pem("platform-1", key.read_bytes())
    return signer.headers(MESSAGE, created=1618884473)


def openssl_verdict(folder, headers, base):
    raw = base64.b64decode(re.fullmatch(r"sig1=:(.+):", headers["Signature"])[1])
    (folder / "signature.der").write_bytes(der_of(raw))
    (folder / "base.txt").write_bytes(base)
    arguments = ["-sha256", "-verify", "public.pem", "-signature", "signature.der", "base.txt"]
    paths = [str(folder / part) if "." in part else part for part in arguments]
    return openssl("dgst", *paths).stdout.decode().strip()


def test_openssl_accepts_our_signature_over_a_base_written_by_hand(tmp_path):
    headers = signed_by_an_openssl_key(tmp_path)

    verdict = openssl_verdict(tmp_path, headers, BASE)

    assert verdict == "Verified OK"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"POST", b"GET"),
        (b"x=1", b"x=2"),
        (b"X48E", b"X49E"),
        (b"9b11", b"9b12"),
        (b"1618884473", b"1618884474"),
        (b"platform-1", b"platform-2"),
    ],
)
def test_openssl_refuses_it_over_anything_else(tmp_path, old, new):
    headers = signed_by_an_openssl_key(tmp_path)

    verdict = openssl_verdict(tmp_path, headers, BASE.replace(old, new))

    assert verdict == "Verification failure"


def test_the_headers_are_as_the_contract_says(tmp_path):
    headers = signed_by_an_openssl_key(tmp_path)

    assert headers == {
        "Content-Digest": "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:",
        "Signature-Input": 'sig1=("@method" "@target-uri" "content-digest" "x-request-id")'
        ';created=1618884473;keyid="platform-1";alg="ecdsa-p256-sha256"',
        "Signature": headers["Signature"],
    }
    assert re.fullmatch(r"sig1=:[A-Za-z0-9+/]{86}==:", headers["Signature"])


def test_the_digest_of_nothing_is_the_known_one():
    assert content_digest(b"") == "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"


@pytest.mark.parametrize(
    "key",
    [ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)],
    ids=["p384", "rsa"],
)
def test_another_kind_of_key_is_refused(key):
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )

    with pytest.raises(ValueError) as fault:
        Signer.from_pem("k", pem)

    assert str(fault.value) == "signing_key_not_p256"


def test_a_key_id_that_would_break_the_header_is_refused():
    with pytest.raises(ValueError) as fault:
        Signer('a";alg="none', ec.generate_private_key(ec.SECP256R1()))

    assert str(fault.value) == "signing_key_id_not_plain"
