"""Tables of agents: certificates, applications, more capacity, and bank guarantees."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from emigrate.domains.accounts.models import Organisation
from emigrate.domains.agents.enums import (
    CLOSED,
    AgentState,
    ApplicationKind,
    ApplicationState,
    Category,
    Entity,
    Ground,
    TrancheState,
)
from emigrate.foundation.cases import Case, state_known


class Agent(Case):
    """A certificate of registration; its state decides everywhere, in the moment it commits.

    `workers_used` of `capacity` (None: no number) moves only by conditional updates. `name_key`
    is the same for names that look alike.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    legal_name = models.CharField(_("name"), max_length=200)
    trade_name = models.CharField(_("trade name"), max_length=200, blank=True)
    written_name = models.CharField(max_length=400)
    name_key = models.CharField(max_length=200)
    rc_number = models.CharField(_("registration number"), max_length=40, unique=True)
    legacy_number = models.CharField(_("earlier number"), max_length=60, blank=True)
    office = models.CharField(_("office"), max_length=8)
    category = models.CharField(_("category"), max_length=8, choices=Category.choices)
    entity = models.CharField(_("kind"), max_length=20, choices=Entity.choices)
    state_agency = models.BooleanField(_("agency of a State"), default=False)
    issued_on = models.DateField(_("issued"))
    valid_until = models.DateField(_("valid until"))
    capacity = models.IntegerField(_("workers at most"), null=True)
    workers_used = models.IntegerField(_("workers sent"), default=0)
    suspended_on = models.DateField(_("suspended on"), null=True)
    suspension_extended = models.BooleanField(default=False)
    ground = models.CharField(_("ground"), max_length=20, blank=True, choices=Ground.choices)
    disqualified_until = models.DateField(_("no fresh certificate until"), null=True)

    class Meta:
        constraints = [
            state_known("agent", AgentState.values),
            models.UniqueConstraint(
                name="one_live_certificate_an_agency",
                fields=["organisation"],
                condition=Q(state__in=(AgentState.ACTIVE, AgentState.SUSPENDED)),
            ),
            models.UniqueConstraint(
                name="one_agent_a_legacy_number",
                fields=["legacy_number"],
                condition=~Q(legacy_number=""),
            ),
            models.CheckConstraint(
                name="agent_capacity_never_overspent",
                condition=Q(workers_used__gte=0)
                & (Q(capacity=None) | Q(workers_used__lte=F("capacity"))),
            ),
            models.CheckConstraint(
                name="small_agent_has_a_number",
                condition=Q(category=Category.NORMAL) | Q(capacity__isnull=False),
            ),
            models.CheckConstraint(
                name="suspended_since_a_day",
                condition=~Q(state=AgentState.SUSPENDED) | Q(suspended_on__isnull=False),
            ),
            models.CheckConstraint(
                name="cancelled_on_a_ground",
                condition=~Q(state=AgentState.CANCELLED) | ~Q(ground=""),
            ),
        ]
        indexes = [
            models.Index(name="agent_office", fields=["office", "state"]),
            models.Index(name="agent_name_key", fields=["name_key"]),
        ]

    def __str__(self) -> str:
        return f"{self.legal_name} ({self.rc_number})"


class AgentApplication(Case):
    """An application to a certificate or its renewal (Form I).

    PAN and the persons who run the agency are sealed; the PAN is found again by its keyed hash.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    kind = models.CharField(_("for"), max_length=8, choices=ApplicationKind.choices)
    agent = models.ForeignKey(
        Agent, on_delete=models.PROTECT, null=True, related_name="applications"
    )
    legal_name = models.CharField(_("name"), max_length=200)
    trade_name = models.CharField(_("trade name"), max_length=200, blank=True)
    category = models.CharField(_("category"), max_length=8, choices=Category.choices)
    entity = models.CharField(_("kind"), max_length=20, choices=Entity.choices)
    state_code = models.CharField(_("State"), max_length=3)
    district_code = models.CharField(_("district"), max_length=4)
    office = models.CharField(_("office"), max_length=8)
    address = models.CharField(_("place of business"), max_length=300)
    office_area = models.IntegerField(_("floor area in square metres"))
    gstin = models.CharField(_("GSTIN"), max_length=15, blank=True)
    seal_id = models.UUIDField(default=uuid4)
    pan_sealed = models.BinaryField()
    pan_blind = models.BinaryField(max_length=16, db_index=True)
    officers_sealed = models.BinaryField()
    cause = models.TextField(_("cause of a late renewal"), blank=True)
    papers = models.JSONField(_("papers"), default=dict)
    fee_minor = models.BigIntegerField(_("fee"), null=True)
    security_minor = models.BigIntegerField(_("security called for"), null=True)
    inspected_area = models.IntegerField(_("area found by the inspection"), null=True)

    class Meta:
        constraints = [
            state_known("agent_application", ApplicationState.values),
            models.UniqueConstraint(
                name="one_open_application_an_agency",
                fields=["organisation"],
                condition=~Q(state__in=CLOSED),
            ),
            models.CheckConstraint(
                name="renewal_names_its_certificate",
                condition=Q(kind=ApplicationKind.NEW) | Q(agent__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="agent_application_desk", fields=["office", "state", "due_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.legal_name} ({self.reference})"


class CapacityTranche(Case):
    """A further number of workers for a small agent, against a further guarantee (r.8(c))."""

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="tranches")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    workers = models.IntegerField(_("workers"))
    security_minor = models.BigIntegerField(_("security called for"))

    class Meta:
        constraints = [
            state_known("capacity_tranche", TrancheState.values),
            models.UniqueConstraint(
                name="one_open_tranche_an_agent",
                fields=["agent"],
                condition=Q(state__in=(TrancheState.REQUESTED, TrancheState.BG_VERIFIED)),
            ),
            models.CheckConstraint(name="tranche_of_workers", condition=Q(workers__gt=0)),
        ]

    def __str__(self) -> str:
        return self.reference


class Guarantee(models.Model):
    """A bank guarantee behind one certificate or one tranche; the same one never stands twice."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    application = models.ForeignKey(
        AgentApplication, on_delete=models.PROTECT, null=True, related_name="guarantees"
    )
    tranche = models.ForeignKey(
        CapacityTranche, on_delete=models.PROTECT, null=True, related_name="guarantees"
    )
    bank = models.CharField(_("bank"), max_length=120)
    ifsc = models.CharField(_("IFSC of the branch"), max_length=11)
    number = models.CharField(_("number"), max_length=40)
    amount_minor = models.BigIntegerField(_("amount"))
    issued_on = models.DateField(_("issued"))
    expires_on = models.DateField(_("valid until"))
    claim_until = models.DateField(_("claims until"), null=True)
    verified_at = models.DateTimeField(_("confirmed by the bank"), null=True)
    verified_by = models.BigIntegerField(null=True)
    bank_reference = models.CharField(_("bank's confirmation"), max_length=60, blank=True)
    released_at = models.DateTimeField(_("released"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_use_of_a_guarantee",
                fields=["ifsc", "number"],
                condition=Q(released_at=None),
            ),
            models.CheckConstraint(
                name="guarantee_of_one_case",
                condition=Q(application=None) ^ Q(tranche=None),
            ),
            models.CheckConstraint(name="guarantee_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="guarantee_term", condition=Q(expires_on__gt=F("issued_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.number}"
