"""What was promised, in versions with their hashes, and the emigrant's consent to one of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from emigrate.domains.agents.models import Agent
from emigrate.domains.contracts.enums import LIVE, Channel, ContractState
from emigrate.domains.demands.models import Allotment
from emigrate.domains.emigrants.models import Emigrant
from emigrate.domains.employers.models import Employer
from emigrate.foundation.cases import Case, state_known


class Contract(Case):
    """One emigrant's contract with one employer, through one agent's allotment.

    `employer_reference`, `months` and `starts_on` repeat what stands elsewhere, for those who hear
    of a contract and know no more than its columns.
    """

    emigrant = models.ForeignKey(Emigrant, on_delete=models.PROTECT, related_name="contracts")
    allotment = models.ForeignKey(Allotment, on_delete=models.PROTECT, related_name="contracts")
    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, related_name="contracts")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="contracts")
    agency_id = models.BigIntegerField()
    employer_organisation_id = models.BigIntegerField()
    country = models.CharField(_("country"), max_length=3)
    office = models.CharField(_("office"), max_length=8)
    employer_reference = models.CharField(_("employer's number"), max_length=40)
    months = models.PositiveSmallIntegerField(_("months"))
    starts_on = models.DateField(_("begins"), null=True)
    terms_hash = models.BinaryField(max_length=32)
    version_number = models.PositiveSmallIntegerField(_("version"), default=1)
    read_back_at = models.DateTimeField(_("read back"), null=True)
    consented_at = models.DateTimeField(_("agreed"), null=True)
    think_until = models.DateTimeField(_("time to think it over"), null=True)
    locked_at = models.DateTimeField(_("fixed"), null=True)

    class Meta:
        constraints = [
            state_known("contract", ContractState.values),
            models.UniqueConstraint(
                name="one_live_contract_an_allotment_a_person",
                fields=["emigrant", "allotment"],
                condition=Q(state__in=LIVE),
            ),
            models.CheckConstraint(
                name="fixed_only_after_consent",
                condition=~Q(state=ContractState.LOCKED) | Q(consented_at__isnull=False),
            ),
            models.CheckConstraint(
                name="agreed_with_time_to_think",
                condition=~Q(state=ContractState.CONSENTED) | Q(think_until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="contract_agency", fields=["agency_id", "-id"]),
            models.Index(
                name="contract_thinking",
                fields=["think_until"],
                condition=Q(state=ContractState.CONSENTED),
            ),
        ]


class ContractVersion(models.Model):
    """The terms at one time; never changed. `hash` is what everybody signs and consents to."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    terms = models.JSONField()
    hash = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_version_a_number", fields=["contract", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} v{self.number}"


class ReadBack(models.Model):
    """The emigrant's answers to the five key facts of one version: right or wrong, each."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="read_backs")
    version_hash = models.BinaryField(max_length=32)
    language = models.CharField(max_length=8)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    right = models.JSONField()
    all_right = models.BooleanField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.contract_id}"


class Consent(models.Model):
    """Who agreed to which hash, in which language, how, with whose help; if it was taken back."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="consents")
    version_hash = models.BinaryField(max_length=32)
    language = models.CharField(max_length=8)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    assisted_by = models.BigIntegerField(null=True)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.contract_id}"
