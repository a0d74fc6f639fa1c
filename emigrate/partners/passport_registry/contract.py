"""What the platform asks a passport registry, whoever runs it.

Three outcomes: an answer (which may be that there is no such passport), or Unavailable.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from emigrate.foundation.http import Unavailable

__all__ = [
    "MatchScores",
    "PassportAnswer",
    "PassportQuestion",
    "PassportRegistry",
    "PassportResult",
    "PassportStatus",
    "StatusNews",
    "Unavailable",
    "Watch",
]

MOST_WATCHED = 500
"""Passports in one request to watch them."""


class PassportResult(StrEnum):
    """How what was asked compares with the registry."""

    MATCH = "MATCH"
    PARTIAL = "PARTIAL"
    NO_MATCH = "NO_MATCH"
    NOT_FOUND = "NOT_FOUND"


class PassportStatus(StrEnum):
    """Whether the document may be used."""

    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"
    IMPOUNDED = "IMPOUNDED"
    REVOKED = "REVOKED"
    LOST = "LOST"
    REISSUED = "REISSUED"


@dataclass(frozen=True, slots=True)
class PassportQuestion:
    """One person's claim to one passport, with the purpose and the consent it is asked under."""

    number: str = field(repr=False)
    surname: str = field(repr=False)
    given_names: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: str = field(repr=False)
    purpose: str
    consent_ref: str
    file_number: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class MatchScores:
    """Agreement field by field; the name as 0 to 100."""

    name: int
    birth_date: bool
    sex: bool


@dataclass(frozen=True, slots=True)
class PassportAnswer:
    """The registry's word as of a moment.

    All but `result` and `as_of` are None when no passport has the number. `ecr` tells whether
    the passport says "emigration check required"; None when the registry does not say. `raw` is
    the reply for encrypted keeping and nothing else.
    """

    result: PassportResult
    as_of: datetime
    scores: MatchScores | None = None
    passport_type: str | None = None
    issued: date | None = None
    expires: date | None = None
    status: PassportStatus | None = None
    ecr: bool | None = None
    raw: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Watch:
    """Passports of which the registry is to tell when they become unusable, and until which day.

    At most `MOST_WATCHED` numbers, each once; ValueError otherwise.
    """

    numbers: tuple[str, ...] = field(repr=False)
    until: date

    def __post_init__(self) -> None:
        if not 0 < len(self.numbers) <= MOST_WATCHED:
            raise ValueError("watch_of_none_or_too_many")
        if len(set(self.numbers)) != len(self.numbers):
            raise ValueError("watched_twice")


@dataclass(frozen=True, slots=True)
class StatusNews:
    """The registry says that a watched passport became unusable; where to look, not a fact."""

    number: str = field(repr=False)
    status: PassportStatus


class PassportRegistry(Protocol):
    """Anything that can be asked about a passport."""

    def verify(self, question: PassportQuestion, *, request_id: UUID) -> PassportAnswer:
        """The answer to this question, or Unavailable.

        `request_id` belongs to the question: repeat it when repeating the question, and never
        use it for another one.
        """
        ...

    def watch(self, watch: Watch, *, request_id: UUID) -> None:
        """Let the registry tell of these passports until the end of the day; or Unavailable.

        Watching again prolongs, so repeating is harmless.
        """
        ...
