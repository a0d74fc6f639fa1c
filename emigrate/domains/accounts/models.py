"""Who may sign in, for which organisation, in which role, and with which token."""

from typing import ClassVar, Self
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from emigrate.domains.accounts.enums import (
    NEEDS_COUNTRY,
    NEEDS_OFFICE,
    NEEDS_ORGANISATION,
    NEVER_GRANTED,
    OrganisationKind,
)
from emigrate.domains.reference.enums import Role


class Organisation(models.Model):
    """An agency, employer, insurer, village centre or authority."""

    kind = models.CharField(_("kind"), max_length=12, choices=OrganisationKind.choices)
    name = models.CharField(_("name"), max_length=200)
    country = models.CharField(_("country"), max_length=3)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="organisation_kind_known",
                condition=models.Q(kind__in=OrganisationKind.values),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class User(AbstractBaseUser):
    """A person or machine that can sign in; `login` is not personal data (a chosen name)."""

    login = models.CharField(_("sign-in name"), max_length=80, unique=True)
    display_name = models.CharField(_("shown name"), max_length=120)
    language = models.CharField(_("language"), max_length=8, default="en")
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField()

    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.login


class Membership(models.Model):
    """One user in one role: what becomes the `Actor` of a request; absent is NULL, never ""."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True)
    office = models.CharField(_("office"), max_length=8, null=True)
    country = models.CharField(_("country of the Mission"), max_length=3, null=True)
    person_id = models.BigIntegerField(null=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_membership_a_role",
                fields=["user", "role", "organisation"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="membership_role_known",
                condition=models.Q(role__in=[r for r in Role.values if r not in NEVER_GRANTED]),
            ),
            models.CheckConstraint(
                name="membership_has_its_place",
                condition=(
                    ~models.Q(role__in=[*NEEDS_ORGANISATION], organisation__isnull=True)
                    & ~models.Q(role__in=[*NEEDS_OFFICE], office__isnull=True)
                    & ~models.Q(role__in=[*NEEDS_COUNTRY], country__isnull=True)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class Session(models.Model):
    """A browser's sign-in; only the hash of its secret is kept."""

    secret_hash = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.pk}"


class AccessToken(models.Model):
    """A machine's or person's bearer token for the API; only its hash is kept."""

    secret_hash = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class BulkRequest(models.Model):
    """A large request of a member: who asked, and its rows, sealed until every one is answered."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    kind = models.CharField(_("kind"), max_length=24)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16)
    organisation_id = models.BigIntegerField(null=True)
    office = models.CharField(max_length=8, null=True)
    country = models.CharField(max_length=3, null=True)
    person_id = models.BigIntegerField(null=True)
    request_id = models.CharField(max_length=64)
    size = models.PositiveSmallIntegerField(_("rows"))
    rows_sealed = models.BinaryField()
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class BulkRow(models.Model):
    """What became of one row, written in the row's own transaction: once, whoever asks again."""

    bulk = models.ForeignKey(BulkRequest, on_delete=models.PROTECT, related_name="answers")
    row = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=40, blank=True)
    error = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_answer_a_bulk_row", fields=["bulk", "row"]),
            models.CheckConstraint(
                name="bulk_row_done_or_refused",
                condition=models.Q(reference="") ^ models.Q(error__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bulk_id} {self.row}"
