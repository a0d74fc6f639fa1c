"""The question that Indian emigration law is asked, and its strict reading from JSON.

None means "left out" and is not judged. Inside a part that is given, a yes or no that is left out
means no (`Employer.mission_approved` alone may stay open) and a life cover left out means none.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from typing import Any, Literal

from emigrate.law.engine import codes
from emigrate.law.engine.parameters import sheet
from emigrate.law.engine.reading import (
    BadQuestion,
    Reader,
    Slot,
    amount,
    code,
    day,
    flag,
    listed,
    minor_units,
    number,
    one_of,
    read,
    record,
    text,
    whole,
)

__all__ = ["BadQuestion", "Question", "parse_question"]

RUPEE_DIGITS = 2
MOST_MONTHS = 600
MOST_WORKERS = 1_000_000
MOST_CHARGES = 200
PURPOSES = ("employment", "tourism", "pilgrimage", "family", "study", "transit")
AGENT_STATUS = ("active", "suspended", "cancelled", "expired")
EMPLOYER_STATUS = ("active", "inactive", "prior_approval", "blacklisted")
HEADS = (
    "service", "advertisement", "trade_test", "attestation", "interview_travel", "guarantee_cost",
    "cancellation", "administration", "visa", "medical", "ticket", "boarding", "gst",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Who wants to leave."""

    born: date | None = None
    sex: Literal["M", "F", "X"] | None = None
    nationality: str | None = None
    years_abroad_since_18: Decimal | int | None = None


@dataclass(frozen=True)
class Passport:
    """The passport's emigration check status and its last day."""

    category: Literal["ECR", "ECNR"] | None = None
    expires: date | None = None


@dataclass(frozen=True)
class Journey:
    """Where to, what for, when. `region` is an ISO 3166-2 code or a name."""

    country: str | None = None
    region: str | None = None
    purpose: Literal["employment", "tourism", "pilgrimage", "family", "study", "transit"] | None = (
        None
    )
    departs: date | None = None
    dependant: bool = False


@dataclass(frozen=True)
class Wage:
    """Basic wage of one month in minor units of its currency."""

    amount: int
    currency: str
    period: Literal["month"] = "month"


@dataclass(frozen=True)
class Job:
    """The work: ISCO-08 unit group, length of the contract, wage, matters the contract settles."""

    occupation: str | None = None
    months: int | None = None
    wage: Wage | None = None
    clauses: frozenset[str] | None = None


@dataclass(frozen=True)
class Agent:
    """The recruiting agent; `workers_used` counts those before this one."""

    category: Literal["normal", "small"] | None = None
    status: Literal["active", "suspended", "cancelled", "expired"] | None = None
    valid_until: date | None = None
    workers_used: int | None = None
    capacity: int | None = None
    state_agency: bool = False


@dataclass(frozen=True)
class Employer:
    """The foreign employer; `workers_this_year` counts those before this one."""

    status: Literal["active", "inactive", "prior_approval", "blacklisted"] | None = None
    small: bool = False
    workers_this_year: int | None = None
    mission_approved: bool | None = None
    guarantee: bool = False


@dataclass(frozen=True)
class Charge:
    """Money taken from the worker under one head, in paise."""

    head: str
    amount: int


@dataclass(frozen=True)
class Insurance:
    """The insurance policy; sums in paise."""

    starts: date | None = None
    ends: date | None = None
    sum_insured: int | None = None
    life_cover: int = 0


@dataclass(frozen=True)
class Question:
    """Everything the law may be asked about one departure, as of the day `on`."""

    on: date
    person: Person = Person()
    passport: Passport = Passport()
    journey: Journey = Journey()
    job: Job = Job()
    route: Literal["agent", "employer", "project", "self"] | None = None
    agent: Agent | None = None
    employer: Employer | None = None
    charges: tuple[Charge, ...] = ()
    insurance: Insurance | None = None

    @cached_property
    def departs(self) -> date:
        """The day of departure, or the day of the question when no departure is named."""
        return self.journey.departs or self.on


def parse_question(json_text: str) -> Question:
    """Read the JSON object of `emigrate law ask`; raises `BadQuestion` naming every fault."""
    return read(json_text, _question)


