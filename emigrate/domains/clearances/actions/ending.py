"""What becomes of fee and insurance when an application or a clearance ends without a departure."""

from emigrate.domains.clearances.enums import ENDED_UNUSED, ClearanceState
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.insurance import actions as insurance
from emigrate.domains.insurance import queries as policies
from emigrate.domains.payments import actions as payments
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting, action

SUBJECT = "clearance"


def settle_ended(case: Clearance, *, actor: Actor) -> None:
    """Give back, keep or refer what was paid, as the law says of the state in which a case ended.

    The insurance is that of the contract: it stays where the application was a draft, or where the
    worker has travelled on the contract before.
    """
    system = Actor.system(actor.request_id)
    payments.close_paid(SUBJECT, case.reference, case.state, actor=system)
    if case.submitted_at is None:
        return
    with acting(system):
        if _travelled(case):
            return
        policy = policies.policy_for(case.emigrant_id, case.contract.reference, actor=system)
    if policy is not None:
        insurance.close_unused(policy.reference, case.state, actor=system)


@action
def close_late_fee(reference: str, *, actor: Actor) -> None:
    """A fee arrived: when its case has ended, the law's rule for that ending holds for it too.

    The case is held, so that it does not end unseen while the fee arrives.
    """
    case = Clearance.objects.select_for_update().filter(reference=reference).first()
    if case is not None and case.state in ENDED_UNUSED:
        payments.close_paid(SUBJECT, reference, case.state, actor=actor)


def _travelled(case: Clearance) -> bool:
    same = Clearance.objects.filter(contract=case.contract_id, state=ClearanceState.USED)
    return same.exists()
