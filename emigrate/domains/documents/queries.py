"""Documents through somebody's eyes; their contents are opened by an action, which is recorded."""

from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from emigrate.domains.documents.enums import DocumentState
from emigrate.domains.documents.models import Document, Opening
from emigrate.domains.documents.policies import DOCUMENT_POLICY
from emigrate.foundation import sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotFound

CONTENT = "documents_document.content"
FILENAME = "documents_document.filename"


def documents_for(actor: Actor) -> QuerySet[Document]:
    """Every document this actor may see; all lists and look-ups start here."""
    return DOCUMENT_POLICY.narrow(Document.objects.all(), actor, "view")


def document(reference: str, *, actor: Actor) -> Document:
    """One document by reference; NotFound also when not theirs to see."""
    found = documents_for(actor).filter(reference=reference).first()
    if found is None:
        raise NotFound(subject="document")
    return found


def quarantine(actor: Actor) -> QuerySet[Document]:
    """What waits for an officer's look, oldest first."""
    rows = DOCUMENT_POLICY.narrow(Document.objects.all(), actor, "release")
    return rows.filter(state=DocumentState.QUARANTINED).order_by("id")


def openings_for(actor: Actor) -> QuerySet[Opening]:
    """Who opened which document, newest first, as far as the actor's documents go."""
    rows = Opening.objects.filter(document__in=documents_for(actor))
    return rows.order_by("-at", "-id")


def filename_of(case: Document) -> str:
    """The name under which the file came, of a row that the reader already holds."""
    return sealing.open_sealed(subject_of(case), FILENAME, case.seal_id, case.filename_sealed)


def subject_of(case: Document) -> str:
    """Whose key seals it: erasing the person erases the person's documents, in backups too."""
    if case.person_id is not None:
        return f"person:{case.person_id}"
    return f"organisation:{case.organisation_id}"


def place_of(case: Document) -> Path:
    """Where the sealed content lies."""
    name = str(case.seal_id)
    return folder() / name[:2] / name


def folder() -> Path:
    """The folder of all sealed contents."""
    return Path(settings.HOME) / "documents"
