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
    """One emigrant's contract with one employer, through one agent's allotment."""

    emigrant = models.ForeignKey(Emigrant, on_delete=models.PROTECT, related_name="contracts")
    allotment = models.ForeignKey(Allotment, on_delete=models.PROTECT, related_name="contracts")
    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, related_name="contracts")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="contracts")
    agency_id = models.BigIntegerField()
    employer_organisation_id = models.BigIntegerField()
    country = models.CharField(_("country"), max_length=3)
    office = models.CharField(_("office"), max_length=8)
    terms_hash = models.BinaryField(max_length=32)
    version_number = models.PositiveSmallIntegerField(_("version"), default=1)
    read_back_at = models.DateTimeField(_("read back"), null=True)
    consented_at = models.DateTimeField(_("agreed"), null=True)
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
                condition=~Q(state="locked") | Q(consented_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="contract_agency", fields=["agency_id", "-id"])]


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
    """Who agreed to which hash, in which language, how, with whose help; and if it was taken back."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="consents")
    version_hash = models.BinaryField(max_length=32)
    language = models.CharField(max_length=8)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    assisted_by = models.BigIntegerField(null=True)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.contract_id}"
