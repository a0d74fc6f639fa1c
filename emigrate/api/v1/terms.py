"""What a contract or a demand promises, in the words of the interface: money as decimal strings."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictInt

from emigrate.api.fields import Amount, Code, Day, In, MoneyIn, MoneyOut, Out, Word
from emigrate.domains.contracts.models import Terms
from emigrate.foundation.money import decimal_text, minor_units

Number = Annotated[StrictInt, Field(ge=0, le=10_000)]
Kept = Literal["provided", "allowance", "none"]
Payer = Literal["employer", "emigrant", "shared"]
Holder = Literal["emigrant", "employer"]
Clauses = Annotated[list[Code], Field(max_length=40)]


class PromisesIn(In):
    """The clauses, by the law's codes, and what they promise; what is not named is not promised."""

    clauses: Clauses = []
    workplace: Word | None = None
    hours_per_day: Number | None = None
    days_per_week: Number | None = None
    overtime_percent: Number | None = None
    leave_days_per_year: Number | None = None
    notice_days: Number | None = None
    probation_months: Number | None = None
    deductions: Amount | None = None
    food: Kept | None = None
    accommodation: Kept | None = None
    transport: Kept | None = None
    medical: Kept | None = None
    ticket_out: Payer | None = None
    ticket_home: Payer | None = None
    recruitment_cost: Payer | None = None
    passport_custody: Holder | None = None

    def kept(self, currency: str, pointer: str) -> dict[str, Any]:  # JSON of many types
        """What is promised, as the demand keeps it; the deductions are in the wage's currency."""
        named = self.model_dump(exclude_none=True)
        if "deductions" in named:
            amount = named.pop("deductions")
            named["deductions_minor"] = minor_units(amount, currency, f"{pointer}/deductions")
        return {**named, "clauses": sorted(self.clauses)}


class PromisesOut(Out):
    """The clauses and what they promise; null is not named."""

    clauses: list[str]
    workplace: str | None = None
    hours_per_day: int | None = None
    days_per_week: int | None = None
    overtime_percent: int | None = None
    leave_days_per_year: int | None = None
    notice_days: int | None = None
    probation_months: int | None = None
    deductions: str | None = None
    food: str | None = None
    accommodation: str | None = None
    transport: str | None = None
    medical: str | None = None
    ticket_out: str | None = None
    ticket_home: str | None = None
    recruitment_cost: str | None = None
    passport_custody: str | None = None

    @classmethod
    def of(cls, kept: Mapping[str, Any], currency: str) -> Self:
        """The promises as they are shown."""
        named = {name: kept[name] for name in cls.model_fields if name in kept}
        if "deductions_minor" in kept:
            named["deductions"] = decimal_text(kept["deductions_minor"], currency)
        return cls(**{"clauses": [], **named})


class TermsIn(PromisesIn):
    """What a contract promises."""

    occupation: Annotated[str, Field(pattern=r"^[0-9]{4}$")]
    title: Annotated[Word, Field(min_length=1)]
    workplace: Annotated[Word, Field(min_length=1)]
    wage: MoneyIn
    months: Annotated[StrictInt, Field(ge=1, le=600)]
    clauses: Clauses
    starts_on: Day | None = None

    def terms(self, pointer: str = "/terms") -> Terms:
        """The terms that the contract keeps; InvalidInput names an amount that is none."""
        kept = self.kept(self.wage.currency, pointer)
        named = {**kept, "wage_minor": self.wage.minor(f"{pointer}/wage")}
        named["currency"] = named.pop("wage")["currency"]
        named["clauses"] = tuple(kept["clauses"])
        if self.starts_on is not None:
            named["starts_on"] = self.starts_on.isoformat()
        return Terms(**named)


class TermsOut(PromisesOut):
    """What a contract promises."""

    occupation: str
    title: str
    wage: MoneyOut
    months: int
    starts_on: str | None
    ends_on: str | None

    @classmethod
    def of_terms(cls, terms: Terms) -> Self:
        """The terms as they are shown."""
        kept = terms.as_json()
        shown = PromisesOut.of(kept, terms.currency).model_dump()
        return cls(
            **shown,
            occupation=terms.occupation,
            title=terms.title,
            wage=MoneyOut.of(terms.wage_minor, terms.currency),
            months=terms.months,
            starts_on=terms.starts_on,
            ends_on=terms.ends_on.isoformat() if terms.ends_on else None,
        )
