"""An order's machine: only the gateway's own word, asked by us, makes it paid."""

from typing import TYPE_CHECKING

from emigrate.domains.payments.enums import GIVEN_UP, NOT_GIVEN_BACK, PAID, UNPAID, PostingKind
from emigrate.domains.payments.enums import OrderState as S
from emigrate.domains.payments.policies import PAYMENT_POLICY
from emigrate.domains.reference.enums import Role
from emigrate.domains.reference.queries import calendar_of
from emigrate.foundation.calendar import Calendar
from emigrate.foundation.workflow import Desk, Step, Workflow
from emigrate.law.current import pack

if TYPE_CHECKING:  # type checking
    from emigrate.domains.payments.models import Order


def disputed(order: "Order") -> str | None:
    """The gateway reported something else than was ordered."""
    return None if order.dispute else "nothing_disputed"


def not_banked(order: "Order") -> str | None:
    """The money of an order comes to the bank once."""
    banked = order.postings.filter(kind=PostingKind.BANKED).exists()
    return "banked_already" if banked else None


def home_calendar(order: "Order") -> Calendar:
    """Officers of the home country decide about payments, in its working days."""
    del order
    return calendar_of()


WEIGHED = Desk(Role.PGE_DA, pack().service_days("payment.refund"), escalates_to=Role.PGE)
"""Who holds an order of which the law, or the gateway's answer, leaves open what becomes of it."""

AT_GATEWAY = (S.INITIATED, S.REDIRECTED)
UNDECIDED = (*UNPAID, *GIVEN_UP)

# fmt: off
PAYMENT: Workflow["Order"] = Workflow(
    "payment", table="payments_order", states=S, initial=S.INITIATED, policy=PAYMENT_POLICY,
    calendar=home_calendar,
    steps=[
        #    verb           from                 to            who may, event, what must hold
        Step("redirect",    S.INITIATED,         S.REDIRECTED, "settle", "payment.redirected"),
        Step("wait",        AT_GATEWAY,          S.PENDING,    "settle", "payment.pending"),
        Step("confirm",     UNDECIDED,           S.SUCCESS,    "settle", "payment.succeeded"),
        Step("fail",        UNPAID,              S.FAILED,     "settle", "payment.failed"),
        Step("expire",      UNPAID,              S.EXPIRED,    "settle", "payment.expired"),
        Step("close",       S.PENDING,           S.FAILED,
             "reconcile", "payment.closed", needs=(disputed,), reason=True, decides=True),
        Step("bank",        S.SUCCESS,           S.SETTLED,    "settle", "payment.settled"),
        *(Step("bank",      state,               state,        "settle", "payment.settled", needs=(not_banked,))
          for state in NOT_GIVEN_BACK),
        # The law does not say what becomes of it: an officer does, and a refund can still follow.
        Step("refer",       PAID,                S.REFUND_REFERRED,
             "settle", "payment.refund_referred", reason=True),
        Step("keep",        S.REFUND_REFERRED,   S.KEPT,       "refund", "payment.kept", reason=True, decides=True),
        Step("refund",      (*PAID, *NOT_GIVEN_BACK), S.REFUND_REQUESTED,
             "refund", "payment.refund_requested", reason=True, decides=True),
        # The gateway refused it: an officer has cleared that up, and it is asked once more.
        Step("refund",      S.REFUND_REQUESTED,  S.REFUND_REQUESTED,
             "refund", "payment.refund_asked_again", needs=(disputed,), reason=True),
        # The money came after the order was given up, and another order has paid meanwhile.
        Step("refund_late", GIVEN_UP,            S.REFUND_REQUESTED,
             "settle", "payment.refund_requested"),
        Step("give_back",   S.REFUND_REQUESTED,  S.REFUNDED,   "settle", "payment.refunded"),
        Step("charge_back", (*PAID, *NOT_GIVEN_BACK), S.CHARGEBACK, "settle", "payment.charged_back"),
    ],
    desks={
        S.PENDING:          Desk(Role.SYSTEM, pack().service_days("payment.settle"), escalates_to=Role.PGE),
        S.REFUND_REQUESTED: Desk(Role.SYSTEM, pack().service_days("payment.refund")),
        S.REFUND_REFERRED:  WEIGHED,
    },
    content=("head", "amount_minor", "currency", "subject_kind", "subject_reference",
             "payer_organisation_id", "person_id", "dispute"),
)
# fmt: on
