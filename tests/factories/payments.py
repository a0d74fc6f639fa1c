"""Orders, answers of the gateway and charges for tests."""

from itertools import count
from typing import Any

from emigrate.domains.payments.actions import (
    NewCharge,
    NewOrder,
    open_order,
    record_charge,
    settle_from_gateway,
)
from emigrate.domains.payments.models import Charge, Order
from emigrate.foundation.actors import Actor
from emigrate.partners.payment_gateway.contract import Settlement, SettlementState
from tests.factories.accounts import SYSTEM

_number = count(1)


def a_new_order(**other: object) -> NewOrder:
    """The clearance's fee, Rs 200, of a case of its own."""
    values: dict[str, object] = {
        "head": "ec_fee",
        "amount_minor": 20000,
        "currency": "INR",
        "subject_kind": "clearance",
        "subject_reference": f"EC-TEST-{next(_number)}",
        "person_id": 7,
    }
    return NewOrder(**(values | other))


def an_order(*, actor: Actor = SYSTEM, **other: object) -> Order:
    """An opened order."""
    return open_order(a_new_order(**other), actor=actor)


def an_answer(order: Order, state: str = "SUCCESS", **other: object) -> Settlement:
    """What the gateway says of an order; by default that it is paid as ordered."""
    values: dict[str, object] = {
        "reference": order.reference,
        "amount_minor": order.amount_minor,
        "currency": order.currency,
        "gateway_txn": f"TX-{order.pk}",
    }
    return Settlement(SettlementState(state), **(values | other))


def a_paid_order(*, actor: Actor = SYSTEM, **other: object) -> Order:
    """An order that the gateway says is paid."""
    order = an_order(actor=actor, **other)
    return settle_from_gateway(order.reference, an_answer(order), actor=SYSTEM)


def a_charge(*, actor: Actor, **other: object) -> Charge:
    """What an agent (the actor) took from a worker: Rs 20,000 for service."""
    of: dict[str, Any] = {"person_id": 7, "subject_reference": "CT-TEST-1"}
    of |= {name: other.pop(name) for name in list(other) if name in of}
    values: dict[str, object] = {
        "head": "service",
        "amount_minor": 2_000_000,
        "currency": "INR",
        "receipt_number": f"R/{next(_number)}",
    }
    return record_charge(NewCharge(**(values | other)), **of, actor=actor)
