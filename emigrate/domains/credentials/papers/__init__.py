"""The clearance on paper: one page with the QR, in the worker's language, Hindi and English.

Made by typst. Everything printed is read from the signed text itself, so paper and QR cannot
differ. The words of a language stand in `words/<code>.yaml`, with the font that draws them.
"""

import json
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import base45
import cbor2
import fontpkg_noto_sans
import fontpkg_noto_sans_devanagari
import fontpkg_noto_sans_tamil
import fontpkg_noto_sans_telugu
import typst
import yaml
from django.conf import settings

from emigrate.domains.credentials.enums import CLEARANCE_CLAIM, IDENTITY_CLAIM
from emigrate.domains.credentials.facts import (
    CONTRACT_END,
    POLICY,
)
from emigrate.foundation.clock import OFFICE_ZONE
from emigrate.foundation.crypto.cose import qr_png

HERE = Path(__file__).parent
WORDS = HERE / "words"
EVERYWHERE = ("hi", "en")
"""Every paper speaks these; a language without words of its own has nothing beside them."""

LATIN = "Noto Sans"

FONTS = [
    HERE / "fonts",
    *(
        Path(package.__file__).parent / "files"
        for package in (
            fontpkg_noto_sans,
            fontpkg_noto_sans_devanagari,
            fontpkg_noto_sans_tamil,
            fontpkg_noto_sans_telugu,
        )
    ),
]


class Spoken(NamedTuple):
    """The words of one language by their keys, the font family and direction they are set in."""

    font: str = LATIN
    direction: str = "ltr"
    words: Mapping[str, str] = {}


def clearance_pdf(signed_text: str, language: str) -> bytes:
    """The PDF of a clearance from the text that its QR holds.

    `language` is the worker's (ISO 639); what it has no words for stands in Hindi and English.
    """
    own = Spoken() if language in EVERYWHERE else spoken(language)
    return _compiled({**_printed(signed_text), **_said(own, language)})


@lru_cache
def spoken(language: str) -> Spoken:
    """A language's words; none for a language that has no file."""
    if language not in languages():
        return Spoken()
    read = yaml.safe_load((WORDS / f"{language}.yaml").read_text(encoding="utf-8"))
    return Spoken(read["font"], read["direction"], read["words"])


@lru_cache(maxsize=1)
def languages() -> frozenset[str]:
    """Codes of the languages that a paper can speak."""
    return frozenset(path.stem for path in WORDS.glob("*.yaml"))


def _said(own: Spoken, language: str) -> dict[str, str]:
    """The words for the template: of Hindi, of English, and of the worker's language if other."""
    said = {"own": own.words, **{code: spoken(code).words for code in EVERYWHERE}}
    return {
        "words": json.dumps(said),
        "own_lang": language,
        "own_font": own.font,
        "own_direction": own.direction,
    }


def _compiled(inputs: dict[str, str]) -> bytes:
    compiler = typst.Compiler(
        HERE / "clearance.typ",
        root=HERE,
        font_paths=FONTS,
        ignore_system_fonts=True,  # a paper looks alike on every machine
        sys_inputs=inputs,
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
        "qr": qr_png(signed_text).hex(),
    }


def _name(as_in_mrz: str) -> str:
    surname, _, given = as_in_mrz.partition("<<")
    return f"{given} {surname}".replace("<", " ").strip()


def _day(text: str) -> str:
    return f"{text[6:8]}-{text[4:6]}-{text[0:4]}"


def _moment(seconds: int) -> str:
    moment = datetime.fromtimestamp(seconds, UTC).astimezone(OFFICE_ZONE)
    return f"{moment:%d-%m-%Y %H:%M} IST"
