"""A payment gateway by `pgw-proposed-1`, our proposal (docs/partners/payment_gateway.md)."""

import json
from http import HTTPStatus
from urllib.parse import urlsplit
from uuid import UUID

from emigrate.foundation.http import Call, Door, Reply, Unreadable
from emigrate.foundation.money import Money
from emigrate.partners.payment_gateway.contract import (
    Order,
    PaymentPage,
    Refund,
    RefundState,
    Settlement,
    SettlementState,
)
from emigrate.partners.wire import Fields, money_out, plain_reference

CONTRACT = "pgw-proposed-1"
MEDIA_TYPE = "application/vnd.emigrate.payment-gateway.v1+json"
READ_TIMEOUT = 15.0
TOTAL_BUDGET = 35.0

NO_SUCH_ORDER = frozenset({"PGW-404"})
REFUND_REFUSALS = {"PGW-409": "not_paid", "PGW-422": "more_than_paid"}


class Gateway:
    """Asks a gateway through a door that leads there. `page_hosts` are its payment pages' hosts."""

    def __init__(self, door: Door, *, page_hosts: frozenset[str]) -> None:
        self._door = door
        self._page_hosts = page_hosts

    def create_order(self, order: Order, *, request_id: UUID) -> PaymentPage:
        """See `PaymentGateway.create_order`. Raises Unavailable."""
        body = {"orderRef": order.reference, **money_out(order.money), "head": order.head}
        if order.return_url is not None:
            body["returnUrl"] = order.return_url
        call = _post("create_order", "/v1/orders", request_id, body, key=order.reference)
        return self._door.send(call, lambda reply: self._page(reply, order))

    def status(self, reference: str, *, request_id: UUID) -> Settlement | None:
        """See `PaymentGateway.status`. Raises Unavailable."""
        path = f"/v1/orders/{plain_reference(reference)}"
        call = Call("status", "GET", path, request_id, media_type=MEDIA_TYPE)
        return self._door.send(call, lambda reply: _settlement(reply, reference))

    def refund(
        self, reference: str, refund_reference: str, amount: Money, *, request_id: UUID
    ) -> Refund | None:
        """See `PaymentGateway.refund`. Raises Unavailable."""
        path = f"/v1/orders/{plain_reference(reference)}/refunds"
        body = {"orderRef": reference, "refundRef": refund_reference, **money_out(amount)}
        call = _post("refund", path, request_id, body, key=refund_reference)
        asked = Refund(
            RefundState.REFUSED, reference, refund_reference, amount.minor, amount.currency
        )
        return self._door.send(call, lambda reply: _refund(reply, asked))

    def _page(self, reply: Reply, order: Order) -> PaymentPage:
        if reply.status >= HTTPStatus.BAD_REQUEST:
            raise reply.refusal()
        body = Fields(reply.json())
        body.echo("orderRef", order.reference)
        if body.money() != order.money:
            raise Unreadable("amount")
        url = body.text("payUrl")
        # The payer's browser is sent there, so a forged answer must not choose the host.
        if urlsplit(url).hostname not in self._page_hosts:
            raise Unreadable("payUrl")
        return PaymentPage(url, body.reference("gatewayRef"), raw=reply.body)


def _post(operation: str, path: str, request_id: UUID, body: dict[str, str], *, key: str) -> Call:
    return Call(
        operation=operation,
        method="POST",
        path=path,
        request_id=request_id,
        body=json.dumps(body, ensure_ascii=False).encode(),
        media_type=MEDIA_TYPE,
        idempotency_key=plain_reference(key),
    )


def _settlement(reply: Reply, reference: str) -> Settlement | None:
    if reply.status >= HTTPStatus.BAD_REQUEST:
        _require_no_such_order(reply)
        return None
    body = Fields(reply.json())
    body.echo("orderRef", reference)
    paid = body.money()
    refunded = body.money("refunded")
    return Settlement(
        body.choice("status", SettlementState),
        reference,
        paid.minor,
        paid.currency,
        gateway_txn=body.reference("gatewayTxn") if body.has("gatewayTxn") else None,
        refunded_minor=refunded.minor,
        raw=reply.body,
    )


def _refund(reply: Reply, asked: Refund) -> Refund | None:
    if reply.status >= HTTPStatus.BAD_REQUEST:
        reason = REFUND_REFUSALS.get(reply.refusal().code)
        if reason is None:
            _require_no_such_order(reply)
            return None
        return _as_answered(asked, RefundState.REFUSED, reply, reason)
    body = Fields(reply.json())
    body.echo("orderRef", asked.reference)
    body.echo("refundRef", asked.refund_reference)
    if body.money() != Money(asked.currency, asked.amount_minor):
        raise Unreadable("amount")
    return _as_answered(asked, body.choice("status", RefundState), reply, "")


def _as_answered(asked: Refund, state: RefundState, reply: Reply, reason: str) -> Refund:
    return Refund(
        state,
        asked.reference,
        asked.refund_reference,
        asked.amount_minor,
        asked.currency,
        reason=reason,
        raw=reply.body,
    )


def _require_no_such_order(reply: Reply) -> None:
    refusal = reply.refusal()
    if refusal.code not in NO_SUCH_ORDER:
        raise refusal
