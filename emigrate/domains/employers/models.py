"""Tables of employers, their confirmation codes, and the workers they took year by year."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from emigrate.domains.accounts.models import Organisation
from emigrate.domains.employers.enums import NOT_CLAIMING, EmployerKind, EmployerState
from emigrate.foundation.cases import Case, state_known


class Employer(Case):
    """A person or firm that employs abroad; the registration is a case of the Mission.

    `registration_key` is the registration number without signs: one employer a country and number
    is kept by the database. `contact_sealed` holds e-mail, telephone, address and signatory.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200)
    country = models.CharField(_("country"), max_length=3)
    mission_code = models.CharField(_("Mission"), max_length=12)
    registration_number = models.CharField(_("registration number"), max_length=60)
    registration_key = models.CharField(max_length=60)
    kind = models.CharField(_("kind"), max_length=16, choices=EmployerKind.choices)
    small = models.BooleanField(_("small employer"), default=False)
    registered_on = models.DateField(_("registered there on"), null=True)
    valid_until = models.DateField(_("licence valid until"), null=True)
    business = models.CharField(_("business"), max_length=120, blank=True)
    website = models.CharField(_("website"), max_length=200, blank=True)
    workforce = models.IntegerField(_("workers in all"), default=0)
    indian_workers = models.IntegerField(_("workers from India"), default=0)
    complaint_pending = models.BooleanField(_("complaint of an Indian worker open"), default=False)
    complaint_details = models.TextField(_("about the complaint"), blank=True)
    manpower_permit = models.CharField(_("permit to bring workers"), max_length=60, blank=True)
    papers = models.JSONField(_("papers"), default=dict)
    seal_id = models.UUIDField(default=uuid4)
    contact_sealed = models.BinaryField(default=bytes)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            state_known("employer", EmployerState.values),
            models.UniqueConstraint(
                name="one_employer_a_registration",
                fields=["country", "registration_key"],
                condition=~Q(state__in=NOT_CLAIMING),
            ),
            models.CheckConstraint(
                name="employer_workers_within_workforce",
                condition=Q(indian_workers__gte=0, workforce__gte=models.F("indian_workers")),
            ),
            models.CheckConstraint(
                name="employer_registration_given", condition=~Q(registration_key="")
            ),
        ]
        indexes = [
            models.Index(name="employer_desk", fields=["country", "state", "due_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.country})"


class EmailCode(models.Model):
    """The one-time code last sent to an applicant's e-mail; only its keyed hash is kept."""

    employer = models.OneToOneField(Employer, on_delete=models.PROTECT, related_name="email_code")
    code_hash = models.BinaryField(max_length=16)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.employer_id}"


class RecruitmentYear(models.Model):
    """How many workers an employer took in a calendar year, and when the last one."""

    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, related_name="years")
    year = models.SmallIntegerField()
    workers = models.IntegerField(default=0)
    last_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_recruitment_row_a_year", fields=["employer", "year"]),
            models.CheckConstraint(name="recruited_workers_counted", condition=Q(workers__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.employer_id} {self.year}"
