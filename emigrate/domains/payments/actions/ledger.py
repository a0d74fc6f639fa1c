"""The double-entry ledger: every movement is a posting whose entries sum to zero."""

from emigrate.domains.payments.enums import BANK, GATEWAY, REFUNDS, PostingKind
from emigrate.domains.payments.models import LedgerEntry, Order, Posting
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import action, now

SIDES: dict[PostingKind, tuple[str, str]] = {
    PostingKind.RECEIVED: (GATEWAY, "fees"),
    PostingKind.BANKED: (BANK, GATEWAY),
    PostingKind.OWED_BACK: ("fees", REFUNDS),
    PostingKind.GIVEN_BACK: (REFUNDS, GATEWAY),
    PostingKind.TAKEN_BACK: ("fees", GATEWAY),
}
"""Debit and credit of each movement; "fees" is the account of the order's head."""


@action
def post(order: Order, kind: PostingKind, *, actor: Actor) -> Posting:
    """Write one movement of the whole amount of an order; the platform alone writes here."""
    del actor
    debit, credit = SIDES[kind]
    posting = Posting.objects.create(order=order, kind=kind, at=now())
    LedgerEntry.objects.bulk_create(
        [
            _entry(posting, order, debit, order.amount_minor),
            _entry(posting, order, credit, -order.amount_minor),
        ]
    )
    return posting


def _entry(posting: Posting, order: Order, account: str, amount_minor: int) -> LedgerEntry:
    name = f"fees.{order.head}" if account == "fees" else account
    return LedgerEntry(
        posting=posting, account=name, amount_minor=amount_minor, currency=order.currency
    )
