"""Whose request it is: only what a known key signed, as it stands, and not long ago."""

import base64
import random
import subprocess

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from emigrate.foundation.http import Forged, Incoming, Signer, signed_by
from emigrate.foundation.http.signature import Signable

BODY = b'{"eventId": "5d1c"}'
TARGET = "https://emigrate.example.org/callbacks/insurer"
REQUEST_ID = "3b4a5a3c-57f0-4a43-9d1e-0f3f8a1c9b11"
CREATED = 1_800_000_000
KEY = ec.generate_private_key(ec.SECP256R1())
KEYS = {"insurer-1": KEY.public_key()}

BASE = f"""\
"@method": POST
"@target-uri": {TARGET}
"content-digest": sha-256=:%(digest)s:
"x-request-id": {REQUEST_ID}
"@signature-params": ("@method" "@target-uri" "content-digest" "x-request-id")\
;created={CREATED};keyid="insurer-1";alg="ecdsa-p256-sha256\""""


def signed(body=BODY, key=KEY, key_id="insurer-1", created=CREATED):
    message = Signable("POST", TARGET, body, REQUEST_ID)
    headers = Signer(key_id, key).headers(message, created=created)
    return {name.lower(): value for name, value in headers.items()} | {"x-request-id": REQUEST_ID}


def came(headers, *, body=BODY, target=TARGET, method="POST"):
    return Incoming(method, target, headers, body)


def refusal(incoming, *, now=CREATED):
    with pytest.raises(Forged) as refused:
        signed_by(incoming, KEYS, now=now)
    return str(refused.value)


def test_what_a_known_key_signed_is_theirs():
    assert signed_by(came(signed()), KEYS, now=CREATED) == "insurer-1"


def openssl(*arguments, stdin=b""):
    done = subprocess.run(["openssl", *arguments], input=stdin, capture_output=True, check=True)
    return done.stdout


def halves(der):
    """r and s of an ASN.1 signature, 32 octets each."""
    length = der[3]
    r, s = der[4 : 4 + length], der[6 + length :]
    return b"".join(value.lstrip(b"\0").rjust(32, b"\0") for value in (r, s))


def test_what_openssl_signed_over_a_base_written_by_hand_is_theirs(tmp_path):
    pem = KEY.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / "key.pem").write_bytes(pem)
    digest = base64.b64encode(openssl("dgst", "-sha256", "-binary", stdin=BODY)).decode()
    base = (BASE % {"digest": digest}).encode()
    der = openssl("dgst", "-sha256", "-sign", str(tmp_path / "key.pem"), stdin=base)
    headers = {
        "content-digest": f"sha-256=:{digest}:",
        "signature-input": 'sig1=("@method" "@target-uri" "content-digest" "x-request-id")'
        f';created={CREATED};keyid="insurer-1";alg="ecdsa-p256-sha256"',
        "signature": f"sig1=:{base64.b64encode(halves(der)).decode()}:",
        "x-request-id": REQUEST_ID,
    }

    assert signed_by(came(headers), KEYS, now=CREATED) == "insurer-1"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"body": BODY + b" "}, "digest_differs"),
        ({"target": TARGET + "?x=1"}, "signature_differs"),
        ({"target": "http" + TARGET[5:]}, "signature_differs"),
        ({"target": TARGET.replace("insurer", "passport-registry")}, "signature_differs"),
        ({"method": "PUT"}, "signature_differs"),
    ],
)
def test_another_request_is_not_theirs(change, code):
    assert refusal(came(signed(), **change)) == code


@pytest.mark.parametrize("after", [-301, 301, 360, 8 * 86400])
def test_a_signature_has_its_time(after):
    assert refusal(came(signed()), now=CREATED + after) == "created_out_of_window"


@pytest.mark.parametrize("after", [-300, -1, 0, 1, 300])
def test_clocks_may_differ_a_little(after):
    assert signed_by(came(signed()), KEYS, now=CREATED + after) == "insurer-1"


def test_a_key_that_nobody_knows_signs_nothing():
    stranger = ec.generate_private_key(ec.SECP256R1())

    assert refusal(came(signed(key_id="insurer-2"))) == "key_unknown"
    assert refusal(came(signed(key=stranger))) == "signature_differs"


@pytest.mark.parametrize("name", ["signature", "signature-input", "content-digest", "x-request-id"])
def test_a_missing_header_is_no_signature(name):
    assert refusal(came(signed() | {name: ""}))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"created={CREATED}", f"created={CREATED + 1}"),
        (f"created={CREATED}", f"created=0{CREATED}"),
        ("sig1=(", "sig2=("),
        ('"@method" ', ""),
        ("ecdsa-p256-sha256", "hmac-sha256"),
        (";alg", ";expires=1900000000;alg"),
        ("insurer-1", 'insurer-1"'),
    ],
)
def test_another_spelling_of_what_is_signed_is_refused(old, new):
    headers = signed()
    headers["signature-input"] = headers["signature-input"].replace(old, new)

    assert refusal(came(headers)) in {"signature_malformed", "signature_differs", "key_unknown"}


def test_no_changed_octet_passes():
    """Each octet of the body and of every header that is signed, changed at random."""
    draw = random.Random(7)
    headers = signed()
    for place in range(len(BODY)):
        other = bytes([BODY[place] ^ draw.randrange(1, 256)])
        body = BODY[:place] + other + BODY[place + 1 :]
        assert refusal(came(headers, body=body)) == "digest_differs"
    for name, value in headers.items():
        for place in range(len(value)):
            sign = draw.choice([each for each in "Aa0=: -" if each != value[place]])
            changed = headers | {name: value[:place] + sign + value[place + 1 :]}
            if changed["signature"] != value and _same_octets(changed["signature"], value):
                continue  # the last two bits of base64 stand for nothing
            assert refusal(came(changed))


def _same_octets(one, other):
    try:
        return base64.b64decode(one[6:-1]) == base64.b64decode(other[6:-1])
    except ValueError:
        return False


def test_a_signature_beyond_the_curve_is_refused():
    headers = signed() | {"signature": f"sig1=:{base64.b64encode(bytes(64)).decode()}:"}

    assert refusal(came(headers)) == "signature_differs"


def test_signs_outside_ascii_are_refused():
    assert refusal(came(signed() | {"x-request-id": "3b4a5a3c\u0660"})) == "signature_differs"