@cache
def matters() -> tuple[str, ...]:
    """Codes of the matters of a contract, in the order of the rule, then of the undertakings."""
    found: dict[str, None] = {}
    for key in ("contract.matters", "fe.undertakings"):
        for figure in sheet(key).figures():
            found |= dict.fromkeys(figure.value)
    return tuple(found)


def _clause(slot: Slot) -> str:
    """A clause by its code, or by its number in the rule."""
    known = matters()
    numbers = {str(i): each for i, each in enumerate(known, 1)}
    given = str(slot.value) if type(slot.value) is int else slot.value
    if not isinstance(given, str):
        slot.refuse("wrong_type", want="string")
    found = numbers.get(given, given)
    if found not in known:
        slot.refuse("bad_code", given=given, choices=", ".join(known))
    return found


def _rupees(slot: Slot) -> int:
    return minor_units(slot, amount(slot), RUPEE_DIGITS)


def _wage(slot: Slot) -> Wage:
    members: dict[str, Reader] = {
        "amount": amount,
        "currency": code(codes.currencies, "ISO 4217"),
        "period": one_of("month"),
    }
    found = record(dict[str, Any], members, tuple(members))(slot)
    digits = codes.currencies()[found["currency"]]
    inside = slot.inside("amount", None)
    return Wage(minor_units(inside, found["amount"], digits), found["currency"])


def _job(slot: Slot) -> Job:
    members: dict[str, Reader] = {
        "occupation": code(codes.occupations, "ISCO-08 unit groups"),
        "months": whole(1, MOST_MONTHS),
        "wage": _wage,
        "clauses": listed(_clause, MOST_CHARGES),
    }
    found = record(Job, members)(slot)
    return found if found.clauses is None else replace(found, clauses=frozenset(found.clauses))


def _insurance(slot: Slot) -> Insurance:
    names = {"from": "starts", "to": "ends", "sum": "sum_insured", "life_cover": "life_cover"}
    members: dict[str, Reader] = {"from": day, "to": day, "sum": _rupees, "life_cover": _rupees}
    found = record(dict[str, Any], members)(slot)
    return Insurance(**{names[name]: value for name, value in found.items()})


def _question(slot: Slot) -> Question:
    found = record(Question, _parts(), ("on",))(slot)
    if found.person.born is not None and found.person.born > found.on:
        slot.inside("person", None).inside("born", None).refuse("born_later")
    _within_the_act(slot.inside("on", None), found.on)
    _within_the_act(slot.inside("journey", None).inside("departs", None), found.departs)
    return found


def _within_the_act(slot: Slot, asked: date) -> None:
    first = min(figure.valid_from for figure in sheet("emigrant.citizens").figures())
    if asked < first:
        slot.refuse("before_the_act", first=first)


@cache
def _parts() -> dict[str, Reader]:
    count = whole(0, MOST_WORKERS)
    country = code(codes.countries, "ISO 3166-1 alpha-3")
    nationality = code(codes.nationalities, "ISO 3166-1 alpha-3")
    return {
        "on": day,
        "person": record(Person, {
            "born": day, "sex": one_of("M", "F", "X"), "nationality": nationality,
            "years_abroad_since_18": number(0, 150),
        }),
        "passport": record(Passport, {"category": one_of("ECR", "ECNR"), "expires": day}),
        "journey": record(Journey, {
            "country": country, "region": text, "purpose": one_of(*PURPOSES), "departs": day,
            "dependant": flag,
        }),
        "job": _job,
        "route": one_of("agent", "employer", "project", "self"),
        "agent": record(Agent, {
            "category": one_of("normal", "small"), "status": one_of(*AGENT_STATUS),
            "valid_until": day, "workers_used": count, "capacity": count, "state_agency": flag,
        }),
        "employer": record(Employer, {
            "status": one_of(*EMPLOYER_STATUS), "small": flag, "workers_this_year": count,
            "mission_approved": flag, "guarantee": flag,
        }),
        "charges": listed(
            record(Charge, {"head": one_of(*HEADS), "amount": _rupees}, ("head", "amount")),
            MOST_CHARGES,
        ),
        "insurance": _insurance,
    }  # fmt: skip
