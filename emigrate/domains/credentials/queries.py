"""Certificates and papers, through somebody's eyes."""

import hashlib
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import base45
import cbor2
from django.conf import settings
from django.db.models import QuerySet

from emigrate.domains.credentials.enums import CLEARANCE_CLAIM, STATUS_CLAIM
from emigrate.domains.credentials.models import Credential, Paper
from emigrate.domains.credentials.policies import CREDENTIAL_POLICY
from emigrate.foundation import sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.crypto.envelope import SealBroken
from emigrate.foundation.crypto.keyring import Keyring
from emigrate.foundation.errors import NotFound

QR_COLUMN = "credentials_credential.qr"
PDF_COLUMN = "credentials_paper.pdf"
CHUNK = 2000


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


def altered_certificates(actor: Actor) -> Iterator[tuple[str, str]]:
    """(number, what) of each certificate whose row is not what was signed.

    The log commits to the signed text alone, and the text to the rest. A row moved to another
    place of a status list would leave a revoked certificate valid at every gate. Nothing is said
    of an erased person, whose text nobody can open any more.
    """
    rows = CREDENTIAL_POLICY.narrow(Credential.objects.all(), actor, "paper")
    for row in rows.select_related("shard").order_by("pk").iterator(chunk_size=CHUNK):
        if what := _altered(row):
            yield row.reference, what


def _altered(row: Credential) -> str:
    subject = person_subject(row.person_id)
    try:
        text = sealing.open_sealed(subject, QR_COLUMN, row.seal_id, row.qr_sealed)
    except NotFound:
        return ""
    except SealBroken as error:
        return f"its signed text does not open ({error.code})"
    if hashlib.sha256(text.encode()).digest() != bytes(row.qr_hash):
        return "its signed text is another"
    claims = cbor2.loads(cbor2.loads(zlib.decompress(base45.b45decode(text))).value[2])
    place = {"idx": row.place, "uri": status_uri(row.shard.name)}
    times = [int(moment.timestamp()) for moment in (row.expires_at, row.not_before)]
    if claims[STATUS_CLAIM]["status_list"] != place:
        return "its place in the status lists is another"
    if [claims[4], claims[5]] != times:
        return "its dates are others"
    number = (row.subject_reference, bytes(row.token_id))
    return "" if (claims[CLEARANCE_CLAIM][1], claims[7]) == number else "it certifies another"


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
