"""Orders, receipts and refunds; recruitment charges as both sides say."""

from typing import Annotated, Any, Self

from pydantic import Field

from emigrate.api.cases import Cases, Verb
from emigrate.api.fields import (
    CaseOut,
    Code,
    Identifier,
    MoneyIn,
    MoneyOut,
    Nothing,
    Out,
    Reason,
    Reference,
    Word,
    case_columns,
    iso,
)
from emigrate.api.pages import USUAL, Cursor, Limit, Page, page, page_of
from emigrate.api.routes import Call, Routes
from emigrate.domains.contracts.actions import record_charge
from emigrate.domains.payments import actions, queries
from emigrate.domains.payments.enums import OrderState
from emigrate.domains.payments.models import Charge, Order, Receipt

routes = Routes("Payments")


class OrderOut(CaseOut):
    """One amount to be paid once; `page` is where the payer pays."""

    head: str
    money: MoneyOut
    subject: str
    expires_at: str
    page: str
    paid_at: str | None

    @classmethod
    def of(cls, case: Order) -> Self:
        """The order as it is shown."""
        return cls(
            **case_columns(case),
            head=case.head,
            money=MoneyOut.of(case.amount_minor, case.currency),
            subject=case.subject_reference,
            expires_at=case.expires_at.isoformat(),
            page=case.page_url,
            paid_at=iso(case.paid_at),
        )


class ToWeighOut(OrderOut):
    """An order that an officer decides; `dispute` is what the gateway reported instead."""

    dispute: dict[str, Any] | None  # JSON as it was kept

    @classmethod
    def of(cls, case: Order) -> Self:
        """The order as it is shown, with the dispute."""
        return cls(**OrderOut.of(case).model_dump(), dispute=case.dispute)


class ReceiptOut(Out):
    """What the payer holds."""

    number: str
    order: str
    head: str
    money: MoneyOut
    issued_at: str

    @classmethod
    def of(cls, row: Receipt) -> Self:
        """The receipt as it is shown."""
        return cls(
            number=row.number,
            order=row.order.reference,
            head=row.head,
            money=MoneyOut.of(row.amount_minor, row.currency),
            issued_at=row.issued_at.isoformat(),
        )


class ChargeOut(Out):
    """What an agent took from a worker, as both of them say."""

    id: int
    subject: str
    head: str
    money: MoneyOut
    receipt_number: str
    recorded_at: str
    worker_says: MoneyOut | None
    disputed: bool

    @classmethod
    def of(cls, row: Charge) -> Self:
        """The charge as it is shown."""
        said = row.worker_amount_minor
        return cls(
            id=row.pk,
            subject=row.subject_reference,
            head=row.head,
            money=MoneyOut.of(row.amount_minor, row.currency),
            receipt_number=row.receipt_number,
            recorded_at=row.recorded_at.isoformat(),
            worker_says=None if said is None else MoneyOut.of(said, row.currency),
            disputed=row.disputed,
        )


class ChargeIn(MoneyIn):
    """What was taken from a worker: a head of the law's list, the amount, the agent's receipt.

    The subject is the agency's own contract, the emigrant the one of that contract; the amount is
    in the currency of the home country.
    """

    emigrant: Reference
    subject: Reference
    head: Annotated[Code, Field(max_length=24)]
    receipt_number: Annotated[Word, Field(max_length=60)]


class PaidIn(MoneyIn):
    """What was really paid; 0 is nothing."""


class CloseIn(Reason):
    """Why a disputed order ends."""


# fmt: off
orders = Cases(routes, "/payments", queries.orders_for, OrderOut, OrderState)
orders.list()
orders.look_up()
orders.steps([
    Verb("confirm", Nothing, actions.confirm_order),
    Verb("refund",  Reason,  actions.refund_order),
    Verb("keep",    Reason,  actions.keep_order),
    Verb("close",   CloseIn, actions.close_disputed_order),
])
# fmt: on


@routes.get("/queues/payments", page_of(ToWeighOut))
def to_weigh(call: Call, limit: Limit = USUAL, cursor: Cursor | None = None) -> Page[ToWeighOut]:
    """Orders to decide, oldest first: refunds that the law leaves open, and disputes."""
    rows = queries.to_weigh(call.actor)
    return page(rows, ToWeighOut.of, limit=limit, cursor=cursor, order=("id",))


@routes.get("/receipts", page_of(ReceiptOut))
def receipts(call: Call, limit: Limit = USUAL, cursor: Cursor | None = None) -> Page[ReceiptOut]:
    """The receipts of the orders that I may see, newest first."""
    return page(queries.receipts_for(call.actor), ReceiptOut.of, limit=limit, cursor=cursor)


@routes.get("/charges", page_of(ChargeOut))
def charges(call: Call, limit: Limit = USUAL, cursor: Cursor | None = None) -> Page[ChargeOut]:
    """Recruitment charges that I may see, newest first."""
    return page(queries.charges_for(call.actor), ChargeOut.of, limit=limit, cursor=cursor)


@routes.post("/charges", ChargeOut, status=201)
def record(call: Call, body: ChargeIn) -> ChargeOut:
    """The agent's side of a charge on its own contract; it never changes."""
    new = actions.NewCharge(
        head=body.head,
        amount_minor=body.minor(""),
        currency=body.currency,
        receipt_number=body.receipt_number,
    )
    row = record_charge(body.subject, new, emigrant_reference=body.emigrant, actor=call.actor)
    return ChargeOut.of(row)


@routes.post("/charges/{charge}/answer", ChargeOut)
def answer(call: Call, charge: Identifier, body: PaidIn) -> ChargeOut:
    """The worker's side of a charge, once: what was really paid, in the charge's currency."""
    said = body.minor("")
    row = actions.answer_charge(charge, said, currency=body.currency, actor=call.actor)
    return ChargeOut.of(row)
