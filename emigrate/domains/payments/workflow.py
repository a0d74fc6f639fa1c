"""An order's machine: only the gateway's own word, asked by us, makes it paid."""

from typing import TYPE_CHECKING

from emigrate.domains.payments.enums import GIVEN_UP, PAID, UNPAID
from emigrate.domains.payments.enums import OrderState as S
from emigrate.domains.payments.policies import PAYMENT_POLICY
from emigrate.domains.reference.enums import Role
from emigrate.foundation.workflow import Desk, Step, Workflow

if TYPE_CHECKING:  # type checking
    from emigrate.domains.payments.models import Order


def disputed(order: "Order") -> str | None:
    """The gateway reported something else than was ordered."""
    return None if order.dispute else "nothing_disputed"


AT_GATEWAY = (S.INITIATED, S.REDIRECTED)
UNDECIDED = (*UNPAID, *GIVEN_UP)

# fmt: off
PAYMENT: Workflow["Order"] = Workflow(
    "payment", table="payments_order", states=S, initial=S.INITIATED, policy=PAYMENT_POLICY,
    steps=[
        #    verb           from                 to            who may, event, what must hold
        Step("redirect",    S.INITIATED,         S.REDIRECTED, "settle", "payment.redirected"),
        Step("wait",        AT_GATEWAY,          S.PENDING,    "settle", "payment.pending"),
        Step("confirm",     UNDECIDED,           S.SUCCESS,    "settle", "payment.succeeded"),
        Step("fail",        UNPAID,              S.FAILED,     "settle", "payment.failed"),
        Step("expire",      UNPAID,              S.EXPIRED,    "settle", "payment.expired"),
        Step("close",       S.PENDING,           S.FAILED,
             "reconcile", "payment.closed", needs=(disputed,), reason=True),
        Step("bank",        S.SUCCESS,           S.SETTLED,    "settle", "payment.settled"),
        Step("refund",      PAID,                S.REFUND_REQUESTED,
             "refund", "payment.refund_requested", reason=True),
        # The money came after the order was given up, and another order has paid meanwhile.
        Step("refund_late", GIVEN_UP,            S.REFUND_REQUESTED,
             "settle", "payment.refund_requested"),
        Step("give_back",   S.REFUND_REQUESTED,  S.REFUNDED,   "settle", "payment.refunded"),
        Step("charge_back", PAID,                S.CHARGEBACK, "settle", "payment.charged_back"),
    ],
    desks={
        S.PENDING:          Desk(Role.SYSTEM),
        S.REFUND_REQUESTED: Desk(Role.SYSTEM),
        S.CHARGEBACK:       Desk(Role.PGE_DA),
    },
    content=("head", "amount_minor", "currency", "subject_kind", "subject_reference",
             "payer_organisation_id", "person_id", "dispute"),
)
# fmt: on
