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
from dataclasses import dataclass
from datetime import date

from gate.cbor import Key, Value
from gate.fields import Misfit, field, mapping, moment, rfc3339, text
from gate.reasons import Reason, Refused

_ISS, _EXP, _NBF, _IAT, _CTI, _STATUS, _PERSON, _CLEARANCE = 1, 4, 5, 6, 7, 65535, 169, -66010
_CLAIMS = (_ISS, _EXP, _NBF, _IAT, _CTI, _STATUS, _PERSON, _CLEARANCE)
_CTI_SIZE = 16
_PROFILE = 1
_CATEGORIES = (1, 2)
_SEXES = (1, 2, 3)
_DAY = "YYYYMMDD"
_ALPHA_3 = 3


@dataclass(frozen=True, slots=True)
class Clearance:
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
    person = mapping(claims[_PERSON], (1, 4, 8, 13), (9, 23))
    terms = mapping(claims[_CLEARANCE], (0, 1, 2, 3, 4, 5, 6, 7), (8, 9))
    reference = mapping(mapping(claims[_STATUS], ("status_list",))["status_list"], ("idx", "uri"))
    _hold_to_profile(claims, person, terms)
    return Clearance(
        issuer=text(claims, _ISS),
        issued=moment(claims, _IAT),
        not_before=moment(claims, _NBF),
        expires=moment(claims, _EXP),
        status_index=moment(reference, "idx"),
        status_uri=text(reference, "uri"),
        ec_number=text(terms, 1),
        passport_number=text(terms, 2),
        name=text(person, 4),
        birth_date=_day(person, 8),
        destination=text(terms, 3),
        occupation=text(terms, 5),
        employer=text(terms, 7),
        agent=text(terms, 6),
        policy=text(terms, 8) if 8 in terms else None,  # noqa: PLR2004 -- a label of the profile
    )


def _hold_to_profile(
    claims: Mapping[Key, Value], person: Mapping[Key, Value], terms: Mapping[Key, Value]
) -> None:
    text(person, 13)
    if 23 in person:  # noqa: PLR2004 -- a label of the profile
        text(person, 23)
    if 9 in terms:  # noqa: PLR2004 -- a label of the profile
        _day(terms, 9)
    if (
        field(terms, 0, int) != _PROFILE
        or field(terms, 4, int) not in _CATEGORIES
        or person.get(9, _SEXES[0]) not in _SEXES
        or len(field(claims, _CTI, bytes)) != _CTI_SIZE
        or len(text(terms, 3)) != _ALPHA_3
        or text(person, 1) != text(terms, 1)
        or moment(claims, _EXP) <= moment(claims, _NBF)
    ):
        raise Misfit


def _day(pairs: Mapping[Key, Value], key: Key) -> str:
    value = text(pairs, key)
    if len(value) != len(_DAY) or not (value.isascii() and value.isdigit()):
        raise Misfit
    return date(int(value[:4]), int(value[4:6]), int(value[6:])).isoformat()
