"""Giving money back after a refusal: decided here, carried out by the gateway, then recorded."""

from emigrate.domains.payments.actions.ledger import post
from emigrate.domains.payments.enums import PAID, OrderState, PostingKind
from emigrate.domains.payments.models import Order
from emigrate.domains.payments.policies import PAYMENT_POLICY
from emigrate.domains.payments.workflow import PAYMENT
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import action
from emigrate.partners.payment_gateway.contract import Refund, RefundState


@action
def refund_order(reference: str, *, reason: str, actor: Actor) -> Order:
    """Decide that a paid order is given back; the gateway is asked by a job, once it commits.

    Raises NotFound, WrongState, NotPermitted, ReasonRequired.
    """
    order = PAYMENT.hold(Order.objects.all(), actor=actor, verb="refund", reference=reference)
    PAYMENT.take("refund", order, actor=actor, reason=reason)
    post(order, PostingKind.OWED_BACK, actor=Actor.system(actor.request_id))
    jobs.later(
        "payments.refund",
        queue=jobs.PARTNERS,
        once=f"payments.refund:{reference}",
        reference=reference,
    )
    return order


@action
def refund_paid(
    subject_kind: str, subject_reference: str, *, reason: str, actor: Actor
) -> list[Order]:
    """Give back whatever was paid for a case; none when nothing was."""
    paid = Order.objects.filter(
        subject_kind=subject_kind, subject_reference=subject_reference, state__in=PAID
    )
    references = paid.order_by("pk").values_list("reference", flat=True)
    return [refund_order(each, reason=reason, actor=actor) for each in list(references)]


@action
def record_refund(reference: str, refund: Refund | None, *, actor: Actor) -> Order:
    """Record the gateway's answer to a refund; None: it has no record of the order.

    Done: the order is refunded, once. Refused or unknown: it stays owed, as a dispute for an
    officer. Raises NotFound, NotPermitted.
    """
    order = PAYMENT.lock(Order.objects.all(), actor=actor, permission="settle", reference=reference)
    PAYMENT_POLICY.require(actor, "settle", order)
    if order.state != OrderState.REFUND_REQUESTED:
        return order
    if refund is not None and refund.state is RefundState.PENDING:
        return order
    if refund is None or not _done_in_full(order, refund):
        reported = {"refund": "no_record" if refund is None else refund.reason or "differs"}
        if order.dispute == reported:
            return order
        return PAYMENT.amend("payment.refund_refused", order, actor=actor, dispute=reported)
    PAYMENT.take("give_back", order, actor=actor, dispute=None)
    post(order, PostingKind.GIVEN_BACK, actor=actor)
    return order


def _done_in_full(order: Order, refund: Refund) -> bool:
    return refund.state is RefundState.DONE and (
        (refund.reference, refund.amount_minor, refund.currency)
        == (order.reference, order.amount_minor, order.currency)
    )
