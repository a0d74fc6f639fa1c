"""Opening a document, with the opening on record; releasing what was held; sweeping strays."""

import hashlib
import hmac
import time
from base64 import b64decode
from pathlib import Path

from django.db import connection

from emigrate.domains.documents.enums import DocumentState
from emigrate.domains.documents.models import Document
from emigrate.domains.documents.policies import DOCUMENT_POLICY
from emigrate.domains.documents.queries import CONTENT, folder, place_of, subject_of
from emigrate.domains.documents.workflow import DOCUMENT
from emigrate.foundation import sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.crypto.envelope import SealBroken
from emigrate.foundation.errors import Busy, NotFound, WrongState
from emigrate.foundation.transactions import action, now

STRAY_SECONDS = 86_400

_OPENED = """
INSERT INTO documents_opening
  (document_id, role, user_id, organisation_id, office, purpose, request_id, at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""


@action
def open_document(reference: str, *, actor: Actor, purpose: str = "view") -> bytes:
    """The cleaned content; the opening is recorded in the same transaction.

    A held document opens only for those who may release it. Raises NotFound, WrongState, Busy
    (the file is missing or does not fit its row: somebody must look, nothing is shown).
    """
    rows = DOCUMENT_POLICY.narrow(Document.objects.all(), actor, "open")
    case = rows.filter(reference=reference).first()
    if case is None:
        raise NotFound(subject="document")
    if case.state != DocumentState.RELEASED and not _may_look(case, actor):
        raise WrongState(verb="open", state=case.state)
    content = _content(case)
    _record(case, actor, purpose)
    return content


@action
def release_document(reference: str, *, reason: str, actor: Actor) -> Document:
    """An officer looked at the cleaned copy and found it harmless."""
    rows = Document.objects.all()
    case = DOCUMENT.hold(rows, actor=actor, verb="release", reference=reference)
    return DOCUMENT.take("release", case, actor=actor, reason=reason)


@action
def refuse_document(reference: str, *, reason: str, actor: Actor) -> Document:
    """An officer refuses it; the reason tells the owner what to bring instead."""
    rows = Document.objects.all()
    case = DOCUMENT.hold(rows, actor=actor, verb="refuse", reference=reference)
    return DOCUMENT.take("refuse", case, actor=actor, reason=reason)


@action
def sweep_strays(*, actor: Actor) -> int:
    """Take away files older than a day that no row names; how many."""
    DOCUMENT_POLICY.require_role(actor, "keep")
    old = [path for path in folder().glob("??/*") if _age(path) > STRAY_SECONDS]
    names = {path.name for path in old if path.suffix == ""}
    rows = Document.objects.filter(seal_id__in=names).values_list("seal_id", flat=True)
    known = {str(seal_id) for seal_id in rows}
    strays = [path for path in old if path.name not in known]
    for path in strays:
        path.unlink()
    return len(strays)


def _may_look(case: Document, actor: Actor) -> bool:
    held = case.state == DocumentState.QUARANTINED
    return held and DOCUMENT_POLICY.allows(actor, "release", case)


def _content(case: Document) -> bytes:
    try:
        sealed = place_of(case).read_bytes()
        text = sealing.open_sealed(subject_of(case), CONTENT, case.seal_id, sealed)
    except (OSError, SealBroken) as error:
        raise Busy("document_unreadable", reference=case.reference) from error
    content = b64decode(text)
    if not hmac.compare_digest(hashlib.sha256(content).digest(), bytes(case.stored_sha256)):
        raise Busy("document_unreadable", reference=case.reference)
    return content


def _record(case: Document, actor: Actor, purpose: str) -> None:
    read = (actor.role, actor.user_id, actor.organisation_id, actor.office)
    with connection.cursor() as cursor:
        # Not by the model: its INSERT asks for the row back, which the reader may not see.
        cursor.execute(_OPENED, [case.pk, *read, purpose[:60], actor.request_id[:64], now()])


def _age(path: Path) -> float:
    return time.time() - path.stat().st_mtime
