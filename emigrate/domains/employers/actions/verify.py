"""What the Mission does: take up, ask, check on the spot, approve or refuse."""

from emigrate.domains.employers.enums import EmployerState
from emigrate.domains.employers.facts import verification_findings
from emigrate.domains.employers.models import Employer
from emigrate.domains.employers.workflow import EMPLOYER
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import action, now, today
from emigrate.foundation.turns import require_turn


@action
def take_up_registration(reference: str, *, actor: Actor, reason: str = "") -> Employer:
    """Begin the verification, in the order of the country's queue; else OutOfTurn, or a reason."""
    rows = Employer.objects.all()
    case = EMPLOYER.hold(rows, actor=actor, verb="take_up", reference=reference)
    waiting = rows.filter(state=EmployerState.SUBMITTED, country=case.country)
    require_turn(case, waiting, reason)
    return EMPLOYER.take("take_up", case, actor=actor, reason=reason)


@action
def query_employer(reference: str, *, reason: str, actor: Actor) -> Employer:
    """Ask the employer; the Mission's clock stops until the answer."""
    return _told(_take("query", reference, actor, reason=reason), "employer.queried", actor)


@action
def send_to_local_check(reference: str, *, actor: Actor) -> Employer:
    """Have the premises or papers checked on the spot."""
    return _take("send_to_check", reference, actor)


@action
def record_local_check(reference: str, *, report: str, actor: Actor) -> Employer:
    """Record what was found on the spot."""
    return _take("record_check", reference, actor, reason=report)


@action
def approve_employer(reference: str, *, actor: Actor, reason: str = "") -> Employer:
    """Register the employer: approved by the officer, active by the platform at the same moment.

    The findings of the verification are kept with the decision. Raises OwnCase for the officer
    who keyed the registration in, corrected, answered or renewed it, Blocked when the licence has
    ended meanwhile.
    """
    case = EMPLOYER.hold(Employer.objects.all(), actor=actor, verb="approve", reference=reference)
    EMPLOYER.take(
        "approve",
        case,
        actor=actor,
        reason=reason,
        findings=verification_findings(case, on=today()),
        approved_at=now(),
    )
    _activate(reference, actor=Actor.system(actor.request_id))
    case.refresh_from_db()
    return _told(case, "employer.approved", actor)


@action
def _activate(reference: str, *, actor: Actor) -> Employer:
    return _take("activate", reference, actor)


@action
def reject_employer(reference: str, *, reason: str, actor: Actor) -> Employer:
    """Refuse with the reason; the employer may apply again under the same number."""
    return _told(_take("reject", reference, actor, reason=reason), "employer.rejected", actor)


@action
def reactivate_employer(reference: str, *, reason: str, actor: Actor) -> Employer:
    """Bring an inactive employer back."""
    return _take("reactivate", reference, actor, reason=reason)


def _take(verb: str, reference: str, actor: Actor, *, reason: str = "") -> Employer:
    case = EMPLOYER.hold(Employer.objects.all(), actor=actor, verb=verb, reference=reference)
    return EMPLOYER.take(verb, case, actor=actor, reason=reason)


def _told(case: Employer, event: str, actor: Actor) -> Employer:
    notice = Notice(event, organisation_id=case.organisation_id, reference=case.reference)
    notify(notice, actor=Actor.system(actor.request_id))
    return case
