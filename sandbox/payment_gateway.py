"""The payment gateway's side of `pgw-proposed-1`, with a page for the payer."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sandbox import schema
from sandbox.answers import Answer, Problem
from sandbox.office import Office, Request, Route

RESERVED_CENTS = {
    91: "failed",
    92: "pending",
    93: "pending_then_success",
    94: "amount_differs",
    95: "no_record",
    96: "source_down",
}
"""Last two digits of an amount in minor units, and how such an order goes."""

ORDER: schema.Schema = {
    "orderRef": schema.REFERENCE,
    "amount": schema.AMOUNT,
    "currency": schema.CURRENCY,
    "head": schema.REFERENCE,
    "returnUrl": schema.Field(r"https?://[^\s\"'<>]{1,500}", required=False),
}

REFUND: schema.Schema = {
    "orderRef": schema.REFERENCE,
    "refundRef": schema.REFERENCE,
    "amount": schema.AMOUNT,
    "currency": schema.CURRENCY,
}

PAYER_CHOICES = {"pay": "SUCCESS", "fail": "FAILED", "later": "PENDING"}


@dataclass(slots=True)
class _Order:
    reference: str
    gateway_ref: str
    amount: Decimal
    currency: str
    effect: str
    return_url: str
    status: str = "PENDING"
    questions: int = 0
    refunds: dict[str, Decimal] = field(default_factory=dict)

    @property
    def refunded(self) -> Decimal:
        return sum(self.refunds.values(), Decimal(0))


class PaymentGateway(Office):
    """Takes an order as paid when first asked, or waits for the payer's page (`pages`)."""

    code = "PGW"
    routes = (
        Route("POST", r"/v1/orders", "create_order", ORDER, "orderRef"),
        Route("GET", r"/v1/orders/([A-Za-z0-9._-]{1,64})", "status"),
        Route("POST", r"/v1/orders/([A-Za-z0-9._-]{1,64})/refunds", "refund", REFUND, "refundRef"),
    )
    reused = (409, "PGW-409")

    def __init__(self, seed: int, now: Callable[[], datetime], *, pages: bool = False) -> None:
        super().__init__(seed, now)
        self._pages = pages
        self._orders: dict[str, _Order] = {}
        self._by_gateway_ref: dict[str, _Order] = {}

    def act(self, request: Request) -> Answer:
        """Order, tell, or refund."""
        if request.operation == "create_order":
            return self._create(request)
        order = self._orders.get(request.parameters[0])
        if request.operation == "status":
            return self._status(order, request)
        return self._refund(order, request)

    def counts(self) -> dict[str, str]:
        """Sums in each currency: captured, refunded; and how many orders in which state."""
        sums: dict[str, Decimal] = {}
        for order in self._orders.values():
            sums[f"orders.{order.status}"] = sums.get(f"orders.{order.status}", Decimal(0)) + 1
            if order.status == "SUCCESS":
                place = f"captured.{order.currency}"
                sums[place] = sums.get(place, Decimal(0)) + order.amount
                place = f"refunded.{order.currency}"
                sums[place] = sums.get(place, Decimal(0)) + order.refunded
        return {name: str(value) for name, value in sorted(sums.items())}

    def payer_chose(self, gateway_ref: str, choice: str) -> str:
        """What the payer clicked; the address to go back to. Problem 404 for an unknown page."""
        with self._lock:
            order = self._by_gateway_ref.get(gateway_ref)
            if order is None or choice not in PAYER_CHOICES:
                raise Problem(404, "PGW-404", "no_such_page")
            if order.status == "PENDING":
                order.status = PAYER_CHOICES[choice]
            return order.return_url

    def page(self, gateway_ref: str) -> tuple[str, str]:
        """Amount and reference to show to the payer; Problem 404 for an unknown page."""
        order = self._by_gateway_ref.get(gateway_ref)
        if order is None:
            raise Problem(404, "PGW-404", "no_such_page")
        return f"{order.currency} {order.amount}", order.reference

    def _create(self, request: Request) -> Answer:
        body = request.body
        reference, amount = str(body["orderRef"]), Decimal(str(body["amount"]))
        cents = int(amount.scaleb(2)) % 100
        effect = RESERVED_CENTS.get(cents, "")
        if effect == "source_down":
            raise Problem(503, "PGW-503", "source_down")
        digest = hashlib.sha256(f"{self.seed}|order|{reference}".encode()).hexdigest()
        order = _Order(
            reference=reference,
            gateway_ref=f"SBX{digest[:20].upper()}",
            amount=amount,
            currency=str(body["currency"]),
            effect=effect,
            return_url=str(body.get("returnUrl", "")),
        )
        self._orders[reference] = order
        self._by_gateway_ref[order.gateway_ref] = order
        shown = {
            "orderRef": reference,
            "gatewayRef": order.gateway_ref,
            "payUrl": f"{request.origin}/payment-gateway/pay/{order.gateway_ref}",
            "amount": body["amount"],
            "currency": body["currency"],
        }
        return Answer(201, shown)

    def _status(self, order: _Order | None, request: Request) -> Answer:
        effect = request.scenario or (order.effect if order else "")
        if order is None or effect == "no_record":
            raise Problem(404, "PGW-404", "no_record_of_order")
        self._settle(order, effect, request.value)
        refunded_whole = order.status == "SUCCESS" and order.refunded == order.amount
        shown: dict[str, object] = {
            "orderRef": "ANOTHER-ORDER" if effect == "other_order" else order.reference,
            "gatewayRef": order.gateway_ref,
            "status": "REFUNDED" if refunded_whole else order.status,
            "amount": "1.00" if effect == "amount_differs" else str(order.amount),
            "currency": order.currency,
            "refunded": str(order.refunded),
            "at": self.now().isoformat(),
        }
        if order.status == "SUCCESS":
            shown["gatewayTxn"] = f"T{order.gateway_ref[3:]}"
        return Answer(200, shown)

    def _settle(self, order: _Order, effect: str, wait: float) -> None:
        if order.status != "PENDING" or self._pages:
            return
        order.questions += 1
        waits = effect == "pending_then_success" and order.questions <= int(wait)
        if effect == "pending" or waits:
            return
        order.status = "FAILED" if effect == "failed" else "SUCCESS"

    def _refund(self, order: _Order | None, request: Request) -> Answer:
        body = request.body
        if order is None or body["orderRef"] != order.reference:
            raise Problem(404, "PGW-404", "no_record_of_order")
        if request.scenario == "refund_refused" or order.status != "SUCCESS":
            raise Problem(409, "PGW-409", "order_not_paid", check="order")
        amount = Decimal(str(body["amount"]))
        if body["currency"] != order.currency or order.refunded + amount > order.amount:
            raise Problem(422, "PGW-422", "more_than_paid", check="order")
        order.refunds[str(body["refundRef"])] = amount
        status = "PENDING" if request.scenario == "refund_pending" else "DONE"
        return Answer(201, {**body, "status": status})
