"""What the counter records: a departure exactly once, an off-loading with its reason."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from emigrate.domains.clearances import queries as clearances
from emigrate.domains.clearances.actions import use_clearance
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.clearances.queries import PASSPORT_COLUMN
from emigrate.domains.departures.enums import CounterReason, OffLoadReason
from emigrate.domains.departures.models import Departure, OffLoad
from emigrate.domains.departures.policies import DEPARTURE_POLICY, OFF_LOAD_POLICY
from emigrate.domains.departures.queries import CounterQuestion, counter_answer
from emigrate.domains.departures.workflow import DEPARTURE
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.foundation import sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import AlreadyExists, Blocked, InvalidInput
from emigrate.foundation.identifiers.numbering import next_reference
from emigrate.foundation.transactions import action, now, refused_by


class AlreadyDeparted(AlreadyExists):
    """A departure on this clearance is recorded; the counter asks its supervisor."""

    code = "already_departed"


for _constraint in ("clearance_id", "reference"):  # whichever of the two the database checks first
    refused_by(f"departures_departure_{_constraint}_key", AlreadyDeparted)


@dataclass(frozen=True, slots=True)
class Boarding:
    """Who leaves on what: the clearance's number, the passport in hand, the flight."""

    reference: str
    passport_number: str
    airport: str
    flight: str = ""


@action
def record_departure(boarding: Boarding, *, actor: Actor) -> Departure:
    """Record that the emigrant departed; the second attempt is refused, whoever makes it.

    The passport in hand is compared with the clearance's. Raises InvalidInput without one,
    AlreadyDeparted, or Blocked with the counter's reason.
    """
    DEPARTURE_POLICY.require_role(actor, "record")
    _in_hand(boarding.passport_number)
    question = CounterQuestion(boarding.reference, boarding.passport_number)
    answer = counter_answer(question, actor=actor)
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
    """Record that somebody was not let on board; the office learns of it at once."""
    OFF_LOAD_POLICY.require_role(actor, "record")
    _in_hand(off.passport_number)
    if off.reason not in OffLoadReason.values:
        raise InvalidInput.at("/reason", "reason_unknown", _("Choose a listed reason."))
    if not off.evidence.strip():
        raise InvalidInput.at("/evidence", "evidence_missing", _("Say what the officer saw."))
    clearance = _clearance(off.reference, actor)
    row = OffLoad.objects.create(
        reference=next_reference("OL", office=off.airport),
        clearance=clearance,
        passport_blind=sealing.blind(PASSPORT_COLUMN, off.passport_number),
        airport=off.airport,
        flight=off.flight,
        reason=off.reason,
        evidence=off.evidence,
        officer_id=actor.user_id,
        at=now(),
    )
    if clearance is not None:
        system = Actor.system(actor.request_id)
        receiver = Notice("departure.off_loaded", office=clearance.office, reference=row.reference)
        notify(receiver, actor=system)
    return row


def _clearance(reference: str | None, actor: Actor) -> Clearance | None:
    return None if reference is None else clearances.clearance(reference, actor=actor)


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
