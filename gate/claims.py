"""The claims of an emigration clearance (profile 1), read strictly and only after its signature.

{1: issuer, 4: expires, 5: not before, 6: issued, 7: 16 random bytes,
 65535: {"status_list": {"idx": number, "uri": text}},
 169: {1: clearance number, 4: name as in the passport, 8: YYYYMMDD, ? 9: 1..3,
       13: nationality, ? 23: country of issue},
 -66010: {0: 1, 1: clearance number, 2: passport number, 3: destination (alpha-3),
          4: 1 (check required) | 2 (not required), 5: occupation, 6: agent or "DIRECT",
          7: employer, ? 8: insurance policy, ? 9: end of contract YYYYMMDD}}
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from gate.cbor import Key, Value
from gate.fields import Labels, Misfit, field, mapping, moment, rfc3339, text, texts
from gate.reasons import Reason, Refused

# Labels of the outer map, of claim 169, and of claim -66010 (profile 1).
_ISS, _EXP, _NBF, _IAT, _CTI, _STATUS, _PERSON, _CLEARANCE = 1, 4, 5, 6, 7, 65535, 169, -66010
_PERSON_NUMBER, _NAME, _BORN, _SEX, _NATIONALITY, _ISSUED_BY = 1, 4, 8, 9, 13, 23
_VERSION, _NUMBER, _PASSPORT, _DESTINATION, _CATEGORY, _OCCUPATION, _AGENT, _EMPLOYER = range(8)
_POLICY, _CONTRACT_END = 8, 9
_CLAIMS: Labels = frozenset({_ISS, _EXP, _NBF, _IAT, _CTI, _STATUS, _PERSON, _CLEARANCE})
_OF_STATUS: Labels = frozenset({"status_list"})
_OF_REFERENCE: Labels = frozenset({"idx", "uri"})
_OF_PERSON: Labels = frozenset({_PERSON_NUMBER, _NAME, _BORN, _NATIONALITY})
_PERSON_MAY: Labels = frozenset({_SEX, _ISSUED_BY})
_OF_CLEARANCE: Labels = frozenset(range(8))
_TEXTS_OF_PERSON = (_PERSON_NUMBER, _NAME, _NATIONALITY)
_TEXTS_OF_CLEARANCE = (_NUMBER, _PASSPORT, _DESTINATION, _OCCUPATION, _AGENT, _EMPLOYER)
_CLEARANCE_MAY: Labels = frozenset({_POLICY, _CONTRACT_END})
_CTI_SIZE = 16
_PROFILE = 1
_CATEGORIES = (1, 2)
_SEXES = (1, 2, 3)
_DAY = "YYYYMMDD"
_ALPHA_3 = 3


class Clearance(NamedTuple):
    """What a clearance says, with its status reference; times in seconds since 1970."""

    issuer: str
    issued: int
    not_before: int
    expires: int
    status_index: int
    status_uri: str
    ec_number: str
    passport_number: str
    name: str
    birth_date: str
    destination: str
    occupation: str
    employer: str
    agent: str
    policy: str | None

    def shown(self) -> dict[str, str | None]:
        """The fields that the gate prints, in their order; dates and times in ISO 8601."""
        return {
            "ec_number": self.ec_number,
            "passport_number": self.passport_number,
            "name": self.name,
            "birth_date": self.birth_date,
            "destination": self.destination,
            "occupation": self.occupation,
            "employer": self.employer,
            "agent": self.agent,
            "policy": self.policy,
            "not_before": rfc3339(self.not_before),
            "expires": rfc3339(self.expires),
        }


def read_claims(payload: Value) -> Clearance:
    """Understand a signed payload; `Refused(bad_claims)` for the least deviation."""
    try:
        return _clearance(mapping(payload, _CLAIMS))
    except (Misfit, ValueError) as error:
        raise Refused(Reason.BAD_CLAIMS) from error


def _clearance(claims: Mapping[Key, Value]) -> Clearance:
    person = mapping(claims[_PERSON], _OF_PERSON, _PERSON_MAY)
    terms = mapping(claims[_CLEARANCE], _OF_CLEARANCE, _CLEARANCE_MAY)
    reference = mapping(mapping(claims[_STATUS], _OF_STATUS)["status_list"], _OF_REFERENCE)
    number, passport, destination, occupation, agent, employer = texts(terms, _TEXTS_OF_CLEARANCE)
    of_person, name, _ = texts(person, _TEXTS_OF_PERSON)
    not_before, expires = moment(claims, _NBF), moment(claims, _EXP)
    if of_person != number or len(destination) != _ALPHA_3 or expires <= not_before:
        raise Misfit
    _hold_to_profile(claims, person, terms)
    return Clearance(
        text(claims, _ISS),
        moment(claims, _IAT),
        not_before,
        expires,
        moment(reference, "idx"),
        text(reference, "uri"),
        number,
        passport,
        name,
        _day(person, _BORN),
        destination,
        occupation,
        employer,
        agent,
        text(terms, _POLICY) if _POLICY in terms else None,
    )


def _hold_to_profile(
    claims: Mapping[Key, Value], person: Mapping[Key, Value], terms: Mapping[Key, Value]
) -> None:
    if _ISSUED_BY in person:
        text(person, _ISSUED_BY)
    if _CONTRACT_END in terms:
        _day(terms, _CONTRACT_END)
    if (
        field(terms, _VERSION, int) != _PROFILE
        or field(terms, _CATEGORY, int) not in _CATEGORIES
        or person.get(_SEX, _SEXES[0]) not in _SEXES
        or len(field(claims, _CTI, bytes)) != _CTI_SIZE
    ):
        raise Misfit


def _day(pairs: Mapping[Key, Value], key: Key) -> str:
    value = text(pairs, key)
    if len(value) != len(_DAY) or not (value.isascii() and value.isdigit()):
        raise Misfit
    return date.fromisoformat(value).isoformat()
