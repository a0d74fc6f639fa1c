"""Tables of persons: sealed personal fields, passports, who may see whom, and who looked."""

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from emigrate.domains.accounts.models import Organisation
from emigrate.domains.emigrants.enums import (
    CheckState,
    ConsentBy,
    EmigrantState,
    Ground,
    PassportCategory,
    Route,
    Sex,
    Verdict,
)
from emigrate.foundation.cases import Case, state_known

ANYTIME = Q(ended_at__isnull=True)
CURRENT = Q(current=True)


class Emigrant(Case):
    """One person, whatever passports come and go; the primary key is `person_id` everywhere.

    `identity_sealed` holds names and birth date, `contact_sealed` telephones, address, nominee and
    emergency contact, both under the person's key. In the clear stands what queries need and what
    is coarse. The blinded columns find an exact birth date or telephone again.
    """

    seal_id = models.UUIDField(default=uuid4)
    identity_sealed = models.BinaryField()
    contact_sealed = models.BinaryField()
    contact_complete = models.BooleanField(default=False)
    birth_blind = models.BinaryField(max_length=16)
    phone_blind = models.BinaryField(max_length=16, null=True)
    birth_year = models.SmallIntegerField(_("year of birth"))
    sex = models.CharField(_("sex"), max_length=1, choices=Sex.choices)
    nationality = models.CharField(_("nationality"), max_length=3)
    state_code = models.CharField(_("State"), max_length=3)
    district_code = models.CharField(_("district"), max_length=4)
    language = models.CharField(_("language"), max_length=8)
    years_abroad_since_18 = models.SmallIntegerField(_("years abroad since 18"), default=0)
    registered_through = models.CharField(max_length=8, choices=Route.choices)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    died_on = models.DateField(_("died on"), null=True)

    class Meta:
        constraints = [
            state_known("emigrant", EmigrantState.values),
            models.CheckConstraint(name="emigrant_sex_known", condition=Q(sex__in=Sex.values)),
            models.CheckConstraint(
                name="emigrant_merged_elsewhere",
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
            ),
            models.UniqueConstraint(
                name="one_person_an_account",
                fields=["created_by"],
                condition=Q(registered_through="self"),
            ),
        ]
        indexes = [
            models.Index(name="emigrant_birth", fields=["birth_blind"]),
            models.Index(name="emigrant_phone", fields=["phone_blind"]),
            models.Index(name="emigrant_creator", fields=["created_by"]),
        ]


class NameIndex(models.Model):
    """The blinded keys of a person's names; frequencies of keys remain visible."""

    emigrant = models.OneToOneField(Emigrant, on_delete=models.PROTECT, primary_key=True)
    name_keys = ArrayField(models.BigIntegerField())

    class Meta:
        # Without PostgreSQL's list of pending entries, which every search would have to read whole.
        indexes = [GinIndex(name="emigrant_name_keys", fields=["name_keys"], fastupdate=False)]

    def __str__(self) -> str:
        return f"{self.emigrant_id}"


class SearchedName(models.Model):
    """The blinded keys as every actor searches them, by a view; without an actor it is empty.

    Under a row's condition PostgreSQL uses an index only with leakproof operators, which array
    overlap is not. These are keyed hashes and nothing to read, and every search joins them to the
    persons that the actor may see.
    """

    emigrant = models.OneToOneField(
        Emigrant, on_delete=models.DO_NOTHING, primary_key=True, related_name="searched"
    )
    name_keys = ArrayField(models.BigIntegerField())

    class Meta:
        managed = False
        db_table = "emigrants_searchedname"

    def __str__(self) -> str:
        return f"{self.emigrant_id}"


