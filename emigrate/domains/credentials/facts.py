"""What a clearance says in its QR: the claims of the project's CDDL, and nothing else."""

from dataclasses import dataclass
from datetime import datetime

from emigrate.domains.credentials.enums import CLEARANCE_CLAIM, IDENTITY_CLAIM, STATUS_CLAIM

PROFILE = 1
POLICY, CONTRACT_END = 8, 9
SEXES = {"M": 1, "F": 2, "X": 3}
CATEGORIES = {"ecr": 1, "ecnr": 2}
DIRECT = "DIRECT"


@dataclass(frozen=True, slots=True)
class ClearanceClaims:
    """A clearance in the words of its certificate. Dates of birth and contract: YYYYMMDD."""

    ec_number: str
    name: str
    birth_date: str
    sex: str
    nationality: str
    passport_number: str
    destination: str
    category: str
    occupation: str
    agent: str
    employer: str
    policy: str | None = None
    contract_end: str | None = None


@dataclass(frozen=True, slots=True)
class Validity:
    """From when until when a certificate holds, and when it was signed (aware, UTC)."""

    issued_at: datetime
    not_before: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class StatusPlace:
    """Where the status of a certificate is read: a list's address and a place in it."""

    uri: str
    index: int


def cwt_claims(
    claims: ClearanceClaims, validity: Validity, place: StatusPlace, *, issuer: str, token_id: bytes
) -> dict[int, object]:
    """The CWT claims map (RFC 8392; identity by claim 169, ours under a private key)."""
    return {
        1: issuer,
        4: int(validity.expires_at.timestamp()),
        5: int(validity.not_before.timestamp()),
        6: int(validity.issued_at.timestamp()),
        7: token_id,
        STATUS_CLAIM: {"status_list": {"idx": place.index, "uri": place.uri}},
        IDENTITY_CLAIM: _identity(claims),
        CLEARANCE_CLAIM: _clearance(claims),
    }


def _identity(claims: ClearanceClaims) -> dict[int, object]:
    identity: dict[int, object] = {1: claims.ec_number, 4: claims.name, 8: claims.birth_date}
    if claims.sex in SEXES:
        identity[9] = SEXES[claims.sex]
    identity[13] = claims.nationality
    return identity


def _clearance(claims: ClearanceClaims) -> dict[int, object]:
    clearance: dict[int, object] = {
        0: PROFILE,
        1: claims.ec_number,
        2: claims.passport_number,
        3: claims.destination,
        4: CATEGORIES[claims.category],
        5: claims.occupation,
        6: claims.agent or DIRECT,
        7: claims.employer,
    }
    if claims.policy:
        clearance[POLICY] = claims.policy
    if claims.contract_end:
        clearance[CONTRACT_END] = claims.contract_end
    return clearance
