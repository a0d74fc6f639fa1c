"""Verbs of payments: orders and confirmation, refunds, recruitment charges."""

from emigrate.domains.payments.actions.charges import (
    ChargeAnswered,
    ChargeRecorded,
    NewCharge,
    answer_charge,
    record_charge,
)
from emigrate.domains.payments.actions.orders import (
    NewOrder,
    OrderStands,
    ask_again,
    bank_order,
    close_disputed_order,
    confirm_order,
    open_order,
    record_page,
)
from emigrate.domains.payments.actions.refunds import (
    close_paid,
    keep_order,
    record_refund,
    refer_refund,
    refund_order,
    refund_paid,
)
from emigrate.domains.payments.actions.settle import settle_from_gateway

__all__ = [
    "ChargeAnswered",
    "ChargeRecorded",
    "NewCharge",
    "NewOrder",
    "OrderStands",
    "answer_charge",
    "ask_again",
    "bank_order",
    "close_disputed_order",
    "close_paid",
    "confirm_order",
    "keep_order",
    "open_order",
    "record_charge",
    "record_page",
    "record_refund",
    "refer_refund",
    "refund_order",
    "refund_paid",
    "settle_from_gateway",
]
