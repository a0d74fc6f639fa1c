"""The clearance on paper: one page with the QR, in Hindi and English, made by typst.

Everything printed is read from the signed text itself, so paper and QR cannot differ.
"""

import zlib
from datetime import UTC, datetime
from pathlib import Path

import base45
import cbor2
import fontpkg_noto_sans
import fontpkg_noto_sans_devanagari
import typst
from django.conf import settings

from emigrate.domains.credentials.facts import (
    CLEARANCE_CLAIM,
    CONTRACT_END,
    IDENTITY_CLAIM,
    POLICY,
)
from emigrate.foundation.clock import OFFICE_ZONE
from emigrate.foundation.crypto.cose import qr_png

HERE = Path(__file__).parent
FONTS = [
    Path(package.__file__).parent / "files"
    for package in (fontpkg_noto_sans, fontpkg_noto_sans_devanagari)
]


def clearance_pdf(signed_text: str) -> bytes:
    """The PDF of a clearance from the text that its QR holds."""
    return _compiled({**_printed(signed_text), "qr": qr_png(signed_text).hex()})


def _compiled(inputs: dict[str, str]) -> bytes:
    compiler = typst.Compiler(
        HERE / "clearance.typ", root=HERE, font_paths=FONTS, sys_inputs=inputs
    )
    made = compiler.compile(format="pdf")
    if not isinstance(made, bytes):
        message = "a paper has one page and one file"
        raise TypeError(message)
    return made


def _printed(signed_text: str) -> dict[str, str]:
    message = cbor2.loads(zlib.decompress(base45.b45decode(signed_text)))
    claims = cbor2.loads(message.value[2])
    identity, clearance = claims[IDENTITY_CLAIM], claims[CLEARANCE_CLAIM]
    return {
        "ec_number": clearance[1],
        "name": _name(identity[4]),
        "birth_date": _day(identity[8]),
        "passport_number": clearance[2],
        "destination": clearance[3],
        "occupation": clearance[5],
        "agent": clearance[6],
        "employer": clearance[7],
        "policy": clearance.get(POLICY, "-"),
        "contract_end": _day(clearance[CONTRACT_END]) if CONTRACT_END in clearance else "-",
        "not_before": _moment(claims[5]),
        "expires": _moment(claims[4]),
        "issuer": claims[1],
        "brand": settings.BRAND_NAME,
        "specimen": "" if settings.PRODUCTION else "SPECIMEN",
        "helpline": settings.HELPLINE or "-",
    }


def _name(as_in_mrz: str) -> str:
    surname, _, given = as_in_mrz.partition("<<")
    return f"{given} {surname}".replace("<", " ").strip()


def _day(text: str) -> str:
    return f"{text[6:8]}-{text[4:6]}-{text[0:4]}"


def _moment(seconds: int) -> str:
    moment = datetime.fromtimestamp(seconds, UTC).astimezone(OFFICE_ZONE)
    return f"{moment:%d-%m-%Y %H:%M} IST"
