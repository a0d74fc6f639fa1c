"""pgw-proposed-1: the same assertions on recorded answers and on the sandbox, then the faults."""

from uuid import uuid4

import pytest

from emigrate.foundation.http import Door, Reason, Unavailable
from emigrate.foundation.money import Money
from emigrate.partners.payment_gateway.contract import (
    Order,
    Refund,
    RefundState,
    Settlement,
    SettlementState,
)
from emigrate.partners.payment_gateway.gateway import Gateway
from tests.partners.bench import settings

LOOPBACK = frozenset({"127.0.0.1"})


def gateway_on(bench):
    return Gateway(bench.door(), page_hosts=LOOPBACK)


def paid(order, **other):
    values = {"reference": order.reference, "amount_minor": order.amount_minor}
    values |= {"state": SettlementState.SUCCESS, "currency": order.currency, **other}
    return Settlement(**values)


def test_ordered_and_paid(bench):
    gateway, order = gateway_on(bench), Order("PY-1", 20000, "INR", "clearance-fee")

    page = gateway.create_order(order, request_id=bench.new_id())
    settlement = gateway.status("PY-1", request_id=bench.new_id())

    assert page.url.endswith(f"/payment-gateway/pay/{page.gateway_ref}")
    assert settlement == paid(order, gateway_txn=settlement.gateway_txn)
    assert settlement.settles(order)


def test_a_dinar_has_three_decimals(bench):
    gateway, order = gateway_on(bench), Order("PY-2", 1234, "KWD", "attestation")

    gateway.create_order(order, request_id=bench.new_id())
    settlement = gateway.status("PY-2", request_id=bench.new_id())

    assert settlement.settles(order)


@pytest.mark.parametrize(
    ("minor", "states"),
    [
        (10091, ["FAILED", "FAILED"]),
        (10092, ["PENDING", "PENDING"]),
        (10093, ["PENDING", "SUCCESS"]),
    ],
)
def test_reserved_amount(bench, minor, states):
    gateway, order = gateway_on(bench), Order(f"PY-{minor}", minor, "INR", "clearance-fee")

    gateway.create_order(order, request_id=bench.new_id())
    first = gateway.status(order.reference, request_id=bench.new_id())
    second = gateway.status(order.reference, request_id=bench.new_id())

    assert [first.state, second.state] == states
    assert [first.settles(order), second.settles(order)] == [s == "SUCCESS" for s in states]


def test_another_amount_does_not_settle(bench):
    gateway, order = gateway_on(bench), Order("PY-3", 10094, "INR", "clearance-fee")

    gateway.create_order(order, request_id=bench.new_id())
    settlement = gateway.status("PY-3", request_id=bench.new_id())

    assert (settlement.state, settlement.amount_minor) == (SettlementState.SUCCESS, 100)
    assert not settlement.settles(order)


def test_no_such_order(bench):
    gateway = gateway_on(bench)

    asked = gateway.status("PY-NONE", request_id=bench.new_id())
    refunded = gateway.refund("PY-NONE", "RF-0", Money("INR", 1), request_id=bench.new_id())

    assert (asked, refunded) == (None, None)


def test_an_answer_about_another_order_is_no_answer(bench):
    gateway = gateway_on(bench)
    gateway.create_order(Order("PY-4", 20000, "INR", "clearance-fee"), request_id=bench.new_id())
    bench.order("other_order")

    with pytest.raises(Unavailable) as fault:
        gateway.status("PY-4", request_id=bench.new_id())

    assert (fault.value.reason, fault.value.code) == (Reason.UNREADABLE, "orderRef")


