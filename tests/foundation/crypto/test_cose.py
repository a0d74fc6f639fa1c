import hashlib
import io
import zlib
from datetime import UTC, datetime, timedelta

import cbor2
import cwt
import pytest
import zxingcpp
from base45 import b45decode
from PIL import Image

from emigrate.foundation.crypto import cose
from emigrate.foundation.crypto.cose import (
    NotDeterministic,
    OtherZlib,
    deterministic,
    qr_png,
    qr_text,
    sign_cwt,
    sign_message,
)
from emigrate.foundation.crypto.signing_keys import (
    KeyUnfit,
    Purpose,
    make_key,
    make_root,
    public_pem,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
KEY = make_key(Purpose.EC_QR, NOW, longest_validity=timedelta(days=180), demo=True)
ROOT = make_root(NOW, demo=True)
CLAIMS = {65535: {"status_list": {"uri": "x", "idx": 1}}, 1: "IN-MEA-PGE", -66010: {0: 1}, 169: {}}
HALF_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551 // 2


def test_a_clearance_is_tag_18_with_two_protected_headers_and_no_tag_61():
    message = cbor2.loads(sign_cwt(CLAIMS, key=KEY))

    protected, unprotected, payload, signature = message.value
    assert (message.tag, unprotected, len(signature)) == (18, {}, 64)
    assert protected == b"\xa2\x01\x26\x04\x48" + KEY.kid
    assert cbor2.loads(payload) == CLAIMS


def test_another_library_finds_the_signature_good_and_one_bit_makes_it_bad():
    signed = sign_cwt(CLAIMS, key=KEY)
    public = cwt.COSEKey.from_pem(cose_pem(), kid=KEY.kid)

    payload = cwt.COSE.new().decode(signed, public)

    assert cbor2.loads(payload) == CLAIMS
    with pytest.raises(cwt.VerifyError):
        cwt.COSE.new().decode(signed[:-1] + bytes([signed[-1] ^ 1]), public)


def cose_pem() -> bytes:
    return public_pem(KEY)


def test_the_smaller_s_is_always_chosen():
    signatures = [cbor2.loads(sign_cwt(CLAIMS, key=KEY)).value[3] for _ in range(24)]

    assert max(int.from_bytes(each[32:], "big") for each in signatures) <= HALF_ORDER


def test_a_root_signs_by_es384_and_names_the_kind_of_message():
    message = cbor2.loads(sign_message(b"\xa0", key=ROOT, typ="application/x"))

    protected, _, _, signature = message.value
    assert cbor2.loads(protected) == {1: -35, 4: ROOT.kid, 16: "application/x"}
    assert len(signature) == 96


def test_only_a_key_for_clearances_signs_one():
    with pytest.raises(KeyUnfit) as unfit:
        sign_cwt(CLAIMS, key=ROOT)

    assert unfit.value.code == "key_wrong_purpose"


@pytest.mark.parametrize(("value", "code"), [
    ({100: 0, -1: 0},          "a21864002000"),       # by bytes (RFC 8949), not by length first
    ({"b": 1, "aa": 2, 1: 3},  "a3010361620162616102"),
    ([0, 23, 24, -1, 2**32],   "8500171818201b0000000100000000"),
    ({"x": (b"\1", {2: "y"})}, "a16178824101a1026179"),
])  # fmt: skip
def test_deterministic_encoding(value, code):
    assert deterministic(value).hex() == code


@pytest.mark.parametrize("value", [1.5, None, True, {b"k": 1}, {None: 1}, {1: {2: None}}, {1}])
def test_values_without_one_encoding_are_refused(value):
    with pytest.raises(NotDeterministic):
        deterministic(value)


def test_the_text_is_base45_of_zlib_without_a_prefix():
    signed = sign_cwt(CLAIMS, key=KEY)

    assert zlib.decompress(b45decode(qr_text(signed))) == signed


def test_a_machine_with_another_zlib_refuses_to_issue(monkeypatch):
    monkeypatch.setattr(cose, "_SAMPLE_PACKED", hashlib.sha256(b"as packed elsewhere").hexdigest())

    with pytest.raises(OtherZlib):
        qr_text(b"")


def test_the_picture_reads_back_as_the_text():
    text = qr_text(sign_cwt(CLAIMS, key=KEY))

    picture = Image.open(io.BytesIO(qr_png(text)))

    (found,) = zxingcpp.read_barcodes(picture.convert("L"))
    assert (found.text, found.ec_level, picture.mode, picture.format) == (text, "M", "1", "PNG")
