"""Background work of payments: the gateway is asked outside any transaction, then one action."""

from uuid import UUID, uuid4, uuid5

from emigrate.domains.payments.actions import (
    ask_again,
    record_page,
    record_refund,
    settle_from_gateway,
)
from emigrate.domains.payments.enums import UNPAID, OrderState
from emigrate.domains.payments.models import Order
from emigrate.domains.payments.queries import orders_for
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import Busy
from emigrate.foundation.transactions import acting
from emigrate.partners.directory import payment_gateway
from emigrate.partners.payment_gateway.contract import Order as Ordered
from emigrate.partners.payment_gateway.contract import RefundState, Unavailable

NAMESPACE = UUID("0e7d1a9c-5a0c-4f1a-8f0e-6d0b2d1c7a44")
"""What is asked again to the same effect carries the same request id."""


@jobs.job("payments.place", queue=jobs.PARTNERS)
def place(reference: str) -> None:
    """Give a new order to the gateway and keep its page for the payer."""
    actor = Actor.system(f"job-place-{reference}")
    order = _order(reference, actor)
    if order.state == OrderState.INITIATED:
        _place(order, actor)


@jobs.job("payments.confirm", queue=jobs.PARTNERS)
def confirm(reference: str) -> None:
    """Ask the gateway whether an order is paid, and take the step that its answer asks for."""
    actor = Actor.system(f"job-confirm-{reference}")
    order = _order(reference, actor)
    if order.state == OrderState.INITIATED:
        _place(order, actor)
    try:
        settlement = payment_gateway().status(reference, request_id=uuid4())
    except Unavailable as error:
        raise Busy(part="payment_gateway") from error
    order = settle_from_gateway(reference, settlement, actor=actor)
    if order.state in UNPAID and order.dispute is None:
        raise Busy(part="payment_gateway")


@jobs.job("payments.refund", queue=jobs.PARTNERS)
def refund(reference: str) -> None:
    """Ask the gateway to give an order's money back; the same refund never pays twice."""
    actor = Actor.system(f"job-refund-{reference}")
    order = _order(reference, actor)
    if order.state != OrderState.REFUND_REQUESTED:
        return
    try:
        answer = payment_gateway().refund(
            reference,
            f"{reference}-B",
            order.money,
            request_id=uuid5(NAMESPACE, f"refund:{reference}"),
        )
    except Unavailable as error:
        raise Busy(part="payment_gateway") from error
    record_refund(reference, answer, actor=actor)
    if answer is not None and answer.state is RefundState.PENDING:
        raise Busy(part="payment_gateway")


@jobs.periodic("payments.ask_again", queue=jobs.CLOCKS, cron="*/15 * * * *")
def ask_about_open_orders() -> None:
    """Every quarter of an hour: ask again what the gateway has not decided (owner: payments)."""
    ask_again(actor=Actor.system("job-payments-ask-again"))


def _order(reference: str, actor: Actor) -> Order:
    with acting(actor):
        return orders_for(actor).get(reference=reference)


def _place(order: Order, actor: Actor) -> None:
    ordered = Ordered(order.reference, order.amount_minor, order.currency, order.head)
    try:
        page = payment_gateway().create_order(
            ordered, request_id=uuid5(NAMESPACE, f"place:{order.reference}")
        )
    except Unavailable as error:
        raise Busy(part="payment_gateway") from error
    record_page(order.reference, page, actor=actor)
