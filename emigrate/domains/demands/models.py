"""An employer's demand for workers, its vacancies, and their allotment to agents."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from emigrate.domains.agents.models import Agent
from emigrate.domains.demands.enums import (
    EMPOWERED,
    HELD,
    RECRUITING,
    AllotmentState,
    AttorneyState,
    DemandState,
)
from emigrate.domains.employers.models import Employer
from emigrate.foundation.cases import Case, state_known


class Demand(Case):
    """What an employer asks for (Emigration Rules, 1983, r.2(d)); approved by the Mission.

    `attested_hash` is the hash of the terms which the Mission approved: a clearance rests on it
    only while the terms are the same. `prior_approval`: the employer stood under prior approval
    and the head of the Mission gave it.
    """

    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, related_name="demands")
    employer_organisation_id = models.BigIntegerField()
    country = models.CharField(_("country"), max_length=3)
    mission_code = models.CharField(_("Mission"), max_length=16)
    small = models.BooleanField(_("small employer"), default=False)
    site = models.CharField(_("place of work"), max_length=200)
    terms_hash = models.BinaryField(max_length=32)
    attested_hash = models.BinaryField(max_length=32, null=True)
    fee_receipt = models.CharField(_("Mission's fee receipt"), max_length=40, blank=True)
    approved_on = models.DateField(_("approved"), null=True)
    prior_approval = models.BooleanField(_("approved by the head of the Mission"), default=False)
    valid_until = models.DateField(_("valid until"), null=True)

    class Meta:
        constraints = [
            state_known("demand", DemandState.values),
            models.CheckConstraint(
                name="approved_demand_is_attested",
                condition=~Q(state__in=RECRUITING)
                | Q(attested_hash=F("terms_hash"), valid_until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="demand_desk", fields=["country", "state", "due_at"]),
            models.Index(name="demand_last_day", fields=["state", "valid_until"]),
        ]


class DemandLine(models.Model):
    """One category of a demand. `allotted` never passes `number`: the database says so."""

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="lines")
    occupation = models.CharField(_("occupation"), max_length=4)
    title = models.CharField(_("job title"), max_length=120)
    number = models.PositiveIntegerField(_("vacancies"))
    allotted = models.PositiveIntegerField(_("allotted"), default=0)
    wage_minor = models.BigIntegerField(_("basic wage a month"))
    currency = models.CharField(max_length=3)
    months = models.PositiveSmallIntegerField(_("months"))
    terms = models.JSONField(_("terms"), default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="never_more_allotted_than_demanded", condition=Q(allotted__lte=F("number"))
            ),
            models.CheckConstraint(name="demand_line_asks_for_somebody", condition=Q(number__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.title} x {self.number}"


class Allotment(models.Model):
    """The part of a line that one agent may fill."""

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="allotments")
    line = models.ForeignKey(DemandLine, on_delete=models.PROTECT, related_name="allotments")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="allotments")
    agency_id = models.BigIntegerField()
    employer_organisation_id = models.BigIntegerField()
    country = models.CharField(max_length=3)
    quantity = models.PositiveIntegerField(_("quantity"))
    used = models.PositiveIntegerField(_("used"), default=0)
    state = models.CharField(max_length=12, choices=AllotmentState.choices)
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_allotment_an_agent_a_line",
                fields=["line", "agent"],
                condition=Q(state__in=HELD),
            ),
            models.CheckConstraint(
                name="vacancies_never_overspent", condition=Q(used__lte=F("quantity"))
            ),
        ]
        indexes = [models.Index(name="allotment_agency", fields=["agency_id", "state"])]

    def __str__(self) -> str:
        return f"{self.line_id} {self.agent_id} {self.used}/{self.quantity}"


class PowerOfAttorney(models.Model):
    """The employer empowers an agent to recruit for a demand."""

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="attorneys")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT)
    agency_id = models.BigIntegerField()
    employer_organisation_id = models.BigIntegerField()
    country = models.CharField(max_length=3)
    state = models.CharField(max_length=8, choices=AttorneyState.choices)
    signed_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_live_attorney",
                fields=["demand", "agent"],
                condition=Q(state__in=EMPOWERED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id} {self.agent_id}"
