"""What may stand in a person's record: shapes of names, telephones and passports, no Aadhaar."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from emigrate.domains import reference
from emigrate.domains.emigrants.enums import Sex
from emigrate.domains.emigrants.queries import Contact, Identity
from emigrate.domains.reference.enums import HOME_COUNTRY
from emigrate.domains.reference.models import Country, Language
from emigrate.domains.reference.queries import is_district
from emigrate.foundation.errors import InvalidInput
from emigrate.foundation.identifiers import mrz
from emigrate.foundation.identifiers.formats import (
    Format,
    InvalidIdentifier,
    conforming,
    load_formats,
    looks_like_aadhaar,
)

FORMATS = Path(next(iter(reference.__path__))) / "data" / "formats.yaml"
LATIN_NAME = re.compile(r"[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f '.\u2019-]{0,79}")
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
OLDEST = date(1900, 1, 1)
LONGEST_TEXT = 300
HOME_DIAL = "+91"

Wrong = dict[str, str]


@cache
def formats() -> Mapping[str, Format]:
    """The country's table of identifiers."""
    return load_formats(FORMATS)


def tidy(text: str) -> str:
    """NFC, one space between words, none around."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def phone_of(text: str, pointer: str) -> str:
    """A telephone number as E.164; a number of the home country may come without its code."""
    plain = re.sub(r"[\s().\u2010-\u2015-]", "", unicodedata.normalize("NFKC", text))
    if not plain or E164.fullmatch(plain):
        return plain
    try:
        return HOME_DIAL + conforming(plain.removeprefix("0"), formats()["mobile"])
    except InvalidIdentifier as error:
        text_ = _("Write ten digits, or + and the country code.")
        raise InvalidInput.at(pointer, "phone_malformed", text_) from error


def number_of(text: str, nationality: str) -> str:
    """A passport number as it is stored; the home country's have their own shape."""
    plain = "".join(unicodedata.normalize("NFKC", text).upper().split())
    if nationality != HOME_COUNTRY and re.fullmatch(r"[A-Z0-9]{5,9}", plain):
        return plain
    try:
        return conforming(plain, formats()["passport"])
    except InvalidIdentifier as error:
        text_ = _("A passport number has one or two letters and six or seven digits.")
        raise InvalidInput.at("/passport/number", "passport_number_malformed", text_) from error


def name_field(identity: Identity, sex: str, nationality: str) -> str:
    """The name as the machine-readable zone writes it, without the fillers at the end."""
    printed = mrz.Passport(
        number="0",
        issuer=HOME_COUNTRY,
        nationality=nationality,
        surname=identity.surname,
        given_names=identity.given_names,
        birth=identity.birth_date,
        sex=sex,
        expiry=identity.birth_date,
    )
    try:
        return mrz.write_td3(printed).splitlines()[0][5:].rstrip(mrz.FILLER)
    except mrz.InvalidMrz as error:
        text = _("Write the name as the passport does.")
        raise InvalidInput.at("/given_names", "name_malformed", text) from error


def require_person(identity: Identity, *, sex: str, nationality: str, today: date) -> None:
    """InvalidInput unless names, birth date, sex and nationality can be a person's."""
    _raise(_identity_faults(identity, sex, nationality, today))


def require_place(state_code: str, district_code: str, language: str) -> None:
    """InvalidInput unless the district lies in the State and the language is known."""
    _raise(_place_faults(state_code, district_code, language))


def require_no_aadhaar(identity: Identity, contact: Contact) -> None:
    """InvalidInput when any text holds what looks like an Aadhaar number, or is far too long."""
    _raise(_text_faults(identity, contact))


def _identity_faults(
    identity: Identity, sex: str, nationality: str, today: date
) -> Iterator[Wrong]:
    for pointer, name in (
        ("/given_names", identity.given_names),
        ("/surname", identity.surname or "a"),
    ):
        if not LATIN_NAME.fullmatch(name):
            text = _("Write the name in Latin letters as the passport does.")
            yield _wrong(pointer, "name_malformed", text)
    if not OLDEST <= identity.birth_date < today - timedelta(days=1):
        yield _wrong("/birth_date", "birth_date_impossible", _("Look at the date of birth again."))
    if sex not in Sex.values:
        yield _wrong("/sex", "sex_unknown", _("Write M, F or X as the passport does."))
    if not Country.objects.filter(pk=nationality).exists():
        text = _("Use a country code of three letters, such as IND.")
        yield _wrong("/nationality", "country_unknown", text)


def _place_faults(state_code: str, district_code: str, language: str) -> Iterator[Wrong]:
    if not is_district(district_code, state_code):
        yield _wrong("/district_code", "district_unknown", _("Choose a district of the State."))
    if not Language.objects.filter(pk=language).exists():
        yield _wrong("/language", "language_unknown", _("Choose a language from the list."))


def _text_faults(identity: Identity, contact: Contact) -> Iterator[Wrong]:
    relatives = [each for each in (contact.nominee, contact.emergency) if each is not None]
    texts = {
        "/given_names": identity.given_names,
        "/surname": identity.surname,
        "/local_name": identity.local_name,
        "/father_name": identity.father_name,
        "/mother_name": identity.mother_name,
        "/spouse_name": identity.spouse_name,
        "/address": contact.address,
        "/relatives": " | ".join(f"{each.name}, {each.relation}" for each in relatives),
    }
    for pointer, text in texts.items():
        if len(text) > LONGEST_TEXT:
            yield _wrong(pointer, "too_long", _("This is too long."))
        if looks_like_aadhaar(text):
            words = _("This looks like an Aadhaar number. Leave it out: it is never needed here.")
            yield _wrong(pointer, "aadhaar_refused", words)


def _wrong(pointer: str, code: str, message: str | Promise) -> Wrong:
    return {"pointer": pointer, "code": code, "message": str(message)}


def _raise(faults: Iterator[Wrong]) -> None:
    if found := list(faults):
        raise InvalidInput(found)
