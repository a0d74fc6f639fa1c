"""What is told about payments, which stand beside this domain: their plain columns are read."""

from typing import Any

from emigrate.domains.notifications.actions import Notice, notify
from emigrate.foundation.actors import Actor
from emigrate.foundation.events import on


@on("payment.succeeded")
@on("payment.failed")
@on("payment.expired")
@on("payment.refund_requested")
@on("payment.refund_referred")
@on("payment.kept")
@on("payment.refunded")
def tell_payer(order: Any, *, actor: Actor) -> None:  # any case with an order's columns
    """Tell whoever paid: the organisation, or the person who paid alone."""
    agency = order.payer_organisation_id
    notify(
        Notice(
            EVENTS[order.state],
            order.reference,
            person_id=None if agency else order.person_id,
            organisation_id=agency,
        ),
        actor=Actor.system(actor.request_id),
    )


EVENTS = {
    "success": "payment.succeeded",
    "failed": "payment.failed",
    "expired": "payment.expired",
    "refund_requested": "payment.refund_requested",
    "refund_referred": "payment.refund_referred",
    "kept": "payment.kept",
    "refunded": "payment.refunded",
}
"""An order's state -> what is told."""
