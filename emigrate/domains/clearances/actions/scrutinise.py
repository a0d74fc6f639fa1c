"""What the office does before it decides: take up in order, ask, refer, hold."""

from emigrate.domains.clearances.actions.ending import settle_ended
from emigrate.domains.clearances.actions.file import give_back
from emigrate.domains.clearances.enums import ClearanceState
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.clearances.policies import CLEARANCE_POLICY
from emigrate.domains.clearances.workflow import CLEARANCE
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotFound
from emigrate.foundation.transactions import action, now
from emigrate.foundation.turns import require_turn

SWEEP = 500


@action
def take_up_next(*, actor: Actor) -> Clearance:
    """Take the first case that waits in the officer's queue; two officers never get the same."""
    rows = CLEARANCE_POLICY.narrow(Clearance.objects.all(), actor, "scrutinise")
    waiting = rows.filter(state=ClearanceState.QUEUED).order_by("priority_at", "id")
    case = waiting.select_for_update(of=("self",), skip_locked=True).first()
    if case is None:
        raise NotFound(code="queue_empty", subject="clearance")
    return CLEARANCE.take("take_up", case, actor=actor, officer_id=actor.user_id)


@action
def take_up(reference: str, *, actor: Actor, reason: str = "") -> Clearance:
    """Take a named case; out of order only with a recorded reason."""
    rows = Clearance.objects.all()
    case = CLEARANCE.hold(rows, actor=actor, verb="take_up", reference=reference)
    queue = rows.filter(state=ClearanceState.QUEUED, office=case.office)
    require_turn(case, queue, reason, by="priority_at")
    return CLEARANCE.take("take_up", case, actor=actor, reason=reason, officer_id=actor.user_id)


@action
def put_back(reference: str, reason: str, *, actor: Actor) -> Clearance:
    """Give a case back to the queue; it keeps its place."""
    rows = Clearance.objects.all()
    case = CLEARANCE.hold(rows, actor=actor, verb="put_back", reference=reference)
    return CLEARANCE.take("put_back", case, actor=actor, reason=reason, officer_id=None)


@action
def query_clearance(reference: str, question: str, *, actor: Actor) -> Clearance:
    """Intimate deficiencies in writing (Act, 1983, s.22(4)); the officer's clock pauses."""
    rows = Clearance.objects.all()
    case = CLEARANCE.hold(rows, actor=actor, verb="query", reference=reference)
    CLEARANCE.take("query", case, actor=actor, reason=question)
    _tell("clearance.queried", case, actor)
    return case


@action
def refer_clearance(reference: str, reason: str, *, actor: Actor) -> Clearance:
    """Ask the Mission or the Protector General for advice."""
    rows = Clearance.objects.all()
    case = CLEARANCE.hold(rows, actor=actor, verb="refer", reference=reference)
    return CLEARANCE.take("refer", case, actor=actor, reason=reason)


@action
def advise_clearance(reference: str, advice: str, *, actor: Actor) -> Clearance:
    """Answer a referral; the case returns to its officer."""
    rows = Clearance.objects.all()
    case = CLEARANCE.hold(rows, actor=actor, verb="advise", reference=reference)
    return CLEARANCE.take("advise", case, actor=actor, reason=advice)


@action
def hold_clearance(reference: str, reason: str, *, actor: Actor) -> Clearance:
    """Hold a case while an advisory stands."""
    rows = Clearance.objects.all()
    case = CLEARANCE.hold(rows, actor=actor, verb="hold", reference=reference)
    return CLEARANCE.take("hold", case, actor=actor, reason=reason)


@action
def release_clearance(reference: str, reason: str, *, actor: Actor) -> Clearance:
    """Let a held case go on, at its old place in the queue."""
    rows = Clearance.objects.all()
    case = CLEARANCE.hold(rows, actor=actor, verb="release", reference=reference)
    return CLEARANCE.take("release", case, actor=actor, reason=reason)


@action
def lapse_unanswered(*, actor: Actor) -> int:
    """Close the cases whose question nobody answered in time; how many lapsed."""
    late = Clearance.objects.filter(state=ClearanceState.QUERIED, due_at__lt=now())
    cases = list(late.order_by("due_at", "pk").select_for_update(skip_locked=True)[:SWEEP])
    for case in cases:
        give_back(case, actor=actor)
        CLEARANCE.take("lapse", case, actor=actor, vacancy_taken=False)
        settle_ended(case, actor=actor)
        _tell("clearance.lapsed", case, actor)
    return len(cases)


def _tell(event: str, case: Clearance, actor: Actor) -> None:
    system = Actor.system(actor.request_id)
    for receiver in (
        Notice(event, person_id=case.emigrant_id, reference=case.reference),
        Notice(event, organisation_id=case.agency_id, reference=case.reference),
    ):
        notify(receiver, actor=system)
