"""Who looks at payments in these tests, and everything that a refusal must leave as it was."""

from emigrate.domains.payments.models import LedgerEntry, Order, Receipt
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting
from tests.factories.accounts import SYSTEM

WORKER = Actor(Role.EMIGRANT.value, user_id=71, person_id=7)
STRANGER = Actor(Role.EMIGRANT.value, user_id=72, person_id=8)
OFFICER = Actor(Role.PGE_DA.value, user_id=73)


def ledger(order):
    with acting(SYSTEM):
        rows = LedgerEntry.objects.filter(posting__order=order).order_by("pk")
        return [(row.posting.kind, row.account, row.amount_minor) for row in rows]


def kept(order):
    """Everything that a refused or repeated step must not change."""
    with acting(SYSTEM):
        again = Order.objects.get(pk=order.pk)
        leaves = AuditLeaf.objects.filter(stream="payment", case_id=order.pk).count()
        receipts = Receipt.objects.filter(order=order).count()
    return again.state, again.audit_seq, leaves, receipts, ledger(order), again.dispute
