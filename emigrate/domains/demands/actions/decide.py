"""What the Mission does: take up, ask, approve, reject."""

from django.utils.translation import gettext as _

from emigrate.domains.demands.actions.release import open_demand, release_all
from emigrate.domains.demands.enums import AttorneyState, DemandState
from emigrate.domains.demands.facts import findings_of
from emigrate.domains.demands.models import Demand
from emigrate.domains.demands.policies import DEMAND_POLICY
from emigrate.domains.demands.workflow import DEMAND
from emigrate.domains.employers.enums import EmployerState
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import Blocked, InvalidInput
from emigrate.foundation.transactions import action, today
from emigrate.foundation.turns import require_turn
from emigrate.law.current import pack

WAITING = (DemandState.SUBMITTED, DemandState.AMENDMENT_PENDING)
"""New and changed demands stand in one queue."""


@action
def take_up_demand(reference: str, *, actor: Actor, reason: str = "") -> Demand:
    """Begin the Mission's scrutiny, in the order of the queue; else OutOfTurn, or a reason."""
    rows = Demand.objects.all()
    case = DEMAND.hold(rows, actor=actor, verb="take_up", reference=reference)
    require_turn(case, rows.filter(state__in=WAITING, country=case.country), reason)
    return DEMAND.take("take_up", case, actor=actor, reason=reason)


@action
def query_demand(reference: str, question: str, *, actor: Actor) -> Demand:
    """Ask the employer; the Mission's clock pauses."""
    case = DEMAND.hold(Demand.objects.all(), actor=actor, verb="query", reference=reference)
    DEMAND.take("query", case, actor=actor, reason=question)
    _tell("demand.queried", case, actor)
    return case


@action
def answer_query(reference: str, answer: str, *, actor: Actor) -> Demand:
    """The employer answers the Mission's question."""
    case = DEMAND.hold(Demand.objects.all(), actor=actor, verb="answer", reference=reference)
    return DEMAND.take("answer", case, actor=actor, reason=answer)


@action
def approve_demand(reference: str, *, actor: Actor, fee_receipt: str) -> Demand:
    """Approve the terms as they stand; the law must not forbid any line.

    The hash of the approved terms is kept: a later change voids the approval. A demand that
    agents had accepted before its change is open again. Of an employer on prior approval only
    the head of the Mission approves one.
    """
    if not fee_receipt.strip():
        message = _("Write the number of the Mission's receipt.")
        raise InvalidInput.at("/fee_receipt", "fee_receipt_missing", message)
    case = DEMAND.hold(Demand.objects.all(), actor=actor, verb="approve", reference=reference)
    watched = case.employer.state == EmployerState.PRIOR_APPROVAL
    if watched:
        DEMAND_POLICY.require(actor, "decide_watched", case)
    system = Actor.system(actor.request_id)
    findings = findings_of(case, actor=system)
    barred = sorted({str(each["code"]) for each in findings if each["severity"] == "block"})
    if barred:
        raise Blocked(unmet=", ".join(barred), codes=barred, findings=findings)
    DEMAND.take(
        "approve",
        case,
        actor=actor,
        findings=findings,
        attested_hash=bytes(case.terms_hash),
        fee_receipt=fee_receipt.strip(),
        approved_on=today(),
        prior_approval=watched,
        valid_until=pack().demand_expiry(today(), case.small),
    )
    open_demand(case, actor=system)
    _tell("demand.approved", case, actor)
    return case


@action
def reject_demand(reference: str, reason: str, *, actor: Actor) -> Demand:
    """Refuse the demand with reasons; of a changed one, what agents hold unused is released."""
    case = DEMAND.hold(Demand.objects.all(), actor=actor, verb="reject", reference=reference)
    system = Actor.system(actor.request_id)
    release_all(case.pk, actor=system, attorneys=AttorneyState.REVOKED)
    DEMAND.take("reject", case, actor=actor, reason=reason)
    _tell("demand.rejected", case, actor)
    return case


def _tell(event: str, case: Demand, actor: Actor) -> None:
    receiver = Notice(
        event, organisation_id=case.employer_organisation_id, reference=case.reference
    )
    notify(receiver, actor=Actor.system(actor.request_id))
