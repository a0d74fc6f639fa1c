"""Departures, exactly one a clearance, and off-loadings with their reason."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from emigrate.domains.clearances.models import Clearance
from emigrate.domains.departures.enums import DepartureState, OffLoadReason
from emigrate.foundation.cases import Case, state_known


class Departure(Case):
    """An emigrant left on a clearance."""

    clearance = models.OneToOneField(Clearance, on_delete=models.PROTECT, related_name="departure")
    person_id = models.BigIntegerField()
    agency_id = models.BigIntegerField()
    country = models.CharField(_("country"), max_length=3)
    airport = models.CharField(_("airport"), max_length=3)
    flight = models.CharField(_("flight"), max_length=10, blank=True)
    departed_at = models.DateTimeField(_("departed"))
    arrived_at = models.DateTimeField(_("arrived"), null=True)
    returned_at = models.DateTimeField(_("returned"), null=True)

    class Meta:
        constraints = [state_known("departure", DepartureState.values)]
        indexes = [models.Index(name="departure_by_country", fields=["country", "departed_at"])]


class OffLoad(models.Model):
    """Somebody was not let on board: why, by whom, with which evidence.

    `clearance_reference`, `office` and `agency_id` repeat what the clearance says, for the policies
    and row security. `person_id` is whose clearance it is; without one whose passport it is, where
    that is registered.
    """

    reference = models.CharField(_("reference"), max_length=40, unique=True)
    clearance = models.ForeignKey(Clearance, on_delete=models.PROTECT, null=True)
    clearance_reference = models.CharField(
        _("clearance"), max_length=40, blank=True, default="", db_default=""
    )
    person_id = models.BigIntegerField(null=True)
    agency_id = models.BigIntegerField(null=True)
    office = models.CharField(_("office"), max_length=8, blank=True, default="", db_default="")
    passport_blind = models.BinaryField(max_length=16)
    airport = models.CharField(_("airport"), max_length=3)
    flight = models.CharField(_("flight"), max_length=10, blank=True)
    reason = models.CharField(_("reason"), max_length=24, choices=OffLoadReason.choices)
    evidence = models.TextField(_("evidence"))
    officer_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="offload_reason_known", condition=models.Q(reason__in=OffLoadReason.values)
            ),
            models.CheckConstraint(name="offload_says_why", condition=~models.Q(evidence="")),
        ]
        indexes = [
            models.Index(name="offload_person", fields=["person_id", "-id"]),
            models.Index(name="offload_office", fields=["office", "-id"]),
            models.Index(name="offload_agency", fields=["agency_id", "-id"]),
        ]

    def __str__(self) -> str:
        return self.reference
