"""What the counter records: a departure exactly once, an off-loading with its reason."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from emigrate.domains.clearances import queries as clearances
from emigrate.domains.clearances.actions import use_clearance
from emigrate.domains.clearances.queries import PASSPORT_COLUMN
from emigrate.domains.departures.enums import CounterReason, OffLoadReason
from emigrate.domains.departures.models import Departure, OffLoad
from emigrate.domains.departures.policies import DEPARTURE_POLICY, OFF_LOAD_POLICY
from emigrate.domains.departures.queries import CounterQuestion, departure_answer
from emigrate.domains.departures.workflow import DEPARTURE
from emigrate.domains.emigrants import queries as emigrants
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.domains.reference import queries as reference
from emigrate.foundation import events, sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import AlreadyExists, Blocked, InvalidInput, NotFound
from emigrate.foundation.identifiers.numbering import next_reference
from emigrate.foundation.transactions import acting, action, now, refused_by


class AlreadyDeparted(AlreadyExists):
    """A departure on this clearance is recorded; the counter asks its supervisor."""

    code = "already_departed"


for _constraint in ("clearance_id", "reference"):  # whichever of the two the database checks first
    refused_by(f"departures_departure_{_constraint}_key", AlreadyDeparted)


@dataclass(frozen=True, slots=True)
class Boarding:
    """Who leaves on what: the clearance's number, the passport in hand, the flight.

    `destination` (alpha-3) is where the officer sees that the journey goes.
    """

    reference: str
    passport_number: str
    airport: str
    flight: str = ""
    destination: str | None = None


@action
def record_departure(boarding: Boarding, *, actor: Actor) -> Departure:
    """Record that the emigrant departed; the second attempt is refused, whoever makes it.

    The passport in hand and the destination, when it is named, are compared with the clearance's,
    and insurance must cover the flight. Raises InvalidInput without a passport or for an airport
    that is not known, AlreadyDeparted, or Blocked with the counter's reason.
    """
    DEPARTURE_POLICY.require_role(actor, "record")
    _in_hand(boarding.passport_number)
    _known(boarding.airport)
    question = CounterQuestion(boarding.reference, boarding.passport_number, boarding.destination)
    answer = departure_answer(question, actor=actor)
    if answer.reason is CounterReason.ALREADY_DEPARTED:
        raise AlreadyDeparted(reference=boarding.reference)
    if answer.reason is not CounterReason.OK:
        raise Blocked(unmet=answer.reason.value, codes=[answer.reason.value])
    clearance = clearances.clearance(boarding.reference, actor=actor)
    departure = Departure(
        reference=f"D-{clearance.reference}",
        clearance=clearance,
        person_id=clearance.emigrant_id,
        agency_id=clearance.agency_id,
        country=clearance.country,
        airport=boarding.airport,
        flight=boarding.flight,
        departed_at=now(),
    )
    DEPARTURE.begin(departure, actor=actor)
    system = Actor.system(actor.request_id)
    use_clearance(clearance.reference, actor=system)
    notify(
        Notice(
            "departure.recorded", person_id=clearance.emigrant_id, reference=clearance.reference
        ),
        actor=system,
    )
    return departure


def _in_hand(passport_number: str) -> None:
    if not passport_number.strip():
        message = _("Scan or type the number of the passport in hand.")
        raise InvalidInput.at("/passport_number", "passport_missing", message)


def _known(airport: str) -> None:
    try:
        reference.airport(airport)
    except NotFound as unknown:
        message = _("Name the airport by its three letters. Example: DEL.")
        raise InvalidInput.at("/airport", "port_unknown", message) from unknown


@dataclass(frozen=True, slots=True)
class NotBoarded:
    """An off-loading: whose passport, why, and the evidence in the officer's words."""

    passport_number: str
    airport: str
    reason: str
    evidence: str
    reference: str | None = None
    flight: str = ""


@action
def record_off_load(off: NotBoarded, *, actor: Actor) -> OffLoad:
    """Record that somebody was not let on board; the worker, agent and office learn of it at once.

    Raises InvalidInput without a passport, listed ground or evidence, and for an airport that is
    not known.
    """
    OFF_LOAD_POLICY.require_role(actor, "record")
    _in_hand(off.passport_number)
    _known(off.airport)
    if off.reason not in OffLoadReason.values:
        raise InvalidInput.at("/reason", "reason_unknown", _("Choose a listed reason."))
    if not off.evidence.strip():
        raise InvalidInput.at("/evidence", "evidence_missing", _("Say what the officer saw."))
    row = OffLoad.objects.create(
        reference=next_reference("OL", office=off.airport),
        **_whose(off, actor),
        passport_blind=sealing.blind(PASSPORT_COLUMN, off.passport_number),
        airport=off.airport,
        flight=off.flight,
        reason=off.reason,
        evidence=off.evidence,
        officer_id=actor.user_id,
        at=now(),
    )
    events.publish("off_load.recorded", row, actor=actor)
    _tell(row, actor)
    return row


def _whose(off: NotBoarded, actor: Actor) -> dict[str, Any]:  # columns by name
    """Whom an off-loading concerns: the clearance's parties, else whose passport it is."""
    if off.reference is None:
        system = Actor.system(actor.request_id)
        with acting(system):
            person = emigrants.find_by_passport(off.passport_number, actor=system)
        return {"person_id": None if person is None else person.pk}
    clearance = clearances.clearance(off.reference, actor=actor)
    return {
        "clearance": clearance,
        "clearance_reference": clearance.reference,
        "person_id": clearance.emigrant_id,
        "agency_id": clearance.agency_id,
        "office": clearance.office,
    }


def _tell(row: OffLoad, actor: Actor) -> None:
    told, system = row.reference, Actor.system(actor.request_id)
    if row.person_id is not None:
        notify(Notice("departure.not_boarded", told, person_id=row.person_id), actor=system)
    if row.clearance_id is not None:
        agency = row.agency_id
        notify(Notice("departure.off_loaded", told, office=row.office), actor=system)
        notify(Notice("departure.worker_off_loaded", told, organisation_id=agency), actor=system)


@action
def record_arrival(reference: str, *, actor: Actor) -> Departure:
    """The emigrant or the Mission says that they arrived."""
    case = DEPARTURE.hold(
        Departure.objects.all(), actor=actor, verb="arrive", clearance__reference=reference
    )
    return DEPARTURE.take("arrive", case, actor=actor, arrived_at=now())


@action
def record_return(reference: str, *, actor: Actor) -> Departure:
    """The emigrant is back in the country."""
    case = DEPARTURE.hold(
        Departure.objects.all(), actor=actor, verb="return", clearance__reference=reference
    )
    return DEPARTURE.take("return", case, actor=actor, returned_at=now())
