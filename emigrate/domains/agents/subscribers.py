"""When the fee of an application has arrived, the office may begin."""

from emigrate.domains.agents.actions import confirm_fee
from emigrate.domains.agents.enums import ApplicationState
from emigrate.domains.agents.queries import applications_for
from emigrate.domains.agents.workflow import FEE, SUBJECT
from emigrate.domains.payments.models import Order
from emigrate.foundation.actors import Actor
from emigrate.foundation.events import on


@on("payment.succeeded")
def fee_arrived(order: Order, *, actor: Actor) -> None:
    """The gateway confirmed the order of a registration's fee."""
    if (order.subject_kind, order.head) != (SUBJECT, FEE):
        return
    system = Actor.system(actor.request_id)
    waiting = applications_for(system).filter(
        reference=order.subject_reference, state=ApplicationState.SUBMITTED
    )
    if waiting.exists():
        confirm_fee(order.subject_reference, actor=system)