def test_refunded_in_two_parts_and_no_more(bench):
    gateway, order = gateway_on(bench), Order("PY-5", 20000, "INR", "clearance-fee")
    gateway.create_order(order, request_id=bench.new_id())
    gateway.status("PY-5", request_id=bench.new_id())

    part = gateway.refund("PY-5", "RF-1", Money("INR", 5000), request_id=bench.new_id())
    between = gateway.status("PY-5", request_id=bench.new_id())
    more = gateway.refund("PY-5", "RF-2", Money("INR", 15001), request_id=bench.new_id())
    rest = gateway.refund("PY-5", "RF-3", Money("INR", 15000), request_id=bench.new_id())
    after = gateway.status("PY-5", request_id=bench.new_id())

    assert part == Refund(RefundState.DONE, "PY-5", "RF-1", 5000, "INR")
    assert between == paid(order, refunded_minor=5000, gateway_txn=between.gateway_txn)
    assert (more.state, more.reason) == (RefundState.REFUSED, "more_than_paid")
    assert rest.state is RefundState.DONE
    assert (after.state, after.refunded_minor) == (SettlementState.REFUNDED, 20000)


def test_nothing_is_given_back_before_it_was_paid(bench):
    gateway = gateway_on(bench)
    gateway.create_order(Order("PY-6", 10092, "INR", "clearance-fee"), request_id=bench.new_id())

    refund = gateway.refund("PY-6", "RF-4", Money("INR", 10092), request_id=bench.new_id())

    assert (refund.state, refund.reason) == (RefundState.REFUSED, "not_paid")


def gateway_door(sandbox):
    sandbox.control("DELETE", "scenarios")
    base = settings("payment-gateway", sandbox.greeting["base_urls"]["payment-gateway"])
    return Door(base, signer=sandbox.signer())


def money_moved(sandbox):
    state = sandbox.control("GET", "state")["payment-gateway"]
    return float(state.get("refunded.OMR", 0)), float(state.get("captured.OMR", 0))


def test_a_lost_answer_never_refunds_twice(sandbox):
    before = money_moved(sandbox)
    with gateway_door(sandbox) as door:
        gateway = Gateway(door, page_hosts=LOOPBACK)
        gateway.create_order(Order("PY-L", 4500, "OMR", "clearance-fee"), request_id=uuid4())
        gateway.status("PY-L", request_id=uuid4())
        body = {"partner": "payment-gateway", "scenario": "drop_after_commit", "calls": 2}
        sandbox.control("POST", "scenarios", body)

        refund = gateway.refund("PY-L", "RF-L", Money("OMR", 1500), request_id=uuid4())
        again = gateway.refund("PY-L", "RF-L", Money("OMR", 1500), request_id=uuid4())

    after = money_moved(sandbox)
    assert refund == again
    assert (after[0] - before[0], after[1] - before[1]) == (1.5, 4.5)


def test_an_order_has_one_amount_for_ever(sandbox):
    with gateway_door(sandbox) as door:
        gateway = Gateway(door, page_hosts=LOOPBACK)
        first = gateway.create_order(Order("PY-M", 4500, "INR", "fee"), request_id=uuid4())
        again = gateway.create_order(Order("PY-M", 4500, "INR", "fee"), request_id=uuid4())

        with pytest.raises(Unavailable) as fault:
            gateway.create_order(Order("PY-M", 4501, "INR", "fee"), request_id=uuid4())

    assert (again, fault.value.code) == (first, "PGW-409")


def test_a_page_on_another_host_is_no_answer(sandbox):
    with gateway_door(sandbox) as door, pytest.raises(Unavailable) as fault:
        Gateway(door, page_hosts=frozenset({"pay.example.org"})).create_order(
            Order("PY-N", 4500, "INR", "fee"), request_id=uuid4()
        )

    assert (fault.value.reason, fault.value.code) == (Reason.UNREADABLE, "payUrl")


def test_the_source_being_down_is_unavailable(sandbox):
    with gateway_door(sandbox) as door, pytest.raises(Unavailable) as fault:
        Gateway(door, page_hosts=LOOPBACK).create_order(
            Order("PY-O", 10096, "INR", "fee"), request_id=uuid4()
        )

    assert (fault.value.reason, fault.value.status) == (Reason.SERVER_ERROR, 503)
