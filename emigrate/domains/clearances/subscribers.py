"""What clearances hear of the things they rest on, in the transaction in which it happened.

Persons and passports, contracts, insurance, fees and demands below; agents and employers by a job.
"""

from typing import Any

from django.db.models import Q

from emigrate.domains.clearances.actions import (
    cancel_in_hand,
    close_late_fee,
    heed_charge,
    heed_registry,
    put_before_office,
    require_fee_to_stay,
    suspend_approved,
)
from emigrate.domains.clearances.enums import DEMAND_CHECK, INSURANCE_CHECK, OFF_LOAD_CHECK
from emigrate.domains.clearances.queries import has_open_application
from emigrate.domains.contracts.enums import ContractState
from emigrate.domains.payments.models import Charge, Order
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.events import on

SUBJECT, FEE = "clearance", "ec_fee"


@on("contract.voided")
def contract_void(case: Any, *, actor: Actor) -> None:  # a contract's plain columns
    """Nobody leaves on a contract that is void: what was approved on it is cancelled with it.

    An application that is not decided needs nothing: the decision asks for a fixed contract.
    """
    cancel_in_hand(Q(contract_id=case.pk), "the contract is void", actor=_system(actor))


@on("emigrant.deceased")
def emigrant_died(case: Any, *, actor: Actor) -> None:  # an emigrant's plain columns
    """Nobody leaves in a dead person's name."""
    cancel_in_hand(Q(emigrant_id=case.pk), "the emigrant has died", actor=_system(actor))


@on("emigrant.held")
def emigrant_held(case: Any, *, actor: Actor) -> None:  # as above
    """Somebody who is perhaps registered twice leaves when an officer has looked."""
    reason = "perhaps registered twice"
    suspend_approved(Q(emigrant_id=case.pk), reason, actor=_system(actor))


@on("emigrant.passport_revoked")
@on("emigrant.passport_not_revoked")
def passport_told_of(case: Any, *, actor: Actor) -> None:  # as above
    """What the registry says of a passport holds for the application that names it."""
    heed_registry(case.pk, actor=_system(actor))


@on("policy.cancelled")
def insurance_ended(case: Any, *, actor: Actor) -> None:  # a policy's plain columns
    """Nobody leaves uninsured on a contract that stands (Emigration Rules, 1983, r.15)."""
    reason = "the insurance was cancelled"
    suspend_approved(_insured(case), reason, actor=_system(actor))


@on("policy.disputed")
def insurance_disputed(case: Any, *, actor: Actor) -> None:  # as above
    """The insurer says otherwise of a policy: the office weighs it."""
    evidence = {"policy": case.reference, "dispute": case.dispute}
    put_before_office(_insured(case), INSURANCE_CHECK, evidence, actor=_system(actor))


def _insured(policy: Any) -> Q:
    return Q(
        emigrant_id=policy.person_id,
        contract__reference=policy.contract_reference,
        contract__state=ContractState.LOCKED,
    )


@on("demand.cancelled")
@on("demand.amended")
def demand_changed(case: Any, *, actor: Actor) -> None:  # a demand's plain columns
    """The terms that the Mission approved do not stand: the office weighs what rests on them."""
    evidence = {"demand": case.reference, "state": case.state}
    on_it = Q(allotment__demand_id=case.pk)
    put_before_office(on_it, DEMAND_CHECK, evidence, actor=_system(actor))


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
        close_late_fee(order.subject_reference, actor=_system(actor))


@on("payment.refund_requested")
def fee_goes_back(order: Order, *, actor: Actor) -> None:
    """A fee is given back when its application has ended, not before."""
    if (order.subject_kind, order.head) == (SUBJECT, FEE):
        require_fee_to_stay(order.subject_reference, actor=_system(actor))


@on("payment.charged_back")
def fee_taken_back(order: Order, *, actor: Actor) -> None:
    """The payer's bank took the fee back: what was approved on it does not stand meanwhile."""
    if (order.subject_kind, order.head) == (SUBJECT, FEE):
        which = Q(reference=order.subject_reference)
        suspend_approved(which, "the fee was charged back", actor=_system(actor))


@on("charge.recorded")
@on("charge.answered")
def charge_told(charge: Charge, *, actor: Actor) -> None:
    """What was taken from a worker, by either side's word, is weighed with the application."""
    if has_open_application(charge.person_id):
        heed_charge(charge, actor=_system(actor))


@on("off_load.recorded")
def not_let_go(row: Any, *, actor: Actor) -> None:  # an off-load's plain columns
    """The office looks at the application of somebody who was not let on board."""
    evidence = {"off_load": row.reference, "code": row.reason}
    which = Q(emigrant_id=row.person_id)
    if row.person_id is not None:
        put_before_office(which, OFF_LOAD_CHECK, evidence, actor=_system(actor))


def _system(actor: Actor) -> Actor:
    return Actor.system(actor.request_id)
