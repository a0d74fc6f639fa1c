"""Orders, what the ledger says of them, receipts, and what agents charge workers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from emigrate.domains.accounts.models import Organisation
from emigrate.domains.payments.enums import (
    ACCOUNTS,
    STANDING,
    Head,
    OrderState,
    PostingKind,
)
from emigrate.domains.reference.enums import HOME_CURRENCY
from emigrate.foundation.cases import Case, state_known
from emigrate.foundation.money import Money


class Order(Case):
    """One amount to be paid once, never changed; a second try is a new order.

    `dispute` holds what the gateway reported when it was not what was ordered.
    """

    head = models.CharField(_("for"), max_length=16, choices=Head.choices)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    subject_kind = models.CharField(max_length=24)
    subject_reference = models.CharField(_("for the case"), max_length=40)
    payer_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True)
    person_id = models.BigIntegerField(null=True)
    expires_at = models.DateTimeField(_("open until"))
    page_url = models.CharField(max_length=500, blank=True)
    gateway_ref = models.CharField(max_length=64, blank=True)
    gateway_txn = models.CharField(max_length=64, blank=True)
    paid_at = models.DateTimeField(_("paid"), null=True)
    dispute = models.JSONField(null=True)

    class Meta:
        constraints = [
            state_known("payments_order", OrderState.values),
            models.CheckConstraint(
                name="payments_order_head_known", condition=models.Q(head__in=Head.values)
            ),
            models.CheckConstraint(
                name="payments_order_amount", condition=models.Q(amount_minor__gt=0)
            ),
            models.UniqueConstraint(
                name="payments_one_standing_order",
                fields=["subject_kind", "subject_reference", "head"],
                condition=models.Q(state__in=STANDING),
            ),
        ]
        indexes = [
            models.Index(fields=["person_id"], name="payments_order_person"),
            models.Index(
                fields=["created_at"],
                name="payments_order_unpaid",
                condition=models.Q(state__in=["initiated", "redirected", "pending"]),
            ),
        ]

    @property
    def money(self) -> Money:
        """The amount with its currency."""
        return Money(self.currency, self.amount_minor)


class Posting(models.Model):
    """One movement of money of an order; the entries sum to zero (deferred trigger)."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="postings")
    kind = models.CharField(_("kind"), max_length=12, choices=PostingKind.choices)
    at = models.DateTimeField(_("at"))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_one_posting_a_kind", fields=["order", "kind"]),
            models.CheckConstraint(
                name="payments_posting_kind_known",
                condition=models.Q(kind__in=PostingKind.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"


class LedgerEntry(models.Model):
    """One side of a posting: positive is debit, negative is credit, in minor units."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="entries")
    account = models.CharField(_("account"), max_length=24)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="payments_account_known", condition=models.Q(account__in=ACCOUNTS)
            ),
            models.CheckConstraint(
                name="payments_entry_not_zero", condition=~models.Q(amount_minor=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_minor} {self.currency}"


class Receipt(models.Model):
    """What the payer holds: one for each order that was paid."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="receipt")
    number = models.CharField(_("number"), max_length=44, unique=True)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    head = models.CharField(_("for"), max_length=16, choices=Head.choices)
    issued_at = models.DateTimeField(_("issued"))

    def __str__(self) -> str:
        return self.number


class Charge(models.Model):
    """What an agent took from a worker under one head of the law, as both of them say.

    The agent's side never changes after it is recorded; the worker answers once (trigger).
    """

    agency = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    person_id = models.BigIntegerField()
    subject_reference = models.CharField(_("for the case"), max_length=40)
    head = models.CharField(_("for"), max_length=24)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    receipt_number = models.CharField(_("the agent's receipt"), max_length=60)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.BigIntegerField(null=True)
    worker_amount_minor = models.BigIntegerField(_("amount by the worker"), null=True)
    worker_answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="payments_charge_amounts",
                condition=models.Q(amount_minor__gt=0)
                & (models.Q(worker_amount_minor=None) | models.Q(worker_amount_minor__gte=0)),
            ),
            models.CheckConstraint(
                name="payments_charge_home_currency",
                condition=models.Q(currency=HOME_CURRENCY),
            ),
            models.CheckConstraint(
                name="payments_charge_answer_whole",
                condition=models.Q(worker_amount_minor=None, worker_answered_at=None)
                | models.Q(worker_amount_minor__isnull=False, worker_answered_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="payments_one_charge_a_receipt",
                fields=["agency", "receipt_number", "head"],
            ),
        ]
        indexes = [
            models.Index(fields=["person_id", "subject_reference"], name="payments_charge_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.head} {self.amount_minor} {self.currency}"

    @property
    def disputed(self) -> bool:
        """The worker says that another amount was taken."""
        return self.worker_amount_minor not in (None, self.amount_minor)

    @property
    def counted_minor(self) -> int:
        """What the cap counts: the greater amount when both sides named one, in minor units."""
        return max(self.amount_minor, self.worker_amount_minor or 0)
