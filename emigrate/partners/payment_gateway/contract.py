"""What the platform asks a payment gateway, whichever bank runs it.

What a browser carries back is never believed: only `status`, asked server to server, settles an
order, and only when reference, amount and currency agree (`Settlement.settles`).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from emigrate.foundation.http import Unavailable
from emigrate.foundation.money import Money

__all__ = [
    "Order",
    "PaymentGateway",
    "PaymentPage",
    "Refund",
    "RefundState",
    "Settlement",
    "SettlementState",
    "Unavailable",
]


class SettlementState(StrEnum):
    """What the gateway says of an order."""

    PENDING = "PENDING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    REFUNDED = "REFUNDED"


class RefundState(StrEnum):
    """What the gateway says of a refund."""

    PENDING = "PENDING"
    DONE = "DONE"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Order:
    """One amount to be paid once. A second try is a new order with a new reference."""

    reference: str
    amount_minor: int
    currency: str
    head: str
    return_url: str | None = None

    @property
    def money(self) -> Money:
        """The amount with its currency."""
        return Money(self.currency, self.amount_minor)


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """Where the payer goes, and the gateway's own reference."""

    url: str
    gateway_ref: str
    raw: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Settlement:
    """The gateway's word on an order; `refunded_minor` is what was given back so far."""

    state: SettlementState
    reference: str
    amount_minor: int
    currency: str
    gateway_txn: str | None = None
    refunded_minor: int = 0
    raw: bytes = field(default=b"", repr=False, compare=False)

    def settles(self, order: Order) -> bool:
        """Whether this order is paid: success, and nothing differs from what was ordered."""
        return self.state is SettlementState.SUCCESS and (
            (self.reference, self.amount_minor, self.currency)
            == (order.reference, order.amount_minor, order.currency)
        )


@dataclass(frozen=True, slots=True)
class Refund:
    """The gateway's word on a refund; `reason` is its code when it refused."""

    state: RefundState
    reference: str
    refund_reference: str
    amount_minor: int
    currency: str
    reason: str = ""
    raw: bytes = field(default=b"", repr=False, compare=False)


class PaymentGateway(Protocol):
    """Anything that takes money. `request_id` belongs to one question."""

    def create_order(self, order: Order, *, request_id: UUID) -> PaymentPage:
        """The page for the payer. Repeating the same order gives the same page; Unavailable."""
        ...

    def status(self, reference: str, *, request_id: UUID) -> Settlement | None:
        """Where the order stands; None when the gateway has no record of it; Unavailable."""
        ...

    def refund(
        self, reference: str, refund_reference: str, amount: Money, *, request_id: UUID
    ) -> Refund | None:
        """Give back part or all. The same refund reference never pays twice; None as above."""
        ...
