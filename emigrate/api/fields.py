"""The kinds of values in requests and answers: strict coming in, plain text going out."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Self

from django.utils.translation import gettext as _
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from emigrate.foundation.cases import Case
from emigrate.foundation.errors import InvalidInput
from emigrate.foundation.money import decimal_text, minor_units
from emigrate.law.engine.reading import FIRST_DAY, LAST_DAY

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
LARGEST_ID = 2**63 - 1
LARGEST_COUNT = 1_000_000
HEX_DIGEST = r"^[0-9a-f]{64}$"
BEYOND_DAYS = "day_out_of_range"
"""The kind of fault of a day that the law could not be asked about."""


def _day(value: object) -> date:
    if not isinstance(value, str) or not ISO_DAY.fullmatch(value):
        raise ValueError("not an ISO 8601 day")
    day = date.fromisoformat(value)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise PydanticCustomError(BEYOND_DAYS, "a day out of range")
    return day


Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date",
            "description": f"From {FIRST_DAY} to {LAST_DAY}.",
        }
    ),
]
Code = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9_.-]+$")]
Reference = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Z0-9-]+$")]
Word = Annotated[str, Field(max_length=200)]
Words = Annotated[str, Field(max_length=4000)]
Amount = Annotated[str, Field(pattern=r"^[0-9]{1,13}(\.[0-9]{1,3})?$")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217.")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 3166-1 alpha-3.")]
Digest = Annotated[str, Field(pattern=HEX_DIGEST, description="SHA-256 in hexadecimal.")]
Identifier = Annotated[int, Field(ge=1, le=LARGEST_ID)]
RowId = Annotated[StrictInt, Field(ge=1, le=LARGEST_ID)]
Count = Annotated[StrictInt, Field(ge=0, le=LARGEST_COUNT)]
Flag = StrictBool


class In(BaseModel):
    """A request's body: unknown members are refused.

    `arguments` are what the action takes besides reference and actor; by default the fields.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    def arguments(self) -> Mapping[str, Any]:  # each action has its own
        """The action's keyword arguments."""
        return {name: getattr(self, name) for name in type(self).model_fields}


class Nothing(In):
    """A step that needs no words."""


class Reason(In):
    """Why, in words that the person concerned can act on."""

    reason: Words


class TakeUpIn(In):
    """Why this case before an earlier one; empty when it is the first."""

    reason: Words = ""


class MoneyIn(In):
    """An amount as a decimal string in the currency's major unit, with its ISO 4217 code."""

    amount: Amount
    currency: Currency

    def minor(self, pointer: str) -> int:
        """Minor units (paise, fils); InvalidInput names the field under `pointer`."""
        return minor_units(self.amount, self.currency, f"{pointer}/amount")


class Out(BaseModel):
    """An answer: every member is named here, never "all fields"."""

    model_config = ConfigDict(frozen=True)


class CaseOut(Out):
    """What every case shows: where it stands, who holds it and until when, and its version."""

    COLUMNS: ClassVar[tuple[str, ...]] = ()

    reference: str
    state: str
    state_since: str
    held_by: str
    due_at: str | None
    version: int = Field(description="The number in the ETag; it grows with every step.")

    @classmethod
    def of(cls, case: Any) -> Self:  # a case of the class's own kind
        """The case as it is shown; `COLUMNS` are copied as they are."""
        return cls(**case_columns(case), **{name: getattr(case, name) for name in cls.COLUMNS})


class MoneyOut(Out):
    """An amount as a decimal string, with its ISO 4217 code."""

    amount: str
    currency: str

    @classmethod
    def of(cls, minor: int, currency: str) -> Self:
        """An amount of minor units."""
        return cls(amount=decimal_text(minor, currency), currency=currency)


def case_columns(case: Case) -> dict[str, Any]:
    """The members of `CaseOut` itself."""
    return {
        "reference": case.reference,
        "state": str(case.state),
        "state_since": case.state_since.isoformat(),
        "held_by": case.held_by,
        "due_at": iso(case.due_at),
        "version": case.audit_seq,
    }


def iso(moment: date | None) -> str | None:
    """A day or moment in ISO 8601."""
    return None if moment is None else moment.isoformat()


def digest(text: str) -> bytes:
    """The bytes of a hexadecimal digest."""
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        message = _("Write the hash in hexadecimal.")
        raise InvalidInput.at("/terms_hash", "hash_malformed", message) from error
