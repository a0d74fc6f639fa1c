"""What clearances hear from below: fees, a contract void, an agent stopped, an employer barred."""

from typing import Any

from emigrate.domains.clearances.actions import cancel_clearance, close_late_fee
from emigrate.domains.clearances.enums import IN_HAND
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.payments.models import Order
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.events import on
from emigrate.foundation.transactions import acting

SUBJECT = "clearance"


@on("contract.voided")
def contract_void(case: Any, *, actor: Actor) -> None:  # a contract's plain columns
    """Nobody leaves on a contract that is void: what was approved on it is cancelled with it.

    An application that is not decided needs nothing: the decision asks for a fixed contract.
    """
    system = Actor.system(actor.request_id)
    with acting(system):
        rows = Clearance.objects.filter(contract_id=case.pk, state__in=IN_HAND)
        references = list(rows.values_list("reference", flat=True))
    for reference in references:
        cancel_clearance(reference, "the contract is void", actor=system)


@on("agent.suspended")
@on("agent.cancelled")
def agent_stopped(case: Any, *, actor: Actor) -> None:  # an agent's plain columns
    """A suspension stands at once; the workers and employers on the road learn of it by a job."""
    del actor
    jobs.later("clearances.tell_of_agent", queue=jobs.MESSAGES, agent_id=case.pk, state=case.state)


@on("employer.blacklisted")
def employer_barred(case: Any, *, actor: Actor) -> None:  # an employer's plain columns
    """The workers and agents on the road with a black-listed employer learn of it by a job."""
    del actor
    jobs.later("clearances.tell_of_employer", queue=jobs.MESSAGES, employer_id=case.pk)


@on("payment.succeeded")
def fee_arrived(order: Order, *, actor: Actor) -> None:
    """A fee that arrives when its case has ended is treated as one that was there before."""
    if order.subject_kind == SUBJECT:
        close_late_fee(order.subject_reference, actor=Actor.system(actor.request_id))
