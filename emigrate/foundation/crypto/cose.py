"""COSE_Sign1 messages (RFC 9052) as this platform writes them, and the QR text and picture.

One content has one encoding: deterministic CBOR (RFC 8949 section 4.2.1), the smaller of the two
possible ECDSA signature values, zlib at level 9, base45 (RFC 9285) without a prefix.
"""

import hashlib
import io
import zlib
from collections.abc import Mapping

import cbor2
import zxingcpp
from base45 import b45encode
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cwt import COSE, COSEKey
from PIL import Image

from emigrate.foundation.crypto.signing_keys import KeyUnfit, Purpose, SigningKey

TAG_SIGN1 = 18
ALG, KID, TYP = 1, 4, 16
QR_LEVEL = "M"
# What plain zlib makes of a sample: other programs of that name compress in other ways.
_SAMPLE = "".join(f"{n * n % 97:03d}SPECIMEN{n % 7}" for n in range(60)).encode()
_SAMPLE_PACKED = "e67ff00895dc0b92e026057e52a6c9597322ce98fbea6e015b144ab6147f5d9b"


class NotDeterministic(ValueError):
    """A value that our profile of CBOR does not have: floats, `None`, booleans, other keys."""


class OtherZlib(RuntimeError):
    """This machine's zlib packs otherwise than the one that verifiers compare with."""


def deterministic(value: object) -> bytes:
    """Encode integers, texts, bytes, sequences and mappings in the one deterministic way.

    `cbor2`'s own canonical form orders keys by length first (RFC 7049), so maps are ordered here.
    """
    return cbor2.dumps(_ordered(value))


def sign_cwt(claims: Mapping[int, object], *, key: SigningKey) -> bytes:
    """Sign the claims of an emigration clearance: tag 18, protected {1: alg, 4: kid}, no tag 61.

    `KeyUnfit(key_wrong_purpose)` unless the key's purpose is `ec-qr`.
    """
    if key.purpose is not Purpose.EC_QR:
        raise KeyUnfit("key_wrong_purpose")
    return sign_message(deterministic(claims), key=key)


def sign_message(payload: bytes, *, key: SigningKey, typ: str | None = None) -> bytes:
    """Sign any payload; `typ` becomes header 16 and keeps kinds of message apart."""
    header: dict[int, object] = {ALG: key.alg, KID: key.kid}
    if typ is not None:
        header[TYP] = typ
    pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    message = COSE.new().encode_and_sign(
        payload,
        COSEKey.from_pem(pem, kid=key.kid),
        protected=header,
        unprotected={},
        out="cbor2/CBORTag",
    )
    protected, unprotected, content, signature = message.value
    low = _with_low_s(signature, key.private.curve)
    return cbor2.dumps(cbor2.CBORTag(TAG_SIGN1, [protected, unprotected, content, low]))


def qr_text(cwt: bytes) -> str:
    """The text of the QR: zlib at level 9, then base45, no prefix.

    Verifiers take only what plain zlib writes, so that an altered text never passes for the one
    issued. `OtherZlib` where Python was built with another compressor.
    """
    if hashlib.sha256(zlib.compress(_SAMPLE, 9)).hexdigest() != _SAMPLE_PACKED:
        raise OtherZlib(zlib.ZLIB_RUNTIME_VERSION)
    return str(b45encode(zlib.compress(cwt, 9)), "ascii")


def qr_png(text: str, *, scale: int = 8) -> bytes:
    """The QR as a black and white PNG at error level M with its quiet zone; `scale` in pixels."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=QR_LEVEL)
    image = barcode.to_image(scale=scale, add_quiet_zones=True)
    height, width = image.shape
    target = io.BytesIO()
    pixels = bytes(memoryview(image))  # type: ignore[arg-type]  # its stub omits the buffer
    picture = Image.frombytes("L", (width, height), pixels)
    picture.convert("1").save(target, format="PNG", optimize=True)
    return target.getvalue()


def _ordered(value: object) -> object:
    match value:
        case bool() | float() | None:
            raise NotDeterministic(type(value).__name__)
        case int() | str() | bytes():
            return value
        case Mapping():
            if not all(type(key) in (int, str) for key in value):
                raise NotDeterministic("key")
            return {key: _ordered(value[key]) for key in sorted(value, key=cbor2.dumps)}
        case list() | tuple():
            return [_ordered(item) for item in value]
    raise NotDeterministic(type(value).__name__)


def _with_low_s(signature: bytes, curve: ec.EllipticCurve) -> bytes:
    half = len(signature) // 2
    s = int.from_bytes(signature[half:], "big")
    return signature[:half] + min(s, curve.group_order - s).to_bytes(half, "big")
