"""An order's machine: only the gateway's own word, asked by us, makes it paid."""

from typing import Any

from emigrate.domains.payments.enums import GIVEN_UP, PAID, UNPAID
from emigrate.domains.payments.enums import OrderState as S
from emigrate.domains.payments.policies import PAYMENT_POLICY
from emigrate.domains.reference.enums import Role
from emigrate.foundation.workflow import Desk, Step, Workflow


def disputed(order: Any) -> str | None:  # the order's model stands above this file
    """The gateway reported another amount than was ordered."""
    return None if order.dispute else "nothing_disputed"


# fmt: off
PAYMENT: Workflow[Any] = Workflow("payment", table="payments_order", states=S, initial=S.INITIATED,
    policy=PAYMENT_POLICY, steps=[
    #    verb             from                 to                  who may      event
    Step("redirect",      S.INITIATED,         S.REDIRECTED,       "settle",    "payment.redirected"),
    Step("wait",          (S.INITIATED, S.REDIRECTED), S.PENDING,  "settle",    "payment.pending"),
    Step("confirm",       (*UNPAID, *GIVEN_UP), S.SUCCESS,         "settle",    "payment.succeeded"),
    Step("fail",          UNPAID,              S.FAILED,           "settle",    "payment.failed"),
    Step("expire",        UNPAID,              S.EXPIRED,          "settle",    "payment.expired"),
    Step("close",         S.PENDING,           S.FAILED,           "reconcile", "payment.closed",
         needs=(disputed,), reason=True),
    Step("bank",          S.SUCCESS,           S.SETTLED,          "settle",    "payment.settled"),
    Step("refund",        PAID,                S.REFUND_REQUESTED, "refund",    "payment.refund_requested",
         reason=True),
    # The money came after the order was given up, and another order has paid meanwhile.
    Step("refund_late",   GIVEN_UP,            S.REFUND_REQUESTED, "settle",    "payment.refund_requested"),
    Step("give_back",     S.REFUND_REQUESTED,  S.REFUNDED,         "settle",    "payment.refunded"),
    Step("charge_back",   PAID,                S.CHARGEBACK,       "settle",    "payment.charged_back"),
], desks={
    S.PENDING:          Desk(Role.SYSTEM),
    S.REFUND_REQUESTED: Desk(Role.SYSTEM),
    S.CHARGEBACK:       Desk(Role.PGE_DA),
}, content=("head", "amount_minor", "currency", "subject_kind", "subject_reference",
            "payer_organisation_id", "person_id", "dispute"))
# fmt: on
