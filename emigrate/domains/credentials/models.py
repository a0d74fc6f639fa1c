"""Signed certificates, their places in the status lists, and the papers made of them."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from emigrate.domains.credentials.enums import CredentialState
from emigrate.foundation.cases import Case, state_known


class StatusShard(models.Model):
    """One status list of 2^17 places; `name` is random and part of its address."""

    name = models.CharField(max_length=26, unique=True)
    size = models.IntegerField(default=2**17)
    opened_at = models.DateTimeField()
    closed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Credential(Case):
    """One signed certificate. The signed text holds personal data, so it is sealed.

    `subject_reference` is the number of what it certifies (a clearance); `agency_id`, `office`,
    `country` and `person_id` say whose it is, for row security.
    """

    subject_kind = models.CharField(max_length=16)
    subject_reference = models.CharField(_("certifies"), max_length=40, unique=True)
    person_id = models.BigIntegerField()
    agency_id = models.BigIntegerField(null=True)
    office = models.CharField(max_length=8)
    country = models.CharField(max_length=3)
    shard = models.ForeignKey(StatusShard, on_delete=models.PROTECT)
    place = models.IntegerField()
    kid = models.BinaryField(max_length=8)
    token_id = models.BinaryField(max_length=16)
    not_before = models.DateTimeField(_("valid from"))
    expires_at = models.DateTimeField(_("valid until"))
    seal_id = models.UUIDField(default=uuid4)
    qr_sealed = models.BinaryField()
    qr_hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            state_known("credential", CredentialState.values),
            models.UniqueConstraint(name="one_credential_a_place", fields=["shard", "place"]),
            models.CheckConstraint(
                name="credential_ends_after_it_begins",
                condition=models.Q(expires_at__gt=models.F("not_before")),
            ),
        ]


class Paper(models.Model):
    """The PDF of a credential in the worker's language, Hindi and English; sealed."""

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="papers")
    language = models.CharField(max_length=8)
    made_at = models.DateTimeField()
    seal_id = models.UUIDField(default=uuid4)
    pdf_sealed = models.BinaryField()
    sha256 = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_paper_a_language", fields=["credential", "language"]),
        ]

    def __str__(self) -> str:
        return f"{self.credential_id} {self.language}"
