"""Certificates and papers, through somebody's eyes."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from emigrate.domains.credentials.models import Credential, Paper
from emigrate.domains.credentials.policies import CREDENTIAL_POLICY
from emigrate.foundation import sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.crypto.keyring import Keyring
from emigrate.foundation.errors import NotFound

QR_COLUMN = "credentials_credential.qr"
PDF_COLUMN = "credentials_paper.pdf"


def credentials_for(actor: Actor) -> QuerySet[Credential]:
    """Every certificate that this actor may see."""
    return CREDENTIAL_POLICY.narrow(Credential.objects.all(), actor, "view")


def qr_text(subject_reference: str, *, actor: Actor) -> str:
    """The signed text of a certificate, as its QR holds it."""
    rows = CREDENTIAL_POLICY.narrow(Credential.objects.all(), actor, "paper")
    row = rows.filter(subject_reference=subject_reference).first()
    if row is None:
        raise NotFound(subject="credential")
    subject = person_subject(row.person_id)
    return sealing.open_sealed(subject, QR_COLUMN, row.seal_id, bytes(row.qr_sealed))


def paper_pdf(subject_reference: str, *, actor: Actor) -> bytes:
    """The PDF of a certificate; NotFound until the job has made it."""
    rows = CREDENTIAL_POLICY.narrow(Credential.objects.all(), actor, "paper")
    row = rows.filter(subject_reference=subject_reference).first()
    paper = None if row is None else Paper.objects.filter(credential=row).first()
    if row is None or paper is None:
        raise NotFound(subject="paper")
    subject = person_subject(row.person_id)
    sealed = bytes(paper.pdf_sealed)
    return bytes.fromhex(sealing.open_sealed(subject, PDF_COLUMN, paper.seal_id, sealed))


def person_subject(person_id: int) -> str:
    """Under whose key a person's sealed fields stand."""
    return f"person:{person_id}"


@lru_cache(maxsize=1)
def keyring() -> Keyring:
    """The installation's signing keys."""
    return Keyring(Path(settings.KEYS) / "signing", settings.ISSUER, demo=not settings.PRODUCTION)


def status_uri(shard_name: str) -> str:
    """The public address of a status list."""
    return f"{settings.STATUS_LIST_BASE}/{shard_name}"
