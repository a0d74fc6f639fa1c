"""What must be insured, and the policies that insure it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from emigrate.domains.emigrants.models import Emigrant
from emigrate.domains.insurance.enums import IN_FORCE, LIVE, Dispute, PolicyState
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
        ]
