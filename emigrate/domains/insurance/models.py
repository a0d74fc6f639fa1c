"""What must be insured, the policies that insure it, their claims, and the days compared."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from emigrate.domains.emigrants.models import Emigrant
from emigrate.domains.insurance.enums import (
    IN_FORCE,
    LIVE,
    ClaimOutcome,
    Dispute,
    PolicyState,
)
from emigrate.foundation.cases import Case, state_known


class Cover(models.Model):
    """What a fixed contract needs insured; noted when the contract is fixed, ended when it is void.

    Insurance and contracts stand beside each other: the contract is named, not referred to.
    """

    contract_reference = models.CharField(_("contract"), max_length=40, unique=True)
    person = models.ForeignKey(Emigrant, on_delete=models.PROTECT, related_name="+")
    agency_id = models.BigIntegerField()
    office = models.CharField(_("office"), max_length=8)
    country = models.CharField(_("country"), max_length=3)
    employer_reference = models.CharField(_("employer"), max_length=40)
    months = models.PositiveSmallIntegerField(_("months of the contract"))
    starts_on = models.DateField(_("contract begins"), null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.contract_reference


class Policy(Case):
    """The insurance of one worker for one contract (Pravasi Bharatiya Bima Yojana, 2017).

    Money in paise. Until it is issued the dates are what the insurer is asked for. `dispute`
    holds what an officer must look at; `life_cover_minor` is a further life insurance that the
    worker brings, with its own number.

    `document_reference` is the insurer's paper; `paper_refused_at` when it last gave one that could
    not be kept. `listed_on` is the first day in whose list the insurer named the policy.
    """

    cover = models.ForeignKey(Cover, on_delete=models.PROTECT, related_name="policies")
    person = models.ForeignKey(Emigrant, on_delete=models.PROTECT, related_name="policies")
    contract_reference = models.CharField(_("contract"), max_length=40)
    agency_id = models.BigIntegerField()
    office = models.CharField(_("office"), max_length=8)
    country = models.CharField(_("country"), max_length=3)
    term_months = models.PositiveSmallIntegerField(_("term in months"))
    from_date = models.DateField(_("from"))
    to_date = models.DateField(_("to"))
    sum_minor = models.BigIntegerField(_("sum insured"))
    premium_minor = models.BigIntegerField(_("premium"))
    order_reference = models.CharField(_("payment"), max_length=40)
    number = models.CharField(_("policy number"), max_length=64, blank=True)
    insurer = models.CharField(_("insurer"), max_length=80, blank=True)
    life_cover_minor = models.BigIntegerField(_("further life cover"), default=0)
    life_policy_number = models.CharField(_("number of the life policy"), max_length=64, blank=True)
    to_tell = models.BooleanField(_("insurer to be told of the end"), default=False)
    dispute = models.CharField(_("to look at"), max_length=20, blank=True, choices=Dispute.choices)
    issued_at = models.DateTimeField(_("issued"), null=True)
    document_reference = models.CharField(
        _("paper"), max_length=40, blank=True, default="", db_default=""
    )
    paper_refused_at = models.DateTimeField(null=True)
    listed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            state_known("policy", PolicyState.values),
            models.UniqueConstraint(
                name="one_live_policy_a_contract",
                fields=["contract_reference"],
                condition=Q(state__in=LIVE),
            ),
            models.UniqueConstraint(
                name="one_policy_a_number", fields=["number"], condition=~Q(number="")
            ),
            models.CheckConstraint(
                name="policy_in_force_has_a_number",
                condition=~Q(state__in=IN_FORCE) | ~Q(number=""),
            ),
            models.CheckConstraint(name="policy_term", condition=Q(to_date__gt=F("from_date"))),
            models.CheckConstraint(
                name="policy_amounts",
                condition=Q(sum_minor__gt=0, premium_minor__gt=0, life_cover_minor__gte=0),
            ),
        ]
        indexes = [
            models.Index(name="policy_person", fields=["person", "contract_reference"]),
            models.Index(name="policy_clock", fields=["state", "from_date", "to_date"]),
            models.Index(name="policy_issued", fields=["issued_at"]),
            models.Index(
                name="policy_without_paper",
                fields=["-id"],
                condition=Q(state__in=IN_FORCE, document_reference=""),
            ),
        ]


class Claim(models.Model):
    """A claim on a policy, as the insurer told it; what it is for is not told.

    Registered and settled arrive in any order. Money in minor units, only of what was paid.
    """

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="claims")
    person = models.ForeignKey(Emigrant, on_delete=models.PROTECT, related_name="+")
    country = models.CharField(_("country"), max_length=3)
    number = models.CharField(_("claim number"), max_length=64)
    registered_on = models.DateField(_("registered"), null=True)
    settled_on = models.DateField(_("settled"), null=True)
    outcome = models.CharField(_("outcome"), max_length=8, blank=True, choices=ClaimOutcome.choices)
    amount_minor = models.BigIntegerField(_("amount"), null=True)
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_claim_a_number", fields=["number"]),
            models.CheckConstraint(
                name="claim_was_told_of",
                condition=Q(registered_on__isnull=False) | Q(settled_on__isnull=False),
            ),
            models.CheckConstraint(
                name="claim_settled_with_an_outcome",
                condition=Q(settled_on=None, outcome="")
                | Q(settled_on__isnull=False, outcome__in=ClaimOutcome.values),
            ),
            models.CheckConstraint(
                name="claim_paid_with_an_amount",
                condition=Q(outcome=ClaimOutcome.PAID, amount_minor__gte=0) & ~Q(currency="")
                | ~Q(outcome=ClaimOutcome.PAID) & Q(amount_minor=None, currency=""),
            ),
        ]
        indexes = [models.Index(name="claim_person", fields=["person", "-id"])]

    def __str__(self) -> str:
        return self.number


class Reconciliation(models.Model):
    """A day compared with the insurer's list of it: how many on each side, and what differed.

    `theirs` counts the insurer's list, `ours` what was issued or cancelled here on that day.
    `differences` are `{"code", "reference", "number"}`; no personal data.
    """

    day = models.DateField(_("day"), unique=True)
    at = models.DateTimeField()
    theirs = models.IntegerField()
    ours = models.IntegerField()
    differences = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.day.isoformat()