class Passport(models.Model):
    """A passport the person holds or held; one is current, no two current ones share a number."""

    emigrant = models.ForeignKey(Emigrant, on_delete=models.PROTECT, related_name="passports")
    seal_id = models.UUIDField(default=uuid4)
    number_sealed = models.BinaryField()
    number_blind = models.BinaryField(max_length=16)
    category = models.CharField(_("category"), max_length=4, choices=PassportCategory.choices)
    issued_on = models.DateField(_("issued on"), null=True)
    expires_on = models.DateField(_("expires on"))
    current = models.BooleanField(default=True)
    mrz_read = models.BooleanField(_("machine-readable lines checked"), default=False)
    check_state = models.CharField(
        _("registry"), max_length=12, choices=CheckState.choices, default=CheckState.PENDING
    )
    registry_category = models.CharField(max_length=4, blank=True)
    registry_status = models.CharField(max_length=12, blank=True)
    checked_at = models.DateTimeField(null=True)
    answer_sealed = models.BinaryField(null=True)
    watched_until = models.DateField(_("watched by the registry until"), null=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_current_passport_a_number", fields=["number_blind"], condition=CURRENT
            ),
            models.UniqueConstraint(
                name="one_current_passport_a_person", fields=["emigrant"], condition=CURRENT
            ),
            models.CheckConstraint(
                name="passport_category_known", condition=Q(category__in=PassportCategory.values)
            ),
            models.CheckConstraint(
                name="passport_check_known", condition=Q(check_state__in=CheckState.values)
            ),
            models.CheckConstraint(
                name="passport_ends_after_issue",
                condition=Q(issued_on__isnull=True) | Q(expires_on__gt=models.F("issued_on")),
            ),
        ]
        indexes = [models.Index(name="passport_number", fields=["number_blind"])]

    def __str__(self) -> str:
        return f"{self.emigrant_id} {self.category} {self.expires_on}"


class AgentLink(models.Model):
    """The person's consent that an agency sees the record, until it is ended."""

    emigrant = models.ForeignKey(Emigrant, on_delete=models.PROTECT, related_name="links")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    consent = models.CharField(max_length=12, choices=ConsentBy.choices)
    consented_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_link_an_agency", fields=["emigrant", "organisation"], condition=ANYTIME
            ),
        ]
        indexes = [models.Index(name="link_agency", fields=["organisation", "emigrant"])]

    def __str__(self) -> str:
        return f"{self.emigrant_id} {self.organisation_id}"


class ConsentCode(models.Model):
    """The one-time code last sent to a person for one agency; only its keyed hash is kept."""

    emigrant = models.ForeignKey(Emigrant, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    code_hash = models.BinaryField(max_length=16)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_code_an_agency", fields=["emigrant", "organisation"]),
        ]

    def __str__(self) -> str:
        return f"{self.emigrant_id} {self.organisation_id}"


class Disclosure(models.Model):
    """Why an employer, insurer or Mission sees a person: the case that needs it, until it ends."""

    emigrant = models.ForeignKey(Emigrant, on_delete=models.PROTECT, related_name="disclosures")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True)
    country = models.CharField(_("country of the Mission"), max_length=3, null=True)
    reference = models.CharField(_("for the case"), max_length=40)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="disclosed_to_one",
                condition=Q(organisation__isnull=False, country__isnull=True)
                | Q(organisation__isnull=True, country__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_disclosure_a_case",
                fields=["emigrant", "organisation", "country", "reference"],
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.emigrant_id} {self.reference}"


class PossibleDuplicate(models.Model):
    """Two registrations that may be one person; an officer decides, never the platform."""

    emigrant = models.ForeignKey(Emigrant, on_delete=models.PROTECT, related_name="doubts")
    other = models.ForeignKey(Emigrant, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=16, choices=Ground.choices)
    found_at = models.DateTimeField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.OPEN)
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_doubt_a_pair", fields=["emigrant", "other"]),
            models.CheckConstraint(
                name="doubt_about_two", condition=~Q(emigrant=models.F("other"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.emigrant_id} {self.other_id} {self.verdict}"


class ReadRecord(models.Model):
    """Somebody opened a person's sealed fields: who, when, what for. Append-only."""

    emigrant = models.ForeignKey(Emigrant, on_delete=models.PROTECT, related_name="reads")
    role = models.CharField(max_length=24)
    user_id = models.BigIntegerField(null=True)
    organisation_id = models.BigIntegerField(null=True)
    office = models.CharField(max_length=8, null=True)
    purpose = models.CharField(max_length=60)
    request_id = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(name="read_person", fields=["emigrant", "-at"]),
            models.Index(
                name="read_account",
                fields=["user_id", "at"],
                include=["emigrant"],
                condition=Q(user_id__isnull=False),
            ),
            models.Index(name="read_at", fields=["at"]),
        ]

    def __str__(self) -> str:
        return f"{self.emigrant_id} {self.role} {self.purpose}"


class SpentBudget(models.Model):
    """An account wanted to open more persons than it may, and the auditors were told; append-only.

    `hour` is the clock hour in which it was noticed.
    """

    user_id = models.BigIntegerField()
    role = models.CharField(max_length=24)
    hour = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_alarm_an_hour", fields=["user_id", "hour"]),
        ]

    def __str__(self) -> str:
        return f"{self.role}:{self.user_id} {self.hour:%Y-%m-%d %H:%M}"
