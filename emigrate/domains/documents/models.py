"""Tables of documents: what came for whom, and who opened it; contents lie sealed in files."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from emigrate.domains.accounts.models import Organisation
from emigrate.domains.documents.enums import DocumentState, MediaType
from emigrate.foundation.cases import Case, state_known


class Document(Case):
    """A cleaned file of a person or an organisation.

    `organisation` owns it, or handed it in for the person; `country` is the organisation's, whose
    Mission may look. `received_sha256` is of the bytes that came, by which a second copy is known;
    `stored_sha256` of the cleaned bytes that are opened. `removed` lists what cleaning took out.
    """

    kind = models.CharField(_("kind"), max_length=40)
    person_id = models.BigIntegerField(null=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True)
    country = models.CharField(max_length=3, null=True)
    seal_id = models.UUIDField(default=uuid4)
    filename_sealed = models.BinaryField()
    media_type = models.CharField(_("form"), max_length=20, choices=MediaType.choices)
    size = models.IntegerField(_("size in bytes"))
    pages = models.SmallIntegerField(_("pages"))
    received_sha256 = models.BinaryField(max_length=32)
    stored_sha256 = models.BinaryField(max_length=32)
    removed = models.JSONField(default=list)

    class Meta:
        constraints = [
            state_known("document", DocumentState.values),
            models.CheckConstraint(
                name="document_has_an_owner",
                condition=Q(person_id__isnull=False) | Q(organisation__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_copy_an_owner",
                fields=["person_id", "organisation", "kind", "received_sha256"],
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(name="document_person", fields=["person_id", "-id"]),
            models.Index(name="document_organisation", fields=["organisation", "-id"]),
        ]


class Opening(models.Model):
    """Somebody opened a document: who, when, what for. Append-only."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="openings")
    role = models.CharField(max_length=24)
    user_id = models.BigIntegerField(null=True)
    organisation_id = models.BigIntegerField(null=True)
    office = models.CharField(max_length=8, null=True)
    purpose = models.CharField(max_length=60)
    request_id = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="opening_document", fields=["document", "-at"])]

    def __str__(self) -> str:
        return f"{self.document_id} {self.role} {self.purpose}"
