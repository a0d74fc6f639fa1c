"""The airport counter: the check, departures exactly once, off-loadings with their reason."""

from typing import Annotated, Self

from django.utils.translation import gettext as _
from pydantic import Field

from emigrate.api.fields import (
    CaseOut,
    Country,
    In,
    Nothing,
    Out,
    Reference,
    Word,
    Words,
    case_columns,
    iso,
)
from emigrate.api.pages import USUAL, Cursor, Limit, Page, page, page_of
from emigrate.api.routes import Call, Routes
from emigrate.domains.departures import actions, queries
from emigrate.domains.departures.enums import OffLoadReason
from emigrate.domains.departures.models import Departure, OffLoad
from emigrate.foundation.errors import InvalidInput

routes = Routes("Departures")

Airport = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="IATA code.")]
Flight = Annotated[Word, Field(max_length=10)]
PassportNumber = Annotated[Word, Field(min_length=4, max_length=20)]


class CounterQuestionIn(In):
    """A clearance's number or a passport's, and perhaps the journey."""

    reference: Reference | None = None
    passport_number: PassportNumber | None = None
    destination: Country | None = None


class AnswerOut(Out):
    """Green, red or amber, with the reason and until when the clearance holds."""

    verdict: str
    reason: str
    text: str
    reference: str | None
    expires_at: str | None


class DepartureIn(In):
    """Who leaves on what."""

    reference: Reference
    passport_number: PassportNumber
    airport: Airport
    flight: Flight = ""
    destination: Country | None = None


class DepartureOut(CaseOut):
    """Somebody left on a clearance."""

    country: str
    airport: str
    flight: str
    departed_at: str
    arrived_at: str | None
    returned_at: str | None

    @classmethod
    def of(cls, case: Departure) -> Self:
        """The departure as it is shown."""
        return cls(
            **case_columns(case),
            country=case.country,
            airport=case.airport,
            flight=case.flight,
            departed_at=case.departed_at.isoformat(),
            arrived_at=iso(case.arrived_at),
            returned_at=iso(case.returned_at),
        )


class OffLoadIn(In):
    """Whose passport, why, and the evidence in the officer's words."""

    passport_number: PassportNumber
    airport: Airport
    reason: OffLoadReason
    evidence: Annotated[Words, Field(min_length=1)]
    reference: Reference | None = None
    flight: Flight = ""


class OffLoadOut(Out):
    """Somebody was not let on board."""

    reference: str
    clearance: str | None
    airport: str
    flight: str
    reason: str
    at: str

    @classmethod
    def of(cls, row: OffLoad) -> Self:
        """The off-loading as it is shown."""
        return cls(
            reference=row.reference,
            clearance=row.clearance_reference or None,
            airport=row.airport,
            flight=row.flight,
            reason=row.reason,
            at=row.at.isoformat(),
        )


@routes.post("/counter/check", AnswerOut)
def check(call: Call, body: CounterQuestionIn) -> AnswerOut:
    """May this traveller leave? It changes nothing, so it needs no Idempotency-Key."""
    if not (body.reference or body.passport_number):
        raise InvalidInput.at("/reference", "field_missing", _("Scan or type a number."))
    question = queries.CounterQuestion(body.reference, body.passport_number, body.destination)
    answer = queries.counter_answer(question, actor=call.actor)
    return AnswerOut(
        verdict=answer.verdict.value,
        reason=answer.reason.value,
        text=str(answer.reason.label),
        reference=answer.reference,
        expires_at=iso(answer.expires_at),
    )


@routes.get("/departures", page_of(DepartureOut))
def departures(
    call: Call, limit: Limit = USUAL, cursor: Cursor | None = None
) -> Page[DepartureOut]:
    """The departures that I may see, newest first."""
    rows = queries.departures_for(call.actor)
    return page(rows, DepartureOut.of, limit=limit, cursor=cursor)


@routes.post("/departures", DepartureOut, status=201)
def depart(call: Call, body: DepartureIn) -> DepartureOut:
    """Record that the emigrant departed; the second attempt is refused, whoever makes it.

    Refused also when no insurance covers the flight, or when the destination is named and is not
    the clearance's.
    """
    boarding = actions.Boarding(
        body.reference, body.passport_number, body.airport, body.flight, body.destination
    )
    return DepartureOut.of(actions.record_departure(boarding, actor=call.actor))


@routes.post("/clearances/{reference}/arrival", DepartureOut)
def arrive(call: Call, reference: Reference, body: Nothing) -> DepartureOut:
    """Say that the emigrant arrived."""
    del body
    return DepartureOut.of(actions.record_arrival(reference, actor=call.actor))


@routes.post("/clearances/{reference}/return", DepartureOut)
def return_home(call: Call, reference: Reference, body: Nothing) -> DepartureOut:
    """The emigrant is back in the country."""
    del body
    return DepartureOut.of(actions.record_return(reference, actor=call.actor))


@routes.get("/off-loads", page_of(OffLoadOut))
def off_loads(call: Call, limit: Limit = USUAL, cursor: Cursor | None = None) -> Page[OffLoadOut]:
    """The off-loadings that I may see, newest first."""
    return page(queries.off_loads_for(call.actor), OffLoadOut.of, limit=limit, cursor=cursor)


@routes.post("/off-loads", OffLoadOut, status=201)
def off_load(call: Call, body: OffLoadIn) -> OffLoadOut:
    """Record that somebody was not let on board; the worker, agent and office learn of it."""
    off = actions.NotBoarded(
        passport_number=body.passport_number,
        airport=body.airport,
        reason=body.reason.value,
        evidence=body.evidence,
        reference=body.reference,
        flight=body.flight,
    )
    return OffLoadOut.of(actions.record_off_load(off, actor=call.actor))
