"""Giving money back as the law says or an officer decides: asked of the gateway, then recorded."""

from emigrate.domains.payments.actions.ledger import post
from emigrate.domains.payments.actions.settle import weighing
from emigrate.domains.payments.enums import PAID, OrderState, PostingKind
from emigrate.domains.payments.models import Order
from emigrate.domains.payments.policies import PAYMENT_POLICY
from emigrate.domains.payments.workflow import PAYMENT
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import WrongState
from emigrate.foundation.transactions import action, today
from emigrate.law.current import pack
from emigrate.partners.payment_gateway.contract import Refund, RefundState


@action
def refund_order(reference: str, *, reason: str, actor: Actor) -> Order:
    """Decide that a paid order is given back; the gateway is asked by a job, once it commits.

    What the gateway refused to give back is asked for once more, under the same reference, which
    never pays twice. Raises NotFound, WrongState, NotPermitted, ReasonRequired.
    """
    order = PAYMENT.hold(Order.objects.all(), actor=actor, verb="refund", reference=reference)
    owed = order.state == OrderState.REFUND_REQUESTED
    if owed and order.dispute is None:  # on its way
        raise WrongState(verb="refund", state=order.state)
    PAYMENT.take("refund", order, actor=actor, reason=reason)
    if not owed:
        post(order, PostingKind.OWED_BACK, actor=Actor.system(actor.request_id))
    jobs.later(
        "payments.refund",
        queue=jobs.PARTNERS,
        once=f"payments.refund:{reference}",
        reference=reference,
    )
    return order


@action
def refer_refund(reference: str, *, reason: str, actor: Actor) -> Order:
    """Let an officer decide whether a paid order is given back; until then the money stays.

    Raises NotFound, WrongState, NotPermitted, ReasonRequired.
    """
    order = PAYMENT.hold(Order.objects.all(), actor=actor, verb="refer", reference=reference)
    return PAYMENT.take("refer", order, actor=actor, reason=reason)


@action
def keep_order(reference: str, *, reason: str, actor: Actor) -> Order:
    """Decide that what was referred is not given back, for a reason that the payer reads.

    Raises NotFound, WrongState, NotPermitted, ReasonRequired.
    """
    order = PAYMENT.hold(Order.objects.all(), actor=actor, verb="keep", reference=reference)
    return PAYMENT.take("keep", order, actor=actor, reason=reason)


@action
def close_paid(
    subject_kind: str, subject_reference: str, ending: str, *, actor: Actor
) -> list[Order]:
    """The case has ended: what was paid for it goes back, stays, or waits for an officer.

    As the law says of each head and `ending` today.
    """
    paid = Order.objects.filter(
        subject_kind=subject_kind, subject_reference=subject_reference, state__in=PAID
    )
    held = list(paid.order_by("pk").select_for_update())
    return [_close(each, ending, actor) for each in held]


def _close(order: Order, ending: str, actor: Actor) -> Order:
    found = pack().money_back(order.head, ending, today())
    reason = f"{order.subject_kind} {ending}"
    if found.severity == "refer":
        return refer_refund(order.reference, reason=reason, actor=actor)
    if found.value == "refund":
        return refund_order(order.reference, reason=reason, actor=actor)
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
        event, desk = "payment.refund_refused", weighing(order)
        return PAYMENT.amend(event, order, actor=actor, dispute=reported, **desk)
    PAYMENT.take("give_back", order, actor=actor, dispute=None)
    post(order, PostingKind.GIVEN_BACK, actor=actor)
    return order


def _done_in_full(order: Order, refund: Refund) -> bool:
    return refund.state is RefundState.DONE and (
        (refund.reference, refund.amount_minor, refund.currency)
        == (order.reference, order.amount_minor, order.currency)
    )
