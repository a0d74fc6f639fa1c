"""The counter's answer, and departures through somebody's eyes."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import QuerySet

from emigrate.domains.clearances import queries as clearances
from emigrate.domains.clearances.enums import ClearanceState
from emigrate.domains.clearances.queries import PASSPORT_COLUMN, CounterRow
from emigrate.domains.departures.enums import CounterReason, CounterVerdict
from emigrate.domains.departures.models import Departure, OffLoad
from emigrate.domains.departures.policies import DEPARTURE_POLICY, OFF_LOAD_POLICY
from emigrate.domains.insurance import queries as insurance
from emigrate.foundation import sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.clock import office_date
from emigrate.foundation.transactions import acting, now

BEFORE_FLIGHT = timedelta(hours=6)
"""At most so long before the flight is somebody at the counter: many leave soon after midnight."""


@dataclass(frozen=True, slots=True)
class CounterQuestion:
    """What the officer has in hand: a clearance number or a passport, and perhaps the journey."""

    reference: str | None = None
    passport_number: str | None = None
    destination: str | None = None


@dataclass(frozen=True, slots=True)
class CounterAnswer:
    """Green, red or amber, with the reason and until when the clearance holds."""

    verdict: CounterVerdict
    reason: CounterReason
    reference: str | None = None
    state: str | None = None
    expires_at: datetime | None = None


BY_STATE = {
    ClearanceState.SUSPENDED: CounterReason.SUSPENDED,
    ClearanceState.CANCELLED: CounterReason.REVOKED,
    ClearanceState.EXPIRED: CounterReason.EXPIRED,
}
FOR_THE_SUPERVISOR = {CounterReason.ALREADY_DEPARTED, CounterReason.POLICY_LAPSED}
"""What an officer cannot judge alone; our own record of the insurance may be what is wrong."""


def departures_for(actor: Actor) -> QuerySet[Departure]:
    """Every departure that this actor may see."""
    return DEPARTURE_POLICY.narrow(Departure.objects.all(), actor, "view")


def off_loads_for(actor: Actor) -> QuerySet[OffLoad]:
    """Every off-loading that this actor may see."""
    return OFF_LOAD_POLICY.narrow(OffLoad.objects.all(), actor, "view")


def counter_answer(question: CounterQuestion, *, actor: Actor) -> CounterAnswer:
    """What the counter sees for a number or a passport; one indexed read."""
    DEPARTURE_POLICY.require_role(actor, "check")
    row = _row(question)
    if row is None:
        return CounterAnswer(CounterVerdict.NOT_CLEAR, CounterReason.NO_CLEARANCE)
    reason = _reason(row, question, now())
    return CounterAnswer(_verdict(reason), reason, row.reference, row.state, row.expires_at)


def departure_answer(question: CounterQuestion, *, actor: Actor) -> CounterAnswer:
    """The counter's answer when somebody is about to leave: the insurance is looked up, too.

    The check knows its first day as it stood at the approval, and stays one read.
    """
    answer = counter_answer(question, actor=actor)
    if answer.reference is None or answer.reason is not CounterReason.OK:
        return answer
    if _insured(answer.reference, now(), actor):
        return answer
    reason = CounterReason.POLICY_LAPSED
    return replace(answer, verdict=_verdict(reason), reason=reason)


def _insured(reference: str, moment: datetime, actor: Actor) -> bool:
    """Asked as the platform: the counter sees neither contracts nor policies."""
    system = Actor.system(actor.request_id)
    with acting(system):
        rows = clearances.clearances_for(system).filter(reference=reference)
        person, contract = rows.values_list("emigrant_id", "contract__reference").get()
        policy = insurance.policy_for(person, contract, actor=system)
    first, last = office_date(moment), office_date(moment + BEFORE_FLIGHT)
    return policy is not None and policy.from_date <= last and first <= policy.to_date


def _row(question: CounterQuestion) -> CounterRow | None:
    if question.reference:
        return clearances.for_counter(reference=question.reference)
    if question.passport_number:
        return clearances.for_counter_by_passport(number=question.passport_number)
    return None


def _reason(row: CounterRow, question: CounterQuestion, moment: datetime) -> CounterReason:
    state = ClearanceState(row.state)
    if state in BY_STATE:
        return BY_STATE[state]
    if state is ClearanceState.USED:
        return CounterReason.ALREADY_DEPARTED
    if row.expires_at is not None and row.expires_at < moment:
        return CounterReason.EXPIRED
    if row.not_before is not None and row.not_before > moment:
        return CounterReason.NOT_YET_VALID
    if question.destination and question.destination != row.country:
        return CounterReason.DEST_MISMATCH
    if question.passport_number and not _same_passport(row, question.passport_number):
        return CounterReason.PASSPORT_MISMATCH
    if row.insured_from is not None and office_date(moment + BEFORE_FLIGHT) < row.insured_from:
        return CounterReason.POLICY_LAPSED
    return CounterReason.OK


def _same_passport(row: CounterRow, number: str) -> bool:
    return sealing.blind(PASSPORT_COLUMN, number) == row.passport_number_blind


def _verdict(reason: CounterReason) -> CounterVerdict:
    if reason is CounterReason.OK:
        return CounterVerdict.CLEAR
    if reason in FOR_THE_SUPERVISOR:
        return CounterVerdict.REFER
    return CounterVerdict.NOT_CLEAR
